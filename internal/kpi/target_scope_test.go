package kpi

import (
	stdcmp "cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// scopeRecords are three reps with deals in some territories, and one without any.
func scopeRecords() record.Batch {
	b := record.Batch{
		Rows: record.Rows{crm.Reps.Of(
			crm.Rep{Head: record.Head{ID: "r1"}, Name: "Ann Ames", Team: "North", Active: true},
			crm.Rep{Head: record.Head{ID: "r2"}, Name: "Bob", Team: "South", Active: true},
			crm.Rep{Head: record.Head{ID: "r3", Dimensions: value.Dimensions{"territory": "LATAM"}}, Name: "Cy", Team: "South", Active: true},
			crm.Rep{Head: record.Head{ID: "r4"}, Name: "New Hire", Team: "North", Active: true},
			crm.Rep{Head: record.Head{ID: "r5", Dimensions: value.Dimensions{"territory": "Nordics"}}, Name: "Lone", Team: "Empty"},
			crm.Rep{Head: record.Head{ID: "r6"}, Name: "Tess Ting", Team: "Trial", Active: true},
		), crm.Accounts.Of(crm.Account{Head: record.Head{ID: "a", Dimensions: value.Dimensions{"territory": "Iberia"}}}), crm.Pipelines.Of(crm.Pipeline{Head: record.Head{ID: "p"}, Label: "Sales"}, crm.Pipeline{Head: record.Head{ID: "q"}, Label: "Renewals"}, crm.Pipeline{Head: record.Head{ID: "x"}, Label: "Excluded"})},
	}
	for i, deal := range []crm.Deal{
		{Rep: "r1", Head: record.Head{Dimensions: value.Dimensions{"territory": "Emea"}}},
		{Rep: "r2", Head: record.Head{Dimensions: value.Dimensions{"territory": "APAC"}}},
		{Rep: "r3"},
		{Rep: "r2", Head: record.Head{Dimensions: value.Dimensions{"territory": "Test"}}, Name: "excluded"},
		{Rep: "r6", Head: record.Head{Dimensions: value.Dimensions{"territory": "Emea"}}, Name: "excluded", Pipeline: "x"},
		{Rep: "r1", Head: record.Head{Dimensions: value.Dimensions{"territory": "Emea"}}, Name: "excluded", Pipeline: "x"},
	} {
		deal.ID, deal.Pipeline, deal.Outcome = id("deal", i), stdcmp.Or(deal.Pipeline, "p"), crm.OutcomeWon
		deal.Amount, deal.AmountKnown = 100*value.MoneyScale, true
		deal.Closed = value.Date(2026, time.May, 2)
		crm.Deals.Append(&b.Rows, deal)
	}
	return b
}

func scopeFacts(options Options, b record.Batch) *Facts {
	f := NewFacts(options)
	f.Source("acme").Apply(b)
	f.Source("acme").MarkReady()
	return f
}

// scopedTo is a target for May with a scope, as "rep=Ann, team=West" writes it.
func scopedTo(scope string) crm.Target {
	t := crm.Target{
		Name: "plan", KPI: "revenue_won", Value: 1000, Scope: map[string]string{},
		Period: crm.TargetPeriod{Unit: crm.PeriodMonth, Every: true},
	}
	for pair := range strings.SplitSeq(scope, ", ") {
		name, value, _ := strings.Cut(pair, "=")
		t.Scope[name] = value
	}
	return t
}

func computeTarget(f *Facts, t crm.Target) *metric.Snapshot {
	return Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: kpitest.Now(), Targets: []crm.Target{t}})
}

// TestScopesThatMatch tells a real 0 from a scope that nothing ever carried.
func TestScopesThatMatch(t *testing.T) {
	f := scopeFacts(kpitest.Options(), scopeRecords())
	for _, test := range []struct {
		scope  string
		actual float64
		shown  string // as the labels spell the scope
	}{
		{"rep=Ann Ames", 100, "rep=Ann Ames"},
		{"rep=ann ames", 100, "rep=Ann Ames"}, // Finding 6.
		{"rep=r1", 100, "rep=Ann Ames"},
		{"territory=EMEA", 100, "territory=Emea"},
		{"team=south", 200, "team=South"},
		{"rep=New Hire", 0, "rep=New Hire"},
		{"team=Empty", 0, "team=Empty"},
		{"pipeline=renewals", 0, "pipeline=Renewals"},
		{"territory=nordics", 0, "territory=Nordics"}, // Of a rep without deals.
		{"territory=iberia", 0, "territory=Iberia"},   // Of an account without deals.
		{"rep=Ann Ames, team=North", 100, "rep=Ann Ames, team=North"},
		{"rep=CY, territory=latam", 100, "rep=Cy, territory=LATAM"},
		{"rep=New Hire, team=north, pipeline=sales", 0, "rep=New Hire, team=North, pipeline=Sales"},
		{"rep=New Hire, territory=APAC", 0, "rep=New Hire, territory=APAC"},
		{"rep=Lone, territory=Nordics", 0, "rep=Lone, territory=Nordics"},
		{"team=South, source=acme", 200, "team=South, source=acme"},
	} {
		t.Run(test.scope, func(t *testing.T) {
			snapshot := computeTarget(f, scopedTo(test.scope))
			var labels []string
			for pair := range strings.SplitSeq(test.shown, ", ") {
				name, value, _ := strings.Cut(pair, "=")
				labels = append(labels, name, value)
			}
			wantValue(t, snapshot, 1, metricTargetMatched, labels...)
			wantValue(t, snapshot, test.actual, metricTargetActual, labels...)
			wantValue(t, snapshot, test.actual/1000, metricTargetAttainment, labels...)
			if len(snapshot.Mismatches) > 0 {
				t.Errorf("mismatches %v", snapshot.Mismatches)
			}
		})
	}
}

// TestScopesThatMatchNothing has typing errors, values of other dimensions and combinations that never occurred.
func TestScopesThatMatchNothing(t *testing.T) {
	f := scopeFacts(kpitest.Options(), scopeRecords())
	for scope, want := range map[string]metric.Mismatch{
		"rep=Ann Amse":       {Cause: `no record has rep "Ann Amse"`, Near: []string{"Ann Ames"}}, // C5
		"rep=Zoe":            {Cause: `no record has rep "Zoe"`},
		"team=Nroth":         {Cause: `no record has team "Nroth"`, Near: []string{"North"}},
		"team=Ann Ames":      {Cause: `no record has team "Ann Ames"`},
		"territory=E.M.E.A.": {Cause: `no record has territory "E.M.E.A."`},
		"pipeline=Sale":      {Cause: `no record has pipeline "Sale"`, Near: []string{"Sales"}},
		"rep=Ann Ames, team=Soth": {
			Cause: `no record has team "Soth"`, Near: []string{"South", "North"},
		},
		"rep=Ann Ames, team=south":          {Cause: `no deal has rep "Ann Ames" and team "South" together`},
		"rep=Ann Ames, territory=APAC":      {Cause: `no deal has rep "Ann Ames" and territory "APAC" together`},
		"rep=New Hire, team=South":          {Cause: `no deal has rep "New Hire" and team "South" together`},
		"rep=Lone, territory=LATAM":         {Cause: `no deal has rep "Lone" and territory "LATAM" together`},
		"team=Empty, territory=APAC":        {Cause: `no deal has team "Empty" and territory "APAC" together`},
		"rep=Ann, source=acme":              {Cause: `no record has rep "Ann" in source acme`, Near: []string{"Ann Ames"}},
		"product=x":                         {Cause: "its scope sets a label that is not in dimensions"},
		"territory=test":                    {Cause: `every deal with territory "test" is excluded by exclude or pipelines`, LeftOut: true},
		"pipeline=excluded":                 {Cause: `every deal with pipeline "excluded" is excluded by exclude or pipelines`, LeftOut: true},
		"team=Trial":                        {Cause: `every deal with team "Trial" is excluded by exclude or pipelines`, LeftOut: true},
		"rep=r6":                            {Cause: `every deal with rep "r6" is excluded by exclude or pipelines`, LeftOut: true},
		"rep=Tess Ting, team=Trial":         {Cause: `every deal with rep "Tess Ting" is excluded by exclude or pipelines`, LeftOut: true},
		"pipeline=Excluded, rep=Ann Ames":   {Cause: `every deal with pipeline "Excluded" is excluded by exclude or pipelines`, LeftOut: true},
		"territory=Test, rep=Bob":           {Cause: `every deal with territory "Test" is excluded by exclude or pipelines`, LeftOut: true},
		"source=elsewhere, territory=latam": {Cause: `no record has territory "latam" in source elsewhere`},
	} {
		t.Run(scope, func(t *testing.T) {
			target := scopedTo(scope)
			snapshot := computeTarget(f, target)
			want.Target = "plan"
			if diff := cmp.Diff([]metric.Mismatch{want}, snapshot.Mismatches); diff != "" {
				t.Errorf("mismatches (-want +got):\n%s", diff)
			}
			wantValue(t, snapshot, 0, metricTargetMatched)
			wantValue(t, snapshot, 0, metricTargetMissing)
			wantValue(t, snapshot, 1000, metricTargetValue)
			var has []string
			for _, family := range snapshot.Families {
				if family.Metric.Form == metric.FormTarget {
					has = append(has, strings.TrimPrefix(family.Metric.Name, "sales_target_"))
				}
			}
			stays := []string{
				"value", "elapsed_ratio", "start_timestamp_seconds", "end_timestamp_seconds", "matched", "missing_sources",
			}
			if !slices.Equal(has, stays) {
				t.Errorf("the target has %v, want %v", has, stays)
			}
			target.Growth = &crm.Growth{Ratio: 1, Over: crm.OverPreviousMonth}
			wantAbsent(t, computeTarget(f, target), metricTargetValue)
		})
	}
}

// TestRenamedRep holds case C5: a rep is renamed in the CRM, and back.
func TestRenamedRep(t *testing.T) {
	f := scopeFacts(kpitest.Options(), scopeRecords())
	target := scopedTo("rep=Ann Ames")
	wantValue(t, computeTarget(f, target), 100, metricTargetActual)
	f.Source("acme").Apply(record.Batch{Rows: record.Rows{crm.Reps.Of(crm.Rep{Head: record.Head{ID: "r1"}, Name: "Ann Miller", Team: "North", Active: true})}})
	renamed := computeTarget(f, target)
	wantAbsent(t, renamed, metricTargetActual)
	wantAbsent(t, renamed, metricTargetAttainment)
	wantValue(t, renamed, 0, metricTargetMatched, "rep", "Ann Ames")
	want := []metric.Mismatch{{Target: "plan", Cause: `no record has rep "Ann Ames"`, Near: []string{"Ann Miller"}}}
	if diff := cmp.Diff(want, renamed.Mismatches); diff != "" {
		t.Errorf("mismatches (-want +got):\n%s", diff)
	}
	f.Source("acme").Apply(record.Batch{Rows: record.Rows{crm.Reps.Of(crm.Rep{Head: record.Head{ID: "r1"}, Name: "Ann Ames", Team: "North", Active: true})}})
	wantValue(t, computeTarget(f, target), 100, metricTargetActual, "rep", "Ann Ames")
}

// TestSpellingDoesNotDependOnHistory removes a record that held another spelling.
func TestSpellingDoesNotDependOnHistory(t *testing.T) {
	f := scopeFacts(kpitest.Options(), scopeRecords())
	deal := crm.Deals.In(scopeRecords().Rows)[0]
	deal.ID, deal.Dimensions = "other", value.Dimensions{"territory": "EMEA"}
	f.Source("acme").Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(deal)}})
	wantValue(t, computeTarget(f, scopedTo("territory=emea")), 200, metricTargetActual, "territory", "EMEA")
	wantValue(t, computeTarget(f, scopedTo("territory=Emea")), 200, metricTargetActual, "territory", "Emea")
	f.Source("acme").Apply(record.Batch{Removals: []record.Removal{{Kind: crm.Deals.Name(), ID: "other"}}})
	wantValue(t, computeTarget(f, scopedTo("territory=emea")), 100, metricTargetActual, "territory", "Emea")
	f.Source("acme").Apply(record.Batch{Removals: []record.Removal{{Kind: crm.Deals.Name(), ID: "deal0"}}})
	wantValue(t, computeTarget(f, scopedTo("territory=emea")), 0, metricTargetMatched, "territory", "emea")
}

// TestScopesOfHiddenReps resolves names and ids where the label is neither.
func TestScopesOfHiddenReps(t *testing.T) {
	hash := func(id string) string { return facts.Pseudonym([]byte("key"), id) }
	for _, test := range []struct {
		label   crm.RepLabel
		scope   string
		shown   string
		matched float64
	}{
		{crm.RepLabelHash, "Ann Ames", hash("r1"), 1},
		{crm.RepLabelHash, "ANN AMES", hash("r1"), 1},
		{crm.RepLabelHash, "r1", hash("r1"), 1},
		{crm.RepLabelHash, hash("r1"), hash("r1"), 1},
		{crm.RepLabelHash, "New Hire", hash("r4"), 1},
		{crm.RepLabelHash, "Zoe Zimmer", hash("Zoe Zimmer"), 0},
		{crm.RepLabelID, "Ann Ames", "r1", 1},
		{crm.RepLabelID, "R1", "r1", 1},
		{crm.RepLabelID, "Zoe Zimmer", "Zoe Zimmer", 0},
	} {
		t.Run(fmt.Sprint(test.label, " ", test.scope), func(t *testing.T) {
			o := kpitest.Options()
			o.RepLabel, o.RepHashKey = test.label, []byte("key")
			snapshot := computeTarget(scopeFacts(o, scopeRecords()), scopedTo("rep="+test.scope))
			wantValue(t, snapshot, test.matched, metricTargetMatched, "rep", test.shown)
			if test.matched == 0 {
				wantAbsent(t, snapshot, metricTargetActual)
			}
			page := kpitest.Exposition(snapshot, Catalogue()) + fmt.Sprint(snapshot.Mismatches)
			for _, name := range []string{"Ann Ames", "ANN AMES", "New Hire", "Zoe Zimmer"} {
				if test.label == crm.RepLabelHash && strings.Contains(page, name) {
					t.Errorf("the page or the log names %s", name)
				}
			}
		})
	}
}

// TestHiddenRepOfASourceThatIsNotReady shows no name either while nobody knows the rep.
func TestHiddenRepOfASourceThatIsNotReady(t *testing.T) {
	o := kpitest.Options()
	o.RepLabel, o.RepHashKey = crm.RepLabelHash, []byte("key")
	snapshot := computeTarget(NewFacts(o), scopedTo("rep=Ann Ames"))
	wantAbsent(t, snapshot, metricTargetMatched)
	wantValue(t, snapshot, 1, metricTargetMissing)
	if strings.Contains(kpitest.Exposition(snapshot, Catalogue()), "Ann Ames") {
		t.Error("the page names the rep")
	}
}

// TestRepOfTwoSources covers both records of a person who sells in two CRMs, whatever the label.
func TestRepOfTwoSources(t *testing.T) {
	for _, label := range []crm.RepLabel{crm.RepLabelName, crm.RepLabelID, crm.RepLabelHash} {
		o := kpitest.Options()
		o.Sources, o.RepLabel, o.RepHashKey = []string{"acme", "globex"}, label, []byte("key")
		f := NewFacts(o)
		for i, source := range o.Sources {
			b := scopeRecords()
			crm.Reps.In(b.Rows)[0].ID, crm.Deals.In(b.Rows)[0].Rep = id("ann", i), id("ann", i)
			f.Source(source).Apply(b)
			f.Source(source).MarkReady()
		}
		wantValue(t, computeTarget(f, scopedTo("rep=ann ames")), 200, metricTargetActual)
		wantValue(t, computeTarget(f, scopedTo("rep=ann ames, source=globex")), 100, metricTargetActual, "source", "globex")
	}
}

// TestScopesThatFiltersEmpty holds that what the configuration leaves out is no 0, whether the scope says so or not.
func TestScopesThatFiltersEmpty(t *testing.T) {
	month := crm.TargetPeriod{Unit: crm.PeriodMonth, Every: true}
	all := crm.Target{Name: "plan", KPI: kpiRevenueWon, Value: 1000, Period: month}
	of := all
	of.Scope = map[string]string{"source": "acme"}
	together := scopedTo("rep=Bob, territory=Emea")
	excluded := func(change ...func(*crm.Deal)) crm.Deal {
		return wonDeal("1", 70, append([]func(*crm.Deal){filtered("expression")}, change...)...)
	}
	emea := func(rep string) func(*crm.Deal) {
		return func(d *crm.Deal) { d.Rep, d.Dimensions = rep, value.Dimensions{"territory": "Emea"} }
	}
	byBob := wonDeal("3", 5, func(d *crm.Deal) { d.Rep = "r2" })
	byAnn := wonDeal("4", 5, emea("r1"))
	for name, test := range map[string]struct {
		target crm.Target
		deals  []crm.Deal
		cause  string // "" where the target matches
	}{
		"no deals":               {target: all},
		"no deals of the source": {target: of},
		"all are left out":       {target: all, deals: []crm.Deal{excluded()}, cause: "every deal is excluded by exclude or pipelines"},
		"all of the source":      {target: of, deals: []crm.Deal{excluded()}, cause: "every deal is excluded by exclude or pipelines in source acme"},
		"all but one are":        {target: all, deals: []crm.Deal{excluded(), wonDeal("2", 5)}},
		"all that carry both are": {
			target: together, deals: []crm.Deal{excluded(emea("r2")), byBob, byAnn},
			cause: `every deal with rep "Bob" and territory "Emea" is excluded by exclude or pipelines`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := scopeRecords()
			crm.Deals.Set(&b.Rows, test.deals...)
			snapshot := computeTarget(scopeFacts(kpitest.Options(), b), test.target)
			if test.cause == "" {
				wantValue(t, snapshot, 1, metricTargetMatched)
				wantValue(t, snapshot, 0, metricTargetActual)
				return
			}
			wantValue(t, snapshot, 0, metricTargetMatched)
			wantAbsent(t, snapshot, metricTargetActual)
			if diff := cmp.Diff([]metric.Mismatch{{Target: "plan", Cause: test.cause, LeftOut: true}}, snapshot.Mismatches); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestComputeAgreesWithOracleOnFilteredScopes compares with the oracle where filters leave out whole reps or pipelines.
func TestComputeAgreesWithOracleOnFilteredScopes(t *testing.T) {
	for name, leftOut := range map[string]func(d crm.Deal) bool{
		"a pipeline":   func(d crm.Deal) bool { return d.Pipeline == "p1" },
		"some reps":    func(d crm.Deal) bool { return d.Rep < "rep4" },
		"all but some": func(d crm.Deal) bool { return d.ID > "deal3" },
		"all":          func(crm.Deal) bool { return true },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(41, oracleDeals(400), calendar.Options{})
			for _, s := range w.sources {
				for dealID, d := range s.deals {
					if leftOut(d) {
						d.Name = "excluded"
						s.deals[dealID] = d
					}
				}
			}
			targets := oracleTargets()
			for _, pipeline := range []string{"Sales", "renewals"} {
				targets = append(targets, crm.Target{
					Name: "of " + pipeline, KPI: kpiDealsWon, Value: 5, Scope: map[string]string{"pipeline": pipeline},
					Period: crm.TargetPeriod{Unit: crm.PeriodYear, Every: true},
				})
			}
			in := Input{Calendar: w.calendar, Now: w.now(), Targets: targets}
			compareWithOracle(t, Compute(w.facts(), in), newOracle(w, in).run())
		})
	}
}
