package sqlstore

import (
	"bytes"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror/rules"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// reading reads what a plan needs.
type reading struct {
	*transaction
	plan *rules.Plan
	at   *streamAt
}

func (r *reading) codec(kind record.Name) *codec {
	return &codec{stream: r.at.number, kind: r.store.catalog.numbers[kind], name: kind}
}

func (r *reading) read(needs rules.Needs) error {
	for kind, ids := range needs.IDs {
		if err := r.entries(kind, ids); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	for _, kind := range needs.All {
		if err := r.rowsWhere(kind, "content IS NOT NULL"); err != nil {
			return fmt.Errorf("all %s: %w", kind, err)
		}
	}
	for _, kind := range needs.Unseen {
		if err := r.unseen(kind, needs.Pass); err != nil {
			return fmt.Errorf("unseen %s: %w", kind, err)
		}
	}
	for _, kind := range needs.Names {
		if err := r.names(kind); err != nil {
			return fmt.Errorf("names of %s: %w", kind, err)
		}
	}
	if needs.Nameless {
		return r.nameless()
	}
	return nil
}

// entries reads all of some ids: a few queries for a page instead of three per record. What the stream has none of is
// not looked for.
func (r *reading) entries(kind record.Name, ids []string) error {
	c, count, statements := r.codec(kind), r.at.progress.Counts[kind], &r.store.statements
	key := []any{c.stream, c.kind}
	// A record that is gone has a row until the next Finish and a tombstone.
	if count.Live+count.Hidden+count.Gone > 0 || len(count.Quarantined) > 0 {
		visit := func(cells *cells) error { return r.row(c, cells) }
		if err := r.lookUp(statements.rows, ids, visit, key...); err != nil {
			return err
		}
	}
	if len(count.Quarantined) > 0 {
		visit := func(cells *cells) error { return r.quarantine(c, cells) }
		if err := r.lookUp(statements.quarantine, ids, visit, key...); err != nil {
			return err
		}
	}
	if count.Gone == 0 {
		return nil
	}
	return r.lookUp(statements.tombstones, ids, func(cells *cells) error {
		t, err := c.tombstone(cells)
		if err == nil {
			r.plan.Entry(t.Kind, t.ID).Tombstone = t
		}
		return err
	}, key...)
}

func (r *reading) row(c *codec, cells *cells) error {
	row := &stored.Row{}
	id, err := c.row(cells, row)
	if err != nil {
		return err
	}
	row.Content = bytes.Clone(row.Content)
	if row.Before != nil {
		row.Before.Content = bytes.Clone(row.Before.Content)
	}
	r.plan.Entry(c.name, id).Row = row
	return nil
}

func (r *reading) quarantine(c *codec, cells *cells) error {
	q, err := c.quarantine(cells)
	if err == nil {
		r.plan.Entry(q.Kind, q.ID).Quarantine = q
	}
	return err
}

// rowsWhere reads the rows of a kind under a condition.
func (r *reading) rowsWhere(kind record.Name, condition string, args ...any) error {
	c := r.codec(kind)
	return each(r.ctx, r.tx, func(cells *cells) error { return r.row(c, cells) },
		"SELECT "+rowColumns+" FROM records WHERE stream = ? AND kind = ? AND "+condition,
		append([]any{c.stream, c.kind}, args...)...)
}

// unseen reads what was seen before a pass, and all that is quarantined: what is hidden counts by its quarantine.
func (r *reading) unseen(kind record.Name, pass int64) error {
	if err := r.rowsWhere(kind, "content IS NOT NULL AND seen_pass < ?", pass); err != nil {
		return err
	}
	c := r.codec(kind)
	var ids []string
	err := each(r.ctx, r.tx, func(cells *cells) error {
		q, err := c.quarantine(cells)
		if err == nil {
			r.plan.Entry(q.Kind, q.ID).Quarantine = q
			ids = append(ids, q.ID)
		}
		return err
	}, "SELECT "+quarantineColumns+" FROM quarantine WHERE stream = ? AND kind = ? AND slot = ''", c.stream, c.kind)
	if err != nil {
		return err
	}
	visit := func(cells *cells) error { return r.row(c, cells) }
	return r.lookUp(r.store.statements.rows, ids, visit, c.stream, c.kind)
}

func (r *reading) names(kind record.Name) error {
	c := r.codec(kind)
	return each(r.ctx, r.tx, func(cells *cells) error {
		n, err := c.readName(cells)
		if err == nil {
			r.plan.Name(*n)
		}
		return err
	}, "SELECT "+nameColumns+" FROM names WHERE stream = ? AND kind = ?", c.stream, c.kind)
}

// nameless reads the quarantined records without an id of all kinds, oldest first.
func (r *reading) nameless() error {
	c := &codec{stream: r.at.number}
	return each(r.ctx, r.tx, func(cells *cells) error {
		sequence := cells.integer()
		c.kind = cells.integer()
		c.name = r.store.catalog.kinds[c.kind]
		q, err := c.quarantine(cells)
		if err == nil {
			r.plan.Nameless(stored.Nameless{Quarantine: *q, Sequence: sequence})
		}
		return err
	}, "SELECT seq, kind, "+quarantineColumns+" FROM quarantine WHERE stream = ? AND slot <> '' ORDER BY seq", c.stream)
}
