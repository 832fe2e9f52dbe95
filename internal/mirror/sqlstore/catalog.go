package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlstore/seal"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// catalog holds the numbers that stand for kinds and layouts in rows. It does not change once the store is open.
type catalog struct {
	numbers map[record.Name]int64
	kinds   map[int64]record.Name
	stored  []stored.Layout
	layouts *stored.Layouts
}

// readCatalog reads all of it, kinds that the program does not know too.
func readCatalog(ctx context.Context, tx *sql.Tx) (*catalog, error) {
	c := &catalog{numbers: map[record.Name]int64{}, kinds: map[int64]record.Name{}}
	var s seal.Seal
	err := each(ctx, tx, func(row *cells) error {
		number, name := row.integer(), row.text()
		if sum := row.integer(); row.fault != nil || sum != s.Begin().Integer(number).Text(name).Sum() {
			return corrupt("the name of a kind fails its checksum")
		}
		c.numbers[record.Name(name)], c.kinds[number] = number, record.Name(name)
		return nil
	}, "SELECT kind, name, checksum FROM kinds")
	if err != nil {
		return nil, fmt.Errorf("read kinds: %w", err)
	}
	err = each(ctx, tx, func(row *cells) error {
		number, kind, columns := row.integer(), row.integer(), row.text()
		if sum := row.integer(); row.fault != nil || sum != s.Begin().Integer(number).Integer(kind).Text(columns).Sum() {
			return corrupt("a layout fails its checksum")
		}
		c.stored = append(c.stored, stored.Layout{Number: number, Kind: c.kinds[kind], Text: columns})
		return nil
	}, "SELECT layout, kind, columns, checksum FROM layouts")
	if err != nil {
		return nil, fmt.Errorf("read layouts: %w", err)
	}
	return c, nil
}

// extend writes down what is missing of the program's kinds.
func (c *catalog) extend(t *transaction, kinds []record.Kind) (*catalog, error) {
	last := int64(0)
	for number := range c.kinds {
		last = max(last, number)
	}
	var s seal.Seal
	for _, k := range kinds {
		if c.numbers[k.Name()] > 0 {
			continue
		}
		last++
		c.numbers[k.Name()], c.kinds[last] = last, k.Name()
		_, err := t.tx.ExecContext(t.ctx, "INSERT INTO kinds (kind, name, checksum) VALUES (?, ?, ?)",
			last, string(k.Name()), s.Begin().Integer(last).Text(string(k.Name())).Sum())
		if err != nil {
			return nil, fmt.Errorf("write kind: %w", err)
		}
	}
	layouts, missing := stored.NewLayouts(kinds, c.stored)
	for _, l := range missing {
		kind := c.numbers[l.Kind]
		_, err := t.tx.ExecContext(t.ctx, "INSERT INTO layouts (layout, kind, columns, checksum) VALUES (?, ?, ?, ?)",
			l.Number, kind, l.Text, s.Begin().Integer(l.Number).Integer(kind).Text(l.Text).Sum())
		if err != nil {
			return nil, fmt.Errorf("write layout: %w", err)
		}
	}
	c.layouts = layouts
	return c, nil
}
