package tables

import (
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
)

// alphabet is the digits of ids in byte order, so that ids sort like the numbers they are made from.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// The key prefixes of ids, by object.
const (
	prefixAccount      = "001"
	prefixUser         = "005"
	prefixOpportunity  = "006"
	prefixOrganization = "00D"
	prefixRole         = "00E"
	PrefixRecordType   = "012"
	prefixCampaign     = "701"
	prefixCurrency     = "01L"
	prefixPeriod       = "026"
	prefixStage        = "01J"
	PrefixLocator      = "0r8"
)

// ID renders a number as an id of 18 characters; 0 is no record and gives "".
func ID(prefix string, number int64) string {
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

// OrganizationID is made of the account's number, so that another account is another org.
func OrganizationID(number int64) string { return ID(prefixOrganization, max(number, 1)) }

// IntegrationUserID is who logs in. No list of users shows it, for it sells nothing.
func IntegrationUserID() string { return ID(prefixUser, 1<<40) }

// numberOf reads the number that an id was made of; 0 for an id of another object.
func numberOf(prefix, id string) int64 {
	if len(id) < len(prefix)+12 || id[:len(prefix)+2] != prefix+"xx" {
		return 0
	}
	number := int64(0)
	for _, c := range id[len(prefix)+2 : len(prefix)+12] {
		number = number*int64(len(alphabet)) + int64(strings.IndexRune(alphabet, c))
	}
	return number
}
