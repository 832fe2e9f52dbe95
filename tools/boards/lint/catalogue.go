package lint

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Catalogue is the generated documentation of the metrics, as far as boards link into it.
type Catalogue struct {
	anchors map[string]bool
}

var (
	heading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	noAnchor = regexp.MustCompile(`[^a-z0-9_ -]`)
)

// LoadCatalogue reads docs/metrics.md.
func LoadCatalogue(path string) (*Catalogue, error) {
	text, err := os.ReadFile(path) //nolint:gosec // The path is the caller's own.
	if err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	c := &Catalogue{anchors: map[string]bool{}}
	for _, h := range heading.FindAllStringSubmatch(string(text), -1) {
		anchor := noAnchor.ReplaceAllString(strings.ToLower(h[1]), "")
		c.anchors[strings.ReplaceAll(anchor, " ", "-")] = true
	}
	return c, nil
}

// has reports whether a heading exists. A nil *Catalogue knows nothing and lets everything pass.
func (c *Catalogue) has(anchor string) bool { return c == nil || c.anchors[anchor] }
