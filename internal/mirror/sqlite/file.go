package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
)

// ErrInUse is a mirror that another process holds open. Two writers would interleave the cursors of one source.
var ErrInUse = errors.New("mirror is in use by another process")

// applicationID marks the file as a mirror ("sale"), so that a mistyped path never writes into another program's data.
const applicationID = 0x73616c65

// busyTimeout is for how many milliseconds a statement waits for another connection.
const busyTimeout = "5000"

// prepare makes the folder of the mirror and returns the mirror's one absolute name. Links are resolved, since the lock
// stands beside the file: under two names it would not exclude anybody.
func prepare(path string) (string, error) {
	if path == "" {
		return "", errors.New("the path is empty")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("make path absolute: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("create the mirror's folder: %w", err)
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return "", errors.New("the path is not a regular file")
	}
	return path, nil
}

// ensureFile creates the file for its owner only, before SQLite would create it for everybody; SQLite gives its log the
// same mode. It also finds out that a file cannot be written while that has a plain explanation.
func ensureFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("open for writing: %w", err)
	}
	return file.Close()
}

// writerDSN sets up the connection that writes.
//
// synchronous=FULL costs one flush per page and keeps an acknowledged page through a power cut. Under NORMAL a cut
// would take back the last pages; they would only be read again, but the API budget for it is the sales team's, and a
// published number would go back in time. auto_vacuum comes before anything that writes: it is decided with the first
// page of a new file, and lets one that has shrunk give back its room without being written anew. secure_delete writes
// zeros over what is deleted: a name that the configuration stops reading must not stay in a free part of the file.
func writerDSN(path string) string {
	return dsn(path, "rw", "immediate", "busy_timeout("+busyTimeout+")", "auto_vacuum(INCREMENTAL)", "journal_mode(WAL)",
		"synchronous(FULL)", "secure_delete(1)", "foreign_keys(0)", "cell_size_check(1)")
}

func readerDSN(path string) string {
	return dsn(path, "rw", "deferred", "busy_timeout("+busyTimeout+")", "query_only(1)", "cell_size_check(1)")
}

func copierDSN(path string) string {
	return dsn(path, "ro", "deferred", "busy_timeout("+busyTimeout+")", "cell_size_check(1)")
}

func dsn(path, mode, locking string, pragmas ...string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // "C:/data/mirror.db"
	}
	query := url.Values{"mode": {mode}, "_txlock": {locking}, "_dqs": {"0"}, "_pragma": pragmas}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}

// checkFile refuses a file that is damaged, of another program or of a newer version of this one. It returns the schema
// version, 0 of an empty file.
func checkFile(ctx context.Context, db *sql.DB, newest int) (version int, err error) {
	var application, tables int
	err = db.QueryRowContext(ctx, `SELECT a.application_id, v.user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id a, pragma_user_version v`).Scan(&application, &version, &tables)
	switch {
	case err != nil:
		return 0, fmt.Errorf("read header: %w", err)
	case tables == 0:
		return 0, nil
	case application != applicationID || version <= 0:
		return 0, errors.New("the file is a database of another program")
	case version > newest:
		return 0, fmt.Errorf("%w: it has version %d but this program knows %d; run a newer program, or move the file away "+
			"to rebuild it", mirror.ErrSchema, version, newest)
	}
	return version, nil
}

// removeFile removes a mirror and its log.
func removeFile(path string) error {
	for _, name := range []string{path + "-wal", path + "-shm", path} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// checkIntegrity is SQLite's full check. The quick one does not compare indexes with their tables, and a record that is
// missing in one of them is a wrong number.
func checkIntegrity(ctx context.Context, db *sql.DB) error {
	var finding string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&finding); err != nil {
		return fmt.Errorf("check integrity: %w", err)
	}
	if finding != "ok" {
		return corrupt(finding)
	}
	return nil
}
