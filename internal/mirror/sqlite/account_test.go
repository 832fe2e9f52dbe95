package sqlite

import (
	"errors"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// TestDamagedAccount changes the account behind the store's back: a pin that moves by itself would let another account
// in.
func TestDamagedAccount(t *testing.T) {
	for _, damage := range []string{
		`account = '{"id":"2"}'`, `account = '{}'`, `account = ''`, "account = replace(account, 'EUR', 'USD')",
		"account = replace(account, 'UTC', '')", "account_before = account", "account_revision = 7", "stream = 9",
	} {
		t.Run(damage, func(t *testing.T) {
			store := openTest(t, mirror.Options{})
			batch := record.Batch{
				Account: &record.AccountIdentity{ID: "1", Currency: "EUR", TimeZone: "UTC", FiscalYearStart: 1},
			}
			if _, err := store.Commit(t.Context(), stream, batch); err != nil {
				t.Fatal(err)
			}
			if _, err := store.writer.ExecContext(t.Context(), "UPDATE streams SET "+damage); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Commit(t.Context(), stream, batch); !errors.Is(err, mirror.ErrCorrupt) {
				t.Errorf("error is %v", err)
			}
		})
	}
}
