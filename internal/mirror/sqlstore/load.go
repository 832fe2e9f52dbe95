package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Load implements mirror.Store. Every row's checksum is verified on its way out, and a row that fails it ends the Load
// with mirror.ErrCorrupt.
func (v *View) Load(
	ctx context.Context, stream mirror.Stream, since mirror.Revision, visit func(record.Batch) error,
) (revision mirror.Revision, err error) {
	err = v.read(ctx, func(tx *sql.Tx) error {
		at, err := readStream(ctx, tx, stream, stored.Generations.Served)
		if err != nil {
			return err
		}
		l := &loading{
			Loading: stored.NewLoading(v.catalog.layouts, &at.progress, since, visit), view: v, ctx: ctx, tx: tx, at: at,
		}
		if l.Nothing() {
			revision = at.progress.Served()
			return nil
		}
		for _, step := range []func() error{l.Begin, l.loadNames, l.loadQuarantine, l.loadRows, l.loadTombstones} {
			if err := step(); err != nil {
				return err
			}
		}
		revision, err = l.End()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("load %s: %w", stream, err)
	}
	return revision, nil
}

// loading is one Load.
type loading struct {
	*stored.Loading
	view *View
	ctx  context.Context
	tx   *sql.Tx
	at   *streamAt
}

// changes restricts a query to what changed. A load of everything goes without, since the index would lead it through
// the table row by row in the order of the changes.
func (l *loading) changes(query string) (string, []any) {
	if l.Since() == 0 {
		return query + " WHERE stream = ?", []any{l.at.number}
	}
	return query + " WHERE " + changedSince, []any{l.at.number, l.Since()}
}

// codec is of the kind whose number comes next in a row.
func (l *loading) codec(c *codec, cells *cells) {
	if number := cells.integer(); number != c.kind || c.name == "" {
		c.stream, c.kind, c.name = l.at.number, number, l.view.catalog.kinds[number]
	}
}

func (l *loading) loadNames() error {
	c := &codec{}
	err := each(l.ctx, l.tx, func(cells *cells) error {
		l.codec(c, cells)
		n, err := c.readName(cells)
		if err == nil {
			l.Name(n)
		}
		return err
	}, "SELECT kind, "+nameColumns+" FROM names WHERE stream = ?", l.at.number)
	if err != nil {
		return fmt.Errorf("names: %w", err)
	}
	return nil
}

func (l *loading) loadQuarantine() error {
	err := l.view.eachQuarantined(l.ctx, l.tx, l.at.number, " AND slot = ''", func(q *stored.Quarantine) {
		l.Quarantine(q.Kind, q.ID, q.Revision)
	})
	if err != nil {
		return fmt.Errorf("quarantine: %w", err)
	}
	return nil
}

func (l *loading) loadRows() error {
	c, row := &codec{}, &stored.Row{}
	query, args := l.changes("SELECT kind, " + rowColumns + " FROM records")
	err := each(l.ctx, l.tx, func(cells *cells) error {
		l.codec(c, cells)
		id, err := c.row(cells, row)
		if err != nil {
			return err
		}
		return l.Row(c.name, id, row)
	}, query, args...)
	if err != nil {
		return fmt.Errorf("records: %w", err)
	}
	return nil
}

func (l *loading) loadTombstones() error {
	c := &codec{}
	query, args := l.changes("SELECT kind, " + tombstoneColumns + " FROM tombstones")
	if l.Since() == 0 {
		query += " AND (merged_into <> '' OR before <> '')"
	}
	err := each(l.ctx, l.tx, func(cells *cells) error {
		l.codec(c, cells)
		t, err := c.tombstone(cells)
		if err != nil {
			return err
		}
		return l.Tombstone(t)
	}, query, args...)
	if err != nil {
		return fmt.Errorf("tombstones: %w", err)
	}
	return nil
}
