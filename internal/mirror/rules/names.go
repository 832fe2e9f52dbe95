package rules

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// book holds the names of a kind while a batch is committed.
type book struct {
	kind    record.Name
	byLabel map[string]*stored.Name
	byKey   map[stored.NameKey]*stored.Name
	latest  map[string]*stored.Name // by id
	changed map[*stored.Name]bool
	order   []*stored.Name
}

func (p *Plan) book(kind record.Name) *book {
	b := p.books[kind]
	if b == nil {
		b = &book{
			kind: kind, byLabel: map[string]*stored.Name{}, byKey: map[stored.NameKey]*stored.Name{},
			latest: map[string]*stored.Name{}, changed: map[*stored.Name]bool{},
		}
		p.books[kind] = b
	}
	return b
}

func (b *book) add(n *stored.Name) {
	b.byLabel[n.Label], b.byKey[n.Key()] = n, n
	b.order = append(b.order, n)
	if n.Latest {
		b.latest[n.ID] = n
	}
}

// applyNames completes the batch's records of numbered kinds with what is known of them, and numbers them: those whose
// label is known first and then by their ids, so that it does not matter in which order a page lists them.
func (c *commit) applyNames() error {
	for _, list := range c.lists {
		if !list.Kind().Numbered() {
			continue
		}
		if err := c.nameList(list); err != nil {
			return err
		}
	}
	return nil
}

func (c *commit) nameList(list record.List) error {
	b := c.book(list.Kind().Name())
	if err := c.nameStored(b, list.Kind()); err != nil {
		return err
	}
	var order []int
	for i := range list.Len() {
		head := list.Head(i)
		s := c.state(stored.Key{Kind: b.kind, ID: head.ID})
		if s.Tombstone != nil || s.Stored() && head.Version < s.Row.Version {
			continue
		}
		if known := b.latest[head.ID]; known != nil && list.Unsaid(i) {
			said, err := c.readers.One(s.key, known.Said)
			if err != nil {
				return err
			}
			list.TakeUnsaid(i, said)
		}
		order = append(order, i)
	}
	for _, i := range inTurn(list, order, b) {
		c.name(b, list, i)
	}
	c.countNames(b)
	return nil
}

// nameStored names the stored records of a kind that has kept no names yet: it was not numbered before.
func (c *commit) nameStored(b *book, kind record.Kind) error {
	if len(b.order) > 0 {
		return nil
	}
	var lists []record.List
	var states []*state
	for _, s := range c.states {
		if s.key.Kind != b.kind || !s.Stored() {
			continue
		}
		one, err := c.readers.One(s.key, s.Row.Copy)
		if err != nil {
			return err
		}
		lists, states = append(lists, one), append(states, s)
	}
	if len(lists) == 0 {
		return nil
	}
	list := record.Rows(lists).Of(kind)
	order := make([]int, 0, list.Len())
	for i := range list.Len() {
		order = append(order, i)
	}
	for _, i := range inTurn(list, order, b) {
		if n := c.name(b, list, i); n.Number > 0 {
			c.touchRow(states[i])
		}
	}
	return nil
}

// name numbers a record among those of its label.
func (c *commit) name(b *book, list record.List, i int) *stored.Name {
	id := list.Head(i).ID
	n := b.byKey[stored.NameKey{ID: id, Base: list.Label(i, 0)}]
	if n == nil {
		n = b.claim(list, i)
	}
	said := c.said(list, i)
	if n.Said.Layout != said.Layout || !bytes.Equal(n.Said.Content, said.Content) || !n.Held || !n.Latest {
		b.changed[n] = true
	}
	if before := b.latest[id]; before != nil && before != n {
		before.Latest, b.changed[before] = false, true
	}
	n.Said, n.Held, n.Latest, b.latest[id] = said, true, true, n
	return n
}

// said encodes what the CRM said of the columns that it may leave out.
func (c *commit) said(list record.List, i int) stored.Copy {
	blank := list.Kind().Unknown(list.Head(i).ID)
	blank.TakeUnsaid(0, list.Pick([]int{i}))
	return stored.Copy{Layout: c.layouts.Current(list.Kind().Name()), Content: blank.AppendContent(nil, 0)}
}

// claim takes the first label of a record that nobody holds.
func (b *book) claim(list record.List, i int) *stored.Name {
	number := 0
	for {
		label := list.Label(i, number)
		taken := b.byLabel[label]
		if taken == nil || !taken.Held {
			if taken != nil { // Of a record that the account does not have any more.
				b.forget(taken)
			}
			n := &stored.Name{Kind: b.kind, Label: label, Base: list.Label(i, 0), ID: list.Head(i).ID, Number: number}
			b.add(n)
			b.changed[n] = true
			return n
		}
		number = max(2, number+1)
	}
}

func (b *book) forget(n *stored.Name) {
	delete(b.byLabel, n.Label)
	delete(b.byKey, n.Key())
	delete(b.changed, n)
	if b.latest[n.ID] == n {
		delete(b.latest, n.ID)
	}
	b.order = slices.DeleteFunc(b.order, func(other *stored.Name) bool { return other == n })
}

// inTurn returns the places of records in the order in which they are named.
func inTurn(list record.List, places []int, b *book) []int {
	var known, others []int
	for _, i := range places {
		if b.byKey[stored.NameKey{ID: list.Head(i).ID, Base: list.Label(i, 0)}] != nil {
			known = append(known, i)
		} else {
			others = append(others, i)
		}
	}
	byID := func(x, y int) int { return compareIDs(list.Head(x).ID, list.Head(y).ID) }
	slices.SortFunc(known, byID)
	slices.SortFunc(others, byID)
	return append(known, others...)
}

// compareIDs orders numbers by their size and other ids as text.
func compareIDs(x, y string) int {
	if strings.Trim(x, "0123456789") == "" && strings.Trim(y, "0123456789") == "" {
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
	}
	return cmp.Compare(x, y)
}

// collectNames lists what is new in the books, once it is known what the batch drops: of one id, a name may be new and
// its last one go.
func (c *commit) collectNames() {
	for _, kind := range c.numbered() {
		b := c.book(kind)
		for _, n := range b.order {
			if b.changed[n] {
				c.changes.UpsertNames = append(c.changes.UpsertNames, *n)
			}
		}
	}
}

func (c *commit) countNames(b *book) {
	count := c.progress.Counts[b.kind]
	count.Names = len(b.byLabel)
	c.progress.Counts[b.kind] = count
}

// dropNames forgets the names of an earlier reading of the account that a full pass since then did not find.
func (c *commit) dropNames() {
	for _, kind := range c.numbered() {
		b := c.book(kind)
		for _, n := range slices.Clone(b.order) {
			if n.Held {
				continue
			}
			b.forget(n)
			c.changes.DeleteNames = append(c.changes.DeleteNames, *n)
		}
		c.countNames(b)
	}
}
