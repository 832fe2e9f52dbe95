// Package row holds the comparisons, one kind in a file.
package row

import (
	"context"
	"log/slog"

	"github.com/sales-exporter/sales_exporter/bench/internal/exporter"
	"github.com/sales-exporter/sales_exporter/bench/internal/measure"
)

// Comparison is a figure of ours beside a figure of somebody else's, both of one run.
type Comparison struct {
	// ID names the comparison in files of results: "scrape/gzip/const".
	ID string `json:"id"`
	// Part is the heading under which it is shown, What is what was done, Unit that of both figures.
	Part  string         `json:"part"`
	What  string         `json:"what"`
	Unit  string         `json:"unit"`
	Ours  measure.Figure `json:"ours"`
	Peer  string         `json:"peer"`
	Peers measure.Figure `json:"peers"`
	// Limit says that the peer is what the machine allows at best, and not what others do.
	Limit bool `json:"limit,omitempty"`
	// Wall says that time on the wall was measured, which a busy machine makes worthless: the least of all rounds counts.
	Wall bool `json:"wall,omitempty"`
}

// Ratio returns how many times the peer's figure ours is below, and of a limit how many times ours is above it.
func (c *Comparison) Ratio() float64 {
	ours, peers := c.Ours.Median, c.Peers.Median
	if c.Wall {
		ours, peers = c.Ours.Min, c.Peers.Min
	}
	if c.Limit {
		return ours / peers
	}
	return peers / ours
}

// Worse returns how many times worse the ratio is than another one of the same comparison.
func (c *Comparison) Worse(than *Comparison) float64 {
	if c.Limit {
		return c.Ratio() / than.Ratio()
	}
	return than.Ratio() / c.Ratio()
}

// Setting is what the rows run in.
type Setting struct {
	Logger *slog.Logger
	// Program is the exporter that is measured.
	Program exporter.Program
	// Folder is for files that go when the run ends.
	Folder string
	// Rounds is how often each side runs.
	Rounds int
	// Deals is the size of the large company; Huge is ten times that, 0 to leave it out.
	Deals, Huge int
	// DuckDB is left out where it is false.
	DuckDB bool
}

// few returns how often a side runs that takes many seconds.
func (s *Setting) few() int { return min(2, (s.Rounds+1)/2) }

// Row makes one or several comparisons in one run.
type Row struct {
	Name string
	// Gate says that CI compares it with the recorded run.
	Gate bool
	Run  func(context.Context, *Setting) ([]Comparison, error)
}

// All returns every row in the order in which they are shown.
func All() []Row {
	return []Row{
		{"scrape", true, scrapeRow},
		{"compute", true, computeRow},
		{"targets", true, targetsRow},
		{"mirror", true, mirrorRow},
		{"sync", false, syncRow},
		{"life", false, lifeRow},
	}
}
