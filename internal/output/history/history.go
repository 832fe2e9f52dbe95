// Package history writes snapshots of past instants as one file of OpenMetrics with timestamps.
package history

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// Faults of a history.
var (
	errDuplicate = errors.New("duplicate series")
	errNotFinite = errors.New("value is not finite")
	errShape     = errors.New("labels and values differ in number")
	errName      = errors.New("illegal name")
	errOrder     = errors.New("snapshots are not in the order of their instants")
)

// History collects snapshots of past instants and writes them as OpenMetrics with timestamps. The format wants all
// points of a series together while snapshots come instant by instant, so that everything is held until it is written;
// packed, it is a few bytes a sample.
type History struct {
	instants []int64 // milliseconds since 1970
	families map[string]*pastFamily
	buffer   []byte
	words    []uint64
}

// Stats says how large a history is, in lines of the format.
type Stats struct {
	Instants, Series, Samples int
}

// pastFamily holds the series of one metric in the order in which they appeared.
type pastFamily struct {
	metric *metric.Metric
	series []*pastSeries
	places map[string]int // in series, by labels
}

// New returns a History without instants.
func New() *History { return &History{families: map[string]*pastFamily{}} }

// Add takes over a snapshot, which is later than those before it. It refuses what a page refuses; the History is of no
// use after an error.
func (h *History) Add(snapshot *metric.Snapshot) error {
	at := snapshot.At.UnixMilli()
	if n := len(h.instants); n > 0 && at <= h.instants[n-1] {
		return fmt.Errorf("%s: %w", snapshot.At.Format(time.RFC3339), errOrder)
	}
	h.instants = append(h.instants, at)
	for i := range snapshot.Families {
		if err := h.addFamily(&snapshot.Families[i]); err != nil {
			return fmt.Errorf("metric %s at %s: %w", snapshot.Families[i].Metric.Name, snapshot.At.Format(time.RFC3339), err)
		}
	}
	return nil
}

func (h *History) addFamily(family *metric.Family) error {
	past := h.families[family.Metric.Name]
	if past == nil {
		if !model.LegacyValidation.IsValidMetricName(family.Metric.Name) {
			return errName
		}
		past = &pastFamily{metric: family.Metric, places: map[string]int{}}
		h.families[family.Metric.Name] = past
	}
	for i := range family.Samples {
		if err := h.addSample(past, &family.Samples[i]); err != nil {
			return fmt.Errorf("%v %q: %w", family.Samples[i].Labels, family.Samples[i].Values, err)
		}
	}
	return nil
}

func (h *History) addSample(family *pastFamily, sample *metric.Sample) error {
	if len(sample.Labels) != len(sample.Values) {
		return errShape
	}
	words, err := appendWords(h.words[:0], sample)
	if err != nil {
		return err
	}
	h.words = words
	h.buffer = appendLabels(h.buffer[:0], sample.Labels, sample.Values)
	place, known := family.places[string(h.buffer)]
	if !known {
		for _, label := range sample.Labels {
			if !model.LegacyValidation.IsValidLabelName(label) {
				return fmt.Errorf("label %q: %w", label, errName)
			}
		}
		place = len(family.series)
		series := newPastSeries(string(h.buffer), sample)
		family.series = append(family.series, series)
		family.places[series.labels] = place
	}
	return family.series[place].add(len(h.instants)-1, words, sample)
}

// Stats returns the size of what Write writes.
func (h *History) Stats() Stats {
	stats := Stats{Instants: len(h.instants)}
	for _, family := range h.families {
		for _, s := range family.series {
			stats.Series += s.lines()
			stats.Samples += s.lines() * s.points
		}
	}
	return stats
}

// sorted returns the families in the order of their names.
func (h *History) sorted() []*pastFamily {
	families := make([]*pastFamily, 0, len(h.families))
	for _, name := range slices.Sorted(maps.Keys(h.families)) {
		families = append(families, h.families[name])
	}
	return families
}

// appendWords appends the numbers of a sample as the words that a pastSeries packs.
func appendWords(words []uint64, sample *metric.Sample) ([]uint64, error) {
	value := sample.Value
	if histogram := sample.Histogram; histogram != nil {
		if len(histogram.Bounds) != len(histogram.Counts) {
			return words, errShape
		}
		words = append(append(words, histogram.Counts...), histogram.Count)
		value = histogram.Sum
	}
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return words, errNotFinite
	}
	return append(words, wordOf(value)), nil
}
