// Package sqlstore is the mirror over a database that speaks SQL. It reads what a plan of the rules needs and writes
// what the plan decided, in one transaction; it decides nothing. What is particular to an engine (to open it, to lock
// it, its schema, what its errors mean) is in the engine's own package.
//
// The SQL is what SQLite and PostgreSQL have in common: upserts, partial indexes, no locks, no temporary tables.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/rules"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Engine is a database whose schema is in place.
type Engine struct {
	// Writer has one connection, so that commits queue up there instead of failing on the engine's own lock; nil where
	// the mirror is only read.
	Writer *sql.DB
	// Reader has connections that see the last commit while the next one runs.
	Reader *sql.DB
	// Explain turns the engine's errors into sentences that tell people what to do, and keeps nil.
	Explain func(context.Context, error) error
	// Refuse says why the database must not be used any more, nil while it may; nil itself where it always may.
	Refuse func() error
}

func (e *Engine) usable() error {
	if e.Refuse == nil {
		return nil
	}
	return e.Refuse()
}

// Store is a mirror.Store in a database.
type Store struct {
	View
	statements statements
}

var _ mirror.Store = (*Store)(nil)

// New returns a store over a database. It writes down the layouts of the program's kinds.
func New(ctx context.Context, engine Engine, options mirror.Options) (*Store, error) {
	s := &Store{View: View{engine: engine, options: options.WithDefaults()}}
	err := s.write(ctx, func(t *transaction) error {
		kept, err := readCatalog(t.ctx, t.tx)
		if err != nil {
			return err
		}
		s.catalog, err = kept.extend(t, options.Kinds)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := s.statements.prepare(ctx, engine.Writer); err != nil {
		return nil, err
	}
	return s, nil
}

// Commit implements mirror.Store.
func (s *Store) Commit(ctx context.Context, stream mirror.Stream, batch record.Batch) (mirror.Applied, error) {
	plan, err := rules.New(s.options, s.catalog.layouts, stream, batch)
	if err != nil {
		return nil, err
	}
	var applied mirror.Applied
	err = s.write(ctx, func(t *transaction) error {
		at, err := readStream(t.ctx, t.tx, stream, stored.Generations.AtWork)
		if err != nil {
			return err
		}
		if at.number == 0 { // What is written beside it names its number.
			if err := t.writeStream(at); err != nil {
				return err
			}
		}
		r := &reading{transaction: t, plan: plan, at: at}
		if err := r.read(plan.Needs(&at.progress)); err != nil {
			return fmt.Errorf("read what is stored: %w", err)
		}
		changes, err := plan.Apply(at.progress)
		if err != nil {
			return err
		}
		applied = changes.Applied
		return t.apply(ctx, at, changes)
	})
	if err != nil {
		return nil, err
	}
	return applied, nil
}

// Finish implements mirror.Store.
func (s *Store) Finish(ctx context.Context, at mirror.Cursors) error {
	now := s.options.Now()
	return s.write(ctx, func(t *transaction) error {
		for stream, cursor := range at {
			if err := t.finish(stream, cursor, now); err != nil {
				return fmt.Errorf("finish %s: %w", stream, err)
			}
		}
		return nil
	})
}

func (t *transaction) finish(stream mirror.Stream, cursor []byte, now time.Time) error {
	known, err := readGenerations(t.ctx, t.tx, stream)
	if err != nil {
		return err
	}
	if len(known) == 0 {
		known = generations{newStream(stream)}
	}
	rules.Finish(known.progresses(), cursor, now)
	for _, at := range known {
		if at.progress.Role == stored.Kept {
			continue
		}
		if at.progress.Role == stored.AtWork {
			err = t.tidy(at)
		}
		if err := errors.Join(err, t.writeStream(at)); err != nil {
			return err
		}
	}
	return nil
}

// commitsPerTidying bounds what one Finish does of it: after a full pass that changed everything, the rest comes with
// Collect.
const commitsPerTidying = 100

// tidy drops what only an earlier picture needed: the contents of records that are gone, and those before a change.
func (t *transaction) tidy(at *streamAt) error {
	p := &at.progress
	until := min(p.Finished, p.Tidied+commitsPerTidying)
	if until <= p.Tidied {
		return nil
	}
	for _, query := range []string{
		"DELETE FROM records WHERE " + changedBetween + " AND content IS NULL",
		"UPDATE records SET before = NULL WHERE " + changedBetween + " AND before IS NOT NULL",
	} {
		if _, err := t.tx.ExecContext(t.ctx, query, at.number, p.Tidied, until); err != nil {
			return err
		}
	}
	p.Tidied = until
	return nil
}

// Close implements mirror.Store. Closing twice is fine.
func (s *Store) Close() error {
	// The last connection moves SQLite's write-ahead log into the file, so the writer closes after the readers.
	return errors.Join(s.View.Close(), s.engine.Writer.Close())
}
