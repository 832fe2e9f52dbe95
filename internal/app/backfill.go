package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/backfill"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// Backfill recomputes every KPI as of past instants and writes them as OpenMetrics. A source that the mirror holds
// completely is taken as it stands, without a call to its CRM; the others are synced first. It may run beside an
// exporter that holds the mirror.
func Backfill(ctx context.Context, options Options, request backfill.Request, report io.Writer) error {
	options, err := options.withDefaults()
	if err != nil {
		return err
	}
	if !options.AsOf.IsZero() {
		return errors.New("backfill computes many instants: set them with --from and --to, not with --kpi.as-of")
	}
	if err := request.Check(); err != nil {
		return err
	}
	validated, err := LoadConfig(options.ConfigFile)
	if err != nil {
		return fmt.Errorf("load configuration: %w", err)
	}
	return request.Run(ctx, backfill.Environment{
		Calendar: newCalendar(validated.Config()), Now: options.Now(), Logger: options.Logger,
		Open: func(ctx context.Context, folder string) (backfill.Past, error) {
			e, err := pastEngine(ctx, options, validated, folder)
			return pastFacts{e}, err
		},
	}, report)
}

// pastFacts makes an engine's facts the past of a back-fill.
type pastFacts struct{ *engine }

// Reads implements backfill.Past.
func (p pastFacts) Reads() []backfill.Read {
	reads := make([]backfill.Read, 0, len(p.syncers))
	for _, s := range p.syncers {
		reads = append(reads, backfill.Read{Source: s.source.Name(), At: s.snapshotStatus().lastSuccess})
	}
	return reads
}

// Compute implements backfill.Past.
func (p pastFacts) Compute(at time.Time) *metric.Snapshot {
	return p.compute(kpi.Input{Calendar: p.calendar, Targets: p.config.Targets, Now: at, AsOf: true})
}
