package hubspot

import (
	"encoding/json"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// cursorVersion changes when an older program's cursors can no longer be continued.
const cursorVersion = 2

// phase is the part of a full pass that is being read; "" between passes.
type phase string

const (
	phaseLiving   phase = "living"
	phaseArchived phase = "archived"
	phaseSweep    phase = "sweep"
)

// cursor is where the next Sync of a collection goes on. All times are milliseconds since 1970.
type cursor struct {
	Version int `json:"version"`

	Pass      int64  `json:"pass,omitempty"` // the number of the running or the last full pass
	Phase     phase  `json:"phase,omitempty"`
	After     string `json:"after,omitempty"`
	Began     int64  `json:"began,omitempty"` // when the running pass began
	PassEnded int64  `json:"pass_ended,omitempty"`
	PassTook  int64  `json:"pass_took,omitempty"`
	Chained   bool   `json:"chained,omitempty"` // merges were seen that only a full pass can follow

	Window window `json:"window"`

	// Chains counts the chains of merged companies that were found, and those for which the deals were read again.
	Chains int64 `json:"chains,omitempty"`
	// Currency is that of the account, in which deals without a currency are.
	Currency string `json:"currency,omitempty"`
	// References is when the references were read that the deals so far needed.
	References int64 `json:"references,omitempty"`
}

// window is a search for what was modified in [Since, Until]. Until is 0 between two searches; Last is the id up to
// which the search has read, and Next is where the search after this one begins.
type window struct {
	Since int64  `json:"since,omitempty"`
	Until int64  `json:"until,omitempty"`
	Next  int64  `json:"next,omitempty"`
	Last  string `json:"last,omitempty"`
}

func (c *cursor) encode() source.Cursor { return encodeCursor(c) }

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

// referenceCursor is where the next Sync of the references goes on.
type referenceCursor struct {
	Version int   `json:"version"`
	Pass    int64 `json:"pass,omitempty"` // the number of the last reading, each of which is a full pass
	Read    int64 `json:"read,omitempty"` // when they were read, in milliseconds since 1970
}

// decodeReferenceCursor reads a cursor of the references; what cannot be read starts from nothing.
func decodeReferenceCursor(encoded source.Cursor) (c referenceCursor) {
	if json.Unmarshal(encoded, &c) != nil || c.Version != cursorVersion {
		return referenceCursor{Version: cursorVersion}
	}
	return c
}

// encodeCursor returns the text of a cursor.
func encodeCursor(cursor any) source.Cursor {
	encoded, err := json.Marshal(cursor)
	if err != nil {
		panic("hubspot: a cursor of numbers and strings does not encode: " + err.Error())
	}
	return encoded
}
