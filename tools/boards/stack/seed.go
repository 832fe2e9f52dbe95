package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// blockDuration is the longest time that a block of history covers: longer than any history, so that there is one.
// promtool reads the whole file once for each block; with its default of two hours, a year would take hours.
const blockDuration = "40000h"

// seed writes the rules, recomputes the past and turns it into blocks of Prometheus.
func (s *Stack) seed(ctx context.Context) error {
	err := s.phase("generate rules", func() error {
		_, err := runProgram(ctx, s.programs["sales_exporter"], "rules", "--out="+s.Rules(),
			"--max-for="+s.options.MaxFor.String())
		return err
	})
	if err != nil || s.options.History == 0 {
		return err
	}
	history := filepath.Join(s.Dir, "history.om")
	if err := s.phase("recompute the past", func() error { return s.backfill(ctx, history) }); err != nil {
		return err
	}
	return s.phase("write blocks", func() error {
		// The instance keeps the past apart from the present: no live series ever gets a sample from two origins.
		_, err := runProgram(ctx, s.programs["promtool"], "tsdb", "create-blocks-from", "openmetrics", "--quiet",
			"--max-block-duration="+blockDuration, "--label=job=sales_exporter", "--label=instance=backfill",
			history, s.data())
		// A gigabyte of text that nobody needs any more.
		return errors.Join(err, os.Remove(history))
	})
}

func (s *Stack) backfill(ctx context.Context, history string) error {
	config, err := copyConfig(s.options.Config, filepath.Join(s.Dir, "backfill"))
	if err != nil {
		return err
	}
	from := time.Now().AddDate(0, 0, -s.options.History).Format(time.DateOnly)
	if _, err := runProgram(ctx, s.programs["sales_exporter"], "backfill", "--config.file="+config, "--from="+from,
		"--step=1d", "--out="+history); err != nil {
		return fmt.Errorf("recompute the past: %w", err)
	}
	return nil
}
