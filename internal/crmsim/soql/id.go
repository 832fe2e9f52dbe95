package soql

import "github.com/sales-exporter/sales_exporter/internal/crmsim/soql/syntax"

const shortID = 15

// checksumAlphabet spells the five case bits of a group of five characters.
const checksumAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

// FullID returns the 18-character form of a 15-character id: three more characters tell which letters are capitals,
// so that software that folds case can still tell ids apart (crm/salesforce 6.15).
func FullID(id string) string {
	if len(id) != shortID {
		return id
	}
	full := []byte(id)
	for group := 0; group < shortID; group += 5 {
		bits := 0
		for i := range 5 {
			if c := id[group+i]; c >= 'A' && c <= 'Z' {
				bits |= 1 << i
			}
		}
		full = append(full, checksumAlphabet[bits])
	}
	return string(full)
}

// ValidID reports whether s is a record id of 15 characters, or of 18 whose checksum agrees.
func ValidID(s string) bool {
	for i := range len(s) {
		if !syntax.IsLetter(s[i]) && !syntax.IsDigit(s[i]) {
			return false
		}
	}
	return len(s) == shortID || len(s) == shortID+3 && FullID(s[:shortID]) == s
}

// short returns the part of an id that tells it apart.
func short(id string) string {
	if len(id) > shortID {
		return id[:shortID]
	}
	return id
}
