package hubspot

import (
	"cmp"
	"context"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// homeCurrencySuffix ends the names of amounts that HubSpot converts into the account's currency.
const homeCurrencySuffix = "_in_home_currency"

// money sets amount and currency, and HubSpot's conversion into the account's currency, and reports whether the amount can
// be read. Of another property than amount HubSpot has no conversion.
func (r *run) money(d *crm.Deal, p propertyValues) bool {
	property, stated := r.plan.amount, r.config.Currency
	own := strings.ToUpper(string(p.get(propertyCurrency)))
	home := cmp.Or(r.cursor.Currency, stated)
	switch {
	case property != propertyAmount && stated != "":
		d.Currency = stated
	case strings.HasSuffix(property, homeCurrencySuffix):
		d.Currency = home
	default:
		d.Currency = cmp.Or(own, stated, home)
	}
	if p.get(property) != "" {
		amount, err := value.ParseMoney(string(p.get(property)))
		if err != nil {
			return false
		}
		d.Amount, d.AmountKnown = amount, true
	}
	if property != propertyAmount || own == "" || own == home {
		return true
	}
	if converted, err := value.ParseMoney(string(p.get(propertyHomeAmount))); err == nil {
		d.Converted, d.ConvertedKnown, d.ConvertedCurrency = converted, true, home
	}
	return true
}

// refuseAmount refuses an amount property that does not exist. HubSpot ignores its name without a word, and every sum
// would be 0.
func (s *Source) refuseAmount(ctx context.Context) error { return s.checkAmount(ctx, &source.Report{}) }

// checkAmount reports an amount property that was configured, and refuses one that does not exist.
func (s *Source) checkAmount(ctx context.Context, report *source.Report) error {
	if s.plan.amount == propertyAmount {
		return nil
	}
	amount := dimension{name: "amount", mapping: config.Mapping{Property: s.plan.amount}}
	unknown, err := s.api.unknownProperties(ctx, objectDeals, []dimension{amount})
	if err != nil {
		return err
	}
	report.Properties = append(report.Properties, source.PropertyReport{
		Dimension: amount.name, Object: objectDeals, Property: s.plan.amount, Found: len(unknown) == 0,
	})
	if len(unknown) > 0 {
		return configError(hintPropertyName, "amount: HubSpot has no property %q of deals", s.plan.amount)
	}
	return nil
}

// warnOfCurrency says once that nobody told the currency of deals that carry none.
func (s *Source) warnOfCurrency(err error) {
	const key = "currency"
	if s.config.Currency != "" || s.warned[key] {
		return
	}
	s.warned[key] = true
	s.environment.Logger.Warn("The account's currency is unknown; deals without a currency count as being in "+
		"the reporting currency; set currency at the source", "assumed", s.environment.Currency, "err", err)
}

// refused reports whether HubSpot does not let the credential read something that a Sync can do without.
func refused(err error) bool {
	if err == nil {
		return false
	}
	reason := source.ReasonOf(err)
	return reason == source.ReasonScope || reason == source.ReasonClient
}
