package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// recordsPerVisit bounds what Load holds in memory.
const recordsPerVisit = 5000

// notQuarantined is the condition on an id of a source and an object, its two parameters.
const notQuarantined = "id NOT IN (SELECT id FROM quarantine WHERE source = ? AND object = ? AND slot = '')"

// loading is one Load.
type loading struct {
	ctx    context.Context
	tx     *sql.Tx
	source string
	since  mirror.Revision
	visit  func(record.Batch) error
	hidden map[recordKey]bool
	// namesakes numbers the reps who came to their name behind another one.
	namesakes map[nameKey]int
}

// Load implements mirror.Store. The Removal of a quarantined record has no Reason: the record is not gone. Every row's
// checksum is verified on its way out, and a row that fails it ends the Load with mirror.ErrCorrupt.
func (s *Store) Load(
	ctx context.Context, source string, since mirror.Revision, visit func(record.Batch) error,
) (mirror.Revision, error) {
	var revision mirror.Revision
	err := s.read(ctx, func(tx *sql.Tx) error {
		var err error
		if revision, err = readRevision(ctx, tx); err != nil {
			return err
		}
		l := &loading{
			ctx: ctx, tx: tx, source: source, since: since, visit: visit, hidden: map[recordKey]bool{},
			namesakes: map[nameKey]int{},
		}
		if err := l.account(); err != nil {
			return fmt.Errorf("load account: %w", err)
		}
		if err := l.quarantined(); err != nil {
			return fmt.Errorf("load quarantine: %w", err)
		}
		if err := l.readNamesakes(); err != nil {
			return fmt.Errorf("load names: %w", err)
		}
		for _, k := range kinds() {
			if err := k.stream(l); err != nil {
				return fmt.Errorf("load %s: %w", k.object(), err)
			}
		}
		if err := l.tombstones(); err != nil {
			return fmt.Errorf("load tombstones: %w", err)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return revision, nil
}

// changes restricts a query to what changed. A load of everything goes without, since the index would lead it through
// the table row by row in the order of the changes.
func (l *loading) changes(query string) (string, []any) {
	if l.since <= 0 {
		return query, []any{l.source}
	}
	return query + " AND revision > ?", []any{l.source, int64(l.since)}
}

// account visits the account of the source.
func (l *loading) account() error {
	p, _, err := readProgress(l.ctx, l.tx, l.source)
	if err != nil || p.accountRevision <= int64(l.since) {
		return err
	}
	return l.visit(record.Batch{Account: &p.account})
}

// stream visits the records of a kind.
func (t table[R]) stream(l *loading) error {
	var records []R
	query, args := l.changes(selectQuery(t))
	err := each(l.ctx, l.tx, func(values []any) error {
		content, sum := values[:len(values)-1], values[len(values)-1]
		f := &fields{values: content}
		row := t.decode(f)
		if f.err != nil || checksum(content...) != sum {
			return corrupt("a record fails its checksum")
		}
		if l.hidden[recordKey{t.name, content[0].(string)}] {
			return nil
		}
		if t.complete != nil {
			t.complete(l, &row)
		}
		records = append(records, row)
		if len(records) < recordsPerVisit {
			return nil
		}
		full := record.Batch{Rows: record.Rows{t.typed.Of(records...)}}
		records = make([]R, 0, recordsPerVisit)
		return l.visit(full)
	}, query, args...)
	if err != nil || len(records) == 0 {
		return err
	}
	return l.visit(record.Batch{Rows: record.Rows{t.typed.Of(records...)}})
}

// quarantined notes which records are hidden and visits the removals of those that became so.
func (l *loading) quarantined() error {
	var removals []record.Removal
	err := each(l.ctx, l.tx, func(values []any) error {
		q, _, revision, err := decodeQuarantined(values)
		if err != nil {
			return err
		}
		l.hidden[recordKey{q.Kind, q.ID}] = true
		if l.since > 0 && revision > int64(l.since) {
			removals = append(removals, record.Removal{Kind: q.Kind, ID: q.ID, Version: q.Version})
		}
		return nil
	}, quarantineColumns+" WHERE source = ? AND slot = ''", l.source)
	if err != nil || len(removals) == 0 {
		return err
	}
	return l.visit(record.Batch{Removals: removals})
}

// tombstones visits the removals. A load of everything needs those only that say where a record went.
func (l *loading) tombstones() error {
	query, args := l.changes(tombstoneColumns + " WHERE source = ?")
	if l.since <= 0 {
		query += " AND merged_into <> ''"
	}
	var removals []record.Removal
	err := each(l.ctx, l.tx, func(values []any) error {
		removal, err := decodeTombstone(l.source, values)
		if err != nil {
			return err
		}
		removals = append(removals, removal)
		if len(removals) < recordsPerVisit {
			return nil
		}
		full := removals
		removals = nil
		return l.visit(record.Batch{Removals: full})
	}, query, args...)
	if err != nil || len(removals) == 0 {
		return err
	}
	return l.visit(record.Batch{Removals: removals})
}
