package salesforce

import (
	"context"
	"encoding/json"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
)

// readPass goes on with the full pass in progress, to its sweep.
func (r *run) readPass(ctx context.Context) error {
	p := r.cursor.Pass
	if p.Read == 0 {
		if err := r.readByID(ctx, p); err != nil {
			return err
		}
		p.Read = r.api.Now().UnixMilli()
		if err := r.commit(ctx, record.Batch{}); err != nil {
			return err
		}
	}
	// What changed while the pass ran, and what became visible late, is read by the increment that follows.
	r.cursor.Window = &window{Low: p.Began - late.Milliseconds()}
	r.cursor.Full, r.cursor.Pass = p.Began, nil
	return r.commit(ctx, record.Batch{Pass: p.Number, Sweep: r.Kinds()})
}

// readByID reads the object by id until nothing comes behind the last record.
func (r *run) readByID(ctx context.Context, p *pass) error {
	columns := r.object.columns
	for {
		before := p.Last
		query := idQuery(columns.object, columns.names(), p.Last)
		err := r.api.Drain(ctx, api.QueryAll, query, func(rows []json.RawMessage) error {
			return r.commitPage(ctx, rows, p.Number, func(last place) { p.Last = last.id })
		})
		moved := p.Last != before
		if err == nil && !moved {
			return nil
		}
		if err != nil {
			if err := r.recover(ctx, err, moved, func() { p.Last = before }); err != nil {
				return err
			}
		}
	}
}
