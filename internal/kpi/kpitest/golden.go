// Package kpitest has what tests of families share: the records of a small company and how snapshots are written down.
package kpitest

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Now is a Wednesday in the middle of a quarter.
func Now() time.Time { return time.Date(2026, time.May, 20, 12, 0, 0, 0, time.UTC) }

// Options keep the golden files short enough to check by hand.
func Options() family.Options {
	day := 24 * time.Hour
	return family.Options{
		Sources: []string{"acme"}, Currency: "EUR",
		Selections: ByName("acme", "globex"),
		Traits:     map[string]facts.Traits{"acme": {Dimensions: []string{"rep", "team", "territory"}}},
		Dimensions: []string{"pipeline", "rep", "team", "territory"}, HistogramDimensions: []string{"team"},
		Rollups: [][]string{{}, {"team"}}, Windows: []calendar.Window{calendar.MonthToDate, calendar.PreviousMonth},
		DealSizeBuckets: []float64{100, 1000}, DurationBuckets: []time.Duration{day, 10 * day, 30 * day},
		RepLabel: crm.RepLabelName,
	}
}

// Records is a small company: two reps in two teams, one of them without deals this year.
func Records() record.Batch {
	b := record.Batch{
		Rows: record.Rows{crm.Reps.Of(
			crm.Rep{Head: record.Head{ID: "r1", Dimensions: value.Dimensions{"territory": "EMEA"}}, Name: "Ann", Team: "North", Active: true},
			crm.Rep{Head: record.Head{ID: "r2"}, Name: "Bob", Team: "South", Active: true},
			crm.Rep{Head: record.Head{ID: "r3"}, Name: "Cy", Team: "South"},
			crm.Rep{Head: record.Head{ID: "r8", Dimensions: value.Dimensions{"territory": "EMEA"}}, Name: "Di", Team: "South", Active: true},
			crm.Rep{Head: record.Head{ID: "r9"}, Name: "Ed", Team: "North"},
		), crm.Accounts.Of(crm.Account{Head: record.Head{ID: "a1", Dimensions: value.Dimensions{"territory": "APAC"}}}), crm.Pipelines.Of(crm.Pipeline{Head: record.Head{ID: "p"}, Label: "Sales"}), crm.Stages.Of(
			crm.Stage{Head: record.Head{ID: "talk"}, Label: "Talk", Outcome: crm.OutcomeOpen, Probability: 250_000},
			crm.Stage{Head: record.Head{ID: "won"}, Label: "Closed won", Outcome: crm.OutcomeWon, Probability: value.ProbabilityScale},
			crm.Stage{Head: record.Head{ID: "lost"}, Label: "Closed lost", Outcome: crm.OutcomeLost},
		)},
	}
	moment := func(month time.Month, day, hour int) value.Instant {
		return value.Moment(time.Date(2026, month, day, hour, 0, 0, 0, time.UTC))
	}
	deal := func(stage, rep string, amount value.Money, created, closed value.Instant) *crm.Deal {
		crm.Deals.Append(&b.Rows, crm.Deal{
			Head: record.Head{ID: strconv.Itoa(len(crm.Deals.In(b.Rows)))}, Pipeline: "p", Stage: stage, Rep: rep,
			Amount: amount * value.MoneyScale, AmountKnown: true, Probability: value.ProbabilityUnknown,
			Created: created, Closed: closed,
		})
		return &crm.Deals.In(b.Rows)[len(crm.Deals.In(b.Rows))-1]
	}
	deal("won", "r1", 100, moment(time.May, 1, 0), moment(time.May, 2, 0))          // On two bucket bounds.
	deal("won", "r1", 900, moment(time.April, 1, 0), value.Date(2026, time.May, 5)) // 34 whole days.
	deal("won", "r1", 500, moment(time.April, 2, 6), moment(time.April, 3, 12))
	deal("won", "r2", 5000, value.Date(2026, time.May, 1), moment(time.May, 20, 11)).AmountKnown = false
	deal("won", "r2", 77, moment(time.May, 1, 0), moment(time.May, 20, 13)) // Closes in an hour.
	deal("won", "r2", 70, moment(time.May, 1, 0), moment(time.May, 3, 13)).Currency = "USD"
	deal("won", "r2", -10, moment(time.May, 9, 0), moment(time.May, 8, 0)).Account = "a1" // A negative cycle.
	deal("lost", "r1", 300, moment(time.March, 9, 0), moment(time.May, 8, 0))
	deal("lost", "r2", 400, value.Instant{}, moment(time.April, 8, 0))
	deal("won", "r8", 50, moment(time.January, 1, 0), moment(time.January, 2, 0)) // In no window, so she has won 0.
	deal("won", "r2", 1e6, moment(time.May, 1, 0), moment(time.May, 2, 0)).Name = "excluded"

	open := deal("talk", "r1", 1000, moment(time.May, 10, 12), moment(time.May, 19, 0)) // Overdue.
	open.StageEntered, open.ForecastCategory = moment(time.May, 19, 12), crm.ForecastCommit
	deal("talk", "r1", 200, moment(time.May, 11, 12), moment(time.May, 20, 1)).Probability = 500_000
	deal("talk", "r2", 300, moment(time.May, 12, 12), value.Date(2026, time.June, 30))
	deal("gone", "r2", 400, value.Instant{}, moment(time.July, 1, 0)).Outcome = crm.OutcomeOpen
	deal("talk", "", 500, moment(time.May, 12, 12), value.Date(2027, time.January, 1)).Pipeline = ""
	deal("talk", "r4", 600, moment(time.May, 12, 12), value.Instant{}).Pipeline = "gone"

	deal("won", "r1", 30, value.Instant{}, value.Instant{}) // In no window.
	deal("won", "r1", 40, value.Date(1900, time.January, 1), value.MomentMilli(0)).Currency = "USD"
	return b
}

// Targets are two targets of the company.
func Targets() []crm.Target {
	return []crm.Target{
		{
			Name: "q2", KPI: "revenue_won", Value: 6000,
			Period: crm.TargetPeriod{Unit: crm.PeriodQuarter, Year: 2026, Number: 2},
			Pace:   crm.PaceWorkingDays, Objective: "Grow", Accountable: "ann", ReviewBy: "2026-06-01",
		},
		{
			Name: "ann", KPI: "deals_won", Value: 4, Period: crm.TargetPeriod{Unit: crm.PeriodMonth, Every: true},
			Scope: map[string]string{"rep": "ANN"},
		},
	}
}

// Golden compares the exposition of a family, computed alone, with a golden file.
func Golden(t *testing.T, f family.Family, skip ...string) {
	t.Helper()
	options := Options()
	records := facts.New(options.OfFacts())
	records.Source("acme").Apply(Records())
	records.Source("acme").MarkReady()
	in := family.Input{Calendar: calendar.New(calendar.Options{}), Now: Now(), Targets: Targets()}
	snapshot := family.New(records, &options, in, []family.Family{f}, f.Metrics, nil).Run()
	metrics := slices.DeleteFunc(slices.Clone(f.Metrics), func(m metric.Metric) bool { return slices.Contains(skip, m.Name) })
	Compare(t, f.Name+".golden", Exposition(snapshot, metrics))
}

// Compare compares a text with a golden file of testdata.
func Compare(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(filepath.Join("testdata", name), []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := fs.ReadFile(os.DirFS("testdata"), name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Exposition writes the samples of some metrics much as Prometheus reads them. Every metric must have some.
func Exposition(snapshot *metric.Snapshot, metrics []metric.Metric) string {
	var b strings.Builder
	for _, m := range metrics {
		fmt.Fprintf(&b, "# %s\n", m.Name)
		for _, f := range snapshot.Families {
			if f.Metric.Name != m.Name {
				continue
			}
			for _, s := range f.Samples {
				writeSample(&b, m.Name, s)
			}
		}
	}
	return b.String()
}

func writeSample(b *strings.Builder, name string, s metric.Sample) {
	var labels []string
	for i, label := range s.Labels {
		labels = append(labels, fmt.Sprintf("%s=%q", label, s.Values[i]))
	}
	fmt.Fprintf(b, "%s{%s}", name, strings.Join(labels, ","))
	if s.Histogram == nil {
		fmt.Fprintf(b, " %v\n", s.Value)
		return
	}
	for i, bound := range s.Histogram.Bounds {
		fmt.Fprintf(b, " le %v: %d", bound, s.Histogram.Counts[i])
	}
	fmt.Fprintf(b, " count %d sum %v\n", s.Histogram.Count, s.Histogram.Sum)
}

// ByName are selections in which the names of deals that do not count begin with "excluded".
func ByName(sources ...string) map[string]facts.Selection {
	exclude, err := expression.Compile(`name startsWith "excluded"`, time.UTC)
	if err != nil {
		panic(err)
	}
	selections := map[string]facts.Selection{}
	for _, source := range sources {
		selections[source] = facts.Selection{Exclude: exclude}
	}
	return selections
}
