package preview

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

func TestWritePNG(t *testing.T) {
	picture := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for y := range 64 {
		for x := range 64 {
			picture.SetRGBA(x, y, color.RGBA{R: uint8(x * 4), G: uint8(y * 4), B: uint8(x + y), A: 255})
		}
	}
	red := color.RGBA{R: 255, A: 255}
	for x := range 64 {
		picture.SetRGBA(x, 10, red)
	}
	var b bytes.Buffer
	if err := WritePNG(&b, picture); err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if c := color.RGBAModel.Convert(got.At(5, 10)); c != red {
		t.Errorf("the most common colour became %v, want %v", c, red)
	}
	for _, p := range []image.Point{{0, 0}, {63, 63}, {32, 5}} {
		r, g, bl, _ := picture.At(p.X, p.Y).RGBA()
		r2, g2, b2, _ := got.At(p.X, p.Y).RGBA()
		for _, pair := range [][2]uint32{{r, r2}, {g, g2}, {bl, b2}} {
			if off := apart(uint8(pair[0]>>8), uint8(pair[1]>>8)); off > 48 {
				t.Errorf("pixel %v is %d off", p, off)
			}
		}
	}
}
