package hubspot

import (
	"encoding/json"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// cursorVersion changes when an older program's cursor can no longer be continued.
const cursorVersion = 1

// phase is the part of a full pass that is being read; "" between passes.
type phase string

const (
	phaseDeals     phase = "deals"
	phaseArchived  phase = "archived"
	phaseCompanies phase = "companies"
	phaseSweep     phase = "sweep"
)

// cursor is where the next Sync goes on. All times are milliseconds since 1970.
type cursor struct {
	Version int `json:"version"`

	Pass      int64  `json:"pass,omitempty"` // the number of the running or the last full pass
	Phase     phase  `json:"phase,omitempty"`
	After     string `json:"after,omitempty"`
	Began     int64  `json:"began,omitempty"` // when the running pass began
	PassEnded int64  `json:"pass_ended,omitempty"`
	PassTook  int64  `json:"pass_took,omitempty"`
	Chained   bool   `json:"chained,omitempty"` // merges were seen that only a full pass can follow

	Deals     window `json:"deals"`
	Companies window `json:"companies"`

	ReferencesRead int64  `json:"references_read,omitempty"`
	Portal         portal `json:"portal"`
}

// window is a search for what was modified in [Since, Until]. Until is 0 between two searches; Last is the id up to
// which the search has read, and Next is where the search after this one begins.
type window struct {
	Since int64  `json:"since,omitempty"`
	Until int64  `json:"until,omitempty"`
	Next  int64  `json:"next,omitempty"`
	Last  string `json:"last,omitempty"`
}

// portal is what the account says of itself.
type portal struct {
	Currency string `json:"currency,omitempty"` // the company currency, in which deals without a currency are
	TimeZone string `json:"time_zone,omitempty"`
}

func (c *cursor) encode() source.Cursor {
	encoded, err := json.Marshal(c)
	if err != nil {
		panic("hubspot: a cursor of numbers and strings does not encode: " + err.Error())
	}
	return encoded
}

// decodeCursor reads a cursor; ok is false where it is not one of this version.
func decodeCursor(encoded source.Cursor) (c cursor, ok bool) {
	fresh := cursor{Version: cursorVersion}
	if len(encoded) == 0 {
		return fresh, true
	}
	if json.Unmarshal(encoded, &c) != nil || c.Version != cursorVersion {
		return fresh, false
	}
	return c, true
}
