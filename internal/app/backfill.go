package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/expose"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
)

// BackfillOptions say which past to recompute.
type BackfillOptions struct {
	// From and To are the first and last instant: dates, which mean their first instant in the reporting time zone, or
	// RFC 3339. An empty To is now, or the last complete sync where that is earlier.
	From, To string
	// Step lies between two instants. Whole days are calendar days of the reporting time zone.
	Step time.Duration
	// Out is the file to write. It is replaced only when all of the history is written.
	Out string
}

// Backfill recomputes every KPI as of past instants and writes them as OpenMetrics. The report says for each metric how
// far the past can be trusted. A source that the mirror holds completely is taken as it stands, without a call to its
// CRM; the others are synced first. It may run beside an exporter that holds the mirror.
func Backfill(ctx context.Context, options Options, b BackfillOptions, report io.Writer) error {
	begin := time.Now()
	options, err := options.withDefaults()
	if err != nil {
		return err
	}
	if !options.AsOf.IsZero() {
		return errors.New("backfill computes many instants: set them with --from and --to, not with --kpi.as-of")
	}
	if err := checkOut(b.Out); err != nil {
		return err
	}
	validated, err := config.Load(options.ConfigFile)
	if err != nil {
		return fmt.Errorf("load configuration: %w", err)
	}
	now := options.Now()
	instants, err := b.instants(newCalendar(validated.Config()), now)
	if err != nil {
		return err
	}
	// The file comes before the sync: what cannot be written need not be read.
	work, err := newWorkplace(filepath.Dir(b.Out), options.Logger)
	if err != nil {
		return err
	}
	defer work.remove()
	file, err := newPendingFile(work, b.Out)
	if err != nil {
		return err
	}
	defer file.close()
	e, err := pastEngine(ctx, options, validated, work)
	if err != nil {
		return err
	}
	if instants, err = b.known(e, instants); err != nil {
		return err
	}
	options.Logger.Info("Computing past KPIs", "instants", len(instants))
	history, err := e.history(ctx, instants)
	if err != nil {
		return err
	}
	if err := file.commit(func(w io.Writer) error { return history.Write(stoppable{ctx, w}) }); err != nil {
		return fmt.Errorf("write %s: %w", b.Out, err)
	}
	err = writeReport(report, backfilled{
		out: b.Out, first: instants[0], last: instants[len(instants)-1], now: now, took: time.Since(begin),
		stats: history.Stats(), bytes: file.size,
	})
	if err != nil {
		return fmt.Errorf("%s was written, but the report could not be written: %w", b.Out, err)
	}
	return nil
}

// known leaves out the instants that lie after the last complete sync of some source: nobody knows yet what happened
// until then. It is an error where those were asked for.
func (b BackfillOptions) known(e *engine, instants []time.Time) ([]time.Time, error) {
	for _, s := range e.syncers {
		synced := s.snapshotStatus().lastSuccess
		end := slices.IndexFunc(instants, func(at time.Time) bool { return at.After(synced) })
		switch {
		case end < 0:
			continue
		case end == 0 || b.To != "":
			return nil, fmt.Errorf("the mirror has source %s as of %s, which is before the instant %s: let the exporter sync "+
				"first, or choose an earlier --to", s.source.Name(), synced.Format(time.RFC3339),
				instants[end].Format(time.RFC3339))
		}
		s.logger.Warn("Skipping instants after the last complete sync", "synced", synced, "left_out", len(instants)-end)
		instants = instants[:end]
	}
	return instants, nil
}

// history computes the KPIs as of each instant, without the metrics that say nothing about the past.
func (e *engine) history(ctx context.Context, instants []time.Time) (*expose.History, error) {
	history := expose.NewHistory()
	for _, instant := range instants {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		snapshot := e.compute(kpi.Input{Calendar: e.calendar, Targets: e.config.Targets, Now: instant, AsOf: true})
		snapshot.Families = slices.DeleteFunc(snapshot.Families, func(f kpi.Family) bool {
			return f.Metric.Past == kpi.PastPresent
		})
		if err := history.Add(snapshot); err != nil {
			return nil, fmt.Errorf("collect KPIs: %w", err)
		}
	}
	return history, nil
}
