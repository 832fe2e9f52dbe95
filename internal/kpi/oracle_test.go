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

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
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
	hist  *Histogram
}

// oracleDeal is a deal with everything resolved.
type oracleDeal struct {
	crm.Deal
	labels   map[string]string // dimensions
	raw      map[string]string // dimensions before folding
	stage    string
	byStage  crm.Probability
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
		for _, names := range o.options.Rollups {
			o.rollup(source, names)
		}
		o.pipeline(source)
		o.info(source)
	}
	o.targets()
	for _, m := range Catalogue() {
		if m.KPI != "" {
			o.set("sales_kpi_info", []string{
				"kpi", m.KPI, "unit", string(m.Unit), "kind", string(m.Kind), "timing", string(m.Timing),
				"direction", string(m.Direction),
			}, big.NewRat(1, 1))
		}
	}
	return o.out
}

// at returns an instant as a time; of a bare date the start of the day.
func (o *oracle) at(i crm.Instant) time.Time {
	if i.IsDate() {
		return o.calendar.Start(o.date(i))
	}
	return time.UnixMilli(i.Milli())
}

func (o *oracle) date(i crm.Instant) calendar.Date {
	if i.IsDate() {
		y, m, d := time.UnixMilli(i.Milli()).UTC().Date()
		return calendar.Date{Year: y, Month: m, Day: d}
	}
	return o.calendar.DateOf(time.UnixMilli(i.Milli()))
}

func (o *oracle) resolveSource(name string, s *worldSource) {
	o.deals[name] = nil
	for _, dealID := range slices.Sorted(maps.Keys(s.deals)) {
		d := &oracleDeal{Deal: s.deals[dealID]}
		d.forgetPlaceholders()
		d.closedAt, d.madeAt = o.at(d.Closed), o.at(d.Created)
		d.rep = follow(s.merged[crm.ObjectRep], d.Rep)
		rep := s.reps[d.rep]
		account := s.accounts[follow(s.merged[crm.ObjectAccount], d.Account)]
		d.labels = map[string]string{}
		for _, dim := range o.options.Dimensions {
			d.labels[dim] = cmp.Or(clean(d.Dimensions[dim]), clean(account.Dimensions[dim]), clean(rep.Dimensions[dim]))
		}
		pipeline, known := s.pipelines[d.Pipeline]
		d.labels["pipeline"] = nameOf(d.Pipeline, known, pipeline.Label)
		_, known = s.reps[d.rep]
		d.labels["rep"] = nameOf(d.rep, known, rep.Name)
		d.labels["team"] = clean(rep.Team)
		d.raw = maps.Clone(d.labels)
		stage, known := s.stages[d.Stage]
		d.stage, d.byStage, d.state = nameOf(d.Stage, known, stage.Label), crm.ProbabilityUnknown, d.Outcome
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
		if d.Excluded != "" || !d.AmountKnown {
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
	for _, date := range []*crm.Instant{&d.Closed, &d.Created, &d.StageEntered} {
		if !date.Known() {
			continue
		}
		if year := time.UnixMilli(date.Milli()).UTC().Year(); year < 1990 || year > 2100 {
			d.misdated, d.misclose = true, d.misclose || date == &d.Closed
			*date = crm.Instant{}
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

func clean(s string) string { return strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD")) }

// fold renames all but the most used values of each dimension.
func (o *oracle) fold() {
	o.folded = map[string]map[string]bool{}
	for _, dim := range o.options.Dimensions {
		count := map[string]int{}
		for name := range o.deals {
			if dim == "rep" {
				for repID, rep := range o.sources[name].reps {
					count[nameOf(repID, true, rep.Name)] += 0
				}
			}
			for _, d := range o.included(name) {
				count[d.labels[dim]]++
			}
		}
		delete(count, "")
		values := slices.Sorted(maps.Keys(count))
		sort.SliceStable(values, func(i, j int) bool { return count[values[i]] > count[values[j]] })
		o.folded[dim] = map[string]bool{}
		if n := o.in.ValuesPerDimension; n > 0 && len(values) > n {
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
	return where(o.deals[source], func(d *oracleDeal) bool { return d.Excluded == "" })
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

// money returns the sum of the known amounts in the reporting currency.
func money(deals []*oracleDeal) *big.Rat {
	sum := new(big.Int)
	for _, d := range deals {
		if d.priced {
			sum.Add(sum, big.NewInt(int64(d.Amount)))
		}
	}
	return new(big.Rat).SetFrac(sum, big.NewInt(crm.MoneyScale))
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
	dims := o.options.Dimensions
	closers, creators := map[string]bool{}, map[string]bool{}
	defer func() { o.idle(source, closers, creators) }()
	for _, group := range by(o.included(source), dims) {
		type row struct{ won, lost, created []*oracleDeal }
		rows := map[calendar.Window]row{}
		closed, created := false, false
		for _, w := range o.options.Windows {
			span := o.spans[w]
			rows[w] = row{
				o.closedIn(group, crm.OutcomeWon, span), o.closedIn(group, crm.OutcomeLost, span), o.createdIn(group, span),
			}
			closed = closed || len(rows[w].won)+len(rows[w].lost) > 0
			created = created || len(rows[w].created) > 0
			for _, d := range slices.Concat(rows[w].won, rows[w].lost) {
				closers[d.rep] = true
			}
			for _, d := range rows[w].created {
				creators[d.rep] = true
			}
		}
		for w, r := range rows {
			plain := pairs(source, dims, group[0], "window", string(w))
			amount := pairs(source, dims, group[0], "window", string(w), "currency", "USD")
			if closed {
				o.set("sales_deals_won", plain, count(r.won))
				o.set("sales_deals_lost", plain, count(r.lost))
				o.set("sales_revenue_won_amount", amount, money(r.won))
				o.set("sales_revenue_lost_amount", amount, money(r.lost))
			}
			if created {
				o.set("sales_deals_created", plain, count(r.created))
				o.set("sales_pipeline_created_amount", amount, money(r.created))
			}
		}
	}
}

// idle gives zeros to the active reps of whom some deal counts, but none in any window.
func (o *oracle) idle(source string, closers, creators map[string]bool) {
	if !slices.Contains(o.options.Dimensions, "rep") {
		return
	}
	zero := new(big.Rat)
	for repID, rep := range o.sources[source].reps {
		owned := where(o.included(source), func(d *oracleDeal) bool { return d.rep == repID })
		if !rep.Active || len(owned) == 0 || o.sources[source].merged[crm.ObjectRep][repID] != "" {
			continue
		}
		d := &oracleDeal{labels: map[string]string{}}
		for _, dim := range o.options.Dimensions {
			d.labels[dim] = clean(rep.Dimensions[dim])
		}
		d.labels["pipeline"], d.labels["rep"], d.labels["team"] = "", nameOf(repID, true, rep.Name), clean(rep.Team)
		for _, dim := range o.options.Dimensions {
			if o.folded[dim][d.labels[dim]] {
				d.labels[dim] = "other"
			}
		}
		for _, w := range o.options.Windows {
			plain := pairs(source, o.options.Dimensions, d, "window", string(w))
			amount := pairs(source, o.options.Dimensions, d, "window", string(w), "currency", "USD")
			if !closers[repID] {
				o.setOnce("sales_deals_won", plain, zero)
				o.setOnce("sales_deals_lost", plain, zero)
				o.setOnce("sales_revenue_won_amount", amount, zero)
				o.setOnce("sales_revenue_lost_amount", amount, zero)
			}
			if !creators[repID] {
				o.setOnce("sales_deals_created", plain, zero)
				o.setOnce("sales_pipeline_created_amount", amount, zero)
			}
		}
	}
}

// setOnce makes a series unless it is there: two reps may have one label.
func (o *oracle) setOnce(name string, labels []string, value *big.Rat) {
	if _, ok := o.out[key(name, labels)]; !ok {
		o.set(name, labels, value)
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

func amounts(deals []*oracleDeal, negative bool) []*big.Rat {
	var values []*big.Rat
	for _, d := range deals {
		if d.priced && (negative || d.Amount >= 0) {
			values = append(values, big.NewRat(int64(d.Amount), crm.MoneyScale))
		}
	}
	return values
}

func (o *oracle) observe(name string, labels []string, bounds []float64, values []*big.Rat) {
	if o.silent(labels) {
		return
	}
	h := &Histogram{Bounds: bounds, Counts: make([]uint64, len(bounds)), Count: uint64(len(values))}
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
	dims := o.options.HistogramDimensions
	type population map[calendar.Window][]*big.Rat
	for _, group := range by(o.included(source), dims) {
		sizes, won, lost := population{}, population{}, population{}
		sized, cycled := 0, 0
		for _, w := range o.options.Windows {
			sizes[w] = amounts(o.closedIn(group, crm.OutcomeWon, o.spans[w]), false)
			won[w] = o.cycles(o.closedIn(group, crm.OutcomeWon, o.spans[w]))
			lost[w] = o.cycles(o.closedIn(group, crm.OutcomeLost, o.spans[w]))
			sized, cycled = sized+len(sizes[w]), cycled+len(won[w])+len(lost[w])
		}
		for _, w := range o.options.Windows {
			labels := func(own ...string) []string {
				return pairs(source, dims, group[0], append([]string{"window", string(w)}, own...)...)
			}
			if sized > 0 {
				o.observe("sales_deal_size_amount", labels("currency", "USD"), o.options.DealSizeBuckets, sizes[w])
			}
			if cycled > 0 {
				o.observe("sales_cycle_seconds", labels("outcome", "won"), o.seconds(), won[w])
				o.observe("sales_cycle_seconds", labels("outcome", "lost"), o.seconds(), lost[w])
			}
		}
	}
}
