package spreadsheet

import (
	"regexp"
	"strings"
)

var (
	// floatID is a number that a program wrote as one with fractions. Three zeros may be thousands.
	floatID  = regexp.MustCompile(`^([0-9]+)[.,]0{1,2}$`)
	recordID = regexp.MustCompile(`^[0-9A-Za-z]{18}$`)
)

// idKey returns what two spellings of one id have in common: "7.0" is 7, and the 18 characters of a Salesforce record are
// its 15. Leading zeros and capitals belong to an id.
func idKey(id string) string {
	if match := floatID.FindStringSubmatch(id); match != nil {
		return match[1]
	}
	if recordID.MatchString(id) && strings.EqualFold(id[15:], recordChecksum(id[:15])) {
		return id[:15]
	}
	return id
}

// recordChecksum returns the three characters that Salesforce adds to the 15 of an id: each says which of five are
// capitals.
func recordChecksum(id string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
	sum := make([]byte, 0, 3)
	for start := 0; start < len(id); start += 5 {
		bits := 0
		for i, c := range id[start : start+5] {
			if c >= 'A' && c <= 'Z' {
				bits |= 1 << i
			}
		}
		sum = append(sum, alphabet[bits])
	}
	return string(sum)
}
