package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// maxBuckets bounds the series of one histogram.
const maxBuckets = 50

const day = 24 * time.Hour

// dimensionNames returns the labels of the deal metrics.
func (c *checker) dimensionNames(l list[scalar]) []string {
	if !l.usable() {
		return []string{"pipeline", "rep", "team", "territory", "business_type"}
	}
	return c.subset(l, crm.DimensionNames(), "is not a dimension", "")
}

// histogramDimensions returns the labels of the histograms, each of which is many series.
func (c *checker) histogramDimensions(l list[scalar]) []string {
	if !l.usable() {
		return nil
	}
	return c.configuredSubset(l)
}

// rollups returns the sets of dimensions for which ratios and medians are computed. Each is put into the order of
// `dimensions`, since [rep, team] and [team, rep] are the same numbers.
func (c *checker) rollups(l list[list[scalar]]) [][]string {
	if !l.usable() {
		return nil
	}
	rollups := [][]string{}
	seen := map[string]bool{}
	for _, item := range l.items {
		if !item.usable() {
			continue
		}
		names := c.inOrder(c.configuredSubset(item))
		key := strings.Join(names, ",")
		if seen[key] {
			c.add(item.place, "the same rollup is listed twice", "keep one of them")
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
func (c *checker) configuredSubset(l list[scalar]) []string {
	return c.subset(l, c.dimensions, "is not in dimensions", "add it there or remove it here")
}

// subset reads a list of known words, each once. Without a hint of its own, an unknown word gets the known ones.
func (c *checker) subset(l list[scalar], known []string, complaint, hint string) []string {
	words := []string{}
	for _, item := range l.items {
		switch {
		case !item.usable():
		case slices.Contains(known, item.text):
			words = append(words, item.text)
		case hint == "" || nearest(item.text, known) != "":
			c.add(item.place, quote(item.text)+" "+complaint, oneOf(item.text, known))
		default:
			c.add(item.place, quote(item.text)+" "+complaint, hint)
		}
	}
	c.distinct(l.items)
	return words
}

func (c *checker) windows(l list[scalar]) []calendar.Window {
	if !l.usable() {
		return nil
	}
	if len(l.items) == 0 {
		c.add(l.place, "must name at least one window", "to disable a metric, use metrics.disable")
	}
	var known []string
	for _, window := range calendar.Windows() {
		known = append(known, string(window))
	}
	var windows []calendar.Window
	for _, name := range c.subset(l, known, "is not a window", "") {
		windows = append(windows, calendar.Window(name))
	}
	return windows
}

func (c *checker) repLabel(d *documentYAML) (RepLabel, Secret) {
	label := choice(c, d.RepLabel, RepLabelName, RepLabelName, RepLabelID, RepLabelHash)
	if label == RepLabelHash {
		key, at := c.secret(d.RepLabel.place, "hash_key", d.HashKeyFile, d.HashKeyEnv), d.HashKeyFile.place
		if !at.set() {
			at = d.HashKeyEnv.place
		}
		c.hashKey(at, key)
		return label, key
	}
	for _, key := range []scalar{d.HashKeyFile, d.HashKeyEnv} {
		if key.set() && !d.RepLabel.broken {
			c.add(key.place, "has no effect without rep_label: hash", "remove it or set rep_label: hash")
		}
	}
	return label, Secret{}
}

const (
	defaultSeries = 100_000
	defaultValues = 500
)

func (c *checker) limits(l limitsYAML) Limits {
	limits := Limits{
		Series:             c.integer(l.Series, defaultSeries, 1, 10_000_000),
		ValuesPerDimension: c.values(l.ValuesPerDimension.All),
	}
	for _, e := range l.ValuesPerDimension.entries {
		if !slices.Contains(c.dimensions, e.key.text) {
			c.add(e.key.place, quote(e.key.text)+" is not in dimensions", oneOf(e.key.text, c.dimensions))
			continue
		}
		if limits.ValuesOf == nil {
			limits.ValuesOf = map[string]int{}
		}
		limits.ValuesOf[e.key.text] = c.values(e.value)
	}
	return limits
}

func (c *checker) values(s scalar) int { return c.integer(s, defaultValues, 1, 1_000_000) }

func (c *checker) dealSizeBuckets(l list[scalar]) []float64 {
	if !l.usable() {
		return []float64{100, 250, 500, 1e3, 2500, 5e3, 1e4, 25e3, 5e4, 1e5, 25e4, 5e5, 1e6}
	}
	return buckets(c, l, func(s scalar) float64 {
		return c.number(s, 0, func(f float64) bool { return f > 0 }, "a number above 0")
	})
}

func (c *checker) durationBuckets(l list[scalar]) []time.Duration {
	if !l.usable() {
		var bounds []time.Duration
		for _, days := range []int{1, 3, 7, 14, 30, 45, 60, 90, 120, 180, 365} {
			bounds = append(bounds, time.Duration(days)*day)
		}
		return bounds
	}
	return buckets(c, l, c.days)
}

// days reads a duration, or a plain number as days.
func (c *checker) days(s scalar) time.Duration {
	if _, plain := parseNumber(s.text); plain {
		const tenYears = 3653
		inRange := func(f float64) bool { return f >= 0.001 && f <= tenYears }
		return time.Duration(c.number(s, 0, inRange, fmt.Sprintf("from 0.001 to %d days", tenYears)) * float64(day))
	}
	d, err := model.ParseDuration(s.text)
	if err != nil || d <= 0 {
		c.add(s.place, quote(s.text)+" is not a duration above 0", "write it like 12h or 30d, or as a number of days")
		return 0
	}
	return time.Duration(d)
}

// buckets reads ascending upper bounds. A bound that cannot be read is 0.
func buckets[T float64 | time.Duration](c *checker, l list[scalar], read func(scalar) T) []T {
	if n := len(l.items); n == 0 || n > maxBuckets {
		c.add(l.place, fmt.Sprintf("must have 1 to %d bounds", maxBuckets), "")
		return nil
	}
	var bounds []T
	for _, item := range l.items {
		if !item.usable() {
			continue
		}
		bound := read(item)
		if bound == 0 {
			continue
		}
		if n := len(bounds); n > 0 && bound <= bounds[n-1] {
			c.add(item.place, quote(item.text)+" is not above the previous bound", "list bounds in ascending order")
		}
		bounds = append(bounds, bound)
	}
	return bounds
}
