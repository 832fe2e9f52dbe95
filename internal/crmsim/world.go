// Package crmsim is a CRM account that exists only in memory. Façades show one World as HubSpot or as Salesforce over
// HTTP, with the limits, the paging and the faults of the real thing, so that connectors meet them before customers do.
package crmsim

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// World is the state of one simulated CRM account. It is safe for concurrent use.
//
// Deals and accounts are immutable once stored: a change stores a new version. Readers therefore share pointers
// without copying, and a search index that lags can still show the version before.
type World struct {
	info Info
	now  func() time.Time

	mu        sync.Mutex
	teams     []Team
	reps      []Rep
	pipelines []Pipeline
	accounts  []*Account         // by id
	deals     map[int64][]*Deal  // versions of each deal, oldest first; never empty
	order     []int64            // ids of deals, ascending
	current   []*Deal            // cache of the newest versions in order; nil after a change
	latest    time.Time          // no version becomes visible after this time
	lastID    map[sequence]int64 // last id given out
	named     [2]map[string]bool // property names in use, of deals and of accounts
	life      *life              // how time passes here; nil in a world that stands still
}

type sequence uint8

const (
	sequenceDeal sequence = iota
	sequenceAccount
	sequenceRep
	sequenceTeam
	sequencePipeline
)

const (
	namedDeals = iota
	namedAccounts
)

// Info describes the account as a whole.
type Info struct {
	Name     string
	Number   int64  // HubSpot's portal id, and what Salesforce's org id is made of
	Currency string // of the company, ISO 4217
	TimeZone string // IANA
	// Rates are units of Currency for one unit of a foreign currency, as decimal text.
	Rates map[string]string
}

// Team is a HubSpot team or a Salesforce role.
type Team struct {
	ID   int64
	Name string
}

// Rep owns deals.
type Rep struct {
	ID         int64
	UserNumber int64 // HubSpot's userId, another number than the owner's id
	FirstName  string
	LastName   string
	Email      string
	Team       int64 // id of a Team, 0 for none
	Active     bool
	Created    time.Time
	Modified   time.Time
}

// Pipeline is a HubSpot pipeline or a Salesforce record type.
type Pipeline struct {
	ID     string // HubSpot's id, such as "default"
	Number int64  // for CRMs that number them
	Label  string
	Stages []Stage // by Position
}

// Stage is one step of a pipeline. Stages of several pipelines with one Label agree in everything but ID and Position,
// because Salesforce keeps one list of stages for all record types.
type Stage struct {
	ID          string // unique over all pipelines
	Label       string
	Position    int
	Closed      bool
	Won         bool
	Probability string // "0.0" to "1.0"
	// ForecastCategory is what a deal gets on entering the stage.
	ForecastCategory crm.ForecastCategory
}

// Account is a HubSpot company or a Salesforce account.
type Account struct {
	ID         int64
	Name       string
	Properties map[string]string // by CRM property name, see Deal.Properties
	Created    time.Time
	Modified   time.Time
	Archived   bool
	ArchivedAt time.Time
	MergedInto int64   // id of the survivor, 0 for an account that was not merged away; such a one is archived too
	MergedIDs  []int64 // see Deal
}

// Deal is a HubSpot deal or a Salesforce opportunity. Times are kept to the millisecond; a zero time is null.
type Deal struct {
	ID   int64 // a dense sequence from 1; façades render ids of their own from it
	Name string

	Pipeline string // id of a Pipeline
	Stage    string // id of a Stage
	Rep      int64  // 0 for none
	Account  int64  // 0 for none

	Amount   string // decimal text, "" is null
	Currency string // "" is Info.Currency

	Created      time.Time
	Close        time.Time // expected while open, real once closed; Salesforce shows its date in UTC
	StageEntered time.Time
	Modified     time.Time // moved by edits; not by archiving and restoring

	ForecastCategory crm.ForecastCategory // "" is null

	// Properties holds further values by CRM property name. Names in lower case ("region", "dealtype") belong to
	// HubSpot, names with a capital ("Region__c", "Type") to Salesforce; each façade shows its own only.
	Properties map[string]string

	Archived   bool
	ArchivedAt time.Time // kept after a restore
	RestoredAt time.Time
	Purged     bool    // gone for good, also from the recycle bin
	MergedInto int64   // id of the survivor, 0 for a deal that was not merged away
	MergedIDs  []int64 // ids that this deal absorbed, its ancestors' included; the last two are its own merge's

	// VisibleAt is when this version came to be seen by readers: the commit, later than Modified in a slow
	// transaction. The zero time is "always".
	VisibleAt time.Time
}

// Live reports whether the deal is in the CRM's ordinary lists.
func (d *Deal) Live() bool { return !d.Archived && !d.Purged && d.MergedInto == 0 }

// Stamped is when anything at all changed, archiving and restoring included: Salesforce's SystemModstamp.
func (d *Deal) Stamped() time.Time {
	return slices.MaxFunc([]time.Time{d.Modified, d.ArchivedAt, d.RestoredAt}, time.Time.Compare)
}

// ErrUnknown is the error of a change to something that does not exist.
var ErrUnknown = errors.New("no such record")

// NewWorld returns an empty account that reads the time from now.
func NewWorld(now func() time.Time, info Info) *World {
	if now == nil {
		now = time.Now
	}
	return &World{
		info: info, now: now, deals: map[int64][]*Deal{}, lastID: map[sequence]int64{},
		named: [2]map[string]bool{namedDeals: {}, namedAccounts: {}},
	}
}

// Info returns the description of the account.
func (w *World) Info() Info { return w.info }

// Now reads the world's clock.
func (w *World) Now() time.Time { return w.now() }

// Teams returns every team, by id.
func (w *World) Teams() []Team {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.teams)
}

// Reps returns every rep, inactive ones included, by id.
func (w *World) Reps() []Rep {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.reps)
}

// Pipelines returns every pipeline with its stages.
func (w *World) Pipelines() []Pipeline {
	w.mu.Lock()
	defer w.mu.Unlock()
	return clonePipelines(w.pipelines)
}

func clonePipelines(pipelines []Pipeline) []Pipeline {
	clone := slices.Clone(pipelines)
	for i := range clone {
		clone[i].Stages = slices.Clone(clone[i].Stages)
	}
	return clone
}

// Accounts returns every account, archived ones included, by id. They must not be changed.
func (w *World) Accounts() []*Account {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.accounts)
}

// DealProperties returns the names of all Properties that any deal ever had, sorted.
func (w *World) DealProperties() []string { return w.propertyNames(namedDeals) }

// AccountProperties returns the names of all Properties that any account ever had, sorted.
func (w *World) AccountProperties() []string { return w.propertyNames(namedAccounts) }

func (w *World) propertyNames(of int) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.named[of]))
}

func (w *World) name(of int, properties map[string]string) {
	for name := range properties {
		w.named[of][name] = true
	}
}

// Deals returns every deal that ever existed, by id, as readers see it now: see DealsAt.
func (w *World) Deals() []*Deal { return w.DealsAt(w.now()) }

// DealsAt returns every deal that ever existed, by id, in the version that was visible at t. The archived, the purged
// and the merged-away are among them: it is for the façade to know which of these its CRM shows where.
// Neither the slice nor the deals may be changed.
func (w *World) DealsAt(t time.Time) []*Deal {
	w.Advance(w.now())
	w.mu.Lock()
	defer w.mu.Unlock()
	everything := !w.latest.After(t)
	if everything && w.current != nil {
		return w.current
	}
	deals := make([]*Deal, 0, len(w.order))
	for _, id := range w.order {
		if d := visible(w.deals[id], t); d != nil {
			deals = append(deals, d)
		}
	}
	if everything {
		w.current = deals
	}
	return deals
}

// Deal returns one deal as readers see it now. It must not be changed.
func (w *World) Deal(id int64) (*Deal, bool) {
	now := w.now()
	w.Advance(now)
	w.mu.Lock()
	defer w.mu.Unlock()
	d := visible(w.deals[id], now)
	return d, d != nil
}

// visible returns the newest version that can be seen at t, or nil.
func visible(versions []*Deal, t time.Time) *Deal {
	for _, d := range slices.Backward(versions) {
		if !d.VisibleAt.After(t) {
			return d
		}
	}
	return nil
}

// Truth returns the live deals by id as they really are, seen by readers or not. The caller may change the copies.
func (w *World) Truth() []Deal {
	w.Advance(w.now())
	w.mu.Lock()
	defer w.mu.Unlock()
	truth := make([]Deal, 0, len(w.order))
	for _, id := range w.order {
		if d := w.newest(id); d.Live() {
			truth = append(truth, *d.clone())
		}
	}
	return truth
}

// newest returns the last version of an existing deal. The lock is held.
func (w *World) newest(id int64) *Deal {
	versions := w.deals[id]
	return versions[len(versions)-1]
}

// StageOf returns the stage of a deal and whether its pipeline has such a stage.
func (w *World) StageOf(d *Deal) (Stage, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stage(d.Pipeline, d.Stage)
}

func (w *World) stage(pipeline, stage string) (Stage, bool) {
	for _, p := range w.pipelines {
		if p.ID != pipeline {
			continue
		}
		if i := slices.IndexFunc(p.Stages, func(s Stage) bool { return s.ID == stage }); i >= 0 {
			return p.Stages[i], true
		}
	}
	return Stage{}, false
}

// indexOf finds a record in a slice that is sorted by id.
func indexOf[T any](records []T, id int64, idOf func(T) int64) (int, error) {
	i, found := slices.BinarySearchFunc(records, id, func(r T, id int64) int { return cmp.Compare(idOf(r), id) })
	if !found {
		return 0, ErrUnknown
	}
	return i, nil
}
