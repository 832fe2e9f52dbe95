package spreadsheet

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

func TestMoney(t *testing.T) {
	tests := []struct {
		text, stated string
		want         crm.Money
		currency     string
		bad          bool
	}{
		{text: "1054", want: 10_540_000},
		{text: "1054", stated: "EUR", want: 10_540_000, currency: "EUR"},
		{text: "$500,000 ", want: 5_000_000_000, currency: "USD"},
		{text: "$ -3", want: -30_000, currency: "USD"},
		{text: "-$3", want: -30_000, currency: "USD"},
		{text: "(500)", want: -5_000_000},
		{text: "($1,500.50)", want: -15_005_000, currency: "USD"},
		{text: "€12", want: 120_000, currency: "EUR"},
		{text: "£100", want: 1_000_000, currency: "GBP"},
		{text: "12 gbp", want: 120_000, currency: "GBP"},
		{text: "$5", stated: "CAD", want: 50_000, currency: "CAD"},
		{text: "1.5E7", want: 150_000_000_000},
		{text: "1 250", want: 12_500_000},
		{text: "€12", stated: "USD", bad: true},
		{text: "12 Taler", bad: true},
		{text: "N/A", bad: true},
		{text: "(500", bad: true},
		{text: "1.250,50", bad: true},
		{text: "12e", bad: true},
		{text: "$", bad: true},
	}
	for _, test := range tests {
		t.Run(test.text+test.stated, func(t *testing.T) {
			got, currency, err := values{currency: "USD"}.money(test.text, test.stated)
			if (err != nil) != test.bad {
				t.Fatalf("error: %v", err)
			}
			if !test.bad && (got != test.want || currency != test.currency) {
				t.Errorf("got %d %s, want %d %s", got, currency, test.want, test.currency)
			}
		})
	}
}
