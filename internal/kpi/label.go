package kpi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

const (
	// unknownLabel stands for an id that points to nothing the CRM still shows.
	unknownLabel = "unknown"
	// otherLabel takes the values that a limit folds together.
	otherLabel = "other"

	maxLabelRunes  = 128
	pseudonymBytes = 8 // 16 hexadecimal digits
)

// cleanLabel makes a label value of what people typed into a CRM: valid UTF-8, trimmed and bounded. An invalid byte
// would make Prometheus drop the whole scrape.
func cleanLabel(s string) string {
	s = strings.TrimSpace(strings.ToValidUTF8(s, string(utf8.RuneError)))
	if utf8.RuneCountInString(s) <= maxLabelRunes {
		return s
	}
	runes := 0
	for i := range s {
		if runes == maxLabelRunes {
			return strings.TrimRight(s[:i], " \t\r\n")
		}
		runes++
	}
	return s
}

// pseudonym returns a name for an id that tells nothing without the key and stays the same across restarts.
func pseudonym(key []byte, id string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil)[:pseudonymBytes])
}

// labels numbers label values; "" is 0. Values are cleaned once, when they first come.
type labels struct {
	codes map[string]uint32
	texts []string
}

func newLabels() *labels {
	return &labels{codes: map[string]uint32{"": 0}, texts: []string{""}}
}

// code returns the number of a value as the CRM gave it. Values that clean to the same text have the same number.
func (l *labels) code(raw string) uint32 {
	if code, ok := l.codes[raw]; ok {
		return code
	}
	text := cleanLabel(raw)
	code, ok := l.codes[text]
	if !ok {
		code = uint32(len(l.texts))
		l.texts = append(l.texts, text)
		l.codes[text] = code
	}
	if raw != text {
		l.codes[raw] = code
	}
	return code
}
