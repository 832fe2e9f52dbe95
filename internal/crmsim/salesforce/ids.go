package salesforce

import "github.com/sales-exporter/sales_exporter/internal/crmsim/soql"

// alphabet is the digits of ids in byte order, so that ids sort like the numbers they are made from.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// The key prefixes of ids, by object.
const (
	prefixAccount      = "001"
	prefixUser         = "005"
	prefixOpportunity  = "006"
	prefixOrganization = "00D"
	prefixRole         = "00E"
	prefixRecordType   = "012"
	prefixCampaign     = "701"
	prefixCurrency     = "01L"
	prefixPeriod       = "026"
	prefixStage        = "01J"
	prefixLocator      = "0r8"
)

// idOf renders a number as an id of 18 characters; 0 is no record and gives "".
func idOf(prefix string, number int64) string {
	if number == 0 {
		return ""
	}
	id := []byte(prefix + "xx0000000000")
	for i := len(id) - 1; number > 0; i-- {
		id[i] = alphabet[number%int64(len(alphabet))]
		number /= int64(len(alphabet))
	}
	return soql.FullID(string(id))
}

// organizationID is made of the account's number, so that another account is another org.
func organizationID(number int64) string { return idOf(prefixOrganization, max(number, 1)) }

// integrationUserID is who logs in. No list of users shows it, for it sells nothing.
func integrationUserID() string { return idOf(prefixUser, 1<<40) }
