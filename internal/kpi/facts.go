package kpi

import (
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Facts is what KPIs are computed from: the mirror's records in memory, one block per source. It is not safe for
// concurrent use; a Compute must not overlap an Apply.
type Facts struct {
	options Options
	mapped  []string  // the dimensions of Options that records carry themselves, in label order
	values  []*labels // of each of them, shared by all sources
	sources map[string]*SourceFacts

	categories []crm.ForecastCategory
	metrics    []Metric

	scratch *cube.Scratch // of computations
}

// NewFacts returns Facts without records, with every source of options not ready.
func NewFacts(options Options) *Facts {
	f := &Facts{
		options: options, sources: make(map[string]*SourceFacts, len(options.Sources)),
		categories: crm.ForecastCategories(), metrics: Catalogue(), scratch: &cube.Scratch{},
	}
	for _, name := range options.Dimensions {
		if crm.DimensionMapped(name) || name == "team" { // A row of a sheet has a team of its own.
			f.mapped = append(f.mapped, name)
			f.values = append(f.values, newLabels())
		}
	}
	for _, name := range options.Sources {
		s := &SourceFacts{facts: f, name: name}
		s.Forget()
		f.sources[name] = s
	}
	return f
}

// Source returns the block of a source, nil where no such source is configured.
func (f *Facts) Source(name string) *SourceFacts { return f.sources[name] }

// ready returns the sources that are ready, in order of their names.
func (f *Facts) ready() []*SourceFacts {
	var ready []*SourceFacts
	for _, name := range slices.Sorted(slices.Values(f.options.Sources)) {
		if s := f.sources[name]; s.ready {
			ready = append(ready, s)
		}
	}
	return ready
}

// SourceFacts is the block of one source. It keeps no versions: the mirror has already decided which copy of a record
// holds.
type SourceFacts struct {
	facts *Facts
	name  string
	ready bool
	// readAt is when the last complete read ended, the zero time where that is unknown.
	readAt time.Time

	deals     dealColumns
	origins   tuples // pipeline, rep, own dimension values
	reps      directory[repRecord]
	repIDs    []string // by rep number: what may be shown of the id
	pipelines directory[string]
	stages    directory[stageRecord]
	accounts  directory[uint32] // number of the account's tuple in accountValues
	// accountValues are the tuples of dimension values of accounts.
	accountValues tuples
	exclusions    []string // reasons; the number of a reason is its place plus 1
	currencies    currencyCodes
	// stated is the source's currency by the configuration, told what its account said of itself, both "" where unknown.
	stated, told string

	buffer []uint32
}

type repRecord struct {
	name, team string
	active     bool
	values     []uint32 // of the mapped dimensions
}

type stageRecord struct {
	label       string
	outcome     crm.Outcome
	probability value.Probability
}

// Forget drops all records of the source, which is not ready then.
func (s *SourceFacts) Forget() {
	*s = SourceFacts{
		facts: s.facts, name: s.name, stated: s.stated,
		deals:         newDealColumns(),
		origins:       newTuples(2 + len(s.facts.mapped)),
		reps:          newDirectory[repRecord](),
		repIDs:        []string{""},
		pipelines:     newDirectory[string](),
		stages:        newDirectory[stageRecord](),
		accounts:      newDirectory[uint32](),
		accountValues: newTuples(len(s.facts.mapped)),
	}
}

// MarkReady says that the records applied so far are a complete copy of the source. Until then it has no series.
func (s *SourceFacts) MarkReady() { s.ready = true }

// Ready reports whether the source takes part in KPIs.
func (s *SourceFacts) Ready() bool { return s.ready }

// lacks reports whether the source cannot tell a KPI now. A target over it is absent then: the sum of the other sources
// would look like a miss.
func (s *SourceFacts) lacks(kpi string) bool { return !s.ready || moneyKPI(kpi) && !s.hasMoney() }

// Deals returns the number of deals, excluded ones included.
func (s *SourceFacts) Deals() int { return s.deals.live() }

// Apply takes over changes as the mirror tells them: upserts, removals and quarantined records, which count as removed.
// Records may come in any order, a deal before its rep; a removal overrules an upsert of the same batch. Applying a
// batch twice changes nothing. Sweeps are the mirror's business: it names what vanished as removals.
func (s *SourceFacts) Apply(b record.Batch) {
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
		s.pipelines.put(p.ID, labelOr(p.Label, p.ID))
	}
	stages := crm.Stages.In(b.Rows)
	for i := range stages {
		st := &stages[i]
		s.stages.put(st.ID, stageRecord{labelOr(st.Label, st.ID), st.Outcome, st.Probability})
	}
	accounts := crm.Accounts.In(b.Rows)
	for i := range accounts {
		a := &accounts[i]
		s.accounts.put(a.ID, s.accountValues.code(s.dimensionValues(s.buffer[:0], a.Dimensions)))
	}
	deals := crm.Deals.In(b.Rows)
	for i := range deals {
		s.deals.put(deals[i].ID, s.rowOf(&deals[i]))
	}
	for _, q := range b.Quarantined {
		s.remove(record.Removal{Kind: q.Kind, ID: q.ID})
	}
	for _, r := range b.Removals {
		s.remove(r)
	}
	s.deals.compact()
}

func (s *SourceFacts) remove(r record.Removal) {
	switch r.Kind {
	case crm.Deals.Name():
		s.deals.remove(r.ID)
	case crm.Accounts.Name():
		s.accounts.remove(r)
	case crm.Reps.Name():
		s.repCode(r.ID)
		s.repCode(r.MergedInto)
		s.reps.remove(r)
	case crm.Pipelines.Name():
		s.pipelines.remove(r)
	case crm.Stages.Name():
		s.stages.remove(r)
	}
}

func (s *SourceFacts) putRep(r *crm.Rep) {
	s.repCode(r.ID)
	s.reps.put(r.ID, repRecord{
		name: r.Label(), team: value.CleanLabel(r.Team), active: r.Active,
		values: s.dimensionValues(nil, r.Dimensions),
	})
}

// repCode returns the number of a rep, known or not.
func (s *SourceFacts) repCode(id string) uint32 {
	code := s.reps.code(id)
	if int(code) == len(s.repIDs) {
		shown := value.CleanLabel(id)
		if s.facts.options.RepLabel == crm.RepLabelHash {
			shown = pseudonym(s.facts.options.RepHashKey, id)
		}
		s.repIDs = append(s.repIDs, shown)
	}
	return code
}

func (s *SourceFacts) rowOf(d *crm.Deal) dealRow {
	origin := append(s.buffer[:0], s.pipelines.code(d.Pipeline), s.repCode(d.Rep))
	origin = s.dimensionValues(origin, d.Dimensions)
	s.buffer = origin
	row := dealRow{
		closed: s.plausible(d.Closed), created: s.plausible(d.Created), entered: s.plausible(d.StageEntered),
		amount: d.Amount, probability: d.Probability,
		origin: s.origins.code(origin), stage: s.stages.code(d.Stage), account: s.accounts.code(d.Account),
		excluded: s.exclusion(d.Excluded), flags: s.flagsOf(d),
	}
	if d.AmountKnown {
		row.currency = s.currencies.code(d.Currency, s.facts.options.Currency)
	}
	if d.Closed.Known() && !row.closed.Known() {
		row.flags |= flagMisdated | flagMisclose
	}
	if d.Created.Known() && !row.created.Known() || d.StageEntered.Known() && !row.entered.Known() {
		row.flags |= flagMisdated
	}
	return row
}

// plausible returns a date of a deal, unknown where it cannot be true.
func (s *SourceFacts) plausible(i value.Instant) cube.Instant {
	if !s.facts.options.Plausible.Holds(i) {
		return cube.UnknownInstant
	}
	return cube.Pack(i)
}

func (s *SourceFacts) flagsOf(d *crm.Deal) dealFlags {
	flags := dealFlags(d.Outcome) & flagOutcome
	if d.AmountKnown {
		if d.Currency == "" || d.Currency == s.facts.options.Currency {
			flags |= flagPriced
		} else {
			flags |= flagForeign
		}
	}
	category := slices.Index(s.facts.categories, d.ForecastCategory) + 1
	return flags | dealFlags(category)<<categoryBits
}

// dimensionValues appends the numbers of a record's values of the mapped dimensions.
func (s *SourceFacts) dimensionValues(to []uint32, d value.Dimensions) []uint32 {
	for i, name := range s.facts.mapped {
		code := uint32(0)
		if raw, ok := d[name]; ok {
			code = s.facts.values[i].code(raw)
		}
		to = append(to, code)
	}
	return to
}

// maxExclusions is what a column of bytes can tell apart; reasons are a closed set of a few.
const maxExclusions = 255

func (s *SourceFacts) exclusion(reason string) uint8 {
	if reason == "" {
		return 0
	}
	i := slices.Index(s.exclusions, reason)
	if i < 0 {
		i = min(len(s.exclusions), maxExclusions-1)
		s.exclusions = append(s.exclusions[:i], reason)
	}
	return uint8(i + 1)
}

// labelOr returns a label, or the record's id where the CRM has no label for it.
func labelOr(label, id string) string {
	if label = value.CleanLabel(label); label != "" {
		return label
	}
	return value.CleanLabel(id)
}
