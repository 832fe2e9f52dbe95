package mirrortest

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// nameHeld is a label that one rep of an account has and no other one gets.
type nameHeld struct {
	rep, name, label string
	namesake         int
	latest           bool // the name that the rep had last
	held             bool // by a rep whom this reading of the account has met
}

// reduce leaves of each id one record, one merge and one unreadable copy: the newest, and the last of the newest.
func (c *change) reduce() {
	all := items(c.batch)
	reduced := c.batch
	reduced.Rows, reduced.Removals, reduced.Quarantined = nil, nil, nil
	for n, i := range all {
		if slices.ContainsFunc(all[n+1:], func(o item) bool { return o.key == i.key && o.version >= i.version }) ||
			slices.ContainsFunc(all[:n], func(o item) bool { return o.key == i.key && o.version > i.version }) {
			c.count(i.key.Object, mirror.Unchanged)
			continue
		}
		addRecord(&reduced, i.record)
	}
	for n, r := range c.batch.Removals {
		same := func(o record.Removal) bool {
			return r.Reason == record.RemovedMerged && o.Reason == record.RemovedMerged && o.Kind == r.Kind && o.ID == r.ID
		}
		if slices.ContainsFunc(c.batch.Removals[n+1:], func(o record.Removal) bool { return same(o) && o.Version >= r.Version }) ||
			slices.ContainsFunc(c.batch.Removals[:n], func(o record.Removal) bool { return same(o) && o.Version > r.Version }) {
			c.count(r.Kind, mirror.Unchanged)
			continue
		}
		reduced.Removals = append(reduced.Removals, r)
	}
	for n, q := range c.batch.Quarantined {
		same := func(o record.Quarantined) bool { return q.ID != "" && o.Kind == q.Kind && o.ID == q.ID }
		if slices.ContainsFunc(c.batch.Quarantined[n+1:],
			func(o record.Quarantined) bool {
				return same(o) && (o.Version == 0 || q.Version != 0 && o.Version >= q.Version)
			}) ||
			slices.ContainsFunc(c.batch.Quarantined[:n], func(o record.Quarantined) bool {
				return same(o) && q.Version != 0 && (o.Version == 0 || o.Version > q.Version)
			}) {
			c.count(q.Kind, mirror.Unchanged)
			continue
		}
		reduced.Quarantined = append(reduced.Quarantined, q)
	}
	c.batch = reduced
}

func (c *change) nameReps() {
	var known, others []int
	reps := slices.Clone(crm.Reps.In(c.batch.Rows))
	for i := range reps {
		k := c.account.known[Key{crm.Reps.Name(), reps[i].ID}]
		if k.tombstone != nil || k.record != nil && reps[i].Version < k.version {
			continue
		}
		for _, n := range c.account.names {
			if n.rep == reps[i].ID && n.latest && value.CleanLabel(reps[i].Name) == "" {
				reps[i].Name = n.name
			}
		}
		if c.find(reps[i]) >= 0 {
			known = append(known, i)
		} else {
			others = append(others, i)
		}
	}
	byID := func(x, y int) int {
		a, errA := strconv.Atoi(reps[x].ID)
		b, errB := strconv.Atoi(reps[y].ID)
		if errA == nil && errB == nil {
			return cmp.Compare(a, b)
		}
		return cmp.Compare(reps[x].ID, reps[y].ID)
	}
	slices.SortFunc(known, byID)
	slices.SortFunc(others, byID)
	for _, i := range append(known, others...) {
		c.name(&reps[i])
	}
	crm.Reps.Set(&c.batch.Rows, reps...)
}

// find returns the place of the name that a rep has now, whatever its number; -1 if the rep never had it.
func (c *change) find(r crm.Rep) int {
	return slices.IndexFunc(c.account.names, func(n nameHeld) bool {
		had := crm.Rep{Head: record.Head{ID: n.rep}, Name: n.name}
		return n.rep == r.ID && value.SameLabel(had.Label(), r.Label())
	})
}

func (c *change) name(r *crm.Rep) {
	at := c.find(*r)
	for number := 0; at < 0; number++ {
		if number == 1 {
			continue
		}
		shown := crm.Rep{Head: record.Head{ID: r.ID}, Name: r.Name, Namesake: number}
		taken := slices.IndexFunc(c.account.names, func(n nameHeld) bool { return value.SameLabel(n.label, shown.Label()) })
		if taken >= 0 && c.account.names[taken].held {
			continue
		}
		if taken >= 0 {
			c.account.names = slices.Delete(c.account.names, taken, taken+1)
		}
		at = len(c.account.names)
		c.account.names = append(c.account.names, nameHeld{rep: r.ID, label: shown.Label(), namesake: number})
	}
	for i := range c.account.names {
		if n := &c.account.names[i]; n.rep == r.ID {
			n.latest = i == at
		}
	}
	n := &c.account.names[at]
	n.name, n.held = r.Name, true
	r.Namesake = n.namesake
}

func (c *change) dropNames() {
	c.account.names = slices.DeleteFunc(c.account.names, func(n nameHeld) bool { return !n.held })
}
