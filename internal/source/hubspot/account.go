package hubspot

import (
	"context"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
)

// adoptCurrency takes over what is now known of the account. Deals without a currency of their own were taken to be in
// the account's: when that is another one, all of them are read again.
func (r *run) adoptCurrency() {
	account, c := r.account.Account(), &r.cursor
	if account == nil || account.Currency == c.Currency {
		return
	}
	if c.PassEnded != 0 || c.Phase != "" {
		c.PassEnded, c.Phase, c.After = 0, "", ""
	}
	c.Currency = account.Currency
}

// readAccount reads the account's number, currency and time zone; HubSpot's API does not show its fiscal year.
// That they cannot be read is no reason not to sync, but a deal without a currency of its own is then taken to be in the
// reporting currency.
func (s *Source) readAccount(ctx context.Context) (*record.AccountIdentity, error) {
	type details struct {
		PortalID        api.Text `json:"portalId"`
		CompanyCurrency api.Text `json:"companyCurrency"`
		TimeZone        api.Text `json:"timeZone"`
	}
	d, err := api.Get[details](ctx, s.api, "/account-info/"+s.api.Version+"/details", "account-info/details", nil)
	if err != nil && !refused(err) {
		return nil, err
	}
	if err != nil || d.CompanyCurrency == "" {
		s.warnOfCurrency(err)
	}
	if err != nil {
		return nil, nil //nolint:nilerr // Refused: the account is not known, which the caller takes for no reason to stop.
	}
	s.api.Clock.Locate(string(d.TimeZone))
	return &record.AccountIdentity{
		ID: string(d.PortalID), Currency: strings.ToUpper(string(d.CompanyCurrency)), TimeZone: string(d.TimeZone),
	}, nil
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
