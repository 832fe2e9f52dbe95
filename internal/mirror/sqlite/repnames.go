package sqlite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// repName is a row of rep_names: a label that one rep has and no other one gets.
type repName struct {
	label    string
	rep      string
	name     string
	namesake int
	latest   bool
	held     bool
}

// nameKey is a rep and a name without its number, in the form in which labels are compared.
type nameKey struct{ rep, base string }

func nameKeyOf(r *crm.Rep) nameKey {
	bare := crm.Rep{Head: record.Head{ID: r.ID}, Name: r.Name}
	return nameKey{r.ID, value.FoldLabel(bare.Label())}
}

func (n *repName) key() nameKey {
	return nameKeyOf(&crm.Rep{Head: record.Head{ID: n.rep}, Name: n.name})
}

// repNames are the names of a source while a batch with reps is committed.
type repNames struct {
	byLabel map[string]*repName
	byKey   map[nameKey]*repName
	latest  map[string]*repName // by rep
	changed map[*repName]bool
}

func newRepNames() *repNames {
	return &repNames{
		byLabel: map[string]*repName{}, byKey: map[nameKey]*repName{}, latest: map[string]*repName{},
		changed: map[*repName]bool{},
	}
}

func (b *repNames) add(n *repName) {
	b.byLabel[n.label], b.byKey[n.key()] = n, n
	if n.latest {
		b.latest[n.rep] = n
	}
}

// recall gives a rep whose name the CRM does not tell the one that it had last.
func (b *repNames) recall(r *crm.Rep) {
	if known := b.latest[r.ID]; known != nil && value.CleanLabel(r.Name) == "" {
		r.Name = known.name
	}
}

// name numbers a rep among those of its name.
func (b *repNames) name(r *crm.Rep) {
	n := b.byKey[nameKeyOf(r)]
	if n == nil {
		n = b.claim(r)
	}
	r.Namesake = n.namesake
	if n.name != r.Name || !n.held || !n.latest {
		b.changed[n] = true
	}
	if before := b.latest[r.ID]; before != nil && before != n {
		before.latest, b.changed[before] = false, true
	}
	n.name, n.held, n.latest, b.latest[r.ID] = r.Name, true, true, n
}

// claim takes the first label of a name that nobody holds.
func (b *repNames) claim(r *crm.Rep) *repName {
	shown := crm.Rep{Head: record.Head{ID: r.ID}, Name: r.Name}
	for {
		label := value.FoldLabel(shown.Label())
		taken := b.byLabel[label]
		if taken == nil || !taken.held {
			if taken != nil { // Of a rep that the account does not have any more.
				delete(b.byKey, taken.key())
				delete(b.changed, taken)
				if b.latest[taken.rep] == taken {
					delete(b.latest, taken.rep)
				}
			}
			n := &repName{label: label, rep: r.ID, name: r.Name, namesake: shown.Namesake}
			b.add(n)
			b.changed[n] = true
			return n
		}
		shown.Namesake = max(2, shown.Namesake+1)
	}
}

// nameReps completes the batch's reps with what is known of their names, those with a known name first and then by
// their ids, so that it does not matter in which order a page lists them.
func (c *commit) nameReps() error {
	reps := slices.Clone(crm.Reps.In(c.batch.Rows))
	if len(reps) == 0 {
		return nil
	}
	names, err := c.readNames()
	if err != nil {
		return fmt.Errorf("read names: %w", err)
	}
	var order []*crm.Rep
	for i := range reps {
		e := c.entry(crm.Reps.Name(), reps[i].ID)
		if e.tombstone == nil && (e.stored == nil || reps[i].Version >= e.stored.version) {
			names.recall(&reps[i])
			order = append(order, &reps[i])
		}
	}
	for _, r := range inTurn(order, names) {
		names.name(r)
	}
	crm.Reps.Set(&c.batch.Rows, reps...)
	c.rows[crm.Reps.Name()] = repTable().rows(c.batch)
	return c.writeNames(names)
}

// inTurn returns the reps in the order in which they are named.
func inTurn(reps []*crm.Rep, names *repNames) []*crm.Rep {
	var known, others []*crm.Rep
	for _, r := range reps {
		if names.byKey[nameKeyOf(r)] != nil {
			known = append(known, r)
		} else {
			others = append(others, r)
		}
	}
	byID := func(x, y *crm.Rep) int { return compareIDs(x.ID, y.ID) }
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

// touch has readers load a stored rep anew: its number came without a change of the record.
func (c *commit) touch(rep string) error {
	c.changed = true
	_, err := c.tx.ExecContext(c.ctx, "UPDATE reps SET revision = ? WHERE source = ? AND id = ?",
		c.revision, c.source, rep)
	return err
}

const nameColumns = "SELECT label, rep, name, namesake, latest, held, checksum FROM rep_names WHERE source = ?"

// decodeName reads a row of nameColumns.
func decodeName(source string, values []any) (*repName, error) {
	f := &fields{values: values}
	n := &repName{
		label: f.text(), rep: f.text(), name: f.text(), namesake: int(f.integer()), latest: f.bool(), held: f.bool(),
	}
	if sum := f.integer(); f.err != nil || sum != n.checksum(source) {
		return nil, corrupt("a name fails its checksum")
	}
	return n, nil
}

func (n *repName) checksum(source string) int64 {
	return checksum(source, n.label, n.rep, n.name, int64(n.namesake), encodeBool(n.latest))
}

// readNames reads the names of the source. Reps of a mirror that has kept no names yet get theirs now.
func (c *commit) readNames() (*repNames, error) {
	names := newRepNames()
	err := each(c.ctx, c.tx, func(values []any) error {
		n, err := decodeName(c.source, values)
		if err == nil {
			names.add(n)
		}
		return err
	}, nameColumns, c.source)
	if err != nil {
		return nil, err
	}
	var unnamed []*crm.Rep
	err = each(c.ctx, c.tx, func(values []any) error {
		f := &fields{values: values}
		if r := (&crm.Rep{Head: record.Head{ID: f.text()}, Name: f.text()}); names.latest[r.ID] == nil {
			unnamed = append(unnamed, r)
		}
		return f.err
	}, "SELECT id, name FROM reps WHERE source = ?", c.source)
	if err != nil {
		return nil, err
	}
	for _, r := range inTurn(unnamed, names) {
		if names.name(r); r.Namesake > 0 {
			if err := c.touch(r.ID); err != nil {
				return nil, err
			}
		}
	}
	return names, nil
}

func (c *commit) writeNames(names *repNames) error {
	for n := range names.changed {
		_, err := c.tx.ExecContext(c.ctx, `INSERT INTO rep_names
			(source, label, rep, name, namesake, latest, held, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (source, label) DO UPDATE SET rep = excluded.rep, name = excluded.name,
			namesake = excluded.namesake, latest = excluded.latest, held = excluded.held, checksum = excluded.checksum`,
			c.source, n.label, n.rep, n.name, int64(n.namesake), encodeBool(n.latest), encodeBool(n.held),
			n.checksum(c.source))
		if err != nil {
			return fmt.Errorf("write name: %w", err)
		}
	}
	return nil
}

// dropNames forgets the names of an earlier reading of the account that a full pass since then did not find.
func (c *commit) dropNames() error {
	if _, err := c.tx.ExecContext(c.ctx, "DELETE FROM rep_names WHERE source = ? AND held = 0", c.source); err != nil {
		return fmt.Errorf("drop names: %w", err)
	}
	return nil
}

func (l *loading) readNamesakes() error {
	return each(l.ctx, l.tx, func(values []any) error {
		n, err := decodeName(l.source, values)
		if err == nil {
			l.namesakes[n.key()] = n.namesake
		}
		return err
	}, nameColumns+" AND namesake > 0", l.source)
}
