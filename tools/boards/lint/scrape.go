package lint

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Scrape is what the exporter exposes: every metric with its type and labels. A nil *Scrape knows nothing and lets
// everything pass.
type Scrape struct {
	families map[string]family
	recorded map[string]labelSet
}

type family struct {
	kind   string
	labels labelSet
}

const (
	counter   = "COUNTER"
	gauge     = "GAUGE"
	histogram = "HISTOGRAM"
	summary   = "SUMMARY"
)

// LoadScrape reads a text exposition.
func LoadScrape(path string) (*Scrape, error) {
	f, err := os.Open(path) //nolint:gosec // The path is the caller's own.
	if err != nil {
		return nil, fmt.Errorf("open scrape: %w", err)
	}
	defer f.Close() //nolint:errcheck // The file was only read.
	textParser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := textParser.TextToMetricFamilies(f)
	if err != nil {
		return nil, fmt.Errorf("parse scrape %s: %w", path, err)
	}
	s := &Scrape{families: map[string]family{}, recorded: map[string]labelSet{}}
	for name, mf := range families {
		labels := newLabelSet("job", "instance")
		for _, m := range mf.GetMetric() {
			for _, pair := range m.GetLabel() {
				labels.names[pair.GetName()] = true
			}
		}
		s.families[name] = family{kind: mf.GetType().String(), labels: labels}
	}
	return s, nil
}

// family finds the family that a series belongs to, by its own name or without the suffix of a histogram or summary.
func (s *Scrape) family(series string) (f family, suffix string, ok bool) {
	if f, ok := s.families[series]; ok {
		return f, "", true
	}
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		base, found := strings.CutSuffix(series, suffix)
		f, ok := s.families[base]
		if found && ok && (f.kind == histogram || f.kind == summary) {
			return f, suffix, true
		}
	}
	return family{}, "", false
}

// labels returns the labels of a series' name, and whether there is such a series.
func (s *Scrape) labels(series string) (labelSet, bool) {
	if s == nil || series == "" || series == "ALERTS" || series == "ALERTS_FOR_STATE" {
		return labelSet{open: true}, true
	}
	if f, suffix, ok := s.family(series); ok {
		labels := f.labels.with()
		switch {
		case suffix == "_bucket":
			labels = labels.with("le")
		case suffix == "" && f.kind == summary:
			labels = labels.with("quantile")
		}
		return labels, true
	}
	if labels, ok := s.recorded[series]; ok {
		return labels, true
	}
	if ofPrometheus(series) {
		return newLabelSet("job", "instance"), true
	}
	// The command that prints one scrape without serving has no runtime metrics.
	return labelSet{open: true}, strings.HasPrefix(series, "go_") || strings.HasPrefix(series, "process_")
}

// groupable adds the dimensions that the scrape's configuration does not use to metrics that are split by others: a
// board must serve every configuration, and to PromQL a missing label is an empty one.
func (s *Scrape) groupable(series string) labelSet {
	labels, _ := s.labels(series)
	if slices.ContainsFunc(dimensions(), labels.has) {
		return labels.with(dimensions()...)
	}
	return labels
}

// dimensions are all labels that a configuration may split deals by.
func dimensions() []string {
	return []string{"pipeline", "rep", "team", "territory", "business_type", "segment", "channel", "product"}
}

// ofPrometheus reports whether Prometheus itself writes a series at every scrape.
func ofPrometheus(series string) bool {
	return series == "up" || strings.HasPrefix(series, "scrape_")
}

// isKPI reports whether a metric is about sales, not about the exporter. Every replica exposes such a metric with the
// same values.
func isKPI(series string) bool {
	return strings.HasPrefix(series, "sales_") && !strings.HasPrefix(series, "sales_exporter_")
}

// isCounter reports whether a series only ever rises. The histograms of KPIs do not: each is computed anew.
func (s *Scrape) isCounter(series string) bool {
	if strings.HasSuffix(series, "_total") {
		return true
	}
	if s == nil || isKPI(series) {
		return false
	}
	f, suffix, ok := s.family(series)
	return ok && (f.kind == counter || suffix != "")
}

// isGauge reports whether a series is known to rise and fall.
func (s *Scrape) isGauge(series string) bool {
	if isKPI(series) {
		return true
	}
	if s == nil {
		return false
	}
	f, _, ok := s.family(series)
	return ok && f.kind == gauge
}
