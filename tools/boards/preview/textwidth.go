package preview

import "strings"

// advances are the widths of the printable ASCII characters of a plain grotesque face, in thousandths of the font size.
const advances = "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 " +
	"556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 " +
	"1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 " +
	"667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 " +
	"333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 " +
	"556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"

// interFactor widens them to Grafana's typeface, which is not installed where previews are drawn.
const interFactor = 1.06

// faceWidths are the advances by character.
type faceWidths [95]float64

// face parses the advances once per board.
func face() *faceWidths {
	var widths faceWidths
	for i, word := range strings.Fields(advances) {
		for _, digit := range word {
			widths[i] = widths[i]*10 + float64(digit-'0')
		}
	}
	return &widths
}

// width estimates how wide a text is, in pixels.
func (w *faceWidths) width(s string, size float64) float64 {
	var sum float64
	for _, r := range s {
		if r >= ' ' && r <= '~' {
			sum += w[r-' ']
		} else {
			sum += 600
		}
	}
	return sum / 1000 * size * interFactor
}

// lineHeight is the height of a line of a big value, as a multiple of its font size.
const lineHeight = 1.2

// fit is the largest font size at which a text stays within a box, as Grafana sizes its big values.
func (w *faceWidths) fit(s string, width, height, largest float64) float64 {
	size := min(height/lineHeight, largest)
	if natural := w.width(s, 1); natural > 0 {
		size = min(size, width/natural)
	}
	return max(size, 1)
}

// clip shortens a text with an ellipsis until it fits, and says whether it had to.
func (w *faceWidths) clip(s string, width, size float64) (string, bool) {
	if w.width(s, size) <= width+0.01 {
		return s, false
	}
	runes := []rune(s)
	for len(runes) > 0 && w.width(string(runes)+"…", size) > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…", true
}
