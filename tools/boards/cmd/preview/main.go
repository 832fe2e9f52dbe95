// Command preview draws pictures of Grafana boards from a dump of their queries' results.
package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
	"github.com/sales-exporter/sales_exporter/tools/boards/preview"
)

// firstScreenHeight is what a laptop of 1280 pixels shows without scrolling.
const firstScreenHeight = 800

// options are the command line.
type options struct {
	boards, data, out, pages, chromium string
	width                              int
	firstScreen, expand, strict        bool
}

func main() {
	app := kingpin.New("preview", "Draws previews of Grafana boards from the results of their queries.")
	var o options
	app.Flag("boards", "Directory of the boards.").Required().StringVar(&o.boards)
	app.Flag("data", "Dump of the queries' results.").Required().StringVar(&o.data)
	app.Flag("out", "Directory of the pictures.").Required().StringVar(&o.out)
	app.Flag("pages", "Directory of the pages that the pictures are taken of; by default they are not kept.").
		StringVar(&o.pages)
	app.Flag("width", "Width of the pictures in pixels.").Default("1280").IntVar(&o.width)
	app.Flag("first-screen", "Show only what is visible without scrolling, on 1280 x 800 pixels.").
		BoolVar(&o.firstScreen)
	app.Flag("expand", "Open collapsed rows.").BoolVar(&o.expand)
	app.Flag("chromium", "Browser that takes the pictures. Empty takes none.").Default("/usr/bin/chromium").
		StringVar(&o.chromium)
	app.Flag("strict", "Fail if a panel is empty or something cannot be read.").BoolVar(&o.strict)
	kingpin.MustParse(app.Parse(os.Args[1:]))
	if err := run(context.Background(), o, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "preview:", err)
		os.Exit(1)
	}
}

// run draws every board that the dump knows.
func run(ctx context.Context, o options, report io.Writer) error {
	boards, err := board.LoadDir(o.boards)
	if err != nil {
		return err
	}
	dump, err := preview.LoadDump(o.data)
	if err != nil {
		return err
	}
	if o.pages == "" {
		temp, err := os.MkdirTemp("", "preview-pages-*")
		if err != nil {
			return fmt.Errorf("make directory of pages: %w", err)
		}
		defer func() { _ = os.RemoveAll(temp) }()
		o.pages = temp
	}
	for _, dir := range []string{o.pages, o.out} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return fmt.Errorf("make directory: %w", err)
		}
	}
	unreadable := 0
	for _, b := range boards {
		data, ok := dump.Boards[b.UID]
		if !ok {
			return fmt.Errorf("dump %s has no results of board %s", o.data, b.UID)
		}
		page, err := preview.Render(b, data, preview.Options{Width: o.width, Expand: o.expand, Generated: dump.Generated})
		if err != nil {
			return err
		}
		unreadable += describe(report, page)
		if err := save(ctx, o, page); err != nil {
			return err
		}
	}
	if o.strict && unreadable > 0 {
		return fmt.Errorf("%d panels are empty or hard to read", unreadable)
	}
	return nil
}

// describe reports what is wrong with a board and counts it.
func describe(w io.Writer, page *preview.Page) int {
	fmt.Fprintf(w, "%s: %d empty, %d hard to read\n", page.UID, len(page.Empty), len(page.Problems))
	for _, line := range page.Empty {
		fmt.Fprintf(w, "  empty: %s\n", line)
	}
	for _, line := range page.Problems {
		fmt.Fprintf(w, "  %s\n", line)
	}
	return len(page.Empty) + len(page.Problems)
}

// save writes a page and its picture.
func save(ctx context.Context, o options, page *preview.Page) error {
	path := filepath.Join(o.pages, page.UID+".html")
	if err := os.WriteFile(path, page.HTML, 0o600); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	if o.chromium == "" {
		return nil
	}
	width, height, name := page.Width, page.Height, page.UID+".png"
	if o.firstScreen {
		height, name = firstScreenHeight, page.UID+"-first-screen.png"
	}
	browser := preview.Chromium{Path: o.chromium, Timeout: time.Minute}
	picture, err := browser.Screenshot(ctx, path, width, height)
	if err != nil {
		return fmt.Errorf("take picture of board %s: %w", page.UID, err)
	}
	return writePNG(filepath.Join(o.out, name), picture)
}

// writePNG writes a picture to a file.
func writePNG(path string, picture *image.RGBA) error {
	var b bytes.Buffer
	if err := preview.WritePNG(&b, picture); err != nil {
		return fmt.Errorf("encode picture: %w", err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil { //nolint:gosec // Pictures are for everyone.
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}
