package kpi

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// firm is the records of a firm whose reps each sell in one team and one pipeline.
type firm struct{ reps, teams, pipelines, stages, openDeals, targets int }

// budgetFirm is the firm that the series budget is about.
func budgetFirm() firm {
	return firm{reps: 300, teams: 25, pipelines: 5, stages: 10, openDeals: 30, targets: 330}
}

func (c firm) facts(o Options) *Facts {
	f := NewFacts(o)
	f.Source("acme").Apply(c.records())
	f.Source("acme").MarkReady()
	return f
}

func (c firm) records() record.Batch {
	var b record.Batch
	for p := range c.pipelines {
		crm.Pipelines.Append(&b.Rows, crm.Pipeline{Head: record.Head{ID: id("p", p)}, Label: fmt.Sprintf("Pipeline %d", p)})
		for i := range c.stages {
			stage := crm.Stage{
				Pipeline: id("p", p), Head: record.Head{ID: fmt.Sprintf("p%d-%d", p, i)}, Label: fmt.Sprintf("Stage %d", i), Outcome: crm.OutcomeOpen,
				Probability: value.Probability(90_000 * (i + 1)),
			}
			crm.Stages.Append(&b.Rows, stage)
		}
	}
	r := rand.New(rand.NewPCG(11, 12))
	for rep := range c.reps {
		crm.Reps.Append(&b.Rows, crm.Rep{
			Head: record.Head{ID: id("rep", rep)}, Name: fmt.Sprintf("Rep %03d", rep), Team: fmt.Sprintf("Team %02d", rep%c.teams), Active: true,
		})
		for i := range 3 * c.openDeals {
			crm.Deals.Append(&b.Rows, c.deal(r, rep, i))
		}
	}
	return b
}

// deal returns one of a rep's deals: the first third is open, the others closed within a year and a half.
func (c firm) deal(r *rand.Rand, rep, i int) crm.Deal {
	created := benchNow.AddDate(0, 0, -r.IntN(540))
	d := crm.Deal{
		Head: record.Head{ID: fmt.Sprintf("%d-%d", rep, i), Dimensions: value.Dimensions{
			"territory":     []string{"EMEA", "AMER", "APAC"}[r.IntN(3)],
			"business_type": []string{"new", "existing", "renewal"}[r.IntN(3)],
		}}, Pipeline: id("p", rep%c.pipelines), Rep: id("rep", rep),
		Stage: fmt.Sprintf("p%d-%d", rep%c.pipelines, r.IntN(c.stages)), Created: value.Moment(created),
		Amount: value.Money(r.Int64N(5e8)), AmountKnown: true, Probability: value.ProbabilityUnknown,
		Closed: value.Moment(benchNow.AddDate(0, 0, r.IntN(300)-60)), StageEntered: value.Moment(created.AddDate(0, 0, 3)),
		ForecastCategory: crm.ForecastCategories()[r.IntN(len(crm.ForecastCategories()))],
	}
	if i >= c.openDeals {
		d.Stage, d.Outcome = "", []crm.Outcome{crm.OutcomeWon, crm.OutcomeLost}[r.IntN(2)]
		d.Closed = value.Moment(created.Add(time.Duration(r.Int64N(int64(benchNow.Sub(created)) + 1))))
	}
	return d
}

// input has a target for each rep, and for each team and the whole as far as there are to be more.
func (c firm) input() Input {
	in := benchInput()
	for i := range c.targets {
		t := crm.Target{
			Name: "target " + strconv.Itoa(i), KPI: kpiRevenueWon, Value: 1e5,
			Period: crm.TargetPeriod{Unit: crm.PeriodQuarter, Every: true}, Scope: map[string]string{},
		}
		switch {
		case i < c.reps:
			t.Scope["rep"] = fmt.Sprintf("Rep %03d", i)
		case i < c.reps+c.teams:
			t.Scope["team"] = fmt.Sprintf("Team %02d", i-c.reps)
		}
		in.Targets = append(in.Targets, t)
	}
	return in
}

// labelsOf returns the values of a label on a metric.
func labelsOf(snapshot *metric.Snapshot, metric, label string) map[string]bool {
	values := map[string]bool{}
	for _, s := range samplesOf(snapshot, metric) {
		if at := slices.Index(s.Labels, label); at >= 0 {
			values[s.Values[at]] = true
		}
	}
	return values
}

// TestSeriesBudgetOfAFirm holds that a large firm fits the default limit with every rep and team by name.
func TestSeriesBudgetOfAFirm(t *testing.T) {
	c := budgetFirm()
	in := c.input()
	in.Series = 100_000
	snapshot := Compute(c.facts(benchOptions()), in)
	if n := snapshot.Series(); n >= 100_000 {
		t.Errorf("%d series", n)
	}
	r := snapshot.Reduction
	if len(r.Folded) > 0 || len(r.Left) > 0 || slices.ContainsFunc(r.Dropped, func(d string) bool {
		return d != "business_type" && d != "territory"
	}) {
		t.Errorf("the limit took away %s", r.String())
	}
	for metric, labels := range map[string]map[string]int{
		metricDealsWon: {"rep": c.reps, "team": c.teams, "pipeline": c.pipelines}, metricPipelineAmount: {"rep": c.reps, "team": c.teams},
		metricWinRatio: {"rep": c.reps, "team": c.teams}, metricWeighted: {"team": c.teams}, metricRepInfo: {"rep": c.reps},
		metricTargetActual: {"target": c.targets},
	} {
		for label, want := range labels {
			values := labelsOf(snapshot, metric, label)
			delete(values, "")
			if len(values) != want || values[groups.OtherLabel] {
				t.Errorf("%s names %d values of %s, want %d", metric, len(values), label, want)
			}
		}
	}
	t.Logf("%d series; %s", snapshot.Series(), r.String())
}

// additiveSums adds up the samples of each additive metric by the labels that no limit touches.
func additiveSums(snapshot *metric.Snapshot) map[string]float64 {
	sums := map[string]float64{}
	for _, f := range snapshot.Families {
		if f.Metric.Form != metric.FormBase && f.Metric.Form != metric.FormHistogram {
			continue
		}
		for _, s := range f.Samples {
			var own []string
			for i, label := range s.Labels {
				if label == "source" || label == "window" || slices.Contains(f.Metric.Labels, label) {
					own = append(own, label+"="+s.Values[i])
				}
			}
			key := f.Metric.Name + " " + strings.Join(own, ",")
			if s.Histogram != nil {
				sums[key] += float64(s.Histogram.Count)
			} else {
				sums[key] += s.Value
			}
		}
	}
	for key, sum := range sums {
		if sum == 0 {
			delete(sums, key)
		}
	}
	return sums
}

// TestLimitOfSeries holds that any limit is obeyed, that sums are preserved in what is left, and that names
// are not folded before dimensions are dropped, nor further than they must.
func TestLimitOfSeries(t *testing.T) {
	c := firm{reps: 500, teams: 25, pipelines: 2, stages: 6, openDeals: 8, targets: 14}
	f := c.facts(benchOptions())
	whole := Compute(f, Input{Calendar: benchInput().Calendar, Now: benchNow, Targets: c.input().Targets})
	want := additiveSums(whole)
	for _, limit := range []int{0, 1, 10, 100, 200, 1000, 2000, 5000, 8000, 20_000, 60_000, 1_000_000} {
		t.Run(strconv.Itoa(limit), func(t *testing.T) {
			in := c.input()
			in.Series = limit
			snapshot := Compute(f, in)
			r, n := snapshot.Reduction, snapshot.Series()
			t.Logf("%d series; %s", n, r.String())
			if limit > 0 && n > limit {
				t.Errorf("%d series on a page limited to %d", n, limit)
			}
			if reduced := whole.Series() > limit && limit > 0; reduced != r.Any() {
				t.Errorf("of %d series the limit took away %q", whole.Series(), r.String())
			}
			if len(r.Folded) > 0 && !slices.Equal(r.Dropped, []string{"business_type", "territory"}) {
				t.Errorf("names are folded while only %v are dropped", r.Dropped)
			}
			if len(r.Left) > 0 && (len(r.Folded) != 3 || r.Folded[0].Named+r.Folded[1].Named+r.Folded[2].Named > 0) {
				t.Errorf("metrics are left out while names are left: %v", r.Folded)
			}
			checkSums(t, snapshot, want)
			folded := 0
			for _, family := range snapshot.Families {
				folded += family.Folded
			}
			if (folded > 0) != (len(r.Dropped)+len(r.Folded) > 0) && len(r.Left) == 0 {
				t.Errorf("%d combinations are folded by %s", folded, r.String())
			}
		})
	}
}

// checkSums compares the sums of what is on a page with those of the whole.
func checkSums(t *testing.T, snapshot *metric.Snapshot, want map[string]float64) {
	t.Helper()
	got, there := additiveSums(snapshot), map[string]bool{}
	for _, f := range snapshot.Families {
		there[f.Metric.Name] = true
	}
	for key, sum := range want {
		name, _, _ := strings.Cut(key, " ")
		if there[name] && !almost(got[key]/sum, 1) {
			t.Errorf("%s adds up to %v, want %v", key, got[key], sum)
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			t.Errorf("%s is not on the whole page", key)
		}
	}
}

// TestNamesStayAsFarAsTheyFit holds that the bound of the largest dimension is the highest one that fits: with one more
// name the page would be too large. The others keep all their names.
func TestNamesStayAsFarAsTheyFit(t *testing.T) {
	c := firm{reps: 500, teams: 25, pipelines: 2, stages: 6, openDeals: 8}
	f := c.facts(benchOptions())
	in := c.input()
	in.Series = 30_000
	cut := Compute(f, in)
	if len(cut.Reduction.Folded) != 1 || cut.Reduction.Folded[0].Dimension != "rep" {
		t.Fatalf("the limit took away %s", cut.Reduction.String())
	}
	named := cut.Reduction.Folded[0].Named
	if named < 50 {
		t.Errorf("only %d of 500 reps keep their names", named)
	}
	if got := len(labelsOf(cut, metricDealsCreated, "team")); got != c.teams {
		t.Errorf("%d teams, want %d", got, c.teams)
	}
	o := benchOptions()
	o.Dimensions = []string{"pipeline", "rep", "team"} // As if the others were dropped.
	for bound, fits := range map[int]bool{named: true, named + 1: false} {
		in.Series, in.ValuesOf = 0, map[string]int{"rep": bound}
		if n := Compute(c.facts(o), in).Series(); (n <= 30_000) != fits {
			t.Errorf("with %d reps by name the page has %d series, fits should be %v", bound, n, fits)
		}
	}
}

// TestBoundsOfSingleDimensions folds reps and teams each by its own bound.
func TestBoundsOfSingleDimensions(t *testing.T) {
	c := firm{reps: 40, teams: 8, pipelines: 3, stages: 4, openDeals: 5}
	in := c.input()
	in.ValuesPerDimension, in.ValuesOf = 30, map[string]int{"team": 2}
	snapshot := Compute(c.facts(benchOptions()), in)
	for label, want := range map[string]int{"rep": 31, "team": 3, "pipeline": 3, "territory": 3} {
		if got := len(labelsOf(snapshot, metricDealsCreated, label)); got != want {
			t.Errorf("%d values of %s, want %d", got, label, want)
		}
	}
	if got := snapshot.Reduction.String(); got != `2 of 8 values of team keep their names, the others are folded into "other"; `+
		`30 of 40 values of rep keep their names, the others are folded into "other"` {
		t.Errorf("the reduction is %q", got)
	}
}

// TestZeros shows which series are 0 in every window: those of an active rep and of a scope that nothing else speaks of.
func TestZeros(t *testing.T) {
	o := kpitest.Options()
	o.Windows = []calendar.Window{calendar.MonthToDate, calendar.PreviousMonth}
	f := NewFacts(o)
	old, recent := value.Moment(kpitest.Now().AddDate(-3, 0, 0)), value.Moment(kpitest.Now().AddDate(0, 0, -2))
	deal := func(n int, rep string, outcome crm.Outcome, closed value.Instant, territory string) crm.Deal {
		return crm.Deal{
			Head: record.Head{ID: strconv.Itoa(n), Dimensions: value.Dimensions{"territory": territory}}, Rep: rep, Pipeline: "p", Outcome: outcome, Created: old, Closed: closed, AmountKnown: true,
			Amount: value.MoneyScale,
		}
	}
	f.Source("acme").Apply(record.Batch{
		Rows: record.Rows{crm.Pipelines.Of(crm.Pipeline{Head: record.Head{ID: "p"}, Label: "Sales"}), crm.Reps.Of(
			crm.Rep{Head: record.Head{ID: "1"}, Name: "Ann", Team: "North", Active: true},
			crm.Rep{Head: record.Head{ID: "2"}, Name: "Bob", Team: "South", Active: true},
			crm.Rep{Head: record.Head{ID: "3"}, Name: "Cy", Team: "South"},
			crm.Rep{Head: record.Head{ID: "4"}, Name: "Di", Team: "South", Active: true},
		), crm.Deals.Of(
			deal(1, "1", crm.OutcomeWon, recent, "EMEA"),
			deal(2, "1", crm.OutcomeLost, recent, "APAC"), // Ann's won deals are 0 in APAC: no series.
			deal(3, "2", crm.OutcomeWon, old, "EMEA"),     // Bob is active and won nothing of late: one series.
			deal(4, "3", crm.OutcomeWon, old, "EMEA"),     // Cy has left: none.
			deal(5, "3", crm.OutcomeOpen, recent, "LATAM"),
		)},
	})
	f.Source("acme").MarkReady()
	target := func(scope map[string]string) crm.Target {
		return crm.Target{
			Name: fmt.Sprint(scope), KPI: kpiDealsWon, Value: 5, Scope: scope,
			Period: crm.TargetPeriod{Unit: crm.PeriodMonth, Every: true},
		}
	}
	snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: kpitest.Now(), Targets: []crm.Target{
		target(map[string]string{"territory": "latam"}), // Nothing was won there: one series, spelt as in the data.
		target(map[string]string{"rep": "Cy"}),          // One series, with the rep's team.
		target(map[string]string{"team": "South"}),      // Bob's series speaks of it.
		target(map[string]string{"rep": "Zoe"}),         // Nobody: none.
		target(map[string]string{"rep": "Di"}),          // She owns no deal, but has a target: one series.
		target(nil),
	}})
	var got []string
	for _, s := range samplesOf(snapshot, metricDealsWon) {
		got = append(got, fmt.Sprintf("%s = %v", strings.Join(s.Values[1:], "/"), s.Value))
	}
	want := []string{
		"///LATAM/month_to_date = 0", "///LATAM/previous_month = 0",
		"/Bob/South//month_to_date = 0", "/Bob/South//previous_month = 0",
		"/Cy/South//month_to_date = 0", "/Cy/South//previous_month = 0",
		"/Di/South//month_to_date = 0", "/Di/South//previous_month = 0",
		"Sales/Ann/North/EMEA/month_to_date = 1", "Sales/Ann/North/EMEA/previous_month = 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("won deals (-want +got)\n%s", diff)
	}
}

func BenchmarkComputeOverTheLimit(b *testing.B) {
	f := benchFacts(100_000)
	in := benchInput()
	in.Series = 20_000
	for b.Loop() {
		Compute(f, in)
	}
}
