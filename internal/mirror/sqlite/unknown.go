package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Unknown implements mirror.Store.
func (s *Store) Unknown(ctx context.Context, source string, object record.Name, ids []string) ([]string, error) {
	known := map[string]bool{}
	err := s.read(ctx, func(tx *sql.Tx) error {
		for chunk := range slices.Chunk(ids, idsPerQuery) {
			for _, query := range []string{
				fmt.Sprintf("SELECT id FROM %s WHERE ? <> '' AND source = ?", object),
				"SELECT id FROM tombstones WHERE object = ? AND source = ?",
				"SELECT id FROM quarantine WHERE object = ? AND source = ?",
			} {
				args := []any{string(object), source}
				for _, id := range chunk {
					args = append(args, id)
				}
				err := each(ctx, tx, func(values []any) error {
					f := &fields{values: values}
					known[f.text()] = true
					return f.err
				}, fmt.Sprintf("%s AND id IN (%s)", query, placeholders(len(chunk))), args...)
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for %s of %s: %w", object, source, err)
	}
	var unknown []string
	for _, id := range ids {
		if !known[id] {
			unknown = append(unknown, id)
		}
	}
	return unknown, nil
}
