package kpi

import (
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/facts"
)

// unread reports whether a window that starts at some instant began after the last complete read of a source. What was
// known as of a past instant is not bounded by it.
func (c *computation) unread(s *facts.Source, start time.Time) bool {
	return !c.in.AsOf && s.Unread(start)
}

// unread reports whether a window began after the last complete read of the source.
func (s *scan) unread(w int) bool { return s.c.unread(s.source, s.c.windows[w].start) }

// read returns those windows of a grain that began before the source was read last.
func (s *scan) read(g *grain) []int {
	if !slices.ContainsFunc(g.windows, s.unread) {
		return g.windows
	}
	return slices.DeleteFunc(slices.Clone(g.windows), s.unread)
}

// unread reports whether some source of the target was read last before an instant.
func (t *target) unread(c *computation, start time.Time) bool {
	return slices.ContainsFunc(t.covered, func(in *scopeSums) bool { return c.unread(in.scan.source, start) })
}
