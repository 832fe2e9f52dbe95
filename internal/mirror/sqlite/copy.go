package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
)

// Copy writes the last commit of a mirror to a new file, also while another process holds the mirror. It reads in one
// transaction on a connection that cannot write: the mirror's owner goes on committing meanwhile.
func Copy(ctx context.Context, from, to string) (err error) {
	if from, err = filepath.Abs(from); err != nil {
		return fmt.Errorf("make path absolute: %w", err)
	}
	db, err := sql.Open("sqlite", copierDSN(from))
	if err != nil {
		return fmt.Errorf("open mirror to copy: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		return fmt.Errorf("copy mirror: %w", err)
	}
	return nil
}
