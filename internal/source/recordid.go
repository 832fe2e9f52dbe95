package source

import "strings"

const (
	shortRecordID    = 15
	longRecordID     = 18
	recordCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// LongRecordID returns a Salesforce id in its 18-character form, which tells ids apart even where case is ignored: each of
// the last three characters says which of five are capitals (crm/salesforce 6.15). ok is false for what is no such id.
func LongRecordID(id string) (long string, ok bool) {
	switch {
	case len(id) != shortRecordID && len(id) != longRecordID, strings.Trim(id, recordCharacters) != "":
		return "", false
	case len(id) == longRecordID:
		return id, true
	}
	checksum := make([]byte, 0, 3)
	for group := range 3 {
		capitals := 0
		for i, c := range []byte(id[group*5 : group*5+5]) {
			if c >= 'A' && c <= 'Z' {
				capitals |= 1 << i
			}
		}
		checksum = append(checksum, "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[capitals])
	}
	return id + string(checksum), true
}
