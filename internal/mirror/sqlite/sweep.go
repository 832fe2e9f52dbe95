package sqlite

import (
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// applySweeps removes what the batch's full pass did not see.
func (c *commit) applySweeps() error {
	for _, object := range c.batch.Sweep {
		if err := c.sweep(object); err != nil {
			return fmt.Errorf("sweep %s: %w", object, err)
		}
	}
	if len(c.batch.Sweep) == 0 {
		return nil
	}
	return c.dropNames()
}

func (c *commit) sweep(object record.Name) error {
	vanished, err := c.unseen(object, fmt.Sprintf("SELECT id, version FROM %s WHERE source = ? AND seen_pass < ? AND %s",
		object, notQuarantined), c.source, c.batch.Pass, c.source, string(object))
	if err != nil {
		return err
	}
	if err := c.brake(object, len(vanished)); err != nil {
		return err
	}
	// What is withheld is no part of any number, so it needs no brake. Its version is the newest known of the record.
	withheld, err := c.unseen(object, `SELECT id, version FROM quarantine
		WHERE source = ? AND object = ? AND slot = '' AND seen_pass < ?`, c.source, string(object), c.batch.Pass)
	if err != nil {
		return err
	}
	for _, removal := range append(vanished, withheld...) {
		if err := c.vanish(removal); err != nil {
			return err
		}
	}
	_, err = c.tx.ExecContext(c.ctx, `DELETE FROM quarantine
		WHERE source = ? AND object = ? AND slot <> '' AND seen_pass < ?`, c.source, string(object), c.batch.Pass)
	return err
}

// unseen returns the removals of the ids and versions that a query finds.
func (c *commit) unseen(object record.Name, query string, args ...any) (removals []record.Removal, err error) {
	err = each(c.ctx, c.tx, func(values []any) error {
		f := &fields{values: values}
		removals = append(removals, record.Removal{
			Kind: object, ID: f.text(), Version: f.integer(), Reason: record.RemovedVanished,
		})
		return f.err
	}, query, args...)
	return removals, err
}

// brake refuses to believe in a bulk deletion.
func (c *commit) brake(object record.Name, vanishing int) error {
	options := c.store.options
	if vanishing < options.BrakeMinimum || options.Unbraked != nil && options.Unbraked(c.source) {
		return nil
	}
	live, _, err := countLive(c.ctx, c.tx, c.source, object)
	if err != nil {
		return err
	}
	if float64(vanishing) > options.BrakeShare*float64(live) {
		return &mirror.BrakeError{Object: object, Vanishing: vanishing, Live: live}
	}
	return nil
}

// vanish removes a record and what hides it, without asking what the batch knows of it: the pass did not see it.
func (c *commit) vanish(r record.Removal) error {
	e := c.entry(r.Kind, r.ID)
	e.stored, e.quarantine = &row{version: r.Version}, &row{version: r.Version}
	c.count(r.Kind, mirror.Deleted)
	return c.bury(r, e)
}
