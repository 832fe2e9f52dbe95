package kpi

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/metric"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// oracle computes every KPI the slow and obvious way: from plain records, with maps, loops, time.Time and rationals.
// It shares no code with the engine but the calendar, whose own tests hold it.
type oracle struct {
	*world
	in     Input
	deals  map[string][]*oracleDeal // by source
	every  map[string][]*oracleDeal // by source: those of after an as-of too
	folded map[string]map[string]bool
	out    map[string]oracleSample
	spans  map[calendar.Window]calendar.Span
	// moneyless are the sources without an amount in the reporting currency.
	moneyless map[string]bool
}

type oracleSample struct {
	value *big.Rat
	hist  *metric.Histogram
}

// oracleDeal is a deal with everything resolved.
type oracleDeal struct {
	crm.Deal
	source   string
	labels   map[string]string // dimensions
	raw      map[string]string // dimensions before folding
	stage    string
	byStage  value.Probability
	state    crm.Outcome
	reopened bool
	priced   bool
	misdated bool   // some date cannot be true
	misclose bool   // the close date cannot
	rep      string // id after merges
	closedAt time.Time
	madeAt   time.Time
}

func newOracle(w *world, in Input) *oracle {
	o := &oracle{world: w, in: in, deals: map[string][]*oracleDeal{}, out: map[string]oracleSample{}}
	o.every = map[string][]*oracleDeal{}
	o.moneyless = map[string]bool{}
	o.spans = map[calendar.Window]calendar.Span{}
	for _, window := range calendar.Windows() {
		o.spans[window] = w.calendar.Window(window, in.Now)
	}
	for name, s := range w.sources {
		if s.ready {
			o.resolveSource(name, s)
			o.moneyless[name] = s.currency != "" && s.currency != "USD" || w.onlyForeign(s)
		}
	}
	o.fold()
	return o
}

func (o *oracle) run() map[string]oracleSample {
	for source := range o.deals {
		o.base(source)
		o.histograms(source)
		o.cumulative(source)
		o.rollups(source)
		o.pipeline(source)
		o.info(source)
	}
	o.targets()
	for _, m := range Catalogue() {
		if m.KPI != "" && !slices.Contains(o.options.Metrics.Disabled, m.Name) {
			o.set("sales_kpi_info", []string{
				"kpi", m.KPI, "unit", string(m.Unit), "kind", string(m.Kind), "timing", string(m.Timing),
				"direction", string(m.Direction),
			}, big.NewRat(1, 1))
		}
	}
	return o.out
}

// at returns an instant as a time; of a bare date the start of the day.
func (o *oracle) at(i value.Instant) time.Time {
	if i.IsDate() {
		return o.calendar.Start(o.date(i))
	}
	return time.UnixMilli(i.Milli())
}

func (o *oracle) date(i value.Instant) calendar.Date {
	if i.IsDate() {
		y, m, d := time.UnixMilli(i.Milli()).UTC().Date()
		return calendar.Date{Year: y, Month: m, Day: d}
	}
	return o.calendar.DateOf(time.UnixMilli(i.Milli()))
}

func (o *oracle) resolveSource(name string, s *worldSource) {
	o.deals[name] = nil
	for _, dealID := range slices.Sorted(maps.Keys(s.deals)) {
		d := &oracleDeal{Deal: s.deals[dealID], source: name}
		d.forgetPlaceholders()
		d.closedAt, d.madeAt = o.at(d.Closed), o.at(d.Created)
		d.rep = follow(s.merged[crm.Reps.Name()], d.Rep)
		rep := s.reps[d.rep]
		account := s.accounts[follow(s.merged[crm.Accounts.Name()], d.Account)]
		d.labels = map[string]string{}
		for _, dim := range o.options.Dimensions {
			d.labels[dim] = cmp.Or(clean(d.Dimensions[dim]), clean(account.Dimensions[dim]), clean(rep.Dimensions[dim]),
				o.none(name, dim))
		}
		pipeline, known := s.pipelines[d.Pipeline]
		d.labels["pipeline"] = cmp.Or(nameOf(d.Pipeline, known, pipeline.Label), o.none(name, "pipeline"))
		_, known = s.reps[d.rep]
		d.labels["rep"] = cmp.Or(repName(d.rep, known, rep), o.none(name, "rep"))
		d.labels["team"] = cmp.Or(clean(rep.Team), o.none(name, "team"))
		d.raw = maps.Clone(d.labels)
		stage, known := s.stages[d.Stage]
		d.stage, d.byStage, d.state = nameOf(d.Stage, known, stage.Label), value.ProbabilityUnknown, d.Outcome
		if !known && o.options.Traits[name].StagesByName {
			d.stage = d.Stage
		}
		d.stage = cmp.Or(d.stage, "(none)")
		if known {
			d.byStage = stage.Probability
		}
		if known && stage.Outcome != crm.OutcomeUnknown {
			d.state = stage.Outcome
		}
		d.priced = d.AmountKnown && (d.Currency == "" || d.Currency == "USD")
		if d.state != crm.OutcomeWon && d.state != crm.OutcomeLost {
			d.state = crm.OutcomeOpen
		} else if o.in.AsOf && d.Closed.Known() && !d.closedAt.Before(o.in.Now) {
			d.state, d.reopened, d.stage = crm.OutcomeOpen, true, "unknown"
		}
		o.every[name] = append(o.every[name], d)
		if !o.in.AsOf || !d.Created.Known() || d.madeAt.Before(o.in.Now) {
			o.deals[name] = append(o.deals[name], d)
		}
	}
}

// onlyForeign reports whether a source has amounts, but none in the reporting currency.
func (w *world) onlyForeign(s *worldSource) bool {
	foreign := false
	for _, d := range s.deals {
		if isExcluded(&d) || !d.AmountKnown {
			continue
		}
		if d.Currency == "" || d.Currency == "USD" {
			return false
		}
		foreign = true
	}
	return foreign
}

// forgetPlaceholders makes dates unknown that lie before 1990 or after 2100.
func (d *oracleDeal) forgetPlaceholders() {
	for _, date := range []*value.Instant{&d.Closed, &d.Created, &d.StageEntered} {
		if !date.Known() {
			continue
		}
		if year := time.UnixMilli(date.Milli()).UTC().Year(); year < 1990 || year > 2100 {
			d.misdated, d.misclose = true, d.misclose || date == &d.Closed
			*date = value.Instant{}
		}
	}
}

// silent reports whether a series would tell of money that its source does not have.
func (o *oracle) silent(labels []string) bool {
	of := map[string]string{}
	for i := 0; i < len(labels); i += 2 {
		of[labels[i]] = labels[i+1]
	}
	if _, target := of["target"]; target || !o.moneyless[of["source"]] {
		return false
	}
	return of["currency"] == "USD" && of["reason"] == "" || of["basis"] == "amount" ||
		slices.Contains([]string{"revenue_won", "revenue_lost", "pipeline_created"}, of["kpi"])
}

func follow(merged map[string]string, recordID string) string {
	for merged[recordID] != "" {
		recordID = merged[recordID]
	}
	return recordID
}

func nameOf(recordID string, known bool, label string) string {
	switch {
	case recordID == "":
		return ""
	case !known:
		return "unknown"
	default:
		return cmp.Or(clean(label), recordID)
	}
}

// repName is the name of a rep and the number behind it, if another one came to the name before.
func repName(repID string, known bool, rep crm.Rep) string {
	name := nameOf(repID, known, rep.Name)
	if rep.Namesake > 1 {
		name += " (" + strconv.Itoa(rep.Namesake) + ")"
	}
	return name
}

// none is the label of what a source's records may have and a record has not.
func (o *oracle) none(source, dim string) string {
	may := map[string]bool{"pipeline": len(o.sources[source].pipelines) > 0}
	for _, name := range o.options.Traits[source].Dimensions {
		may[name] = true
	}
	if may[dim] {
		return "(none)"
	}
	return ""
}

func clean(s string) string {
	return norm.NFC.String(strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " "))
}

// fold renames all but the most used values of each dimension.
func (o *oracle) fold() {
	o.folded = map[string]map[string]bool{}
	for _, dim := range o.options.Dimensions {
		count := map[string]int{}
		for name := range o.deals {
			if dim == "rep" {
				for repID, rep := range o.sources[name].reps {
					count[repName(repID, true, rep)] += 0
				}
			}
			for _, d := range o.included(name) {
				count[d.labels[dim]]++
			}
		}
		delete(count, "")
		delete(count, "(none)")
		values := slices.Sorted(maps.Keys(count))
		sort.SliceStable(values, func(i, j int) bool { return count[values[i]] > count[values[j]] })
		o.folded[dim] = map[string]bool{}
		if n := cmp.Or(o.in.ValuesOf[dim], o.in.ValuesPerDimension); n > 0 && len(values) > n {
			for _, v := range values[n:] {
				o.folded[dim][v] = v != "other"
			}
		}
	}
	for _, deals := range o.deals {
		for _, d := range deals {
			for _, dim := range o.options.Dimensions {
				if o.folded[dim][d.labels[dim]] {
					d.labels[dim] = "other"
				}
			}
		}
	}
}

func (o *oracle) included(source string) []*oracleDeal {
	return where(o.deals[source], func(d *oracleDeal) bool { return !isExcluded(&d.Deal) })
}

func where(deals []*oracleDeal, keep func(*oracleDeal) bool) []*oracleDeal {
	var kept []*oracleDeal
	for _, d := range deals {
		if keep(d) {
			kept = append(kept, d)
		}
	}
	return kept
}

// by splits deals by the values of some dimensions.
func by(deals []*oracleDeal, dims []string) map[string][]*oracleDeal {
	groups := map[string][]*oracleDeal{}
	for _, d := range deals {
		var values []string
		for _, dim := range dims {
			values = append(values, d.labels[dim])
		}
		key := strings.Join(values, "\x00")
		groups[key] = append(groups[key], d)
	}
	return groups
}

func pairs(source string, dims []string, d *oracleDeal, own ...string) []string {
	labels := []string{"source", source}
	for _, dim := range dims {
		labels = append(labels, dim, d.labels[dim])
	}
	return append(labels, own...)
}

func key(name string, labels []string) string {
	var b strings.Builder
	b.WriteString(name)
	for i := 0; i < len(labels); i += 2 {
		b.WriteString(" " + labels[i] + "=" + strconv.Quote(labels[i+1]))
	}
	return b.String()
}

func (o *oracle) set(name string, labels []string, value *big.Rat) {
	if o.silent(labels) {
		return
	}
	k := key(name, labels)
	if _, ok := o.out[k]; ok {
		panic("the oracle made a series twice: " + k)
	}
	o.out[k] = oracleSample{value: value}
}

func count(deals []*oracleDeal) *big.Rat { return big.NewRat(int64(len(deals)), 1) }

// money returns the sum of the known amounts in the reporting currency, nil where a source has amounts in others only.
func money(deals []*oracleDeal) *big.Rat {
	sum, priced, foreign := new(big.Int), map[string]bool{}, map[string]bool{}
	for _, d := range deals {
		if d.priced {
			sum.Add(sum, big.NewInt(int64(d.Amount)))
			priced[d.source] = true
		} else if d.AmountKnown {
			foreign[d.source] = true
		}
	}
	for source := range foreign {
		if !priced[source] {
			return nil
		}
	}
	return new(big.Rat).SetFrac(sum, big.NewInt(value.MoneyScale))
}

func (o *oracle) closedIn(deals []*oracleDeal, state crm.Outcome, span calendar.Span) []*oracleDeal {
	return where(deals, func(d *oracleDeal) bool {
		if d.state != state {
			return false
		}
		if !d.Closed.Known() {
			return span == calendar.Span{}
		}
		return span.Contains(d.closedAt)
	})
}

func (o *oracle) createdIn(deals []*oracleDeal, span calendar.Span) []*oracleDeal {
	return where(deals, func(d *oracleDeal) bool { return d.Created.Known() && span.Contains(d.madeAt) })
}

func (o *oracle) base(source string) {
	type part struct {
		metric string
		deals  func([]*oracleDeal, calendar.Span) []*oracleDeal
		value  func([]*oracleDeal) *big.Rat
	}
	closed := func(state crm.Outcome) func([]*oracleDeal, calendar.Span) []*oracleDeal {
		return func(deals []*oracleDeal, span calendar.Span) []*oracleDeal { return o.closedIn(deals, state, span) }
	}
	for _, p := range []part{
		{"sales_deals_won", closed(crm.OutcomeWon), count},
		{"sales_revenue_won_amount", closed(crm.OutcomeWon), money},
		{"sales_deals_lost", closed(crm.OutcomeLost), count},
		{"sales_revenue_lost_amount", closed(crm.OutcomeLost), money},
		{"sales_deals_created", o.createdIn, count},
		{"sales_pipeline_created_amount", o.createdIn, money},
	} {
		for _, dims := range o.grains(p.metric) {
			shown := map[string]bool{}
			for combination, group := range by(o.included(source), dims) {
				values := map[calendar.Window]*big.Rat{}
				for _, w := range o.windows(source, p.metric, dims) {
					values[w] = p.value(p.deals(group, o.spans[w]))
					shown[combination] = shown[combination] || values[w] == nil || values[w].Sign() != 0
				}
				for w, value := range values {
					labels := pairs(source, dims, group[0], "window", string(w))
					if strings.HasSuffix(p.metric, "_amount") {
						labels = append(labels, "currency", "USD")
					}
					if shown[combination] {
						o.maybe(p.metric, labels, value)
					}
				}
			}
			o.zeros(source, p.metric, dims, shown)
		}
	}
}

// cycles returns the seconds from creation to close where they are known and not negative.
func (o *oracle) cycles(deals []*oracleDeal) []*big.Rat {
	var cycles []*big.Rat
	for _, d := range deals {
		if !d.Created.Known() || !d.Closed.Known() {
			continue
		}
		ms := d.closedAt.Sub(d.madeAt).Milliseconds()
		if d.Created.IsDate() || d.Closed.IsDate() {
			ms = int64(o.date(d.Closed).DaysSince(o.date(d.Created))) * 86_400_000
		}
		if ms >= 0 {
			cycles = append(cycles, big.NewRat(ms, 1000))
		}
	}
	return cycles
}

func amountsOf(deals []*oracleDeal, negative bool) []*big.Rat {
	var values []*big.Rat
	for _, d := range deals {
		if d.priced && (negative || d.Amount >= 0) {
			values = append(values, big.NewRat(int64(d.Amount), value.MoneyScale))
		}
	}
	return values
}

func (o *oracle) observe(name string, labels []string, bounds []float64, values []*big.Rat) {
	if o.silent(labels) {
		return
	}
	h := &metric.Histogram{Bounds: bounds, Counts: make([]uint64, len(bounds)), Count: uint64(len(values))}
	for _, v := range values {
		for i, bound := range bounds {
			if v.Cmp(new(big.Rat).SetFloat64(bound)) <= 0 {
				h.Counts[i]++
			}
		}
	}
	h.Sum, _ = sumOf(values).Float64()
	k := key(name, labels)
	if _, ok := o.out[k]; ok {
		panic("the oracle made a histogram twice: " + k)
	}
	o.out[k] = oracleSample{hist: h}
}

func sumOf(values []*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for _, v := range values {
		sum.Add(sum, v)
	}
	return sum
}

func (o *oracle) seconds() []float64 {
	var bounds []float64
	for _, d := range o.options.DurationBuckets {
		bounds = append(bounds, d.Seconds())
	}
	return bounds
}

func (o *oracle) histograms(source string) {
	type population func(group []*oracleDeal, span calendar.Span) []*big.Rat
	sizes := func(group []*oracleDeal, span calendar.Span) []*big.Rat {
		return amountsOf(o.closedIn(group, crm.OutcomeWon, span), false)
	}
	cycles := func(state crm.Outcome) population {
		return func(group []*oracleDeal, span calendar.Span) []*big.Rat {
			return o.cycles(o.closedIn(group, state, span))
		}
	}
	for _, h := range []struct {
		metric string
		own    []string
		bounds []float64
		of     population
	}{
		{"sales_deal_size_amount", []string{"currency", "USD"}, o.options.DealSizeBuckets, sizes},
		{"sales_cycle_seconds", []string{"outcome", "won"}, o.seconds(), cycles(crm.OutcomeWon)},
		{"sales_cycle_seconds", []string{"outcome", "lost"}, o.seconds(), cycles(crm.OutcomeLost)},
	} {
		for _, dims := range o.grains(h.metric) {
			for _, group := range by(o.included(source), dims) {
				values, n := map[calendar.Window][]*big.Rat{}, 0
				for _, w := range o.windows(source, h.metric, dims) {
					values[w] = h.of(group, o.spans[w])
					n += len(values[w])
				}
				for w, population := range values {
					unknown := h.metric == "sales_deal_size_amount" && money(o.closedIn(group, crm.OutcomeWon, o.spans[w])) == nil
					if n > 0 && !unknown {
						o.observe(h.metric, pairs(source, dims, group[0], append([]string{"window", string(w)}, h.own...)...),
							h.bounds, population)
					}
				}
			}
		}
	}
}
