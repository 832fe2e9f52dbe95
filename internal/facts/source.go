package facts

import (
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/dictionary"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Facts are the mirror's records in memory, one block per source. They are not safe for concurrent use.
type Facts struct {
	Mapped     []string // the dimensions of Options that records carry themselves, in label order
	Categories []crm.ForecastCategory

	options Options
	values  []*labels // of each of Mapped, shared by all sources
	sources map[string]*Source
}

// New returns Facts without records, with every source of options not ready.
func New(options Options) *Facts {
	f := &Facts{
		options: options, sources: make(map[string]*Source, len(options.Sources)),
		Categories: crm.ForecastCategories(),
	}
	for _, name := range options.Dimensions {
		if crm.DimensionMapped(name) || name == "team" { // A row of a sheet has a team of its own.
			f.Mapped = append(f.Mapped, name)
		}
	}
	for _, selection := range options.Selections {
		if selection.uses("team") && !slices.Contains(f.Mapped, "team") {
			f.Mapped = append(f.Mapped, "team") // No label, but an expression reads it.
		}
	}
	for range f.Mapped {
		f.values = append(f.values, newLabels())
	}
	for _, name := range options.Sources {
		s := &Source{Facts: f, Name: name}
		s.judge = newJudge(s, options.Selections[name])
		s.Forget()
		f.sources[name] = s
	}
	return f
}

// Source returns the block of a source, nil where no such source is configured.
func (f *Facts) Source(name string) *Source { return f.sources[name] }

// Ready returns the sources that are ready, in order of their names. Of each of their deals it is decided whether it
// counts.
func (f *Facts) Ready() []*Source {
	var ready []*Source
	for _, name := range slices.Sorted(slices.Values(f.options.Sources)) {
		if s := f.sources[name]; s.Ready() {
			ready = append(ready, s)
		}
	}
	return ready
}

// Texts returns the values of a mapped dimension that any record ever held, by their numbers.
func (f *Facts) Texts(mapped int) []string { return f.values[mapped].texts }

// Source is the block of one source. It keeps no versions: the mirror has already decided which copy of a record
// holds.
type Source struct {
	Facts *Facts
	Name  string
	ready bool
	// complete are the kinds beside deals, and what deals are shown by, of which the source was read completely once.
	complete map[record.Name]bool
	// readAt is when the last complete read ended, the zero time where that is unknown.
	readAt time.Time

	Deals     Deals
	Origins   dictionary.Tuples // pipeline, rep, own dimension values
	Reps      Directory[Rep]
	RepIDs    []string // by rep number: what may be shown of the id
	Pipelines Directory[Pipeline]
	Stages    Directory[Stage]
	Accounts  Directory[uint32] // number of the account's tuple in AccountValues
	// AccountValues are the tuples of dimension values of accounts.
	AccountValues dictionary.Tuples
	Currencies    Currencies
	// awaited are dimensions that the records do not have yet.
	awaited []string
	// refilled are columns that the records have as another mapping filled them.
	refilled []string
	// stated is the source's currency by the configuration, told what its account said of itself, both "" where unknown.
	stated, told string

	judge  *judge
	buffer []uint32
}

// Rep is what is known of a rep.
type Rep struct {
	Name, Team string
	Active     bool
	Values     []uint32 // of the mapped dimensions
}

// same reports whether two reps are called alike and give deals the same labels.
func (r *Rep) same(o *Rep) bool {
	return r.Name == o.Name && r.Team == o.Team && slices.Equal(r.Values, o.Values)
}

// Pipeline is what is known of a pipeline.
type Pipeline struct{ Label, APIName string }

// Stage is what is known of a stage.
type Stage struct {
	Label       string
	Outcome     crm.Outcome
	Probability value.Probability
}

// Forget drops all records of the source, which is not ready then.
func (s *Source) Forget() {
	*s = Source{
		Facts: s.Facts, Name: s.Name, stated: s.stated, judge: s.judge, awaited: s.awaited, refilled: s.refilled,
		Deals:         newDeals(s.judge.named()),
		Origins:       dictionary.NewTuples(2 + len(s.Facts.Mapped)),
		Reps:          newDirectory[Rep](),
		RepIDs:        []string{""},
		Pipelines:     newDirectory[Pipeline](),
		Stages:        newDirectory[Stage](),
		Accounts:      newDirectory[uint32](),
		AccountValues: dictionary.NewTuples(len(s.Facts.Mapped)),
	}
	s.judge.forget()
}

// Await says which columns are being read: awaited are those that not all records have yet, whose dimensions are absent;
// refilled are those that the records have as another mapping filled them. It reports whether these are others than
// before; the records must be applied anew then.
func (s *Source) Await(awaited, refilled []string) (changed bool) {
	changed = !slices.Equal(s.awaited, awaited) || !slices.Equal(s.refilled, refilled)
	s.awaited, s.refilled = awaited, refilled
	return changed
}

// Awaits reports whether not all records have a value of a dimension yet.
func (s *Source) Awaits(dimension string) bool { return slices.Contains(s.awaited, dimension) }

// Refills reports whether the records have a dimension as another mapping filled it.
func (s *Source) Refills(dimension string) bool { return slices.Contains(s.refilled, dimension) }

// MarkReady says that the records applied so far are a complete copy of the source. Until then it has no series.
func (s *Source) MarkReady() { s.ready = true }

// MarkComplete says the same of the records of other kinds.
func (s *Source) MarkComplete(kinds ...record.Name) {
	if s.complete == nil {
		s.complete = map[record.Name]bool{}
	}
	for _, kind := range kinds {
		s.complete[kind] = true
	}
}

// Complete reports whether the records of all these kinds are a complete copy of the source.
func (s *Source) Complete(kinds ...record.Name) bool {
	for _, kind := range kinds {
		switch kind {
		case crm.Deals.Name(), crm.Accounts.Name(), crm.Reps.Name(), crm.Pipelines.Name(), crm.Stages.Name():
			if !s.ready {
				return false
			}
		default:
			if !s.complete[kind] {
				return false
			}
		}
	}
	return true
}

// Ready reports whether the source takes part in KPIs: not while nobody can tell which of its deals count.
func (s *Source) Ready() bool { return s.ready && s.Judge() == nil }

// Apply takes over changes as the mirror tells them: upserts, removals and quarantined records, which count as removed.
// Records may come in any order, a deal before its rep; a removal overrules an upsert of the same batch. Applying a
// batch twice changes nothing. Sweeps are the mirror's business: it names what vanished as removals.
func (s *Source) Apply(b record.Batch) {
	if b.Account != nil {
		s.told = b.Account.Currency
	}
	reps := crm.Reps.In(b.Rows)
	for i := range reps {
		s.putRep(&reps[i])
	}
	pipelines := crm.Pipelines.In(b.Rows)
	for i := range pipelines {
		p := &pipelines[i]
		now := Pipeline{Label: labelOr(p.Label, p.ID), APIName: p.APIName}
		s.judge.moved(readsPipeline, !s.Pipelines.holds(p.ID, func(before *Pipeline) bool { return *before == now }))
		s.Pipelines.put(p.ID, now)
	}
	stages := crm.Stages.In(b.Rows)
	for i := range stages {
		st := &stages[i]
		now := Stage{labelOr(st.Label, st.ID), st.Outcome, st.Probability}
		s.judge.moved(readsStage, !s.Stages.holds(st.ID, func(before *Stage) bool { return *before == now }))
		s.Stages.put(st.ID, now)
	}
	accounts := crm.Accounts.In(b.Rows)
	for i := range accounts {
		a := &accounts[i]
		now := s.AccountValues.Code(s.dimensionValues(s.buffer[:0], a.Dimensions))
		s.judge.moved(readsAccount, !s.Accounts.holds(a.ID, func(before *uint32) bool { return *before == now }))
		s.Accounts.put(a.ID, now)
	}
	deals := crm.Deals.In(b.Rows)
	for i := range deals {
		s.Deals.put(deals[i].ID, s.rowOf(&deals[i]))
	}
	s.judge.stale = s.judge.stale || len(deals) > 0
	for _, q := range b.Quarantined {
		s.remove(record.Removal{Kind: q.Kind, ID: q.ID})
	}
	for _, r := range b.Removals {
		s.remove(r)
	}
	s.Deals.compact()
}

func (s *Source) remove(r record.Removal) {
	switch r.Kind {
	case crm.Deals.Name():
		s.Deals.remove(r.ID)
	case crm.Accounts.Name():
		s.Accounts.remove(r)
		s.judge.moved(readsAccount, true)
	case crm.Reps.Name():
		s.repCode(r.ID)
		s.repCode(r.MergedInto)
		s.Reps.remove(r)
		s.judge.moved(readsRep, true)
	case crm.Pipelines.Name():
		s.Pipelines.remove(r)
		s.judge.moved(readsPipeline, true)
	case crm.Stages.Name():
		s.Stages.remove(r)
		s.judge.moved(readsStage, true)
	}
}

func (s *Source) putRep(r *crm.Rep) {
	s.repCode(r.ID)
	now := Rep{
		Name: r.Label(), Team: value.CleanLabel(r.Team), Active: r.Active,
		Values: s.dimensionValues(nil, r.Dimensions),
	}
	s.judge.moved(readsRep, !s.Reps.holds(r.ID, now.same))
	s.Reps.put(r.ID, now)
}

// repCode returns the number of a rep, known or not.
func (s *Source) repCode(id string) uint32 {
	code := s.Reps.code(id)
	if int(code) == len(s.RepIDs) {
		shown := value.CleanLabel(id)
		if s.Facts.options.RepLabel == crm.RepLabelHash {
			shown = Pseudonym(s.Facts.options.RepHashKey, id)
		}
		s.RepIDs = append(s.RepIDs, shown)
	}
	return code
}

func (s *Source) rowOf(d *crm.Deal) dealRow {
	origin := append(s.buffer[:0], s.Pipelines.code(d.Pipeline), s.repCode(d.Rep))
	origin = s.dimensionValues(origin, d.Dimensions)
	s.buffer = origin
	amount, amountKnown, currency := s.amount(d)
	row := dealRow{
		closed: s.plausible(d.Closed), created: s.plausible(d.Created), entered: s.plausible(d.StageEntered),
		amount: amount, probability: d.Probability,
		origin: s.Origins.Code(origin), stage: s.Stages.code(d.Stage), account: s.Accounts.code(d.Account),
		currency: s.Currencies.code(currency, s.Facts.options.Currency), flags: s.flagsOf(d), name: d.Name,
	}
	switch {
	case !amountKnown:
	case row.currency == reportingCurrency:
		row.flags |= FlagPriced
	default:
		row.flags |= FlagForeign
	}
	if d.Closed.Known() && !row.closed.Known() {
		row.flags |= FlagMisdated | FlagMisclose
	}
	if d.Created.Known() && !row.created.Known() || d.StageEntered.Known() && !row.entered.Known() {
		row.flags |= FlagMisdated
	}
	return row
}

// plausible returns a date of a deal, unknown where it cannot be true.
func (s *Source) plausible(i value.Instant) calendar.Instant {
	if !s.Facts.options.Plausible.Holds(i) {
		return calendar.UnknownInstant
	}
	return calendar.Pack(i)
}

func (s *Source) flagsOf(d *crm.Deal) Flags {
	flags := Flags(d.Outcome) & FlagOutcome
	category := slices.Index(s.Facts.Categories, d.ForecastCategory) + 1
	return flags | Flags(category)<<categoryBits
}

// dimensionValues appends the numbers of a record's values of the mapped dimensions.
func (s *Source) dimensionValues(to []uint32, d value.Dimensions) []uint32 {
	for i, name := range s.Facts.Mapped {
		code := uint32(0)
		if raw, ok := d[name]; ok && !slices.Contains(s.awaited, name) {
			code = s.Facts.values[i].code(raw)
		}
		to = append(to, code)
	}
	return to
}

// labelOr returns a label, or the record's id where the CRM has no label for it.
func labelOr(label, id string) string {
	if label = value.CleanLabel(label); label != "" {
		return label
	}
	return value.CleanLabel(id)
}
