package sqlite

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// TestMigrateFromV1 opens a file of the first version, whose sources have no account yet: its rows stay, and the next
// batch pins the account.
func TestMigrateFromV1(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mirror.db")
	if err := ensureFile(path); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", writerDSN(path))
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(t.Context(), db, []string{schemaV1}); err != nil {
		t.Fatal(err)
	}
	for query, values := range map[string][]any{
		`INSERT INTO sources VALUES ('crm', ?, ?, ?, ?, ?, ?, ?)`: {
			"hash", []byte("1"), int64(1), int64(1767225600000), int64(3), int64(9),
		},
		`INSERT INTO reps VALUES ('crm', ?, ?, ?, ?, ?, ?, ?, 3, 7)`: {
			"r1", int64(5), "Ada", "North", int64(1), "",
		},
	} {
		if _, err := db.ExecContext(t.Context(), query, append(values, checksum(values...))...); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.ExecContext(t.Context(), "UPDATE meta SET revision = 7"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	for range 2 { // The second time, the file has the new columns.
		store, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		state, err := store.State(t.Context(), "crm")
		if err != nil || !state.Complete || string(state.Cursor) != "1" || state.Records[crm.Reps.Name()] != 1 ||
			state.Account != (record.AccountIdentity{}) {
			t.Errorf("state is %+v, error %v", state, err)
		}
		if forgotten, err := store.Bind(t.Context(), "crm", "hash"); err != nil || forgotten {
			t.Errorf("the source's identity was forgotten: %v, error %v", forgotten, err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}

	store, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	batch := record.Batch{Account: &record.AccountIdentity{ID: "1", Currency: "EUR"}, Complete: true}
	if _, err := store.Commit(t.Context(), "crm", batch); err != nil {
		t.Errorf("the first account is refused: %v", err)
	}
	_, err = store.Commit(t.Context(), "crm", record.Batch{Account: &record.AccountIdentity{ID: "2"}})
	if _, ok := errors.AsType[*mirror.AccountError](err); !ok {
		t.Errorf("another account ended with %v", err)
	}
	if state, err := store.State(t.Context(), "crm"); err != nil || state.Account.ID != "1" {
		t.Errorf("the account is %+v, error %v", state.Account, err)
	}
}

// TestDamagedAccount changes the account behind the store's back: a pin that moves by itself would let another account
// in.
func TestDamagedAccount(t *testing.T) {
	for _, damage := range []string{
		"account_id = '2'", "account_id = ''", "account_currency = 'USD'", "account_zone = ''",
		"account_fiscal_start = 2", "account_revision = 0",
		"account_id = '', account_currency = '', account_zone = '', account_fiscal_start = 0, account_revision = 0",
	} {
		t.Run(damage, func(t *testing.T) {
			store := openTest(t, Options{})
			batch := record.Batch{Account: &record.AccountIdentity{ID: "1", Currency: "EUR", TimeZone: "UTC", FiscalYearStart: 1}}
			if _, err := store.Commit(t.Context(), "crm", batch); err != nil {
				t.Fatal(err)
			}
			if _, err := store.writer.ExecContext(t.Context(), "UPDATE sources SET "+damage); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Commit(t.Context(), "crm", batch); !errors.Is(err, mirror.ErrCorrupt) {
				t.Errorf("error is %v", err)
			}
		})
	}
}
