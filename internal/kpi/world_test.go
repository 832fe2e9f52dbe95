package kpi

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/facts"
	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// world is a random sales organisation with the quirks of real ones: the final records of every source, and the
// batches of a history that leads to them.
type world struct {
	options  Options
	calendar *calendar.Calendar
	sources  map[string]*worldSource
	r        *rand.Rand
}

type worldSource struct {
	deals     map[string]crm.Deal
	accounts  map[string]crm.Account
	reps      map[string]crm.Rep
	pipelines map[string]crm.Pipeline
	stages    map[string]crm.Stage
	merged    map[record.Name]map[string]string
	currency  string // of the account, "" where it does not say
	ready     bool
	read      time.Time // when the last complete read ended, the zero time where that is unknown
}

const worldYears = 4

// isExcluded reports whether a filter of kpitest.ByName leaves a deal out.
func isExcluded(d *crm.Deal) bool { return strings.HasPrefix(d.Name, "excluded") }

// oracleDeals returns how many deals a world has that is compared with the oracle: all, or a few under the race detector.
func oracleDeals(deals int) int {
	if thorough {
		return deals
	}
	return max(deals/5, 150)
}

func newWorld(seed uint64, deals int, calendarOptions calendar.Options) *world {
	w := &world{
		options: benchOptions(), calendar: calendar.New(calendarOptions),
		sources: map[string]*worldSource{}, r: rand.New(rand.NewPCG(seed, 7)),
	}
	w.options.Sources = []string{"globex", "acme"}
	w.options.HistogramDimensions = []string{"pipeline", "team"}
	w.options.Selections = kpitest.ByName("globex", "acme")
	w.options.Rollups = [][]string{{"team"}, {}, {"rep"}, {"pipeline", "territory"}}
	w.options.Windows = calendar.Windows()
	w.options.Traits = map[string]facts.Traits{
		"acme":   {Dimensions: []string{"pipeline", "rep", "team", "territory", "business_type"}},
		"globex": {Dimensions: []string{"rep", "territory"}, StagesByName: true},
	}
	for _, name := range w.options.Sources {
		w.sources[name] = w.newSource(deals / len(w.options.Sources))
	}
	return w
}

// now is the end of the world's history; deals close up to a year later.
func (w *world) now() time.Time {
	return time.Date(2026, time.May, 20, 15, 4, 5, 678_900_000, w.calendar.Location())
}

func (w *world) newSource(deals int) *worldSource {
	s := &worldSource{
		deals: map[string]crm.Deal{}, accounts: map[string]crm.Account{}, reps: map[string]crm.Rep{},
		pipelines: map[string]crm.Pipeline{}, stages: map[string]crm.Stage{},
		merged: map[record.Name]map[string]string{
			crm.Accounts.Name(): {"account900": "account1", "account901": "account900"},
			crm.Reps.Name():     {"rep90": "rep3"},
		},
		ready: true,
	}
	for i := range 12 {
		s.reps[id("rep", i)] = crm.Rep{
			// Two reps have one name and are told apart, others are not; one has no name, one has a broken one.
			Head: record.Head{ID: id("rep", i), Dimensions: w.some("territory", "EMEA", "amer", "APAC")}, Name: []string{"Ann Lee", "Bob ", "Cy", "Ann  Lee", "", "D\xffan\u0308", " Eve"}[i%7],
			Team: []string{"North", "South", "", " North"}[i%4], Active: i%3 > 0, Namesake: []int{0, 0, 0, 2}[min(i, 4)%4],
		}
	}
	for i := range 5 { // The first of them own old deals only, the last none.
		s.reps[id("rep", 20+i)] = crm.Rep{
			Head: record.Head{ID: id("rep", 20+i), Dimensions: w.some("territory", "EMEA", "APAC")}, Name: []string{"Idle", "Eve", "Idle", "", "Gone"}[i], Team: []string{"North", ""}[i%2],
			Active: i < 4,
		}
	}
	for i := range 40 {
		s.accounts[id("account", i)] = crm.Account{
			Head: record.Head{ID: id("account", i), Dimensions: w.some("territory", "EMEA", "Emea", "LATAM", "", "Ést", "E\u0301st", "(none)")},
		}
	}
	s.pipelines["p1"] = crm.Pipeline{Head: record.Head{ID: "p1"}, Label: "Sales"}
	s.pipelines["p2"] = crm.Pipeline{Head: record.Head{ID: "p2"}, Label: "Renewals"}
	for i, outcome := range []crm.Outcome{1, 1, 1, 2, 3, 0, 0} {
		s.stages[id("stage", i)] = crm.Stage{
			Head: record.Head{ID: id("stage", i)}, Label: []string{"New", "Talk", "Offer", "Won", "Lost", "Talk", ""}[i], Outcome: outcome,
			Probability: []value.Probability{100_000, 333_333, 800_000, 1_000_000, 0, -1, 500_000}[i],
		}
	}
	for i := range deals {
		d := w.newDeal(id("deal", i))
		if i < 4 {
			long := w.now().AddDate(-worldYears-3, 0, i)
			d.Rep, d.Created, d.Closed = id("rep", 20+i), w.instant(long), w.instant(long.AddDate(0, 1, 0))
		}
		s.deals[d.ID] = d
	}
	return s
}

func id(kind string, i int) string { return fmt.Sprintf("%s%d", kind, i) }

// some returns a dimension with one of some values, or without any.
func (w *world) some(name string, values ...string) value.Dimensions {
	if w.r.IntN(3) == 0 {
		return nil
	}
	return value.Dimensions{name: values[w.r.IntN(len(values))]}
}

func (w *world) newDeal(dealID string) crm.Deal {
	r := w.r
	created := w.now().Add(-time.Duration(r.Int64N(int64(worldYears * 365 * 24 * time.Hour))))
	cycle := time.Duration(r.ExpFloat64() * float64(80*24*time.Hour))
	if r.IntN(20) == 0 {
		cycle = -cycle // Imports create deals after they were closed.
	}
	d := crm.Deal{
		Head: record.Head{ID: dealID, Dimensions: w.some("business_type", "new", "renewal", "", " new ")}, Pipeline: []string{"p1", "p2", "", "gone"}[r.IntN(4)],
		Stage: id("stage", r.IntN(8)), Rep: id("rep", r.IntN(14)), Account: id("account", r.IntN(45)),
		Outcome: crm.Outcome(r.IntN(4)), AmountKnown: r.IntN(10) > 0,
		Amount:      []value.Money{0, -25_000_000, value.Money(r.Int64N(2e10)), value.Money(r.Int64N(5e8)), 1_000_000}[r.IntN(5)],
		Currency:    []string{"", "USD", "USD", "USD", "", "EUR", "GBP", "euros"}[r.IntN(8)],
		Probability: []value.Probability{value.ProbabilityUnknown, 0, 250_000, 777_777}[r.IntN(4)],
		Created:     w.instant(created), Closed: w.instant(created.Add(cycle)),
		StageEntered: w.instant(created.Add(cycle / 2)),
	}
	switch r.IntN(12) {
	case 0:
		d.Rep = ""
	case 1:
		d.Rep = "rep90"
	case 2:
		d.Account = "account901"
	case 3:
		d.Stage = ""
	case 4:
		d.Name = []string{"excluded", "excluded twice", "excluded, too"}[r.IntN(3)]
	case 5:
		d.Closed = w.instant(w.now().Add(time.Duration(r.Int64N(int64(365 * 24 * time.Hour)))))
	}
	if r.IntN(2) == 0 {
		d.ForecastCategory = append(crm.ForecastCategories(), "nonsense")[r.IntN(7)]
	}
	if r.IntN(4) == 0 && d.Dimensions != nil {
		d.Dimensions["territory"] = []string{"EMEA", "APAC", "  "}[r.IntN(3)]
	}
	return d
}

// instant returns t as CRMs give it: now and then as a bare date, at a day's first instant, as a placeholder, or not at
// all.
func (w *world) instant(t time.Time) value.Instant {
	if w.r.IntN(25) == 0 {
		return []value.Instant{
			value.Date(1900, 1, 1), value.MomentMilli(0), value.Date(9999, 12, 31), value.Date(1, 1, 1), value.Date(1989, 12, 31),
		}[w.r.IntN(5)]
	}
	switch w.r.IntN(8) {
	case 0:
		return value.Instant{}
	case 1, 2:
		d := w.calendar.DateOf(t)
		return value.Date(d.Year, d.Month, d.Day)
	case 3:
		return value.Moment(w.calendar.Day(t).Start)
	default:
		return value.Moment(t)
	}
}

// final returns one batch of the records that the source ends with.
func (s *worldSource) final() record.Batch {
	b := record.Batch{
		Rows: record.Rows{crm.Deals.Of(sortedValues(s.deals)...), crm.Accounts.Of(sortedValues(s.accounts)...), crm.Reps.Of(sortedValues(s.reps)...), crm.Pipelines.Of(sortedValues(s.pipelines)...), crm.Stages.Of(sortedValues(s.stages)...)},
	}
	for _, object := range slices.Sorted(maps.Keys(s.merged)) {
		for _, from := range slices.Sorted(maps.Keys(s.merged[object])) {
			b.Removals = append(b.Removals, record.Removal{
				Kind: object, ID: from, Reason: record.RemovedMerged, MergedInto: s.merged[object][from],
			})
		}
	}
	return b
}

func sortedValues[T any](m map[string]T) []T {
	values := make([]T, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		values = append(values, m[key])
	}
	return values
}

// facts returns the facts of the final records.
func (w *world) facts() *Facts {
	f := NewFacts(w.options)
	for name, s := range w.sources {
		f.Source(name).SetCurrency(s.currency)
		f.Source(name).Apply(s.final())
		if s.ready {
			f.Source(name).MarkReady()
			f.Source(name).ReadAt(s.read)
		}
	}
	return f
}

// pages cuts a batch into small ones, with every kind of record in a random order and deals before what they point to.
func pages(r *rand.Rand, b record.Batch) []record.Batch {
	var out []record.Batch
	out = append(out, cut(crm.Deals.In(b.Rows), func(v []crm.Deal) record.Batch { return record.Batch{Rows: record.Rows{crm.Deals.Of(v...)}} })...)
	out = append(out, cut(crm.Accounts.In(b.Rows), func(v []crm.Account) record.Batch { return record.Batch{Rows: record.Rows{crm.Accounts.Of(v...)}} })...)
	out = append(out, cut(crm.Reps.In(b.Rows), func(v []crm.Rep) record.Batch { return record.Batch{Rows: record.Rows{crm.Reps.Of(v...)}} })...)
	out = append(out, cut(crm.Pipelines.In(b.Rows), func(v []crm.Pipeline) record.Batch { return record.Batch{Rows: record.Rows{crm.Pipelines.Of(v...)}} })...)
	out = append(out, cut(crm.Stages.In(b.Rows), func(v []crm.Stage) record.Batch { return record.Batch{Rows: record.Rows{crm.Stages.Of(v...)}} })...)
	out = append(out, cut(b.Removals, func(v []record.Removal) record.Batch { return record.Batch{Removals: v} })...)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func cut[T any](values []T, batch func([]T) record.Batch) []record.Batch {
	var out []record.Batch
	for chunk := range slices.Chunk(values, 7) {
		out = append(out, batch(chunk))
	}
	return out
}
