package dashboard

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

func generate(t *testing.T, o Options) []File {
	t.Helper()
	files, err := Generate(o)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func defaults() Options { return Options{Currency: "USD", FiscalYearStart: time.January} }

// boards returns the boards as Grafana reads them.
func boards(t *testing.T) []board {
	t.Helper()
	var all []board
	for _, f := range generate(t, defaults()) {
		var b board
		if err := json.Unmarshal(f.JSON, &b); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		all = append(all, b)
	}
	return all
}

// all returns the panels of a board, those of collapsed rows too.
func (b *board) all() []*panel {
	var panels []*panel
	for _, p := range b.Panels {
		panels = append(append(panels, p), p.Panels...)
	}
	return panels
}

// expressions returns the queries of all panels and annotations.
func expressions(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, b := range boards(t) {
		for _, p := range b.all() {
			for _, q := range p.Targets {
				all = append(all, q.Expr)
			}
		}
		for _, a := range b.Annotations.List {
			all = append(all, a.Expr)
		}
	}
	return all
}

func TestCommittedBoardsAreGenerated(t *testing.T) {
	const dir = "../../dashboards"
	names := map[string]bool{}
	for _, f := range generate(t, defaults()) {
		names[f.Name] = true
		committed, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil {
			t.Errorf("%v: run make dashboards", err)
			continue
		}
		if string(committed) != string(f.JSON) {
			t.Errorf("dashboards/%s differs from what is generated: run make dashboards", f.Name)
		}
	}
	entries, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range entries {
		if !names[filepath.Base(path)] {
			t.Errorf("%s is no board any more: remove it", path)
		}
	}
}

func TestWriteWritesWhatIsGenerated(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if err := Write(dir, defaults()); err != nil {
		t.Fatal(err)
	}
	for _, f := range generate(t, defaults()) {
		written, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(f.JSON), string(written)); diff != "" {
			t.Errorf("%s (-generated +written):\n%s", f.Name, diff)
		}
	}
}

// TestOptions undoes what an option changes, and wants nothing else to have changed.
func TestOptions(t *testing.T) {
	for name, test := range map[string]struct {
		options Options
		undo    *strings.Replacer
		everyOn bool // on every board
	}{
		"nothing": {options: defaults(), undo: strings.NewReplacer()},
		"currency": {
			options: Options{Currency: "EUR", FiscalYearStart: time.January},
			undo:    strings.NewReplacer(`"currencyEUR"`, `"currencyUSD"`, `/^EUR$/`, `/^USD$/`),
		},
		"currency without a unit of its own": {
			options: Options{Currency: "THB", FiscalYearStart: time.January},
			undo:    strings.NewReplacer(`"currency:THB"`, `"currencyUSD"`, `/^THB$/`, `/^USD$/`),
		},
		"fiscal year": {
			options: Options{Currency: "USD", FiscalYearStart: time.April},
			undo:    strings.NewReplacer(`"fiscalYearStartMonth": 3`, `"fiscalYearStartMonth": 0`),
			everyOn: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			changed := 0
			base := generate(t, defaults())
			for i, f := range generate(t, test.options) {
				if string(f.JSON) != string(base[i].JSON) {
					changed++
				}
				if diff := cmp.Diff(string(base[i].JSON), test.undo.Replace(string(f.JSON))); diff != "" {
					t.Errorf("%s (-default +undone):\n%s", f.Name, diff)
				}
			}
			if wanted := name != "nothing"; (changed > 0) != wanted || test.everyOn && changed != len(base) {
				t.Errorf("%d of %d boards changed", changed, len(base))
			}
		})
	}
}

func TestRefusedOptions(t *testing.T) {
	for name, test := range map[string]struct {
		options Options
		want    string
	}{
		"no currency":    {Options{FiscalYearStart: time.January}, "currency"},
		"lower case":     {Options{Currency: "eur", FiscalYearStart: time.January}, "currency"},
		"a symbol":       {Options{Currency: "€", FiscalYearStart: time.January}, "currency"},
		"digits":         {Options{Currency: "123", FiscalYearStart: time.January}, "currency"},
		"no such code":   {Options{Currency: "XXZ", FiscalYearStart: time.January}, "currency"},
		"month 0":        {Options{Currency: "EUR"}, "month"},
		"month 13":       {Options{Currency: "EUR", FiscalYearStart: 13}, "month"},
		"negative month": {Options{Currency: "EUR", FiscalYearStart: -1}, "month"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Generate(test.options)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one about the %s", err, test.want)
			}
			dir := filepath.Join(t.TempDir(), "out")
			if err := Write(dir, test.options); err == nil {
				t.Error("Write accepts it")
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("Write made a directory for nothing")
			}
		})
	}
}

func TestSizeFitsConfigMaps(t *testing.T) {
	for _, f := range generate(t, defaults()) {
		if len(f.JSON) >= 120_000 {
			t.Errorf("%s has %d bytes", f.Name, len(f.JSON))
		}
	}
}

// streamsUnseen is why no board shows streams.
const streamsUnseen = "all streams that a source has today are required, so the source's own series say the same"

// unseen are metrics that no board shows, with the reasons.
func unseen() map[string]string {
	return map[string]string{
		"sales_kpi_info":               "it describes KPIs to programs; boards read the same catalogue when they are generated",
		"sales_target_matched":         "a target with 0 is absent from its boards, and the log says which name is wrong",
		"sales_target_missing_sources": "a target with another value than 0 is absent from its boards; sources stand on Operations",
		"sales_records_excluded_amount": "amounts in several currencies share no axis, and most accounts leave none out; " +
			"the board counts the deals",
		"sales_exporter_stream_up":                             streamsUnseen,
		"sales_exporter_stream_last_success_timestamp_seconds": streamsUnseen,
		"sales_exporter_stream_enabled":                        streamsUnseen,
		"sales_exporter_stream_off":                            streamsUnseen,
	}
}

func TestEveryMetricStandsOnABoard(t *testing.T) {
	var names []string
	for _, m := range kpi.Catalogue() {
		names = append(names, m.Name)
	}
	for _, d := range telemetry.Definitions() {
		names = append(names, d.Name)
	}
	queries := strings.Join(expressions(t), "\n")
	for _, name := range names {
		shown := regexp.MustCompile(`\b` + name + `(_bucket|_sum|_count)?\{`).MatchString(queries)
		if _, exempt := unseen()[name]; shown == exempt {
			t.Errorf("%s: shown is %t, in the list of unseen metrics is %t", name, shown, exempt)
		}
	}
}

// TestHistogramsOfKPIsAreNotRated holds because they are populations: their counts fall when a window moves on.
func TestHistogramsOfKPIsAreNotRated(t *testing.T) {
	queries := strings.Join(expressions(t), "\n")
	found := 0
	for _, m := range kpi.Catalogue() {
		if m.Type != metric.HistogramType {
			continue
		}
		found++
		if q := regexp.MustCompile(`(rate|increase|delta)\(` + m.Name + `\w*\{[^}]*\}`).FindString(queries); q != "" {
			t.Errorf("a counter's function over a population: %s", q)
		}
	}
	if found == 0 {
		t.Error("no KPI is a histogram")
	}
}
