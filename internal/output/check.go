package output

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// Faults of a snapshot. They are faults of this program: the KPI engine folds, trims and merges what a CRM sends.
var (
	errDuplicate = errors.New("duplicate series")
	errNotFinite = errors.New("value is not finite")
	errShape     = errors.New("labels and values differ in number")
	errBuckets   = errors.New("buckets are not ascending, or differ in number from their counts")
	errMixed     = errors.New("gauges and histograms under one name")
	errName      = errors.New("illegal name")
	errText      = errors.New("text is not valid UTF-8")
)

// namespace begins the name of every metric of a snapshot, and reserved the names of the exporter's own metrics, which
// stand on the same page.
const (
	namespace = "sales_"
	reserved  = "sales_exporter_"
)

// Check returns the snapshot as the outputs take it, or why none of them may have it. A snapshot with a fault is refused
// as a whole, so that a scrape never meets one: Prometheus would drop the whole scrape. The snapshot before, nil where
// there is none, saves time: mostly the series are the same, and so is their order.
func Check(snapshot *metric.Snapshot, before *Snapshot) (*Snapshot, error) {
	checked := &Snapshot{At: snapshot.At}
	names := make(map[string]bool, len(snapshot.Families))
	for i := range snapshot.Families {
		f := &snapshot.Families[i]
		name := f.Metric.Name
		if !legalMetric(name) || names[name] {
			return nil, fmt.Errorf("check metric %q: %w", name, errName)
		}
		names[name] = true
		family, err := checkFamily(f, before.family(name))
		if err != nil {
			return nil, fmt.Errorf("check metric %s: %w", name, err)
		}
		size := Size{Metric: name, Folded: f.Folded}
		for j := range f.Samples {
			size.Series += f.Samples[j].Series()
		}
		checked.Sizes = append(checked.Sizes, size)
		if len(family.Samples) > 0 {
			checked.Families = append(checked.Families, family)
		}
	}
	for i := range checked.Families {
		if err := checked.Families[i].checkSuffixes(names); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(checked.Families, func(a, b Family) int { return strings.Compare(a.Name, b.Name) })
	return checked, nil
}

func legalMetric(name string) bool {
	return model.LegacyValidation.IsValidMetricName(name) && strings.HasPrefix(name, namespace) &&
		!strings.HasPrefix(name, reserved)
}

// checkSuffixes refuses a metric with the name of a histogram's lines: to Prometheus they would be one metric.
func (f *Family) checkSuffixes(names map[string]bool) error {
	if !f.Histogram {
		return nil
	}
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if names[f.Name+suffix] {
			return fmt.Errorf("check metric %s: it is a line of the histogram %s: %w", f.Name+suffix, f.Name, errName)
		}
	}
	return nil
}

// family returns the samples of a family, nil where there are none.
func (s *Snapshot) family(name string) []Sample {
	if s == nil {
		return nil
	}
	place, ok := slices.BinarySearchFunc(s.Families, name, func(f Family, name string) int {
		return strings.Compare(f.Name, name)
	})
	if !ok {
		return nil
	}
	return s.Families[place].Samples
}

// checkFamily checks the samples of a family and puts them into their order, which most likely is that of before.
func checkFamily(f *metric.Family, before []Sample) (Family, error) {
	family := Family{Name: f.Metric.Name, Help: f.Metric.FullHelp(), Samples: make([]Sample, len(f.Samples))}
	if !utf8.ValidString(family.Help) {
		return family, errText
	}
	family.Histogram = len(f.Samples) > 0 && f.Samples[0].Histogram != nil
	var known labelSets
	for i := range f.Samples {
		sample := &f.Samples[i]
		labels, err := known.of(sample.Labels)
		if err == nil {
			err = checkSample(sample, family.Histogram)
		}
		if err != nil {
			return family, fmt.Errorf("%v %q: %w", sample.Labels, sample.Values, err)
		}
		family.Samples[i] = Sample{Sample: sample, Labels: labels, place: int32(i)}
	}
	if len(before) == len(f.Samples) {
		ordered := make([]Sample, len(before))
		for i := range before {
			ordered[i] = family.Samples[before[i].place]
		}
		family.Samples = ordered
	}
	slices.SortFunc(family.Samples, compare)
	for i := 1; i < len(family.Samples); i++ {
		if s := &family.Samples[i]; compare(family.Samples[i-1], *s) == 0 {
			return family, fmt.Errorf("%v %q: %w", s.Sample.Labels, s.Values, errDuplicate)
		}
	}
	return family, nil
}

func checkSample(s *metric.Sample, histogram bool) error {
	if len(s.Labels) != len(s.Values) {
		return errShape
	}
	for _, value := range s.Values {
		if !utf8.ValidString(value) {
			return errText
		}
	}
	if (s.Histogram != nil) != histogram {
		return errMixed
	}
	if !histogram {
		return finite(s.Value)
	}
	h := s.Histogram
	if slices.Contains(s.Labels, model.BucketLabel) {
		return fmt.Errorf("label %q: %w", model.BucketLabel, errName)
	}
	if len(h.Bounds) != len(h.Counts) {
		return errBuckets
	}
	for i, bound := range h.Bounds {
		if finite(bound) != nil || i > 0 && bound <= h.Bounds[i-1] {
			return errBuckets
		}
	}
	return finite(h.Sum)
}

func finite(value float64) error {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return errNotFinite
	}
	return nil
}

// compare orders samples. Samples that differ in nothing but the names of their labels are ordered by these.
func compare(a, b Sample) int {
	if len(a.Values) != len(b.Values) {
		return cmp.Compare(len(a.Values), len(b.Values))
	}
	second := b.Labels.places
	for i, place := range a.Labels.places {
		if x, y := a.Values[place], b.Values[second[i]]; x != y {
			return strings.Compare(x, y)
		}
	}
	if a.Labels == b.Labels {
		return 0
	}
	return slices.Compare(a.Labels.Names, b.Labels.Names)
}

// labelSets are the sets of label names in a family. There are few, and samples share them.
type labelSets struct {
	last  *Labels
	of0   *string // first name of the set that was asked for last, which tells a shared slice at once
	known map[string]*Labels
}

// of returns the names in order, or why a name is not legal.
func (l *labelSets) of(names []string) (*Labels, error) {
	if l.last != nil && len(names) == len(l.last.Names) && (len(names) == 0 || &names[0] == l.of0) {
		return l.last, nil
	}
	key := strings.Join(names, ",")
	labels := l.known[key]
	if labels == nil {
		var err error
		if labels, err = newLabels(names); err != nil {
			return nil, err
		}
		if l.known == nil {
			l.known = map[string]*Labels{}
		}
		l.known[key] = labels
	}
	l.last = labels
	if len(names) > 0 {
		l.of0 = &names[0]
	}
	return labels, nil
}

func newLabels(names []string) (*Labels, error) {
	labels := &Labels{places: make([]int, len(names))}
	for i, name := range names {
		if !model.LegacyValidation.IsValidLabelName(name) || strings.HasPrefix(name, model.ReservedLabelPrefix) {
			return nil, fmt.Errorf("label %q: %w", name, errName)
		}
		labels.places[i] = i
	}
	slices.SortFunc(labels.places, func(a, b int) int { return strings.Compare(names[a], names[b]) })
	for _, place := range labels.places {
		labels.Names = append(labels.Names, names[place])
	}
	if len(slices.Compact(slices.Clone(labels.Names))) != len(names) {
		return nil, fmt.Errorf("labels %q: %w", names, errName)
	}
	return labels, nil
}
