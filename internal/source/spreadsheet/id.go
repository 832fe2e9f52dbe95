package spreadsheet

import (
	"regexp"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// floatID is a number that a program wrote as one with fractions. Three zeros may be thousands.
var floatID = regexp.MustCompile(`^([0-9]+)[.,]0{1,2}$`)

// The lengths of a Salesforce id.
const (
	shortRecord = 15
	longRecord  = 18
)

// idKey returns what two spellings of one id have in common: "7.0" is 7, and the 18 characters of a Salesforce record are
// its 15. Leading zeros and capitals belong to an id.
func idKey(id string) string {
	if match := floatID.FindStringSubmatch(id); match != nil {
		return match[1]
	}
	if len(id) == longRecord {
		if long, ok := source.LongRecordID(id[:shortRecord]); ok && strings.EqualFold(id, long) {
			return id[:shortRecord]
		}
	}
	return id
}
