package kpi

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// sumOfMetric adds up all samples of a metric that have a label value.
func sumOfMetric(snapshot *metric.Snapshot, metric, label string) (sum float64) {
	for _, f := range snapshot.Families {
		if f.Metric.Name != metric {
			continue
		}
		for _, s := range f.Samples {
			for _, v := range s.Values {
				if v == label {
					sum += s.Value
				}
			}
		}
	}
	return sum
}

func TestFoldingPreservesSums(t *testing.T) {
	w := newWorld(21, 1500, calendar.Options{})
	f := w.facts()
	whole := Compute(f, Input{Calendar: w.calendar, Now: w.now()})
	series := map[int]int{}
	for _, limit := range []int{1, 2, 4} {
		folded := Compute(f, Input{Calendar: w.calendar, Now: w.now(), ValuesPerDimension: limit})
		for metric, label := range map[string]string{
			"sales_deals_won": "all_time", "sales_deals_lost": "year_to_date", "sales_deals_created": "previous_year",
			"sales_pipeline_deals": "overdue", "sales_revenue_won_amount": "all_time",
		} {
			want, got := sumOfMetric(whole, metric, label), sumOfMetric(folded, metric, label)
			if want == 0 || !closeEnough(want, got) {
				t.Errorf("limit %d: %s %s adds up to %v, want %v", limit, metric, label, got, want)
			}
		}
		for _, family := range folded.Families {
			series[limit] += len(family.Samples)
		}
	}
	if series[1] >= series[2] || series[2] >= series[4] {
		t.Errorf("series by limit are %v, want fewer for lower limits", series)
	}
}

// TestFoldedCounts counts what the dimension rep loses: of five reps with deals two keep their names.
func TestFoldedCounts(t *testing.T) {
	o := kpitest.Options()
	o.Dimensions, o.HistogramDimensions, o.Rollups = []string{"rep"}, []string{"rep"}, [][]string{{}, {"rep"}}
	f := NewFacts(o)
	s := f.Source("acme")
	var b record.Batch
	for rep, deals := range []int{5, 1, 3, 1, 1} {
		crm.Reps.Append(&b.Rows, crm.Rep{Head: record.Head{ID: strconv.Itoa(rep)}, Name: fmt.Sprintf("Rep %d", rep)})
		for i := range deals {
			crm.Deals.Append(&b.Rows, crm.Deal{
				Head: record.Head{ID: fmt.Sprint(rep, i)}, Rep: strconv.Itoa(rep), Outcome: crm.OutcomeWon,
				Amount: value.MoneyScale, AmountKnown: true, Created: value.Moment(kpitest.Now().AddDate(0, 0, -3)),
				Closed: value.Moment(kpitest.Now().AddDate(0, 0, -1)),
			})
		}
	}
	crm.Reps.Append(&b.Rows, crm.Rep{Head: record.Head{ID: "idle"}, Name: "Idle"})
	s.Apply(b)
	s.MarkReady()
	snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: kpitest.Now(), ValuesPerDimension: 2})
	for _, family := range snapshot.Families {
		switch name := family.Metric.Name; {
		case name == "sales_rep_info":
			if family.Folded != 4 || len(family.Samples) != 2 {
				t.Errorf("%d rep infos, %d folded; want 2 and 4", len(family.Samples), family.Folded)
			}
		case slices.Contains([]metric.Form{metric.FormBase, metric.FormHistogram, metric.FormRollup}, family.Metric.Form):
			if family.Folded != 3 {
				t.Errorf("%s folded %d, want 3", name, family.Folded)
			}
		case family.Folded != 0:
			t.Errorf("%s folded %d, want 0", name, family.Folded)
		}
	}
	wantValue(t, snapshot, 3, "sales_deals_won", "rep", "other", "window", "month_to_date")
	wantValue(t, snapshot, 1, "sales_revenue_per_rep_amount", "rollup", "rep", "rep", "other", "window", "month_to_date")
	wantValue(t, snapshot, 11.0/5, "sales_revenue_per_rep_amount", "rollup", "all", "window", "month_to_date")
}

func TestLabelsAreCleanAndMerge(t *testing.T) {
	f := NewFacts(kpitest.Options())
	s := f.Source("acme")
	long := strings.Repeat("ö", value.MaxLabelRunes)
	names := []string{"Ann", " Ann\n", "D\xff", long + "x", long + "y", ""}
	for i, name := range names {
		s.Apply(record.Batch{
			Rows: record.Rows{crm.Reps.Of(crm.Rep{Head: record.Head{ID: id("id", i)}, Name: name}), crm.Deals.Of(crm.Deal{
				Head: record.Head{ID: strconv.Itoa(i)}, Rep: id("id", i), Outcome: crm.OutcomeWon,
				Closed: value.Moment(kpitest.Now().AddDate(0, 0, -1)),
			})},
		})
	}
	s.MarkReady()
	snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: kpitest.Now()})
	for rep, deals := range map[string]float64{"Ann": 2, "D\uFFFD": 1, long: 2, "id5": 1} {
		wantValue(t, snapshot, deals, "sales_deals_won", "rep", rep, "window", "month_to_date")
	}
}

func TestHashedRepsTellNothing(t *testing.T) {
	o := kpitest.Options()
	o.RepLabel, o.RepHashKey = crm.RepLabelHash, []byte("key")
	compute := func(key string) string {
		o.RepHashKey = []byte(key)
		f := NewFacts(o)
		b := kpitest.Records()
		reps := crm.Reps.In(b.Rows)
		for i := range reps { // As in a spreadsheet, where the id is the name.
			reps[i].ID = reps[i].Name
		}
		deals := crm.Deals.In(b.Rows)
		for i := range deals {
			deals[i].Rep = "Ann"
		}
		f.Source("acme").Apply(b)
		f.Source("acme").MarkReady()
		snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: kpitest.Now()})
		hash := facts.Pseudonym(o.RepHashKey, "Ann")
		wantValue(t, snapshot, 4, "sales_deals_won", "rep", hash, "territory", "EMEA", "window", "month_to_date")
		return kpitest.Exposition(snapshot, Catalogue())
	}
	one, two := compute("key"), compute("other key")
	if strings.Contains(one, "Ann") {
		t.Error("the exposition names a rep")
	}
	if one == two {
		t.Error("the key does not matter")
	}
	if got := facts.Pseudonym([]byte("key"), "Ann"); len(got) != 16 {
		t.Errorf("the pseudonym %q has not 16 digits", got)
	}
}

func TestRepLabelID(t *testing.T) {
	o := kpitest.Options()
	o.RepLabel = crm.RepLabelID
	f := NewFacts(o)
	f.Source("acme").Apply(kpitest.Records())
	f.Source("acme").MarkReady()
	snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: kpitest.Now()})
	wantValue(t, snapshot, 2, "sales_deals_won", "rep", "r1", "window", "month_to_date")
	wantValue(t, snapshot, 1, "sales_pipeline_deals", "rep", "r4", "closing", "unscheduled")
}
