package preview

import (
	"cmp"
	"image"
	"image/color"
	"image/png"
	"io"
	"maps"
	"slices"
)

// WritePNG writes a picture with 256 colours, which keeps it small. Pages have few colours; what is lost are shades at
// the edges of letters.
func WritePNG(w io.Writer, picture *image.RGBA) error {
	palette := commonColors(picture, 256)
	out := image.NewPaletted(picture.Bounds(), palette)
	nearest := map[color.RGBA]uint8{}
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			c := picture.RGBAAt(x, y)
			index, ok := nearest[c]
			if !ok {
				index = uint8(palette.Index(c)) //nolint:gosec // A palette has 256 colours at most.
				nearest[c] = index
			}
			out.SetColorIndex(x, y, index)
		}
	}
	return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(w, out)
}

// commonColors picks colours by how often they appear. Colours that are near one that is picked are left out, and near
// begins where the eye cannot tell them apart and grows until the palette stands for every colour.
func commonColors(picture *image.RGBA, n int) color.Palette {
	counts := map[color.RGBA]int{}
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			counts[picture.RGBAAt(x, y)]++
		}
	}
	byCount := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]),
			cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	for near := 8; ; near += near / 2 {
		if palette := distinct(byCount, near, n); palette != nil {
			return palette
		}
	}
}

// distinct picks colours until every other is nearer to one of them than a distance, or nil if that takes too many.
func distinct(colors []color.RGBA, near, most int) color.Palette {
	var picked []color.RGBA
	for _, c := range colors {
		if slices.ContainsFunc(picked, func(p color.RGBA) bool {
			return apart(p.R, c.R)+apart(p.G, c.G)+apart(p.B, c.B) < near
		}) {
			continue
		}
		if len(picked) == most {
			return nil
		}
		picked = append(picked, c)
	}
	palette := make(color.Palette, len(picked))
	for i, c := range picked {
		palette[i] = c
	}
	return palette
}

func apart(a, b uint8) int { return max(int(a), int(b)) - min(int(a), int(b)) }
