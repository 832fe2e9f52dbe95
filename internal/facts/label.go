package facts

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

const (
	// UnknownLabel stands for an id that points to nothing the CRM still shows.
	UnknownLabel = "unknown"
	// NoneLabel stands for a value that a record could have and does not. A label that does not apply is empty.
	NoneLabel = "(none)"

	pseudonymBytes = 8 // 16 hexadecimal digits
)

// Pseudonym returns a name for an id that tells nothing without the key and stays the same across restarts.
func Pseudonym(key []byte, id string) string {
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
	text := value.CleanLabel(raw)
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
