package hubspot

import (
	"context"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/record"
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
		PortalID        text `json:"portalId"`
		CompanyCurrency text `json:"companyCurrency"`
		TimeZone        text `json:"timeZone"`
	}
	d, err := get[details](ctx, s.api, "/account-info/"+s.api.version+"/details", "account-info/details", nil)
	if err != nil && !refused(err) {
		return nil, err
	}
	if err != nil || d.CompanyCurrency == "" {
		s.warnOfCurrency(err)
	}
	if err != nil {
		return nil, nil //nolint:nilerr // Refused: the account is not known, which the caller takes for no reason to stop.
	}
	s.api.clock.locate(string(d.TimeZone))
	return &record.AccountIdentity{
		ID: string(d.PortalID), Currency: strings.ToUpper(string(d.CompanyCurrency)), TimeZone: string(d.TimeZone),
	}, nil
}
