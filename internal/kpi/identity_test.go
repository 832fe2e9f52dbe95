package kpi

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// wonBy returns won deals of one unit each, as many as a rep is given.
func wonBy(from int, rep string, deals int) (b record.Batch) {
	for i := range deals {
		crm.Deals.Append(&b.Rows, crm.Deal{
			Head: record.Head{ID: fmt.Sprint(rep, " ", from+i)}, Rep: rep, Outcome: crm.OutcomeWon, Amount: 100 * value.MoneyScale, AmountKnown: true,
			Created: value.Moment(kpitest.Now().AddDate(0, 0, -3)), Closed: value.Moment(kpitest.Now().AddDate(0, 0, -1)),
		})
	}
	return b
}

func computed(o Options, targets []crm.Target, batches ...record.Batch) *metric.Snapshot {
	f := NewFacts(o)
	for _, b := range batches {
		f.Source("acme").Apply(b)
	}
	f.Source("acme").MarkReady()
	return Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: kpitest.Now(), Targets: targets})
}

// TestNamesakes holds case C1: two owners named Ann Ames, 100 won of one, 1,000 won and 5 lost of the other.
func TestNamesakes(t *testing.T) {
	o := kpitest.Options()
	o.Rollups = [][]string{{"rep"}}
	reps := record.Batch{Rows: record.Rows{crm.Reps.Of(
		crm.Rep{Head: record.Head{ID: "7"}, Name: "Ann Ames", Active: true}, crm.Rep{Head: record.Head{ID: "8"}, Name: "Ann  Ames", Active: true, Namesake: 2},
	)}}
	others := wonBy(0, "8", 10)
	for i := range 5 {
		lost := crm.Deals.In(wonBy(100+i, "8", 1).Rows)[0]
		lost.Outcome = crm.OutcomeLost
		crm.Deals.Append(&others.Rows, lost)
	}
	target := func(name, rep string) crm.Target {
		return crm.Target{
			Name: name, KPI: "revenue_won", Value: 400, Scope: map[string]string{"rep": rep},
			Period: crm.TargetPeriod{Unit: crm.PeriodMonth, Every: true},
		}
	}
	targets := []crm.Target{target("first", "ann ames"), target("second", "Ann Ames (2)")}
	snapshot := computed(o, targets, reps, wonBy(0, "7", 1), others)
	for rep, want := range map[string]float64{"Ann Ames": 100, "Ann Ames (2)": 1000} {
		wantValue(t, snapshot, want, "sales_revenue_won_amount", "rep", rep, "window", "month_to_date")
	}
	for rep, want := range map[string]float64{"Ann Ames": 1, "Ann Ames (2)": 10.0 / 15} {
		wantValue(t, snapshot, want, "sales_win_ratio", "rep", rep, "basis", "count", "window", "month_to_date")
	}
	wantValue(t, snapshot, 100, "sales_target_actual_value", "target", "first")
	wantValue(t, snapshot, 1000, "sales_target_actual_value", "target", "second")
	wantValue(t, snapshot, 1, "sales_rep_info", "rep", "Ann Ames (2)", "rep_id", "8")
	o.RepLabel = crm.RepLabelID
	wantValue(t, computed(o, targets, reps, others), 1000, "sales_revenue_won_amount", "rep", "8", "window", "month_to_date")
}

// TestOneName holds case B15 and its siblings in every dimension: what looks alike is one series and reaches its target.
func TestOneName(t *testing.T) {
	spellings := []string{"José", "Jose\u0301", " José", "José\u00a0", "Jo\u200bsé"}
	for _, dimension := range []string{"rep", "team", "pipeline", "territory"} {
		t.Run(dimension, func(t *testing.T) {
			var b record.Batch
			for i, name := range spellings {
				id := strconv.Itoa(i)
				deal := crm.Deals.In(wonBy(0, id, 1).Rows)[0]
				rep := crm.Rep{Head: record.Head{ID: id}, Name: "Rep " + id}
				switch dimension {
				case "rep":
					rep.Name = name
				case "team":
					rep.Team = name
				case "pipeline":
					deal.Pipeline = id
					crm.Pipelines.Append(&b.Rows, crm.Pipeline{Head: record.Head{ID: id}, Label: name})
				default:
					deal.Dimensions = value.Dimensions{dimension: name}
				}
				crm.Reps.Append(&b.Rows, rep)
				crm.Deals.Append(&b.Rows, deal)
			}
			o := kpitest.Options()
			o.Dimensions, o.HistogramDimensions, o.Rollups = []string{dimension}, nil, [][]string{{dimension}}
			snapshot := computed(o, []crm.Target{{
				Name: "jose", KPI: "revenue_won", Value: 500, Scope: map[string]string{dimension: "JOSE\u0301"},
				Period: crm.TargetPeriod{Unit: crm.PeriodMonth, Every: true},
			}}, b)
			wantValue(t, snapshot, 500, "sales_revenue_won_amount", dimension, "José", "window", "month_to_date")
			wantValue(t, snapshot, 1, "sales_target_attainment_ratio", "target", "jose")
		})
	}
}

// TestNone: a value that a record could have and does not is "(none)", a label that does not apply is
// empty.
func TestNone(t *testing.T) {
	o := kpitest.Options()
	o.Dimensions = []string{"pipeline", "rep", "team", "territory", "segment"}
	deals := func(rep, pipeline string, dimensions value.Dimensions) record.Batch {
		b := wonBy(0, rep, 1)
		crm.Deals.In(b.Rows)[0].Pipeline, crm.Deals.In(b.Rows)[0].Dimensions = pipeline, dimensions
		crm.Reps.Set(&b.Rows, crm.Rep{Head: record.Head{ID: "1"}, Name: "Ann"})
		return b
	}
	pipelines := record.Batch{Rows: record.Rows{crm.Pipelines.Of(crm.Pipeline{Head: record.Head{ID: "p"}, Label: "Sales"})}}
	all := []string{"pipeline", "rep", "team", "territory", "segment"}
	for name, test := range map[string]struct {
		applies []string
		batches []record.Batch
		want    []string // in the order of the dimensions
	}{
		"nothing is known": {all, []record.Batch{deals("", "", nil)}, []string{"(none)", "(none)", "(none)", "(none)", "(none)"}},
		"nothing applies":  {nil, []record.Batch{deals("", "", nil)}, []string{"", "", "", "", ""}},
		"a rep of no team": {all, []record.Batch{deals("1", "", nil)}, []string{"(none)", "Ann", "(none)", "(none)", "(none)"}},
		"a rep who is gone": {
			all, []record.Batch{deals("9", "", nil)}, []string{"(none)", "unknown", "(none)", "(none)", "(none)"},
		},
		"no teams": {[]string{"rep"}, []record.Batch{deals("1", "", nil)}, []string{"", "Ann", "", "", ""}},
		"pipelines where the source shows some": {
			[]string{"rep"}, []record.Batch{deals("1", "", nil), pipelines}, []string{"(none)", "Ann", "", "", ""},
		},
		"a pipeline that is gone": {
			[]string{"rep"}, []record.Batch{deals("1", "q", nil), pipelines}, []string{"unknown", "Ann", "", "", ""},
		},
		"a value of blanks": {
			all,
			[]record.Batch{deals("1", "", value.Dimensions{"segment": " \u00a0"})},
			[]string{"(none)", "Ann", "(none)", "(none)", "(none)"},
		},
		"a CRM that calls something so": {
			all,
			[]record.Batch{deals("1", "", value.Dimensions{"segment": "(none)"})},
			[]string{"(none)", "Ann", "(none)", "(none)", "(none)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o.Traits = map[string]facts.Traits{"acme": {Dimensions: test.applies}}
			var labels []string
			for i, dimension := range o.Dimensions {
				labels = append(labels, dimension, test.want[i])
			}
			target := crm.Target{
				Name: "all", KPI: "deals_won", Value: 1, Period: crm.TargetPeriod{Unit: crm.PeriodMonth, Every: true},
			}
			snapshot := computed(o, []crm.Target{target}, test.batches...)
			wantValue(t, snapshot, 1, "sales_deals_won", append(labels, "window", "month_to_date")...)
			wantValue(t, snapshot, 1, "sales_target_actual_value", "target", "all", "rep", "", "team", "", "segment", "")
		})
	}
}

// TestNoneIsNeverFolded gives the nobody the fewest deals and a limit that has room for one rep.
func TestNoneIsNeverFolded(t *testing.T) {
	o := kpitest.Options()
	f := NewFacts(o)
	s := f.Source("acme")
	s.Apply(record.Batch{Rows: record.Rows{crm.Reps.Of(crm.Rep{Head: record.Head{ID: "1"}, Name: "Ann"}, crm.Rep{Head: record.Head{ID: "2"}, Name: "Bob"})}})
	for _, b := range []record.Batch{wonBy(0, "1", 3), wonBy(0, "2", 2), wonBy(0, "", 1)} {
		s.Apply(b)
	}
	s.MarkReady()
	snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: kpitest.Now(), ValuesPerDimension: 1})
	for rep, deals := range map[string]float64{"Ann": 3, "other": 2, "(none)": 1} {
		wantValue(t, snapshot, deals, "sales_deals_won", "rep", rep, "window", "month_to_date")
	}
}

// TestStagesByName: a Salesforce stage that no list holds is shown by its name, not mixed with what
// nobody knows.
func TestStagesByName(t *testing.T) {
	deal := func(id, stage string) crm.Deal {
		return crm.Deal{Head: record.Head{ID: id}, Stage: stage, Outcome: crm.OutcomeOpen}
	}
	b := record.Batch{
		Rows: record.Rows{crm.Stages.Of(crm.Stage{Head: record.Head{ID: "Prospecting"}, Label: "Prospecting (new)"}), crm.Deals.Of(deal("1", "Prospecting"), deal("2", "Old\u00a0stage"), deal("3", "Old stage"), deal("4", ""))},
	}
	for byName, want := range map[bool]map[string]float64{
		true:  {"Prospecting (new)": 1, "Old stage": 2, "(none)": 1},
		false: {"Prospecting (new)": 1, "unknown": 2, "(none)": 1},
	} {
		o := kpitest.Options()
		o.Traits = map[string]facts.Traits{"acme": {StagesByName: byName}}
		snapshot := computed(o, nil, b)
		for stage, deals := range want {
			wantValue(t, snapshot, deals, "sales_pipeline_deals", "deal_stage", stage)
		}
		if labels := snapshotLabels(snapshot, "sales_pipeline_deals", "deal_stage"); len(labels) != len(want) {
			t.Errorf("stages are %v, want %v", labels, want)
		}
	}
}

// snapshotLabels returns the values of a label of one metric.
func snapshotLabels(snapshot *metric.Snapshot, metric, label string) (values []string) {
	for _, f := range snapshot.Families {
		for _, s := range f.Samples {
			if i := slices.Index(s.Labels, label); f.Metric.Name == metric && i >= 0 {
				values = append(values, s.Values[i])
			}
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}
