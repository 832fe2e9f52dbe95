// Package page is what Prometheus scrapes: the exporter's own metrics, gathered on each scrape, and behind them the
// published snapshot, of which each form is rendered and compressed once.
//
// Business values are never set and reset in place: a snapshot is swapped as a whole, so a label set that vanished from
// the CRM vanishes from the page.
package page

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"github.com/sales-exporter/sales_exporter/internal/output"
)

// Page serves the last published snapshot. The zero value serves none. It is safe for concurrent use.
type Page struct {
	current atomic.Pointer[served]
}

// Name implements output.Output.
func (p *Page) Name() string { return "page" }

// Publish serves a snapshot in place of the one before. The forms that were asked for of the page before are ready when
// it is swapped; others are made when they are first asked for.
func (p *Page) Publish(_ context.Context, snapshot *output.Snapshot) error {
	next := newServed(snapshot)
	if err := next.prepare(p.current.Load()); err != nil {
		return fmt.Errorf("render page: %w", err)
	}
	p.current.Store(next)
	return nil
}

// Served returns when the served snapshot is as of and the size of each of its families; the zero time before the first
// one.
func (p *Page) Served() (time.Time, []output.Size) {
	if served := p.current.Load(); served != nil {
		return served.snapshot.At, served.snapshot.Sizes
	}
	return time.Time{}, nil
}

// WriteText writes the page in the text format.
func (p *Page) WriteText(w io.Writer, own prometheus.Gatherer) error {
	if err := writeOwn(w, own, expfmt.NewFormat(expfmt.TypeTextPlain)); err != nil {
		return err
	}
	served := p.current.Load()
	if served == nil {
		return nil
	}
	if err := textDialect.render(w, served.snapshot); err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	return nil
}

// writeOwn writes the exporter's own metrics, without what ends a page.
func writeOwn(w io.Writer, own prometheus.Gatherer, format expfmt.Format) error {
	families, err := own.Gather()
	if err != nil {
		return fmt.Errorf("gather metrics: %w", err)
	}
	encoder := expfmt.NewEncoder(w, format)
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			return fmt.Errorf("write metrics: %w", err)
		}
	}
	return nil
}
