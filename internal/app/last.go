package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/version"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/output"
	"github.com/sales-exporter/sales_exporter/internal/output/last"
)

// lastPath returns where the last snapshot is kept: beside the mirror, whose data it holds. Numbers as of a chosen
// instant are not kept.
func (e *engine) lastPath() string {
	if !e.asOf.IsZero() {
		return ""
	}
	return lastOf(e.storePath)
}

func lastOf(mirrorPath string) string { return mirrorPath + ".last" }

// originOf identifies what the snapshots of an engine are made by: the accounts behind its sources are a part of it.
func originOf(validated *config.Validated, syncers []*syncer) (output.Origin, error) {
	var key []byte
	if c := validated.Config(); c.RepLabel == crm.RepLabelHash {
		var err error
		if key, err = c.HashKey(); err != nil {
			return output.Origin{}, err
		}
	}
	configuration := []string{strconv.FormatUint(validated.Hash(), 16)}
	for _, s := range syncers {
		for _, st := range s.streams {
			configuration = append(configuration, string(canonical(st.identity)))
		}
	}
	return last.NewOrigin(program(), strings.Join(configuration, " "), key), nil
}

// program names the program by its version and commit, and by its file, for what developers build has neither.
func program() string {
	name := version.Version + " " + version.Revision
	path, err := os.Executable()
	if err != nil {
		return name
	}
	info, err := os.Stat(path)
	if err != nil {
		return name
	}
	return fmt.Sprintf("%s %d %s", name, info.Size(), info.ModTime().UTC())
}

// serveLast serves what the process before published last, while the mirror is not loaded yet, and reports whether it
// does. The numbers and the freshness of their sources are those of then.
func (a *App) serveLast(ctx context.Context) bool {
	e, logger := a.engine, a.options.Logger
	path := e.lastPath()
	if a.last == nil || path == "" {
		return false
	}
	kept, err := last.Read(path, e.origin)
	if err != nil {
		logger.Info("The last snapshot is not served", "file", path, "why", err)
		return false
	}
	if kept == nil || !e.keepTrue(kept.Snapshot, e.now()) {
		return false
	}
	checked, err := output.Check(kept.Snapshot, nil)
	if err == nil {
		err = a.page.Publish(ctx, checked)
	}
	if err != nil {
		logger.Warn("The last snapshot is not served", "file", path, "why", err)
		return false
	}
	e.declare()
	e.exporter.Reloaded(true, e.hash, e.now())
	for _, s := range e.syncers {
		if at, ok := kept.Reads[s.source.Name()]; ok {
			s.fresh(at)
		}
	}
	logger.Info("Serving the last snapshot while the mirror is read", "as_of", kept.Snapshot.At)
	return true
}

// keepTrue leaves of a snapshot what its labels still say rightly, and reports whether that is anything. On the day of
// the snapshot it is all. On a later day it is what is about a window that began when it begins now: the others are
// about other days by now.
func (e *engine) keepTrue(s *metric.Snapshot, now time.Time) bool {
	if now.Before(s.At) {
		return false
	}
	if e.calendar.DateOf(s.At) == e.calendar.DateOf(now) {
		return true
	}
	for i := range s.Families {
		f := &s.Families[i]
		f.Samples = slices.DeleteFunc(f.Samples, func(sample metric.Sample) bool {
			place := slices.Index(sample.Labels, "window")
			if place < 0 {
				return true
			}
			w := calendar.Window(sample.Values[place])
			then, later := e.calendar.Window(w, s.At), e.calendar.Window(w, now)
			// A window that ended at the snapshot is as old as all of it. One that ended before has another end now.
			moved := !then.End.Equal(later.End) && then.End.Before(s.At)
			return moved || !then.Start.Equal(later.Start)
		})
	}
	s.Families = slices.DeleteFunc(s.Families, func(f metric.Family) bool { return len(f.Samples) == 0 })
	return len(s.Families) > 0
}

// forgetLast removes the last snapshot of a mirror that is gone: who removes a mirror wants its records read anew.
func forgetLast(mirrorPath string) error {
	if _, err := os.Stat(mirrorPath); !errors.Is(err, fs.ErrNotExist) {
		return nil // Opening the mirror says what else is wrong with it.
	}
	if err := os.Remove(lastOf(mirrorPath)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the last snapshot of a mirror that is gone: %w", err)
	}
	return nil
}
