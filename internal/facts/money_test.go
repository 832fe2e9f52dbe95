package facts

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestAmount holds that a deal counts with its own amount, unless only the CRM's conversion is in the reporting currency.
func TestAmount(t *testing.T) {
	const dollars, euros = 10 * value.MoneyScale, 9 * value.MoneyScale
	own := crm.Deal{Head: named("1", nil), Amount: euros, AmountKnown: true, Currency: "EUR"}
	both := own
	both.Converted, both.ConvertedKnown, both.ConvertedCurrency = dollars, true, "USD"
	empty := both
	empty.Amount, empty.AmountKnown = 0, false
	nowhere := both
	nowhere.ConvertedCurrency = ""
	for name, c := range map[string]struct {
		deal      crm.Deal
		reporting string
		want      value.Money
		flags     Flags
		currency  string
	}{
		"its own":                           {own, "EUR", euros, FlagPriced, "EUR"},
		"its own, of a converted one":       {both, "EUR", euros, FlagPriced, "EUR"},
		"the conversion":                    {both, "USD", dollars, FlagPriced, "USD"},
		"the conversion of nothing":         {empty, "USD", dollars, FlagPriced, "USD"},
		"neither":                           {both, "CHF", euros, FlagForeign, "EUR"},
		"not converted":                     {own, "USD", euros, FlagForeign, "EUR"},
		"converted to nobody knows what":    {nowhere, "USD", euros, FlagForeign, "EUR"},
		"no amount of its own, unconverted": {empty, "EUR", 0, 0, "EUR"},
	} {
		t.Run(name, func(t *testing.T) {
			s := selected(Selection{}, func(o *Options) { o.Currency = c.reporting })
			s.Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(c.deal)}})
			flags, currency := s.Deals.Flags[0]&(FlagPriced|FlagForeign), s.Currencies.Name(int(s.Deals.Currency[0]), c.reporting)
			if got := s.Deals.Amount[0]; got != c.want || flags != c.flags || currency != c.currency {
				t.Errorf("got %v %s with flags %b, want %v %s with %b", got.Float(), currency, flags, c.want.Float(), c.currency, c.flags)
			}
		})
	}
}
