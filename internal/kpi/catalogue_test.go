package kpi

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/metric"
)

func TestCatalogue(t *testing.T) {
	names, kpis := map[string]bool{}, map[string]bool{}
	for _, m := range Catalogue() {
		if names[m.Name] || m.KPI != "" && kpis[m.KPI] {
			t.Errorf("%s occurs twice", m.Name)
		}
		names[m.Name], kpis[m.KPI] = true, true
		if !regexp.MustCompile(`^sales_[a-z_]+[a-z]$`).MatchString(m.Name) || strings.HasSuffix(m.Name, "_total") {
			t.Errorf("%s is no name for a gauge or histogram", m.Name)
		}
		for field, text := range map[string]string{
			"Title": m.Title, "Help": m.Help, "Formula": m.Formula, "Type": string(m.Type), "Shape": string(m.Form),
			"Unit": string(m.Unit), "Stability": string(m.Stability), "Kind": string(m.Kind), "Timing": string(m.Timing),
			"Direction": string(m.Direction), "Past": m.Past.Explain(),
		} {
			if text == "" {
				t.Errorf("%s has no %s", m.Name, field)
			}
		}
		if !strings.HasSuffix(m.Help, ".") || !strings.HasSuffix(m.FullHelp(), "Rebuilt for each snapshot.") {
			t.Errorf("%s: HELP %q ends wrongly", m.Name, m.FullHelp())
		}
		if m.Type == metric.HistogramType && !strings.Contains(m.Help, "without rate()") {
			t.Errorf("%s does not say how to query it", m.Name)
		}
		if m.Windowed != (len(m.Windows) > 0) {
			t.Errorf("%s declares windows %v", m.Name, m.Windows)
		}
		if m.Money != (slices.Contains([]metric.Form{metric.FormBase, metric.FormHistogram, metric.FormRollup}, m.Form) && m.Unit == metric.UnitCurrency) {
			t.Errorf("%s: Money is %v", m.Name, m.Money)
		}
	}
	for _, kpi := range TargetKPIs() {
		if !kpis[kpi] {
			t.Errorf("no metric is the target KPI %s", kpi)
		}
	}
}

// TestSamplesHaveTheLabelsOfTheCatalogue computes everything and compares each sample's labels with what its metric
// declares, since documentation and dashboards are made of the declarations.
func TestSamplesHaveTheLabelsOfTheCatalogue(t *testing.T) {
	w := newWorld(31, 1000, calendar.Options{})
	w.options.HistogramDimensions, w.options.Rollups, w.options.Windows = nil, nil, nil
	snapshot := Compute(w.facts(), Input{Calendar: w.calendar, Now: w.now(), Targets: oracleTargets()})
	if len(snapshot.Families) != len(Catalogue()) {
		t.Errorf("%d of %d metrics have samples", len(snapshot.Families), len(Catalogue()))
	}
	for _, f := range snapshot.Families {
		for _, s := range f.Samples {
			want := declaredLabels(&w.options, f.Metric, s.Values)
			if got := slices.Sorted(slices.Values(s.Labels)); !slices.Equal(got, want) || len(s.Values) != len(want) {
				t.Fatalf("%s has labels %v, want %v", f.Metric.Name, got, want)
			}
			if at := slices.Index(s.Labels, "window"); at >= 0 &&
				!slices.Contains(slices.Concat(f.Metric.Windows, f.Metric.RepWindows), calendar.Window(s.Values[at])) {
				t.Fatalf("%s has window %s, which it does not declare", f.Metric.Name, s.Values[at])
			}
		}
	}
}

// declaredLabels returns the labels that a metric declares, in order.
func declaredLabels(o *Options, m *metric.Metric, values []string) []string {
	var labels []string
	switch m.Form {
	case metric.FormBase, metric.FormHistogram:
		dims := o.Dimensions
		if m.Grain != nil {
			dims = m.Grain[0]
		}
		labels = append([]string{"source"}, dims...)
	case metric.FormRollup:
		labels = []string{"source", "rollup"}
		if values[1] != "all" {
			labels = append(labels, strings.Split(values[1], ",")...)
		}
	case metric.FormTarget:
		labels = append([]string{"target", "kpi", "period", "source", "currency"}, o.Dimensions...)
	}
	labels = append(labels, m.Labels...)
	if m.Windowed {
		labels = append(labels, "window")
	}
	if m.Money {
		labels = append(labels, "currency")
	}
	slices.Sort(labels)
	return labels
}

// TestSourceIsPure looks for what would make a Compute depend on more than its input.
func TestSourceIsPure(t *testing.T) {
	impure := regexp.MustCompile(`time\.(Now|Since|Until)\b|"(os|net|net/http|math/rand|math/rand/v2|log|log/slog)"`)
	for _, below := range []string{".", "../cube", "../metric"} {
		err := filepath.WalkDir(below, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "kpitest") {
				return err
			}
			text, err := os.ReadFile(path)
			if found := impure.Find(text); found != nil {
				t.Errorf("%s uses %s", path, found)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
