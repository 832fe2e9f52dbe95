// Package sqlite is the mirror on one SQLite file: a local copy of the CRM that survives crashes and that may be
// deleted at the price of one full read. It opens, locks, checks and copies the file and says what SQLite's errors
// mean; what is in the file is sqlstore's.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlstore"
)

// readers bounds the connections that Load and State use beside a running commit.
const readers = 4

// Store is a mirror.Store in one file. One process at a time may hold it open.
type Store struct {
	*sqlstore.Store
	path           string
	writer, reader *sql.DB
	lock           *os.File
	replaced       string
	// damage is what Check has found. From there on the store refuses to be used.
	damage atomic.Pointer[error]
}

var _ mirror.Store = (*Store)(nil)

// Open opens the mirror at path and creates it, and its folder, where there is none. A file of a schema that this
// program does not read any more is made anew, see Replaced. It fails with mirror.ErrSchema on a file of a newer
// program and with ErrInUse where another process holds the mirror. It looks at the file's header and its small tables
// only: each row is verified when it is read, and the whole file by Check.
func Open(ctx context.Context, path string, options mirror.Options) (*Store, error) {
	store, err := open(ctx, path, options, migrations())
	if err != nil {
		return nil, fmt.Errorf("open mirror %s: %w", path, err)
	}
	return store, nil
}

func open(ctx context.Context, path string, options mirror.Options, steps []string) (_ *Store, err error) {
	s := &Store{}
	defer func() {
		if err != nil {
			err = errors.Join(explain(ctx, err), s.Close())
		}
	}()
	if path, err = prepare(path); err != nil {
		return nil, err
	}
	s.path = path
	// The lock comes before the first look into the file: nothing of another process's mirror may be touched.
	if s.lock, err = acquireLock(path + ".lock"); err != nil {
		return nil, err
	}
	if err := s.openWriter(ctx, path, steps); err != nil {
		return nil, err
	}
	if err := migrate(ctx, s.writer, steps); err != nil {
		return nil, err
	}
	if s.reader, err = sql.Open("sqlite", readerDSN(path)); err != nil {
		return nil, err
	}
	s.reader.SetMaxOpenConns(readers)
	engine := sqlstore.Engine{Writer: s.writer, Reader: s.reader, Explain: explain, Refuse: s.refuse}
	if s.Store, err = sqlstore.New(ctx, engine, options); err != nil {
		return nil, explainSchema(err)
	}
	return s, nil
}

// openWriter opens the file for writing, a new one in the place of one that is too old.
func (s *Store) openWriter(ctx context.Context, path string, steps []string) (err error) {
	for {
		if err := ensureFile(path); err != nil {
			return err
		}
		if s.writer, err = sql.Open("sqlite", writerDSN(path)); err != nil {
			return err
		}
		s.writer.SetMaxOpenConns(1)
		version, err := checkFile(ctx, s.writer, replacedVersion+len(steps))
		if err != nil || version == 0 || version > replacedVersion {
			return err
		}
		if err := s.writer.Close(); err != nil {
			return err
		}
		if err := removeFile(path); err != nil {
			return fmt.Errorf("remove a mirror of version %d: %w", version, err)
		}
		s.replaced = ReplacedSchema
	}
}

// ReplacedSchema is the reason of a file that was written in a schema that this program does not read any more.
const ReplacedSchema = "schema"

// Replaced returns why Open has made a file anew that was there, "" if it has not.
func (s *Store) Replaced() string { return s.replaced }

// Check verifies the whole file, which takes seconds for a large one: beside every other use of the store. A store that
// is damaged refuses to be used from then on.
func (s *Store) Check(ctx context.Context) error {
	err := explain(ctx, checkIntegrity(ctx, s.reader))
	if errors.Is(err, mirror.ErrCorrupt) {
		s.damage.Store(&err)
	}
	return err
}

func (s *Store) refuse() error {
	if damage := s.damage.Load(); damage != nil {
		return *damage
	}
	return nil
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
		if err := releaseLock(s.lock); !errors.Is(err, os.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
