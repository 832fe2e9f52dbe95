package kpi

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
)

func TestCatalogue(t *testing.T) {
	names, kpis := map[string]bool{}, map[string]bool{}
	for _, m := range Catalogue() {
		if names[m.Name] || m.KPI != "" && kpis[m.KPI] {
			t.Errorf("%s is there twice", m.Name)
		}
		names[m.Name], kpis[m.KPI] = true, true
		if !regexp.MustCompile(`^sales_[a-z_]+[a-z]$`).MatchString(m.Name) || strings.HasSuffix(m.Name, "_total") {
			t.Errorf("%s is no name for a gauge or histogram", m.Name)
		}
		for field, text := range map[string]string{
			"Title": m.Title, "Help": m.Help, "Formula": m.Formula, "Type": string(m.Type), "Shape": string(m.Shape),
			"Unit": string(m.Unit), "Stability": string(m.Stability), "Kind": string(m.Kind), "Timing": string(m.Timing),
			"Direction": string(m.Direction), "Past": m.Past.Explain(),
		} {
			if text == "" {
				t.Errorf("%s has no %s", m.Name, field)
			}
		}
		if !strings.HasSuffix(m.Help, ".") || !strings.HasSuffix(m.FullHelp(), "sync_last_success_timestamp_seconds") {
			t.Errorf("%s: HELP %q ends wrongly", m.Name, m.FullHelp())
		}
		if m.Type == HistogramType && !strings.Contains(m.Help, "without rate()") {
			t.Errorf("%s does not say how to query it", m.Name)
		}
		if m.Money != (slices.Contains([]Shape{ShapeBase, ShapeHistogram, ShapeRollup}, m.Shape) && m.Unit == UnitCurrency) {
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
	snapshot := Compute(w.facts(), Input{Calendar: w.calendar, Now: w.now(), Targets: oracleTargets()})
	if len(snapshot.Families) != len(Catalogue()) {
		t.Errorf("%d of %d metrics have samples", len(snapshot.Families), len(Catalogue()))
	}
	for _, f := range snapshot.Families {
		m := f.Metric
		for _, s := range f.Samples {
			var want []string
			switch m.Shape {
			case ShapeBase:
				want = slices.Concat([]string{"source"}, w.options.Dimensions)
			case ShapeHistogram:
				want = slices.Concat([]string{"source"}, w.options.HistogramDimensions)
			case ShapeRollup:
				want = []string{"source", "rollup"}
				if s.Values[1] != "all" {
					want = append(want, strings.Split(s.Values[1], ",")...)
				}
			case ShapeTarget:
				want = slices.Concat([]string{"target", "kpi", "period", "source", "currency"}, w.options.Dimensions)
			}
			want = append(want, m.Labels...)
			if m.Windowed {
				want = append(want, "window")
			}
			if m.Money {
				want = append(want, "currency")
			}
			slices.Sort(want)
			if got := slices.Sorted(slices.Values(s.Labels)); !slices.Equal(got, want) || len(s.Values) != len(want) {
				t.Fatalf("%s has labels %v, want %v", m.Name, got, want)
			}
		}
	}
}

// TestSourceIsPure looks for what would make a Compute depend on more than its input.
func TestSourceIsPure(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	impure := regexp.MustCompile(`time\.(Now|Since|Until)\b|"(os|net|net/http|math/rand|math/rand/v2|log|log/slog)"`)
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		if found := impure.Find(text); found != nil {
			t.Errorf("%s uses %s", file.Name(), found)
		}
	}
}
