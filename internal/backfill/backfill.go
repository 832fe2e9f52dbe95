// Package backfill recomputes KPIs as of past instants and writes them as a file that Prometheus loads.
package backfill

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/output/history"
)

// Request says which past to recompute.
type Request struct {
	// From and To are the first and last instant: dates, which mean their first instant in the reporting time zone, or
	// RFC 3339. An empty To is now, or the last complete sync where that is earlier.
	From, To string
	// Step lies between two instants. Whole days are calendar days of the reporting time zone.
	Step time.Duration
	// Out is the file to write. It is replaced only when all of the history is written.
	Out string
}

// Past is what the KPIs of past instants are computed from.
type Past interface {
	// Reads returns when each source was last read completely.
	Reads() []Read
	// Compute computes all KPIs as of an instant.
	Compute(at time.Time) *metric.Snapshot
}

// Read is the last complete read of a source.
type Read struct {
	Source string
	At     time.Time
}

// Environment is where a back-fill runs.
type Environment struct {
	Calendar *calendar.Calendar
	Now      time.Time
	Logger   *slog.Logger
	// Open returns the past. It may use a folder that does not exist yet and is removed in the end.
	Open func(ctx context.Context, folder string) (Past, error)
}

// Check refuses an output that cannot be written, before anything else is done.
func (r Request) Check() error { return checkOut(r.Out) }

// Run recomputes every KPI as of past instants and writes them as OpenMetrics. The report says for each metric how far
// the past can be trusted.
func (r Request) Run(ctx context.Context, env Environment, report io.Writer) error {
	begin := time.Now()
	instants, err := r.instants(env.Calendar, env.Now)
	if err != nil {
		return err
	}
	// The file comes before the sync: what cannot be written need not be read.
	work, err := newWorkplace(filepath.Dir(r.Out), env.Logger)
	if err != nil {
		return err
	}
	defer work.remove()
	file, err := newPendingFile(work, r.Out)
	if err != nil {
		return err
	}
	defer file.close()
	past, err := env.Open(ctx, work.path("mirror"))
	if err != nil {
		return err
	}
	if instants, err = r.known(past.Reads(), instants, env.Logger); err != nil {
		return err
	}
	env.Logger.Info("Computing past KPIs", "instants", len(instants))
	computed, err := compute(ctx, past, instants)
	if err != nil {
		return err
	}
	if err := file.commit(func(w io.Writer) error { return computed.Write(stoppable{ctx, w}) }); err != nil {
		return fmt.Errorf("write %s: %w", r.Out, err)
	}
	err = writeReport(report, backfilled{
		out: r.Out, first: instants[0], last: instants[len(instants)-1], now: env.Now, took: time.Since(begin),
		stats: computed.Stats(), bytes: file.size,
	})
	if err != nil {
		return fmt.Errorf("%s was written, but the report could not be written: %w", r.Out, err)
	}
	return nil
}

// known leaves out the instants that lie after the last complete sync of some source: nobody knows yet what happened
// until then. It is an error where those were asked for.
func (r Request) known(reads []Read, instants []time.Time, logger *slog.Logger) ([]time.Time, error) {
	for _, read := range reads {
		end := slices.IndexFunc(instants, func(at time.Time) bool { return at.After(read.At) })
		switch {
		case end < 0:
			continue
		case end == 0 || r.To != "":
			return nil, fmt.Errorf("the mirror has source %s as of %s, which is before the instant %s: let the exporter sync "+
				"first, or choose an earlier --to", read.Source, read.At.Format(time.RFC3339), instants[end].Format(time.RFC3339))
		}
		logger.Warn("Skipping instants after the last complete sync", "source_name", read.Source, "synced", read.At,
			"left_out", len(instants)-end)
		instants = instants[:end]
	}
	return instants, nil
}

// compute computes the KPIs as of each instant, without the metrics that say nothing about the past.
func compute(ctx context.Context, past Past, instants []time.Time) (*history.History, error) {
	computed := history.New()
	for _, instant := range instants {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		snapshot := past.Compute(instant)
		snapshot.Families = slices.DeleteFunc(snapshot.Families, func(f metric.Family) bool {
			return f.Metric.Past == metric.PastPresent
		})
		if err := computed.Add(snapshot); err != nil {
			return nil, fmt.Errorf("collect KPIs: %w", err)
		}
	}
	return computed, nil
}
