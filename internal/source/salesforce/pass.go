package salesforce

import (
	"context"
	"encoding/json"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// readPass goes on with the full pass in progress, to its sweep.
func (r *run) readPass(ctx context.Context) error {
	p := r.cursor.Pass
	objects := r.plan.mirrored()
	for ; p.Object < len(objects); p.Object, p.Last = p.Object+1, "" {
		if err := r.readByID(ctx, objects[p.Object], p); err != nil {
			return err
		}
	}
	if p.Read == 0 {
		p.Read = r.api.now().UnixMilli()
		if err := r.commit(ctx, record.Batch{}); err != nil {
			return err
		}
	}
	sweep := record.Batch{Pass: p.Number}
	for _, o := range objects {
		sweep.Sweep = append(sweep.Sweep, o.kind)
		// What changed while the pass ran, and what became visible late, is read by the increment that follows.
		r.cursor.Windows[o.columns.object] = &window{Low: p.Began - late.Milliseconds()}
	}
	r.cursor.Full, r.cursor.Pass = p.Began, nil
	return r.commit(ctx, sweep)
}

// readByID reads an object by id until nothing comes behind the last record.
func (r *run) readByID(ctx context.Context, o *object, p *pass) error {
	for {
		before := p.Last
		query := idQuery(o.columns.object, o.columns.names(), p.Last)
		err := r.api.drain(ctx, resourceQueryAll, query, func(rows []json.RawMessage) error {
			return r.commitPage(ctx, o, rows, p.Number, func(last place) { p.Last = last.id })
		})
		moved := p.Last != before
		if err == nil && !moved {
			return nil
		}
		if err != nil {
			if err := r.recover(ctx, o, err, moved, func() { p.Last = before }); err != nil {
				return err
			}
		}
	}
}
