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

// explanation is an error with the sentence that tells people what to do.
type explanation struct {
	sentence string
	err      error
}

// Error implements error.
func (e *explanation) Error() string { return e.sentence + ": " + e.err.Error() }

// Unwrap gives access to the cause.
func (e *explanation) Unwrap() error { return e.err }

// explain turns SQLite's result codes into sentences that tell people what to do. An ended context comes first: what
// SQLite says about an interrupted statement is noise. An error that was explained stays as it is.
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
	if _, done := errors.AsType[*explanation](err); done {
		return err
	}
	failure, ok := errors.AsType[*driver.Error](err)
	if !ok {
		return err
	}
	switch failure.Code() & 0xff { // the rest are details of the same code
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return corrupt(err.Error())
	case sqlite3.SQLITE_FULL:
		return &explanation{"the disk of the mirror is full", err}
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return &explanation{"the mirror's file is read-only", err}
	case sqlite3.SQLITE_IOERR:
		return &explanation{"the disk of the mirror has failed", err}
	case sqlite3.SQLITE_CANTOPEN:
		return &explanation{"the mirror's file or folder cannot be opened", err}
	case sqlite3.SQLITE_BUSY:
		return &explanation{"another program has locked the mirror's file", err}
	default:
		return err
	}
}
