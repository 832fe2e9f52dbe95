package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
)

const advice = "move the file away together with its -wal and -shm: it is a copy of the CRM and is rebuilt by one " +
	"full sync"

// corrupt is the error of damaged content; it says what to do about it.
func corrupt(finding string) error {
	return fmt.Errorf("%w: %s; %s", mirror.ErrCorrupt, finding, advice)
}

// explainSchema is for statements that fit the tables of every sound file: one that does not compile found a table
// whose definition is damaged.
func explainSchema(err error) error {
	if failure, ok := errors.AsType[*driver.Error](err); ok && failure.Code() == sqlite3.SQLITE_ERROR {
		return corrupt(err.Error())
	}
	return err
}

// explain turns SQLite's result codes into sentences that tell people what to do. An ended context comes first: what
// SQLite says about an interrupted statement is noise.
func explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, mirror.ErrCorrupt) {
		if !strings.Contains(err.Error(), advice) {
			err = fmt.Errorf("%w; %s", err, advice)
		}
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	failure, ok := errors.AsType[*driver.Error](err)
	if !ok {
		return err
	}
	switch failure.Code() & 0xff { // the rest are details of the same code
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return corrupt(err.Error())
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("the disk of the mirror is full: %w", err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return fmt.Errorf("the mirror's file is read-only: %w", err)
	case sqlite3.SQLITE_IOERR:
		return fmt.Errorf("the disk of the mirror has failed: %w", err)
	case sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("the mirror's file or folder cannot be opened: %w", err)
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("another program has locked the mirror's file: %w", err)
	default:
		return err
	}
}
