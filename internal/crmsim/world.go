// Package crmsim is a CRM account that exists only in memory: a World whose kinds of records are declared one a file.
// Façades show it as HubSpot or as Salesforce over HTTP, with the limits, the paging and the faults of the real thing,
// so that connectors meet them before customers do.
//
// To add a kind, declare it in a file of its own, add it to the list in kinds.go, and give it a naming in each façade.
package crmsim

import (
	"sync"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// World is the state of one simulated CRM account: its records, and how it is set up. It is safe for concurrent use.
type World struct {
	*world.World

	kinds []Kind

	teams    world.Table[Team]
	reps     world.Table[Rep]
	accounts world.Table[Account]
	deals    world.Table[Deal]

	setUp     sync.RWMutex // guards what follows; taken after the lock of the records
	info      Info
	pipelines []Pipeline
}

// Info describes the account as a whole.
type Info struct {
	Name     string
	Number   int64  // HubSpot's portal id, and what Salesforce's org id is made of
	Currency string // of the company, ISO 4217
	TimeZone string // IANA
	// Rates are units of Currency for one unit of a foreign currency, as decimal text.
	Rates map[string]string
}

// ErrUnknown is the error of a change to something that does not exist.
var ErrUnknown = world.ErrUnknown

// NewWorld returns an empty account that reads the time from now; nil is the real clock. It has the kinds of the list
// and those that the caller adds.
func NewWorld(now func() time.Time, info Info, more ...Kind) *World {
	if now == nil {
		now = time.Now
	}
	w := &World{info: info, kinds: append(kinds(), more...)}
	declared := make([]*world.Kind, len(w.kinds))
	for i, k := range w.kinds {
		declared[i] = k.Kind
	}
	w.World = world.New(now, declared...)
	w.teams = world.TableOf[Team](w.World, KindTeam)
	w.reps = world.TableOf[Rep](w.World, KindRep)
	w.accounts = world.TableOf[Account](w.World, KindAccount)
	w.deals = world.TableOf[Deal](w.World, KindDeal)
	return w
}

// Info returns the description of the account.
func (w *World) Info() Info {
	w.setUp.RLock()
	defer w.setUp.RUnlock()
	return w.info
}

// UpdateInfo changes the description of the account, such as its currency. No record is modified by it.
func (w *World) UpdateInfo(edit func(*Info)) {
	w.setUp.Lock()
	defer w.setUp.Unlock()
	edit(&w.info)
}
