package preview

import (
	"fmt"
	"image/color"
	"strconv"
	"strings"
)

// shades are Grafana's named colours, from super-light to dark.
func shades(hue string) []string {
	switch hue {
	case "red":
		return []string{"#FFA6B0", "#FF7383", "#F2495C", "#E02F44", "#C4162A"}
	case "orange":
		return []string{"#FFCB7D", "#FFB357", "#FF9830", "#FF780A", "#FA6400"}
	case "yellow":
		return []string{"#FFF899", "#FFEE52", "#FADE2A", "#F2CC0C", "#E0B400"}
	case "green":
		return []string{"#C8F2C2", "#96D98D", "#73BF69", "#56A64B", "#37872D"}
	case "blue":
		return []string{"#C0D8FF", "#8AB8FF", "#5794F2", "#3274D9", "#1F60C4"}
	case "purple":
		return []string{"#DEB6F2", "#CA95E5", "#B877D9", "#A352CC", "#8F3BB8"}
	}
	return nil
}

// resolveColor turns a name such as "semi-dark-red" into a colour that SVG knows.
func resolveColor(name string) string {
	switch name {
	case "":
		return colorSecondary
	case "text":
		return colorText
	case "transparent":
		return "none"
	}
	for i, prefix := range []string{"super-light-", "light-", "", "semi-dark-", "dark-"} {
		hue, ok := strings.CutPrefix(name, prefix)
		if list := shades(hue); ok && list != nil {
			return list[i]
		}
	}
	return name
}

// classic is the colour of the n-th series.
func classic(n int) string {
	palette := []string{
		"green", "semi-dark-yellow", "light-blue", "semi-dark-orange", "red", "blue", "purple", "#705DA0", "dark-green",
		"yellow", "#447EBC", "#C15C17", "#890F02", "#0A437C", "#6D1F62", "#584477", "#B7DBAB", "#F4D598", "#70DBED",
	}
	return resolveColor(palette[n%len(palette)])
}

// gradient returns the colour at a share of the way through a continuous scheme such as "continuous-GrYlRd".
func gradient(scheme string, share float64) (string, error) {
	names := map[string][]string{
		"continuous-GrYlRd": {"green", "yellow", "red"},
		"continuous-RdYlGr": {"red", "yellow", "green"},
		"continuous-BlYlRd": {"dark-blue", "super-light-yellow", "dark-red"},
		"continuous-YlRd":   {"super-light-yellow", "dark-red"},
		"continuous-BlPu":   {"blue", "purple"},
		"continuous-YlBl":   {"super-light-yellow", "dark-blue"},
		"continuous-blues":  {colorPanel, "dark-blue"},
		"continuous-reds":   {colorPanel, "dark-red"},
		"continuous-greens": {colorPanel, "dark-green"},
		// The scheme that Grafana's heatmap calls Oranges, on a dark page.
		"Oranges": {"#3b1a06", "#d9550d", "#fff1e0"},
		"Blues":   {"#0b1c36", "#3274D9", "#e6f0ff"},
	}[scheme]
	if names == nil {
		return "", fmt.Errorf("colour scheme %q is not drawn yet", scheme)
	}
	at := min(max(share, 0), 1) * float64(len(names)-1)
	i := min(int(at), len(names)-2)
	return mix(resolveColor(names[i]), resolveColor(names[i+1]), at-float64(i)), nil
}

// mix blends two colours.
func mix(a, b string, share float64) string {
	from, to := rgb(a), rgb(b)
	blend := func(x, y uint8) uint8 { return uint8(float64(x)*(1-share) + float64(y)*share + 0.5) }
	return fmt.Sprintf("#%02x%02x%02x", blend(from.R, to.R), blend(from.G, to.G), blend(from.B, to.B))
}

// rgb parses #rrggbb; any other notation is grey, so that a strange colour is visible and not fatal.
func rgb(s string) color.RGBA {
	v, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 {
		return color.RGBA{R: 128, G: 128, B: 128, A: 255}
	}
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255} //nolint:gosec // Bytes of 24 bits.
}

// onColor is black or white, whichever is readable on a background.
func onColor(background string) string {
	c := rgb(background)
	if 0.299*float64(c.R)+0.587*float64(c.G)+0.114*float64(c.B) > 150 {
		return "#111217"
	}
	return "#ffffff"
}
