package spreadsheet_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
)

// TestCurrencyOfASheet holds that what a row says of its currency comes before what the configuration says of the sheet.
func TestCurrencyOfASheet(t *testing.T) {
	const rows = "id,stage,amount,currency\n1,Won,10,\n2,Won,€10,\n3,Won,10,GBP\n4,Won,$10,\n5,Won,,\n6,Won,10 chf,CHF\n"
	tests := map[string]struct {
		stated string
		want   []string
	}{
		"left out":       {"", []string{"", "EUR", "GBP", "USD", "", "CHF"}},
		"the reporting":  {"USD", []string{"USD", "EUR", "GBP", "USD", "USD", "CHF"}},
		"another":        {"SEK", []string{"SEK", "EUR", "GBP", "USD", "SEK", "CHF"}},
		"another dollar": {"CAD", []string{"CAD", "EUR", "GBP", "CAD", "CAD", "CHF"}},
		"a row's own":    {"EUR", []string{"EUR", "EUR", "GBP", "USD", "EUR", "CHF"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "deals.csv")
			write(t, file, rows)
			s, err := spreadsheet.New("ledger", config.Source{
				Currency: test.stated,
				Settings: &settings.Settings{Deals: settings.Sheet{
					File: file, Stages: stages(),
					Columns: map[string]string{"id": "id", "stage": "stage", "amount": "amount", "currency": "currency"},
				}},
			}, source.Environment{Logger: slog.New(slog.DiscardHandler), Now: time.Now, Currency: "USD"})
			if err != nil {
				t.Fatal(err)
			}
			to := &sink{}
			if _, err := s.Sync(t.Context(), nil, to); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range to.deals() {
				got = append(got, d.Currency)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("currencies (-want +got):\n%s", diff)
			}
		})
	}
}
