package record

// AccountIdentity is what a CRM account says of itself. Everything but ID is "" or 0 where it does not say.
type AccountIdentity struct {
	// ID is the vendor's number of the account: HubSpot's portal id, Salesforce's org id in its long form.
	ID string
	// Currency is the account's own, ISO 4217: that of amounts that name none.
	Currency string
	// TimeZone is the account's IANA time zone.
	TimeZone string
	// FiscalYearStart is the month in which the account's fiscal year begins, 1 to 12.
	FiscalYearStart int
}
