package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlstore"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// OpenView opens a mirror for reading, beside the process that holds it: it takes no lock and cannot write. It fails
// with os.ErrNotExist where there is none, and with mirror.ErrSchema where this program did not write it: what is not
// held open for writing cannot be brought to another version.
func OpenView(ctx context.Context, path string, kinds []record.Kind) (_ *sqlstore.View, err error) {
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
	view, err := openView(ctx, db, kinds)
	if err != nil {
		return nil, fmt.Errorf("open mirror %s: %w", path, errors.Join(explain(ctx, err), db.Close()))
	}
	return view, nil
}

func openView(ctx context.Context, db *sql.DB, kinds []record.Kind) (*sqlstore.View, error) {
	newest := replacedVersion + len(migrations())
	version, err := checkFile(ctx, db, newest)
	switch {
	case err != nil:
		return nil, err
	case version != newest:
		return nil, fmt.Errorf("%w: it has version %d and this program reads %d; run the program that serves the "+
			"metrics, in the version of this one", mirror.ErrSchema, version, newest)
	}
	view, err := sqlstore.NewView(ctx, sqlstore.Engine{Reader: db, Explain: explain}, kinds)
	return view, explainSchema(err)
}
