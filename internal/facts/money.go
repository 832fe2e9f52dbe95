package facts

import (
	"cmp"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// SetCurrency says in which currency the source's amounts are by the configuration, which comes before what its account
// says of itself; "" where it does not say.
func (s *Source) SetCurrency(stated string) { s.stated = stated }

// amount returns the amount of a deal and its currency: the deal's own, or the CRM's conversion where that alone is in the
// reporting currency.
func (s *Source) amount(d *crm.Deal) (amount value.Money, known bool, currency string) {
	reporting := s.Facts.options.Currency
	if d.ConvertedKnown && d.ConvertedCurrency == reporting && d.Currency != "" && d.Currency != reporting {
		return d.Converted, true, d.ConvertedCurrency
	}
	return d.Amount, d.AmountKnown, d.Currency
}

// Withheld says why a source has no money metrics.
type Withheld struct {
	// Currency is the source's own where that is another one than the reporting currency and has no rate. Where it is "",
	// the source has amounts, but none in the reporting currency.
	Currency string
}

// Withheld returns why the source has no money metrics, nil where it has them.
func (s *Source) Withheld() *Withheld {
	own := cmp.Or(s.stated, s.told)
	_ = s.Judge() // Of deals of which nobody can tell whether they count, no amount does.
	switch {
	case own != "" && own != s.Facts.options.Currency:
		return &Withheld{Currency: own}
	case s.Deals.amounts.foreign > 0 && s.Deals.amounts.priced == 0:
		return &Withheld{}
	default:
		return nil
	}
}

// HasMoney reports whether the source has amounts in the reporting currency. Where it has none, a sum would be 0, which is
// a number and wrong.
func (s *Source) HasMoney() bool { return s.Withheld() == nil }

// Unread reports whether something that begins at an instant began after the last complete read of the source.
func (s *Source) Unread(start time.Time) bool { return !s.readAt.IsZero() && start.After(s.readAt) }

// ReadAt says when the last complete read of the source ended. Of a window that began later the source can tell nothing:
// its 0 would mean that nobody sold anything while nobody looked. The zero time is unknown and bounds nothing.
func (s *Source) ReadAt(t time.Time) { s.readAt = t }
