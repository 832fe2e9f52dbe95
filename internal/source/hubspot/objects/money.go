package objects

import (
	"cmp"
	"context"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// homeCurrencySuffix ends the names of amounts that HubSpot converts into the account's currency.
const homeCurrencySuffix = "_in_home_currency"

// money sets amount and currency, and HubSpot's conversion into the account's currency, and reports whether the amount can
// be read. Of another property than amount HubSpot has no conversion.
func (p *Plan) money(d *crm.Deal, said api.Values, account string) bool {
	property, stated := p.Amount, p.stated
	own := strings.ToUpper(string(said.Get(propertyCurrency)))
	home := cmp.Or(account, stated)
	switch {
	case property != propertyAmount && stated != "":
		d.Currency = stated
	case strings.HasSuffix(property, homeCurrencySuffix):
		d.Currency = home
	default:
		d.Currency = cmp.Or(own, stated, home)
	}
	if said.Get(property) != "" {
		amount, err := value.ParseMoney(string(said.Get(property)))
		if err != nil {
			return false
		}
		d.Amount, d.AmountKnown = amount, true
	}
	if property != propertyAmount || own == "" || own == home {
		return true
	}
	if converted, err := value.ParseMoney(string(said.Get(propertyHomeAmount))); err == nil {
		d.Converted, d.ConvertedKnown, d.ConvertedCurrency = converted, true, home
	}
	return true
}

// CheckAmount reports an amount property that was configured, and refuses one that does not exist: HubSpot ignores its
// name without a word, and every sum would be 0.
func (p *Plan) CheckAmount(ctx context.Context, a *api.API, report *source.Report) error {
	if p.Amount == propertyAmount {
		return nil
	}
	amount := Dimension{Name: "amount", Mapping: config.Mapping{Property: p.Amount}}
	unknown, err := UnknownProperties(ctx, a, Deals, []Dimension{amount})
	if err != nil {
		return err
	}
	report.Properties = append(report.Properties, source.PropertyReport{
		Dimension: amount.Name, Object: Deals, Property: p.Amount, Found: len(unknown) == 0,
	})
	if len(unknown) > 0 {
		return configError(HintPropertyName, "amount: HubSpot has no property %q of deals", p.Amount)
	}
	return nil
}
