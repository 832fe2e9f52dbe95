package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// State implements mirror.Store. Counts are given for every object, watermarks for those that have records.
func (s *Store) State(ctx context.Context, source string) (mirror.State, error) {
	var state mirror.State
	err := s.read(ctx, func(tx *sql.Tx) error {
		p, _, err := readProgress(ctx, tx, source)
		if err != nil || p.commits == 0 {
			return err
		}
		state = mirror.State{
			Cursor: p.cursor, Complete: p.complete, CompletedAt: p.completedTime(),
			Records: map[record.Name]int{}, Watermark: map[record.Name]int64{},
			Quarantined: map[record.Name]map[record.Reason]int{},
			Account:     p.account,
		}
		for _, object := range crm.Names() {
			if err := countObject(ctx, tx, source, object, &state); err != nil {
				return fmt.Errorf("count %s: %w", object, err)
			}
		}
		return countQuarantined(ctx, tx, source, state.Quarantined)
	})
	if err != nil {
		return mirror.State{}, fmt.Errorf("read state of %s: %w", source, err)
	}
	return state, nil
}

func countObject(ctx context.Context, tx *sql.Tx, source string, object record.Name, state *mirror.State) error {
	live, newest, err := countLive(ctx, tx, source, object)
	if err != nil {
		return err
	}
	state.Records[object] = live
	if live > 0 {
		state.Watermark[object] = newest
	}
	return nil
}

// countLive counts the records of an object that KPIs see, and returns the newest version among them.
func countLive(ctx context.Context, tx *sql.Tx, source string, object record.Name) (live int, newest int64, err error) {
	query := "SELECT count(*), coalesce(max(version), 0) FROM " + string(object) +
		" WHERE source = ? AND " + notQuarantined
	err = tx.QueryRowContext(ctx, query, source, source, string(object)).Scan(&live, &newest)
	return live, newest, err
}
