package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/rules"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
)

// Bind implements mirror.Store.
func (s *Store) Bind(
	ctx context.Context, stream mirror.Stream, identity mirror.Identity, restart mirror.Restart,
) (binding mirror.Binding, err error) {
	err = s.write(ctx, func(t *transaction) error {
		known, err := readGenerations(t.ctx, t.tx, stream)
		if err != nil {
			return err
		}
		before := make([]streamAt, 0, len(known))
		for _, at := range known {
			before = append(before, *at)
		}
		var begins *rules.Beginning
		binding, begins = rules.Bind(known.progresses(), identity, restart, s.options.Now())
		for i, at := range known {
			if !at.boundAs(&before[i]) {
				if err := t.writeStream(at); err != nil {
					return err
				}
			}
		}
		if begins == nil {
			return nil
		}
		next := &streamAt{stream: stream, progress: *begins.Progress}
		if err := t.writeStream(next); err != nil || begins.Before == nil {
			return err
		}
		return t.copyNames(known.of(begins.Before), next)
	})
	if err != nil {
		return mirror.Bound, fmt.Errorf("bind %s: %w", stream, err)
	}
	return binding, nil
}

// boundAs reports whether a Bind has changed nothing.
func (at *streamAt) boundAs(before *streamAt) bool {
	p, was := &at.progress, &before.progress
	return p.Role == was.Role && p.KeptSince == was.KeptSince && p.Claim.Text() == was.Claim.Text() &&
		bytes.Equal(p.Cursor, was.Cursor)
}

// copyNames gives a generation the names of the one before it, until a full pass shows whose they are: a name that the
// CRM has cleared since cannot be read anew.
func (t *transaction) copyNames(from, to *streamAt) error {
	var names []*stored.Name
	c := &codec{stream: from.number}
	err := each(t.ctx, t.tx, func(cells *cells) error {
		c.kind = cells.integer()
		c.name = t.store.catalog.kinds[c.kind]
		n, err := c.readName(cells)
		names = append(names, n)
		return err
	}, "SELECT kind, "+nameColumns+" FROM names WHERE stream = ?", from.number)
	if err != nil {
		return fmt.Errorf("read names: %w", err)
	}
	c.stream = to.number
	err = t.write(t.store.statements.upsertNames, len(names), func(args []any, i int) []any {
		n := names[i]
		n.Held = false
		c.kind, c.name = t.store.catalog.numbers[n.Kind], n.Kind
		return c.nameArgs(args, n)
	})
	if err != nil {
		return fmt.Errorf("copy names: %w", err)
	}
	return nil
}

// rowsPerCollect bounds what one Collect deletes: a commit does not wait for more.
const rowsPerCollect = 2000

// Collect implements mirror.Store.
func (s *Store) Collect(ctx context.Context) (more bool, err error) {
	condemned, ripe, err := s.collectable(ctx)
	if err != nil {
		return false, fmt.Errorf("look for what nobody reads: %w", err)
	}
	if condemned == 0 && ripe == nil {
		return false, nil
	}
	err = s.write(ctx, func(t *transaction) error {
		if condemned != 0 {
			return t.collect(condemned)
		}
		known, err := readGenerations(t.ctx, t.tx, *ripe)
		if err != nil {
			return err
		}
		if at := known.of(known.progresses().AtWork()); at.progress.Untidy() {
			return errors.Join(t.tidy(at), t.writeStream(at))
		}
		if expired := rules.Expire(known.progresses(), s.options.Now()); expired != nil {
			return t.writeStream(known.of(expired))
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("delete what nobody reads: %w", err)
	}
	return true, nil
}

// collectable looks for a generation that is condemned, or for a stream of which one is to be or is not tidy.
func (s *Store) collectable(ctx context.Context) (condemned int64, ripe *mirror.Stream, err error) {
	all := map[mirror.Stream]generations{}
	err = s.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(row *cells) error {
			at, err := decodeStream(row)
			switch {
			case err != nil:
			case at.progress.Role == stored.Condemned:
				condemned = at.number
			default:
				all[at.stream] = append(all[at.stream], at)
			}
			return err
		}, selectStream)
	})
	now := s.options.Now()
	for stream, known := range all {
		work := known.progresses().AtWork()
		if work != nil && work.Untidy() || rules.Expire(known.progresses(), now) != nil {
			ripe = &stream
		}
	}
	return condemned, ripe, err
}

// collect deletes some rows of a generation, and the generation itself with the last of them.
func (t *transaction) collect(number int64) error {
	left := int64(rowsPerCollect)
	for _, table := range []struct{ name, key string }{
		{"records", "stream, kind, id"},
		{"tombstones", "stream, kind, id"},
		{"quarantine", "seq"},
		{"names", "stream, kind, label"},
	} {
		result, err := t.tx.ExecContext(t.ctx, fmt.Sprintf(
			"DELETE FROM %s WHERE (%s) IN (SELECT %s FROM %s WHERE stream = ? LIMIT ?)",
			table.name, table.key, table.key, table.name), number, left)
		if err != nil {
			return err
		}
		deleted, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if left -= deleted; left <= 0 {
			return nil
		}
	}
	_, err := t.tx.ExecContext(t.ctx, "DELETE FROM streams WHERE stream = ?", number)
	return err
}

// State implements mirror.Store.
func (v *View) State(ctx context.Context, stream mirror.Stream) (state mirror.State, err error) {
	err = v.read(ctx, func(tx *sql.Tx) error {
		known, err := readGenerations(ctx, tx, stream)
		if err != nil {
			return err
		}
		progresses := known.progresses()
		if state = progresses.State(v.options.Kinds); state.Complete {
			state.Generation = known.of(progresses.Served()).number
		}
		return nil
	})
	if err != nil {
		return mirror.State{}, fmt.Errorf("read state of %s: %w", stream, err)
	}
	return state, nil
}

// Streams implements mirror.Store.
func (v *View) Streams(ctx context.Context, source string) (streams []mirror.Stream, err error) {
	err = v.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(row *cells) error {
			streams = append(streams, mirror.Stream{Source: source, Name: row.text()})
			return row.fault
		}, "SELECT DISTINCT name FROM streams WHERE source = ? AND role > 0 ORDER BY name", source)
	})
	return streams, err
}
