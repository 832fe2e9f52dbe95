package salesforce

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
)

const (
	// trailing is how much of the past every increment reads again. A record becomes visible when its transaction
	// commits, with a SystemModstamp from before (crm/salesforce 3.3). Others hold back and never read the last five
	// minutes; reading them again costs nothing more, and a deal that was won just now shows at once.
	trailing = 5 * time.Minute
	// late is how long a transaction may take and still be found: bulk loads and Apex batches run for minutes. So much
	// of the past is read again by every increment while it fits into one answer, for then it costs no call, and once
	// in lateInterval otherwise.
	late         = time.Hour + trailing
	lateInterval = time.Hour
	// ahead is added to the org's clock, which is known to the second and a little late. Nothing is stamped in the
	// future, so a window may end there.
	ahead = 5 * time.Second
	// narrowest is the shortest window that is tried after a query ran out of time.
	narrowest = time.Minute
)

// readIncrement reads what was modified of the object since the last time.
func (r *run) readIncrement(ctx context.Context) error {
	w := r.cursor.Window
	// A second window is needed if the first one was left over from an interrupted Sync: what was modified since, in
	// the very second in which it was cut, may stand behind the place where it goes on. And if the answer shows that
	// the org's clock is not where it was thought to be.
	for range 3 {
		leftOver := w.High != 0
		if !leftOver {
			r.openWindow(w)
		}
		answers, err := r.readWindow(ctx, w)
		if err != nil {
			return err
		}
		now := r.api.Now().UnixMilli()
		closed := w.High
		next := window{LateRead: w.LateRead, LateFits: w.LateFits}
		// By the earlier of both, because a clock that was set back must not move the window into the future.
		next.Low = min(closed, now) - trailing.Milliseconds()
		if w.Late {
			// Of a window that was left over, only a part was read now and its size is unknown.
			next.LateFits = !leftOver && answers <= 1
		}
		*w = next
		if !leftOver && now < closed {
			break
		}
	}
	return nil
}

// openWindow sets the bounds of the next window.
func (r *run) openWindow(w *window) {
	now := r.api.Now().UnixMilli()
	w.High = now + ahead.Milliseconds()
	w.Late = w.LateFits || now-w.LateRead >= lateInterval.Milliseconds() || now < w.LateRead
	if !w.Late {
		return
	}
	// What was stamped a late hour before the last such window was visible to it.
	before := min(now, cmp.Or(w.LateRead, now))
	w.Low, w.LateRead = min(w.Low, before-late.Milliseconds()), now
	if r.cursor.HeldBack != 0 {
		w.Low = min(w.Low, r.cursor.HeldBack)
	}
	r.reachedBack = true
}

// readWindow reads an open window to its end, in parts if it is too much for one query. It returns how many answers
// that took.
func (r *run) readWindow(ctx context.Context, w *window) (answers int, err error) {
	end := w.High
	for {
		before, span := *w, end-w.Low
		err := r.api.Drain(ctx, api.QueryAll, w.query(r.object.columns, end), func(rows []json.RawMessage) error {
			answers++
			return r.commitPage(ctx, rows, 0, func(last place) { w.Low, w.After = last.stamp, last.id })
		})
		moved := *w != before
		switch {
		case err == nil && before.After != "" && moved:
			// The query was limited: something may come behind its last record.
		case err == nil && end < w.High:
			w.Low, w.After = end, ""
			end = min(w.High, end+2*span)
		case err == nil:
			return answers, nil
		case api.Said(err).Code == api.CodeQueryTimeout && end-w.Low > narrowest.Milliseconds():
			end = w.Low + max((end-w.Low)/2, narrowest.Milliseconds())
		default:
			if err := r.recover(ctx, err, moved, func() { *w = before }); err != nil {
				return answers, err
			}
		}
	}
}

func (w *window) query(c *columns, end int64) string {
	if w.After != "" {
		return keysetQuery(c.object, c.names(), w.Low, w.After, end)
	}
	return windowQuery(c.object, c.names(), w.Low, end)
}
