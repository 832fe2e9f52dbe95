package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// maxBuckets bounds the series of one histogram.
const maxBuckets = 50

const day = 24 * time.Hour

// histogramDimensions returns the labels of the histograms, each of which is many series.
func (c *checker) histogramDimensions(l document.List[document.Scalar]) []string {
	if !l.Usable() {
		return nil
	}
	return c.configuredSubset(l)
}

// rollups returns the sets of dimensions for which ratios and medians are computed. Each is put into the order of
// `dimensions`, since [rep, team] and [team, rep] are the same numbers.
func (c *checker) rollups(l document.List[document.List[document.Scalar]]) [][]string {
	if !l.Usable() {
		return nil
	}
	rollups := [][]string{}
	seen := map[string]bool{}
	for _, item := range l.Items {
		if !item.Usable() {
			continue
		}
		names := c.inOrder(c.configuredSubset(item))
		if len(names) < len(item.Items) {
			continue // An unknown name is reported already; without it the rollup would be another one.
		}
		key := strings.Join(names, ",")
		if seen[key] {
			c.Add(item.Position, "the same rollup is listed twice", "keep one of them")
		}
		seen[key] = true
		rollups = append(rollups, names)
	}
	return rollups
}

// inOrder puts dimensions into the order of `dimensions`.
func (c *checker) inOrder(names []string) []string {
	slices.SortFunc(names, func(a, b string) int {
		return slices.Index(c.dimensions, a) - slices.Index(c.dimensions, b)
	})
	return names
}

// configuredSubset reads a list of configured dimensions.
func (c *checker) configuredSubset(l document.List[document.Scalar]) []string {
	return c.Subset(l, c.dimensions, "is not in dimensions", "add it there or remove it here")
}

func (c *checker) windows(l document.List[document.Scalar]) []calendar.Window {
	if !l.Usable() {
		return nil
	}
	if len(l.Items) == 0 {
		c.Add(l.Position, "must name at least one window", "to disable a metric, use metrics.disable")
	}
	var known []string
	for _, window := range calendar.Windows() {
		known = append(known, string(window))
	}
	var windows []calendar.Window
	for _, name := range c.Subset(l, known, "is not a window", "") {
		windows = append(windows, calendar.Window(name))
	}
	return windows
}

func (c *checker) repLabel(d *documentYAML) (crm.RepLabel, secret.Secret) {
	label := document.Choice(c.Checker, d.RepLabel, crm.RepLabelName, crm.RepLabelName, crm.RepLabelID, crm.RepLabelHash)
	if label == crm.RepLabelHash {
		key, at := c.Secret(d.RepLabel.Position, "hash_key", d.HashKeyFile, d.HashKeyEnv), d.HashKeyFile.Position
		if !at.Set() {
			at = d.HashKeyEnv.Position
		}
		c.hashKey(at, key)
		return label, key
	}
	for _, key := range []document.Scalar{d.HashKeyFile, d.HashKeyEnv} {
		if key.Set() && !d.RepLabel.Broken {
			c.Add(key.Position, "has no effect without rep_label: hash", "remove it or set rep_label: hash")
		}
	}
	return label, secret.Secret{}
}

const (
	defaultSeries = 100_000
	defaultValues = 500
)

func (c *checker) limits(l limitsYAML) Limits {
	limits := Limits{
		Series:             c.Integer(l.Series, defaultSeries, 1, 10_000_000),
		ValuesPerDimension: c.values(l.ValuesPerDimension.All),
	}
	for _, e := range l.ValuesPerDimension.Entries {
		if !slices.Contains(c.dimensions, e.Key.Text) {
			c.Add(e.Key.Position, document.Quote(e.Key.Text)+" is not in dimensions", document.OneOf(e.Key.Text, c.dimensions))
			continue
		}
		if limits.ValuesOf == nil {
			limits.ValuesOf = map[string]int{}
		}
		limits.ValuesOf[e.Key.Text] = c.values(e.Value)
	}
	return limits
}

func (c *checker) values(s document.Scalar) int { return c.Integer(s, defaultValues, 1, 1_000_000) }

func (c *checker) dealSizeBuckets(l document.List[document.Scalar]) []float64 {
	if !l.Usable() {
		return []float64{100, 250, 500, 1e3, 2500, 5e3, 1e4, 25e3, 5e4, 1e5, 25e4, 5e5, 1e6}
	}
	return buckets(c, l, func(s document.Scalar) float64 {
		return c.Number(s, 0, func(f float64) bool { return f > 0 }, "a number above 0")
	})
}

func (c *checker) durationBuckets(l document.List[document.Scalar]) []time.Duration {
	if !l.Usable() {
		var bounds []time.Duration
		for _, days := range []int{1, 3, 7, 14, 30, 45, 60, 90, 120, 180, 365} {
			bounds = append(bounds, time.Duration(days)*day)
		}
		return bounds
	}
	return buckets(c, l, c.days)
}

// days reads a duration, or a plain number as days.
func (c *checker) days(s document.Scalar) time.Duration {
	if _, plain := document.ParseNumber(s.Text); plain {
		const tenYears = 3653
		inRange := func(f float64) bool { return f >= 0.001 && f <= tenYears }
		return time.Duration(c.Number(s, 0, inRange, fmt.Sprintf("from 0.001 to %d days", tenYears)) * float64(day))
	}
	d, err := model.ParseDuration(s.Text)
	if err != nil || d <= 0 {
		c.Add(s.Position, document.Quote(s.Text)+" is not a duration above 0", "write it like 12h or 30d, or as a number of days")
		return 0
	}
	return time.Duration(d)
}

// buckets reads ascending upper bounds. A bound that cannot be read is 0.
func buckets[T float64 | time.Duration](c *checker, l document.List[document.Scalar], read func(document.Scalar) T) []T {
	if n := len(l.Items); n == 0 || n > maxBuckets {
		c.Add(l.Position, fmt.Sprintf("must have 1 to %d bounds", maxBuckets), "")
		return nil
	}
	var bounds []T
	for _, item := range l.Items {
		if !item.Usable() {
			continue
		}
		bound := read(item)
		if bound == 0 {
			continue
		}
		if n := len(bounds); n > 0 && bound <= bounds[n-1] {
			c.Add(item.Position, document.Quote(item.Text)+" is not above the previous bound", "list bounds in ascending order")
		}
		bounds = append(bounds, bound)
	}
	return bounds
}
