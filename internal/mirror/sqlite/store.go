// Package sqlite is the mirror's engine on one SQLite file: a local copy of the CRM that survives crashes, that anybody
// can open with the sqlite3 shell, and that may be deleted at the price of one full read.
//
// The rules of a commit are decided in Go (record.go, quarantine.go, removal.go) on what the file holds of the batch's
// ids; SQL only reads and writes. An engine on another database needs other SQL and the same rules.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
)

// The brake's defaults. A credential that lost a permission hides most records at once; people delete a few.
const (
	DefaultBrakeShare   = 0.5
	DefaultBrakeMinimum = 20
)

// readers bounds the connections that Load and State use beside a running commit.
const readers = 4

// Options tune a Store; the zero value is the default.
type Options struct {
	// Now is the clock, time.Now if nil.
	Now func() time.Time
	// BrakeShare refuses a sweep that would remove more than this share of an object's live records; 0 means
	// DefaultBrakeShare, 1 never refuses.
	BrakeShare float64
	// BrakeMinimum lets a sweep of fewer records pass whatever their share; 0 means DefaultBrakeMinimum.
	BrakeMinimum int
	// Unbraked exempts sources whose records may vanish in bulk for good reason: a spreadsheet is replaced as a
	// whole. Nil exempts none.
	Unbraked func(source string) bool
}

// Store is a mirror.Store in one file. One process at a time may hold it open.
type Store struct {
	// writer has one connection, so that commits queue up here instead of failing on SQLite's own lock.
	writer *sql.DB
	// reader has connections that see the last commit while the next one runs.
	reader     *sql.DB
	statements statements
	lock       *os.File
	options    Options
}

var _ mirror.Store = (*Store)(nil)

// Open opens the mirror at path and creates it, and its folder, where there is none. It verifies the whole file, so
// that damage is found here and not in a number: mirror.ErrCorrupt. It fails with mirror.ErrSchema on a file of a newer
// program and with ErrInUse where another process holds the mirror.
func Open(ctx context.Context, path string, options Options) (*Store, error) {
	store, err := open(ctx, path, options.withDefaults(), migrations())
	if err != nil {
		return nil, fmt.Errorf("open mirror %s: %w", path, err)
	}
	return store, nil
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.BrakeShare == 0 {
		o.BrakeShare = DefaultBrakeShare
	}
	if o.BrakeMinimum == 0 {
		o.BrakeMinimum = DefaultBrakeMinimum
	}
	return o
}

func open(ctx context.Context, path string, options Options, steps []string) (_ *Store, err error) {
	s := &Store{options: options}
	defer func() {
		if err != nil {
			err = errors.Join(explain(ctx, err), s.Close())
		}
	}()
	if path, err = prepare(path); err != nil {
		return nil, err
	}
	// The lock comes before the first look into the file: nothing of another process's mirror may be touched.
	if s.lock, err = acquireLock(path + ".lock"); err != nil {
		return nil, err
	}
	if err := ensureFile(path); err != nil {
		return nil, err
	}
	if s.writer, err = sql.Open("sqlite", writerDSN(path)); err != nil {
		return nil, err
	}
	s.writer.SetMaxOpenConns(1)
	if err := checkFile(ctx, s.writer, len(steps)); err != nil {
		return nil, err
	}
	if err := migrate(ctx, s.writer, steps); err != nil {
		return nil, err
	}
	if err := s.statements.prepare(ctx, s.writer); err != nil {
		return nil, explainSchema(err)
	}
	if s.reader, err = sql.Open("sqlite", readerDSN(path)); err != nil {
		return nil, err
	}
	s.reader.SetMaxOpenConns(readers)
	return s, nil
}

// Close implements mirror.Store. Closing twice is fine.
func (s *Store) Close() error {
	var errs []error
	if s.reader != nil {
		errs = append(errs, s.reader.Close())
	}
	if s.writer != nil {
		// The last connection moves the write-ahead log into the file, so the writer closes after the readers.
		errs = append(errs, s.writer.Close())
	}
	if s.lock != nil {
		if err := s.lock.Close(); !errors.Is(err, os.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
