package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/tools/boards/stack/query"
)

// Exception is something that the demo has no data for, with the reason. It names a panel, a metric, or queries that are
// empty around the turn of a month.
type Exception struct {
	// Panel is the title of a panel or the name of an annotation.
	Panel string `yaml:"panel"`
	// Board is the panel's; all of them if it is empty.
	Board string `yaml:"board"`
	// Ref is one query of the panel; all of them if it is empty.
	Ref string `yaml:"ref"`
	// Metric is the name of a metric that need not exist.
	Metric string `yaml:"metric"`
	// Turn is a part of queries that may be empty in the first and last days of a month.
	Turn   string `yaml:"turn"`
	Reason string `yaml:"reason"`
}

// String names what is excepted.
func (e Exception) String() string {
	if e.Metric != "" {
		return "metric " + e.Metric
	}
	if e.Turn != "" {
		return "queries with " + e.Turn
	}
	return strings.Join(strings.Fields(fmt.Sprintf("panel %q %s %s", e.Panel, e.Ref, e.Board)), " ")
}

// unneeded is the problem of an exception that covers nothing any more.
func unneeded(e Exception) string {
	return fmt.Sprintf("the exception for %s is not needed any more", e)
}

// covers reports whether a query of a board may be empty at a time.
func (e Exception) covers(board string, q query.Query, now time.Time) bool {
	if e.Turn != "" {
		return turnOfMonth(now) && strings.Contains(q.Expr, e.Turn)
	}
	return e.Panel == q.Panel && (e.Board == "" || e.Board == board) && (e.Ref == "" || e.Ref == q.Ref)
}

// turnOfMonth reports whether a month, and with it maybe a quarter, has begun lately or is about to end: nothing may have
// been won in it yet, and no working day may be left. A long weekend lies within.
func turnOfMonth(now time.Time) bool {
	now = now.UTC()
	return now.Day() <= 5 || now.AddDate(0, 0, 4).Month() != now.Month()
}

func (e Exception) valid() bool {
	if e.Turn != "" {
		return e.Reason != "" && e.Panel+e.Board+e.Ref+e.Metric == ""
	}
	if e.Metric != "" {
		return e.Reason != "" && e.Panel+e.Board+e.Ref == ""
	}
	return e.Reason != "" && e.Panel != ""
}

// LoadExceptions reads a file of exceptions. Each must name one thing, and a reason.
func LoadExceptions(path string) ([]Exception, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // The caller's own path.
	if err != nil {
		return nil, fmt.Errorf("read exceptions: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	var exceptions []Exception
	if err := decoder.Decode(&exceptions); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("parse %s: %w", path, err)
	}
	for i, e := range exceptions {
		if !e.valid() {
			return nil, fmt.Errorf("%s: exception %d (%s) must name a reason, and a panel, a metric or a turn", path, i+1, e)
		}
	}
	return exceptions, nil
}
