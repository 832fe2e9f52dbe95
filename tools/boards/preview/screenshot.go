package preview

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// browserMargin is added to the window: headless Chromium keeps some of its height for a frame that nobody sees.
const browserMargin = 160

// Chromium takes pictures of pages.
type Chromium struct {
	Path    string
	Timeout time.Duration
}

// Screenshot takes a picture of an HTML file.
func (c Chromium) Screenshot(ctx context.Context, htmlPath string, width, height int) (_ *image.RGBA, err error) {
	profile, err := os.MkdirTemp("", "preview-*")
	if err != nil {
		return nil, fmt.Errorf("make browser profile: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(profile)) }()
	absolute, err := filepath.Abs(htmlPath)
	if err != nil {
		return nil, fmt.Errorf("find page: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	shot := filepath.Join(profile, "shot.png")
	//nolint:gosec // The browser is the one that the caller names.
	cmd := exec.CommandContext(ctx, c.Path, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir="+profile, "--screenshot="+shot,
		"--window-size="+strconv.Itoa(width)+","+strconv.Itoa(height+browserMargin), "file://"+absolute)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("run browser: %w: %s", err, bytes.TrimSpace(out))
	}
	raw, err := os.ReadFile(shot) //nolint:gosec // The file is ours.
	if err != nil {
		return nil, fmt.Errorf("read screenshot: %w", err)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("decode screenshot: %w", err)
	}
	return crop(picture, width, height), nil
}

// crop cuts a picture to a size.
func crop(picture image.Image, width, height int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(out, out.Bounds(), picture, picture.Bounds().Min, draw.Src)
	return out
}
