package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// View is the reading half of a store. It may stand beside the process that writes.
type View struct {
	engine  Engine
	options mirror.Options
	catalog *catalog
}

// NewView returns a View over a database.
func NewView(ctx context.Context, engine Engine, kinds []record.Kind) (*View, error) {
	v := &View{engine: engine, options: mirror.Options{Kinds: kinds}}
	err := v.read(ctx, func(tx *sql.Tx) (err error) {
		if v.catalog, err = readCatalog(ctx, tx); err == nil {
			v.catalog.layouts, _ = stored.NewLayouts(kinds, v.catalog.stored)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// Close lets go of the connections that read.
func (v *View) Close() error { return v.engine.Reader.Close() }

// read runs a transaction that sees one commit and no later one.
func (v *View) read(ctx context.Context, run func(*sql.Tx) error) error {
	if err := v.engine.usable(); err != nil {
		return err
	}
	tx, err := v.engine.Reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return v.engine.Explain(ctx, fmt.Errorf("begin: %w", err))
	}
	defer func() { _ = tx.Rollback() }() // there is nothing to lose
	return v.engine.Explain(ctx, run(tx))
}

// Quarantined implements mirror.Store.
func (v *View) Quarantined(ctx context.Context, stream mirror.Stream) (all []record.Quarantined, err error) {
	err = v.read(ctx, func(tx *sql.Tx) error {
		at, err := readStream(ctx, tx, stream, stored.Generations.Served)
		if err != nil {
			return err
		}
		return v.eachQuarantined(ctx, tx, at.number, "", func(q *stored.Quarantine) {
			all = append(all, q.Quarantined)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read quarantine of %s: %w", stream, err)
	}
	return all, nil
}

// eachQuarantined visits the quarantined records of kinds that the program knows.
func (v *View) eachQuarantined(
	ctx context.Context, tx *sql.Tx, stream int64, condition string, visit func(*stored.Quarantine),
) error {
	c := &codec{stream: stream}
	return each(ctx, tx, func(cells *cells) error {
		c.kind = cells.integer()
		c.name = v.catalog.kinds[c.kind]
		q, err := c.quarantine(cells)
		if err != nil {
			return err
		}
		if _, known := v.catalog.layouts.Kind(c.name); known {
			visit(q)
		}
		return nil
	}, "SELECT kind, "+quarantineColumns+" FROM quarantine WHERE stream = ?"+condition, stream)
}

// Unknown implements mirror.Store.
func (v *View) Unknown(
	ctx context.Context, stream mirror.Stream, kind record.Name, ids []string,
) (unknown []string, err error) {
	known := map[string]bool{}
	err = v.read(ctx, func(tx *sql.Tx) error {
		at, err := readStream(ctx, tx, stream, stored.Generations.AtWork)
		if err != nil {
			return err
		}
		for _, table := range []string{"records", "tombstones", "quarantine"} {
			query := "SELECT id FROM " + table + " WHERE stream = ? AND kind = ? AND id IN (" +
				placeholders(rowsPerStatement) + ")"
			err := byIDs(ids, []any{at.number, v.catalog.numbers[kind]}, func(args []any) error {
				return each(ctx, tx, func(cells *cells) error {
					known[cells.text()] = true
					return cells.fault
				}, query, args...)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for %s of %s: %w", kind, stream, err)
	}
	for _, id := range ids {
		if !known[id] {
			unknown = append(unknown, id)
		}
	}
	return unknown, nil
}
