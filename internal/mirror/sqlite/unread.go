package sqlite

import (
	"fmt"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// keepAccounts gives deals whose account could not be read the one that is stored: not to know a link is not to know
// that there is none.
func (c *commit) keepAccounts() error {
	var unread []string
	for _, d := range crm.Deals.In(c.batch.Rows) {
		if d.AccountUnread {
			unread = append(unread, d.ID)
		}
	}
	if len(unread) == 0 {
		return nil
	}
	stored := map[string]string{}
	for chunk := range slices.Chunk(unread, idsPerQuery) {
		args := []any{c.source}
		for _, id := range chunk {
			args = append(args, id)
		}
		err := each(c.ctx, c.tx, func(values []any) error {
			f := &fields{values: values}
			id := f.text()
			stored[id] = f.text()
			return f.err
		}, fmt.Sprintf("SELECT id, account FROM deals WHERE source = ? AND id IN (%s)", placeholders(len(chunk))), args...)
		if err != nil {
			return fmt.Errorf("read the accounts of deals: %w", err)
		}
	}
	deals := slices.Clone(crm.Deals.In(c.batch.Rows))
	for i := range deals {
		if deals[i].AccountUnread {
			deals[i].Account = stored[deals[i].ID]
		}
	}
	crm.Deals.Set(&c.batch.Rows, deals...)
	c.rows[crm.Deals.Name()] = dealTable().rows(c.batch)
	return nil
}
