// Package mirrortest is the conformance suite of mirror stores. Every engine runs the same rules, and is compared with
// an Oracle: the slow obvious truth of what a store does.
package mirrortest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// The oracle's brake, which every engine under test must have too; they are the defaults of the product.
const (
	brakeShare   = 0.5
	brakeMinimum = 20
)

// Oracle is a mirror.Store in memory. It copies everything on every commit and searches by walking, so that each rule
// can be read off the code. It is also a store for tests of what stands above one.
type Oracle struct {
	mu       sync.Mutex
	revision mirror.Revision
	accounts map[mirror.Stream]*account
	// generations counts those of all streams.
	generations int64
	// Now is the clock, time.Now if nil.
	Now func() time.Time
}

// NewOracle returns an empty Oracle.
func NewOracle() *Oracle {
	return &Oracle{accounts: map[mirror.Stream]*account{}}
}

var _ mirror.Store = (*Oracle)(nil)

// Key names a record within a source.
type Key struct {
	Object record.Name
	ID     string
}

// account is what the oracle holds of a source.
type account struct {
	bindings bindings
	// kept is the account under the mapping before, or under one that was taken back; nil if there is none.
	kept        *account
	keptAt      time.Time
	generation  int64
	committed   bool
	cursor      []byte
	completedAt time.Time
	pass        int64
	// served is the picture of the last Finish, nil before the first, as of the revision.
	served   *account
	revision mirror.Revision
	known    map[Key]known
	nameless []nameless
	names    []nameHeld
	// itself is what the account says of itself, as of the commit told.
	itself record.AccountIdentity
	told   mirror.Revision
}

// known is all that is known of one id.
type known struct {
	record     any // crm.Deal, crm.Account, …, nil if none is stored
	version    int64
	quarantine *record.Quarantined
	tombstone  *record.Removal
	seen       int64
	changed    mirror.Revision
}

func (k known) live() bool { return k.record != nil && k.quarantine == nil }

// newest is the newest version that was heard of.
func (k known) newest() int64 {
	if k.quarantine != nil {
		return max(k.version, k.quarantine.Version)
	}
	return k.version
}

// nameless is a quarantined record without an id.
type nameless struct {
	object record.Name
	reason record.Reason
	raw    string
	place  string
	value  string
	nth    int // of this content on its page
	seen   int64
}

func (a *account) clone() *account {
	c := *a
	c.known, c.nameless, c.names = maps.Clone(a.known), slices.Clone(a.nameless), slices.Clone(a.names)
	return &c
}

func (o *Oracle) account(source mirror.Stream) *account {
	if a := o.accounts[source]; a != nil {
		return a
	}
	return &account{known: map[Key]known{}}
}

// Commit implements mirror.Store.
func (o *Oracle) Commit(ctx context.Context, source mirror.Stream, batch record.Batch) (mirror.Applied, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := errors.Join(ctx.Err(), validate(batch)); err != nil {
		return nil, err
	}
	c := &change{account: o.account(source).clone(), batch: batch, revision: o.revision + 1, applied: mirror.Applied{}}
	if c.account.generation == 0 { // Nobody has bound it: 0 is none.
		o.generations++
		c.account.generation = o.generations
	}
	if err := c.run(); err != nil {
		return nil, err
	}
	o.accounts[source] = c.account
	if c.changed {
		o.revision++
	}
	return c.applied, nil
}

// Finish implements mirror.Store.
func (o *Oracle) Finish(ctx context.Context, at mirror.Cursors) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	for stream, cursor := range at {
		a := o.account(stream).clone()
		a.cursor, a.completedAt = cursor, time.Now().UTC().Truncate(time.Millisecond)
		a.bindings.finish()
		if a.kept != nil && a.kept.served != nil {
			a.kept = nil
		}
		a.served = a.clone()
		a.served.revision = o.revision
		o.accounts[stream] = a
	}
	return nil
}

// Unknown implements mirror.Store.
func (o *Oracle) Unknown(ctx context.Context, source mirror.Stream, object record.Name, ids []string) ([]string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var unknown []string
	for _, id := range ids {
		if _, known := o.account(source).known[Key{object, id}]; !known {
			unknown = append(unknown, id)
		}
	}
	return unknown, ctx.Err()
}

// State implements mirror.Store.
func (o *Oracle) State(ctx context.Context, source mirror.Stream) (mirror.State, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	work := o.account(source)
	a := work.shown()
	if err := ctx.Err(); err != nil || !a.committed && a.served == nil {
		return mirror.State{}, err
	}
	now := a
	var finished []byte
	if a.served != nil {
		finished = bytes.Clone(a.served.cursor)
		a = a.served
	}
	state := mirror.State{
		Cursor: bytes.Clone(work.cursor), FinishedCursor: finished, Complete: now.served != nil, CompletedAt: now.completedAt,
		Records: map[record.Name]int{}, Watermark: map[record.Name]int64{},
		Quarantined: map[record.Name]map[record.Reason]int{},
		Account:     work.itself, Pending: now.bindings.pending(),
	}
	if now != work {
		state.Pending = lacking(now.bindings.whole, work.bindings.bound)
		state.Refilled = refilled(now.bindings.whole, work.bindings.bound)
	}
	if now.served != nil {
		state.Generation = now.generation
	}
	for _, object := range crm.Names() {
		state.Records[object] = 0
	}
	for key, k := range a.known {
		if k.live() {
			state.Records[key.Object]++
			newest, ok := state.Watermark[key.Object]
			if !ok || k.version > newest {
				state.Watermark[key.Object] = k.version
			}
		}
	}
	for _, q := range a.quarantined() {
		if state.Quarantined[q.Kind] == nil {
			state.Quarantined[q.Kind] = map[record.Reason]int{}
		}
		state.Quarantined[q.Kind][q.Reason]++
	}
	return state, nil
}

// Quarantined implements mirror.Store. Records without an id come without their version and as they were received
// first.
func (o *Oracle) Quarantined(ctx context.Context, source mirror.Stream) ([]record.Quarantined, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.account(source).shown().quarantined(), ctx.Err()
}

func (a *account) quarantined() []record.Quarantined {
	var all []record.Quarantined
	for _, k := range a.known {
		if k.quarantine != nil {
			all = append(all, *k.quarantine)
		}
	}
	for _, n := range a.nameless {
		all = append(all, record.Quarantined{Kind: n.object, Reason: n.reason, Place: n.place, Value: n.value})
	}
	return all
}

// Load implements mirror.Store.
func (o *Oracle) Load(
	ctx context.Context, source mirror.Stream, since mirror.Revision, visit func(record.Batch) error,
) (mirror.Revision, error) {
	o.mu.Lock()
	view := o.account(source).shown().served
	o.mu.Unlock()
	if err := ctx.Err(); err != nil || view == nil {
		return 0, err
	}
	if view.told > since {
		if err := visit(record.Batch{Account: &view.itself}); err != nil {
			return 0, err
		}
	}
	for key, k := range view.known {
		var batch record.Batch
		switch {
		case since > 0 && k.changed <= since:
			continue
		case k.live():
			addRecord(&batch, k.record)
		case k.tombstone != nil && (since > 0 || k.tombstone.MergedInto != ""):
			batch.Removals = []record.Removal{*k.tombstone}
		case k.quarantine != nil && since > 0:
			batch.Removals = []record.Removal{{Kind: key.Object, ID: key.ID, Version: k.quarantine.Version}}
		default:
			continue
		}
		if err := visit(batch); err != nil {
			return 0, err
		}
	}
	return view.revision, nil
}

// Close implements mirror.Store.
func (o *Oracle) Close() error { return nil }

func validate(batch record.Batch) error {
	for _, item := range items(batch) {
		if item.key.ID == "" {
			return fmt.Errorf("one of the %s has no id", item.key.Object)
		}
	}
	for _, r := range batch.Removals {
		if r.ID == "" {
			return errors.New("a removal has no id")
		}
	}
	var objects []record.Name
	for _, r := range batch.Removals {
		objects = append(objects, r.Kind)
	}
	for _, q := range batch.Quarantined {
		objects = append(objects, q.Kind)
	}
	for _, object := range append(objects, batch.Sweep...) {
		if !slices.Contains(crm.Names(), object) {
			return fmt.Errorf("no object %q", object)
		}
	}
	if len(batch.Sweep) > 0 && batch.Pass <= 0 {
		return errors.New("a sweep without a pass")
	}
	return nil
}
