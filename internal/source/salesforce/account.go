package salesforce

import (
	"context"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// readOrganization reads what the org says of itself. An org with one currency does not have the field, nor do its
// records: their amounts are in the source's configured currency, else in the reporting one.
func (s *Source) readOrganization(ctx context.Context) (*record.AccountIdentity, error) {
	c := s.plan.organization
	if err := s.adoptOrganization(ctx, c); err != nil {
		return nil, err
	}
	var account *record.AccountIdentity
	err := s.selecting(c, func() error {
		rows, err := s.api.All(ctx, selectFrom(c.object, c.names()))
		for _, raw := range rows {
			f := parseFields(raw)
			id, ok := source.LongRecordID(f.text("Id"))
			if !ok {
				return source.Errorf(source.ReasonDecode, "the id of the org cannot be read")
			}
			account = &record.AccountIdentity{
				ID: id, Currency: strings.ToUpper(f.text("DefaultCurrencyIsoCode")),
				TimeZone: f.text("TimeZoneSidKey"), FiscalYearStart: f.whole("FiscalYearStartMonth"),
			}
		}
		return err
	})
	if account != nil && account.Currency == "" {
		s.warnOfCurrency()
	}
	return account, err
}

// adoptOrganization asks which of the columns the org has, as often as a full pass asks it of other objects. The
// currency is missing wherever there is only one, and a query for it would be refused, which looks like a fault.
func (s *Source) adoptOrganization(ctx context.Context, c *columns) error {
	if now := s.now(); !s.organizationDescribed.IsZero() && now.Sub(s.organizationDescribed) < s.fullPasses {
		return nil
	}
	readable, err := s.api.Describe(ctx, c.object)
	if err != nil {
		return err
	}
	if readable != nil {
		c.adopt(readable)
	}
	s.organizationDescribed = s.now()
	return nil
}
