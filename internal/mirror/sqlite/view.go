package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// View reads a mirror beside the process that holds it. It takes no lock and cannot write.
type View struct {
	store Store
}

// OpenView opens a mirror for reading. It fails with os.ErrNotExist where there is none, and with mirror.ErrSchema where
// this program did not write it: what is not held open for writing cannot be brought to another version.
func OpenView(ctx context.Context, path string) (_ *View, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return nil, fmt.Errorf("make path absolute: %w", err)
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open mirror: %w", err)
	}
	db, err := sql.Open("sqlite", copierDSN(path))
	if err != nil {
		return nil, fmt.Errorf("open mirror %s: %w", path, err)
	}
	if err := checkView(ctx, db); err != nil {
		return nil, fmt.Errorf("open mirror %s: %w", path, errors.Join(explain(ctx, err), db.Close()))
	}
	return &View{store: Store{reader: db}}, nil
}

func checkView(ctx context.Context, db *sql.DB) error {
	var application, version int
	err := db.QueryRowContext(ctx, "SELECT a.application_id, v.user_version "+
		"FROM pragma_application_id a, pragma_user_version v").Scan(&application, &version)
	switch {
	case err != nil:
		return fmt.Errorf("read header: %w", err)
	case application != applicationID:
		return errors.New("the file is a database of another program")
	case version != len(migrations()):
		return fmt.Errorf("%w: it has version %d and this program reads %d; run the program that serves the metrics, in the "+
			"version of this one", mirror.ErrSchema, version, len(migrations()))
	}
	return nil
}

// Quarantined returns what mirror.Store.Quarantined does.
func (v *View) Quarantined(ctx context.Context, source string) ([]record.Quarantined, error) {
	return v.store.Quarantined(ctx, source)
}

// State returns what mirror.Store.State does.
func (v *View) State(ctx context.Context, source string) (mirror.State, error) {
	return v.store.State(ctx, source)
}

// Close lets go of the file.
func (v *View) Close() error { return v.store.Close() }
