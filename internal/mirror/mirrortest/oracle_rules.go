package mirrortest

import (
	"fmt"
	"reflect"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// maxNameless is how many quarantined records without an id a source keeps.
const maxNameless = 1000

// change is one commit of the oracle, on a copy of the account.
type change struct {
	account  *account
	batch    record.Batch
	revision mirror.Revision
	changed  bool
	applied  mirror.Applied
}

// item is one record of a batch, whatever its type.
type item struct {
	key     Key
	version int64
	record  any
}

// items lists the records of a batch. Empty dimensions and none are the same.
func items(b record.Batch) (all []item) {
	for _, k := range crm.Kinds() {
		list := b.Rows.Of(k)
		for i := range list.Len() {
			one := list.Pick([]int{i})
			head := one.Head(0)
			if len(head.Dimensions) == 0 {
				head.Dimensions = nil
			}
			all = append(all, item{Key{k.Name(), head.ID}, head.Version, rowOf(one)})
		}
	}
	return all
}

// rowOf returns the record of a list of one, such as a crm.Deal.
func rowOf(one record.List) any { return reflect.ValueOf(one.Row(0)).Elem().Interface() }

// addRecord adds what rowOf returned.
func addRecord(b *record.Batch, row any) {
	for _, k := range crm.Kinds() {
		one := k.Unknown("")
		if at := reflect.ValueOf(one.Row(0)).Elem(); at.Type() == reflect.TypeOf(row) {
			at.Set(reflect.ValueOf(row))
			b.Rows = append(b.Rows, one)
			return
		}
	}
	panic(fmt.Sprintf("no kind has records such as %T", row)) // Only the suite itself can be wrong.
}

func (c *change) run() error {
	if err := c.meet(); err != nil {
		return err
	}
	c.account.pass = max(c.account.pass, c.batch.Pass)
	c.reduce()
	for _, i := range items(c.batch) {
		c.revive(i.key, i.version)
	}
	for _, q := range c.batch.Quarantined {
		c.revive(Key{q.Kind, q.ID}, q.Version)
	}
	c.nameReps()
	for _, i := range items(c.batch) {
		c.count(i.key.Object, c.record(i))
	}
	c.quarantineAll()
	for _, r := range c.batch.Removals {
		c.count(r.Kind, c.remove(r))
	}
	for _, object := range c.batch.Sweep {
		if err := c.sweep(object); err != nil {
			return err
		}
	}
	if len(c.batch.Sweep) > 0 {
		c.dropNames()
	}
	a := c.account
	a.committed, a.cursor = true, c.batch.Cursor
	a.bindings.commit()
	return nil
}

// meet compares the account of the batch with that of the records.
func (c *change) meet() error {
	if c.batch.Account == nil {
		return nil
	}
	a, got := c.account, *c.batch.Account
	switch {
	case got.ID == "":
		got.ID = a.itself.ID
	case a.itself.ID != "" && a.itself.ID != got.ID:
		return &mirror.AccountError{Pinned: a.itself.ID, Got: got.ID}
	}
	if got != a.itself {
		a.itself, a.told, c.changed = got, c.revision, true
	}
	return nil
}

func (c *change) count(object record.Name, operation mirror.Operation) {
	if c.applied[object] == nil {
		c.applied[object] = map[mirror.Operation]int{}
	}
	c.applied[object][operation]++
}

// keep stores what is known of an id from now on.
func (c *change) keep(key Key, k known) {
	k.changed, c.changed = c.revision, true
	c.account.known[key] = k
}

// see marks an id as alive in the batch's pass, or in the latest one if the batch is an increment.
func (c *change) see(key Key) {
	if k, ok := c.account.known[key]; ok {
		k.seen = max(k.seen, c.pass())
		c.account.known[key] = k
	}
}

func (c *change) pass() int64 {
	if c.batch.Pass > 0 {
		return c.batch.Pass
	}
	return c.account.pass
}

func (c *change) record(i item) mirror.Operation {
	defer c.see(i.key)
	k := c.account.known[i.key]
	if k.tombstone != nil || k.record != nil && i.version < k.version {
		return mirror.Unchanged
	}
	if d, ok := i.record.(crm.Deal); ok && d.AccountUnread {
		stored, _ := k.record.(crm.Deal)
		d.Account, d.AccountUnread = stored.Account, false
		i.record = d
	}
	lifts := k.quarantine != nil && i.version >= k.quarantine.Version && !c.quarantines(i.key, i.version)
	if k.record != nil && i.version == k.version && reflect.DeepEqual(i.record, k.record) && !lifts {
		return mirror.Unchanged
	}
	if lifts {
		k.quarantine = nil
	}
	k.record, k.version = i.record, i.version
	c.keep(i.key, k)
	return mirror.Upserted
}

// revive takes the tombstone off an id that a record of the batch brings back.
func (c *change) revive(key Key, version int64) {
	if t := c.account.known[key].tombstone; t != nil && c.revives(*t, version) {
		delete(c.account.known, key)
	}
}

// revives reports whether a removed id comes back at a version.
func (c *change) revives(t record.Removal, version int64) bool {
	key := Key{t.Kind, t.ID}
	for _, r := range c.batch.Removals { // The batch removes it anyway.
		if (Key{r.Kind, r.ID}) == key && (r.Reason == record.RemovedMerged || r.Version == 0 ||
			r.Version >= version && !c.quarantinesAfter(key, r.Version)) {
			return false
		}
	}
	return t.Reason != record.RemovedMerged && (c.batch.Pass > 0 || version > t.Version)
}

// quarantines reports whether the batch itself quarantines a version of a record.
func (c *change) quarantines(key Key, version int64) bool {
	for _, q := range c.batch.Quarantined {
		if (Key{q.Kind, q.ID}) == key && (q.Version == 0 || q.Version >= version) {
			return true
		}
	}
	return false
}

// quarantinesAfter reports whether the batch holds an unreadable record newer than a version.
func (c *change) quarantinesAfter(key Key, version int64) bool {
	for _, q := range c.batch.Quarantined {
		if (Key{q.Kind, q.ID}) == key && q.Version > version {
			return true
		}
	}
	return false
}

func (c *change) quarantineAll() {
	nth := map[nameless]int{}
	for _, q := range c.batch.Quarantined {
		q.Raw = q.Raw[:min(len(q.Raw), record.MaxQuarantineRaw)]
		if q.ID != "" {
			if !c.batch.KeepRaw {
				q.Raw = nil
			}
			c.count(q.Kind, c.quarantine(q))
			continue
		}
		n := nameless{object: q.Kind, reason: q.Reason, raw: string(q.Raw), place: q.Place, value: q.Value}
		nth[n]++
		n.nth = nth[n]
		c.count(q.Kind, c.quarantineNameless(n))
	}
	a := c.account
	a.nameless = a.nameless[max(0, len(a.nameless)-maxNameless):]
}

func (c *change) quarantine(q record.Quarantined) mirror.Operation {
	key := Key{q.Kind, q.ID}
	defer c.see(key)
	k := c.account.known[key]
	if k.tombstone != nil {
		return mirror.Unchanged
	}
	if q.Version == 0 {
		q.Version = k.newest()
	}
	old := k.quarantine
	if q.Version < k.newest() || old != nil && old.Version == q.Version && old.Reason == q.Reason &&
		string(old.Raw) == string(q.Raw) && old.Place == q.Place && old.Value == q.Value {
		return mirror.Unchanged
	}
	k.quarantine = &q
	c.keep(key, k)
	return mirror.QuarantinedOnce
}

func (c *change) quarantineNameless(n nameless) mirror.Operation {
	for i, old := range c.account.nameless {
		seen := old.seen
		old.seen = 0
		if old == n {
			c.account.nameless[i].seen = max(seen, c.pass())
			return mirror.Unchanged
		}
	}
	n.seen = c.pass()
	c.account.nameless = append(c.account.nameless, n)
	return mirror.QuarantinedOnce
}

func (c *change) remove(r record.Removal) mirror.Operation {
	key := Key{r.Kind, r.ID}
	k := c.account.known[key]
	if k.tombstone != nil {
		return c.removeAgain(r, *k.tombstone)
	}
	operation := mirror.Deleted
	if r.Reason == record.RemovedMerged {
		operation = mirror.Merged
	} else if r.Version > 0 && r.Version < k.newest() {
		return mirror.Unchanged
	}
	r.Version = max(r.Version, k.newest())
	c.keep(key, known{tombstone: &r})
	return operation
}

func (c *change) removeAgain(r, old record.Removal) mirror.Operation {
	key := Key{r.Kind, r.ID}
	isMerged, wasMerged := r.Reason == record.RemovedMerged, old.Reason == record.RemovedMerged
	elsewhere := r.MergedInto != "" && r.MergedInto != old.MergedInto && (r.Version == 0 || r.Version >= old.Version)
	if isMerged && (!wasMerged || elsewhere) {
		r.Version = max(r.Version, old.Version)
		c.keep(key, known{tombstone: &r})
		return mirror.Merged
	}
	if !isMerged && !wasMerged && r.Version > old.Version {
		old.Version = r.Version
		c.keep(key, known{tombstone: &old})
	}
	return mirror.Unchanged
}

func (c *change) sweep(object record.Name) error {
	var vanishing []Key
	live, vanishingLive := 0, 0
	for key, k := range c.account.known {
		if key.Object != object || k.tombstone != nil {
			continue
		}
		gone := k.seen < c.batch.Pass
		if gone {
			vanishing = append(vanishing, key)
		}
		if k.live() {
			live++
			if gone {
				vanishingLive++
			}
		}
	}
	if vanishingLive >= brakeMinimum && float64(vanishingLive) > brakeShare*float64(live) {
		return &mirror.BrakeError{Kind: object, Vanishing: vanishingLive, Live: live}
	}
	for _, key := range vanishing {
		version := c.account.known[key].newest()
		c.keep(key, known{tombstone: &record.Removal{
			Kind: object, ID: key.ID, Reason: record.RemovedVanished, Version: version,
		}})
		c.count(object, mirror.Deleted)
	}
	var kept []nameless
	for _, n := range c.account.nameless {
		if n.object != object || n.seen >= c.batch.Pass {
			kept = append(kept, n)
		}
	}
	c.account.nameless = kept
	return nil
}
