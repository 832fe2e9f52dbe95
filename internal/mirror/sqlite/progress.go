package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// progress is a row of the sources: where one of them stands.
type progress struct {
	identity    string
	cursor      []byte
	complete    bool
	completedAt int64
	pass        int64
	commits     int64
	account     record.AccountIdentity
	// accountRevision is the commit that last changed the account.
	accountRevision int64
}

// values are the row's columns after its source.
func (p progress) values() []any {
	// An empty cursor is stored as NULL: the two mean the same, and SQLite gives both back as nil.
	var cursor any
	if len(p.cursor) > 0 {
		cursor = p.cursor
	}
	return []any{
		p.identity, cursor, encodeBool(p.complete), p.completedAt, p.pass, p.commits,
		p.account.ID, p.account.Currency, p.account.TimeZone, int64(p.account.FiscalYearStart), p.accountRevision,
	}
}

// columnsV1 is how many of the columns there were before the account's.
const columnsV1 = 6

// sealed returns the columns under the checksum. Those of the account count once one is known: a row that was written
// before they existed keeps its checksum.
func (p progress) sealed() []any {
	if p.account == (record.AccountIdentity{}) && p.accountRevision == 0 {
		return p.values()[:columnsV1]
	}
	return p.values()
}

// take takes over what a batch says of its account and reports whether that is news. It refuses another account.
func (p *progress) take(account record.AccountIdentity) (news bool, err error) {
	pinned := p.account.ID
	if account.ID == "" {
		account.ID = pinned
	}
	if pinned != "" && account.ID != pinned {
		return false, &mirror.AccountError{Pinned: pinned, Got: account.ID}
	}
	news = account != p.account
	p.account = account
	return news, nil
}

const progressColumns = "identity, cursor, complete, completed_at, pass, commits, account_id, account_currency, " +
	"account_zone, account_fiscal_start, account_revision"

// readProgress returns the row of a source and whether there is one.
func readProgress(ctx context.Context, tx *sql.Tx, source string) (p progress, found bool, err error) {
	err = each(ctx, tx, func(values []any) error {
		found = true
		f := &fields{values: values}
		p.identity, p.cursor, p.complete = f.text(), f.blob(), f.bool()
		p.completedAt, p.pass, p.commits = f.integer(), f.integer(), f.integer()
		p.account = record.AccountIdentity{
			ID: f.text(), Currency: f.text(), TimeZone: f.text(), FiscalYearStart: int(f.integer()),
		}
		p.accountRevision = f.integer()
		if sum := f.integer(); f.err != nil || checksum(p.sealed()...) != sum {
			return corrupt("the progress of a source fails its checksum")
		}
		return nil
	}, "SELECT "+progressColumns+", checksum FROM sources WHERE source = ?", source)
	if err == nil && !found {
		err = refuseOrphans(ctx, tx, source)
	}
	if err != nil {
		return progress{}, false, fmt.Errorf("read progress: %w", err)
	}
	return p, found, nil
}

// refuseOrphans finds records whose source has no progress. No commit leaves such; a damaged key does, and a new
// progress would take them over without knowing whose they are.
func refuseOrphans(ctx context.Context, tx *sql.Tx, source string) error {
	for _, k := range kinds() {
		var orphans bool
		query := "SELECT EXISTS (SELECT 1 FROM " + string(k.object()) + " WHERE source = ?)"
		if err := tx.QueryRowContext(ctx, query, source).Scan(&orphans); err != nil {
			return err
		}
		if orphans {
			return corrupt("the progress of a source is missing")
		}
	}
	return nil
}

// writeProgress stores the row of a source.
func (t *transaction) writeProgress(source string, p progress) error {
	args := append([]any{source}, p.values()...)
	if err := t.exec(t.store.statements.settle, append(args, checksum(p.sealed()...))...); err != nil {
		return fmt.Errorf("write progress: %w", err)
	}
	return nil
}

// readRevision returns the store's revision.
func readRevision(ctx context.Context, tx *sql.Tx) (mirror.Revision, error) {
	var revision mirror.Revision
	if err := tx.QueryRowContext(ctx, "SELECT revision FROM meta").Scan(&revision); err != nil {
		return 0, fmt.Errorf("read revision: %w", err)
	}
	return revision, nil
}

// Bind implements mirror.Store.
func (s *Store) Bind(ctx context.Context, source, identity string) (forgotten bool, err error) {
	err = s.write(ctx, func(t *transaction) error {
		p, found, err := readProgress(t.ctx, t.tx, source)
		if err != nil {
			return err
		}
		if found && p.identity == identity {
			return nil
		}
		if found {
			if err := t.forget(source); err != nil {
				return err
			}
			forgotten = true
		}
		return t.writeProgress(source, progress{identity: identity})
	})
	if err != nil {
		return false, fmt.Errorf("bind %s: %w", source, err)
	}
	return forgotten, nil
}

// forget removes every record of a source. The revision moves, since what a reader holds of the source is void.
func (t *transaction) forget(source string) error {
	tables := []string{"tombstones", "quarantine"}
	for _, k := range kinds() {
		tables = append(tables, string(k.object()))
	}
	for _, table := range tables {
		if _, err := t.tx.ExecContext(t.ctx, fmt.Sprintf("DELETE FROM %s WHERE source = ?", table), source); err != nil {
			return fmt.Errorf("forget %s: %w", table, err)
		}
	}
	// A name that the CRM has cleared since cannot be read anew: names stay until a full pass shows whose they were.
	if _, err := t.tx.ExecContext(t.ctx, "UPDATE rep_names SET held = 0 WHERE source = ?", source); err != nil {
		return fmt.Errorf("let go of names: %w", err)
	}
	revision, err := readRevision(t.ctx, t.tx)
	if err != nil {
		return err
	}
	return t.exec(t.store.statements.advance, revision+1)
}

// completedTime returns when the last cycle ended, the zero time before the first.
func (p progress) completedTime() time.Time {
	if p.completedAt == 0 {
		return time.Time{}
	}
	return time.UnixMilli(p.completedAt).UTC()
}
