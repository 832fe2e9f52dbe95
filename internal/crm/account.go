package crm

import "github.com/sales-exporter/sales_exporter/internal/record"

// Account is a HubSpot company or a Salesforce account. No name is kept: no KPI needs one.
type Account struct {
	record.Head
}

// Accounts is the kind of the accounts.
var Accounts = record.Declare[Account]("accounts").Unreadable(record.BadID, record.BadDate, record.BadShape)
