package output_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/output"
	"github.com/sales-exporter/sales_exporter/internal/output/outputtest"
)

// recorder is an output that notes what it is given.
type recorder struct {
	name    string
	takes   time.Duration
	err     error
	values  []float64
	flushed bool
}

func (r *recorder) Name() string { return r.name }

func (r *recorder) Publish(ctx context.Context, s *output.Snapshot) error {
	select {
	case <-time.After(r.takes):
	case <-ctx.Done():
		return ctx.Err()
	}
	r.values = append(r.values, s.Families[0].Samples[0].Value)
	return r.err
}

func (r *recorder) Flush(context.Context) error {
	r.flushed = true
	return nil
}

func numbered(t *testing.T, n float64) *output.Snapshot {
	t.Helper()
	checked, err := output.Check(outputtest.Snapshot(outputtest.WonMetric(), outputtest.Gauge(n)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return checked
}

// TestOutputsFollow holds that a slow output and a failing one hold back neither Publish nor each other, that each gets
// the latest snapshot, and all of them the last one.
func TestOutputsFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		first, slow, broken := &recorder{name: "first"}, &recorder{name: "slow", takes: 10 * time.Second}, &recorder{name: "broken"}
		broken.err = errors.New("no room")
		outputs := output.Start(slog.New(slog.NewTextHandler(&log, nil)), first, slow, broken)
		begin := time.Now()
		for n := range 5 {
			if err := outputs.Publish(t.Context(), numbered(t, float64(n))); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("publishing took %s", took)
		}
		broken.err = nil
		if err := outputs.Publish(t.Context(), numbered(t, 5)); err != nil {
			t.Fatal(err)
		}
		if err := outputs.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		all := []float64{0, 1, 2, 3, 4, 5}
		if !slices.Equal(first.values, all) || !slices.Equal(broken.values, all) || !slices.Equal(slow.values, []float64{0, 5}) {
			t.Errorf("first %v, broken %v, slow %v", first.values, broken.values, slow.values)
		}
		if !slow.flushed || !broken.flushed {
			t.Error("an output was not flushed")
		}
		if n := strings.Count(log.String(), "no room"); n != 1 || !strings.Contains(log.String(), "Publishing works again") {
			t.Errorf("the log says %d times that the output fails:\n%s", n, &log)
		}
	})
}

// TestFirstOutputFails holds that its failure is that of Publish, and that no other output is ahead of it.
func TestFirstOutputFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, other := &recorder{name: "first"}, &recorder{name: "other"}
		outputs := output.Start(slog.New(slog.DiscardHandler), first, other)
		first.err = errors.New("no room")
		if err := outputs.Publish(t.Context(), numbered(t, 1)); err == nil || !strings.Contains(err.Error(), "publish to first: no room") {
			t.Errorf("error %v", err)
		}
		if err := outputs.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(first.values) != 1 || len(other.values) != 0 {
			t.Errorf("first %v, other %v", first.values, other.values)
		}
	})
}

// TestOutputsStopInTime holds that an output that hangs does not hang the stop.
func TestOutputsStopInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hung := &recorder{name: "hung", takes: time.Hour}
		outputs := output.Start(slog.New(slog.DiscardHandler), &recorder{name: "first"}, hung)
		if err := outputs.Publish(t.Context(), numbered(t, 1)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := outputs.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		synctest.Wait()
		if len(hung.values) > 0 {
			t.Error("the output was not told to stop")
		}
	})
}
