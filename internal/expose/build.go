package expose

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
)

// Faults of a snapshot. They are faults of this program: the KPI engine folds, trims and merges what a CRM sends.
var (
	errDuplicate = errors.New("duplicate series")
	errNotFinite = errors.New("value is not finite")
	errShape     = errors.New("labels and values differ in number")
	errName      = errors.New("illegal name")
)

// build turns a snapshot into metrics and refuses every fault that a scrape would trip over.
func build(snapshot *kpi.Snapshot) (*published, error) {
	total := 0
	for i := range snapshot.Families {
		total += len(snapshot.Families[i].Samples)
	}
	out := &published{at: snapshot.At, metrics: make([]prometheus.Metric, 0, total)}
	names := make(map[string]bool, len(snapshot.Families))
	for i := range snapshot.Families {
		family := &snapshot.Families[i]
		name := family.Metric.Name
		if !model.LegacyValidation.IsValidMetricName(name) || names[name] {
			return nil, fmt.Errorf("metric %q: %w", name, errName)
		}
		names[name] = true
		stats, err := out.add(family)
		if err != nil {
			return nil, fmt.Errorf("metric %s: %w", name, err)
		}
		out.stats = append(out.stats, stats)
	}
	return out, nil
}

// add appends the metrics of one family.
func (p *published) add(family *kpi.Family) (FamilyStats, error) {
	stats := FamilyStats{Metric: family.Metric.Name, Folded: family.Folded}
	descs := descCache{family: family}
	seen := make(map[string]bool, len(family.Samples))
	for i := range family.Samples {
		sample := &family.Samples[i]
		desc, err := descs.of(sample)
		if err != nil {
			return stats, err
		}
		key := strings.Join(sample.Labels, "\xff") + "\xfe" + strings.Join(sample.Values, "\xff")
		if seen[key] {
			return stats, fmt.Errorf("%v %q: %w", sample.Labels, sample.Values, errDuplicate)
		}
		seen[key] = true
		metric, err := constMetric(desc, sample)
		if err != nil {
			return stats, fmt.Errorf("%v %q: %w", sample.Labels, sample.Values, err)
		}
		p.metrics = append(p.metrics, metric)
		stats.Series += sample.Series()
	}
	return stats, nil
}

// descCache builds one Desc per label set of a family: they are costly, and samples share label slices.
type descCache struct {
	family *kpi.Family
	labels []string
	desc   *prometheus.Desc
	known  map[string]*prometheus.Desc
}

func (c *descCache) of(sample *kpi.Sample) (*prometheus.Desc, error) {
	if len(sample.Labels) != len(sample.Values) {
		return nil, errShape
	}
	if c.desc != nil && slices.Equal(c.labels, sample.Labels) {
		return c.desc, nil
	}
	key := strings.Join(sample.Labels, ",")
	desc := c.known[key]
	if desc == nil {
		for _, l := range sample.Labels {
			if !model.LegacyValidation.IsValidLabelName(l) {
				return nil, fmt.Errorf("label %q: %w", l, errName)
			}
		}
		desc = prometheus.NewDesc(c.family.Metric.Name, c.family.Metric.FullHelp(), sample.Labels, nil)
		if c.known == nil {
			c.known = map[string]*prometheus.Desc{}
		}
		c.known[key] = desc
	}
	c.labels, c.desc = sample.Labels, desc
	return desc, nil
}

func constMetric(desc *prometheus.Desc, sample *kpi.Sample) (prometheus.Metric, error) {
	h := sample.Histogram
	if h == nil {
		if math.IsNaN(sample.Value) || math.IsInf(sample.Value, 0) {
			return nil, errNotFinite
		}
		return prometheus.NewConstMetric(desc, prometheus.GaugeValue, sample.Value, sample.Values...)
	}
	if math.IsNaN(h.Sum) || math.IsInf(h.Sum, 0) {
		return nil, errNotFinite
	}
	if len(h.Bounds) != len(h.Counts) {
		return nil, errShape
	}
	buckets := make(map[float64]uint64, len(h.Bounds))
	for i, bound := range h.Bounds {
		buckets[bound] = h.Counts[i]
	}
	return prometheus.NewConstHistogram(desc, h.Count, h.Sum, buckets, sample.Values...)
}
