package salesforce

import (
	"cmp"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
)

// ownAmount is the field that is a deal's amount unless another one is configured.
const ownAmount = "Amount"

// money says where the amount of a deal stands and in which currency it is.
type money struct {
	field  string
	stated string // the configured currency, "" where there is none
}

func newMoney(cfg config.Source) (money, error) {
	m := money{field: cmp.Or(cfg.Amount, ownAmount), stated: strings.ToUpper(cfg.Currency)}
	if !fieldPath.MatchString(m.field) || strings.Contains(m.field, ".") {
		return money{}, api.ConfigError("use the API name of a field of the opportunity, such as Amount_EUR__c",
			"amount: property is not the name of a field")
	}
	return m, nil
}

// currency returns the currency of a deal's amount, "" where neither the record nor the configuration says it. A
// currency that is configured beside a field is that field's, whatever the record's own is.
func (m money) currency(f *fields) string {
	own := strings.ToUpper(f.text("CurrencyIsoCode"))
	if m.field != ownAmount && m.stated != "" {
		return m.stated
	}
	return cmp.Or(own, m.stated)
}

// warnOfCurrency says once that nobody told the currency of the org's amounts.
func (s *Source) warnOfCurrency() {
	if s.plan.deals.amount.stated == "" && s.first("currency") {
		s.log.Warn("The org has no currency setting in the API, as is usual for orgs with one currency; amounts count as being in the "+
			"reporting currency; set currency at the source", "assumed", s.environment.Currency)
	}
}
