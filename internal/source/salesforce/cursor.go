package salesforce

import (
	"encoding/json"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// cursorVersion changes when an older program's cursors can no longer be continued.
const cursorVersion = 2

// cursor is where the next Sync of an object goes on. All times are milliseconds since 1970 by the org's clock.
type cursor struct {
	Version int `json:"version"`
	// Passes is the last number given to a full pass.
	Passes int64 `json:"passes,omitempty"`
	// Full is when the last full pass began that was read to its end.
	Full int64 `json:"full,omitempty"`
	Pass *pass `json:"pass,omitempty"`
	// Again says that a full pass is due, whenever the last one was.
	Again  bool    `json:"again,omitempty"`
	Window *window `json:"window,omitempty"`
	// Deleted is until when hard deletes are known.
	Deleted int64 `json:"deleted,omitempty"`
	// HeldBack is since when changes may still become visible: the begin of a transaction that takes longer than the late
	// hour; 0 where there is none.
	HeldBack int64 `json:"held_back,omitempty"`
	// Missing is what could not be read: a field that comes back needs a full pass.
	Missing []string `json:"missing,omitempty"`
}

// pass is a full pass in progress.
type pass struct {
	Number int64  `json:"number"`
	Began  int64  `json:"began"`
	Last   string `json:"last,omitempty"` // id of the last record read
	Read   int64  `json:"read,omitempty"` // when everything was read; what is left is the sweep
}

// window is what is being read of an object by modification time: [Low, High), where a record modified at Low counts
// only if it comes behind the id After. High is 0 between two windows.
type window struct {
	Low   int64  `json:"low"`
	After string `json:"after,omitempty"`
	High  int64  `json:"high,omitempty"`

	// Late says that this window holds the late hour too, LateRead when a window that did began last, and LateFits
	// that all of it came in one answer.
	Late     bool  `json:"late,omitempty"`
	LateRead int64 `json:"late_read,omitempty"`
	LateFits bool  `json:"late_fits,omitempty"`
}

// decodeCursor reads a cursor; ok is false where it is not one of this version, and the fresh one starts from nothing.
func decodeCursor(encoded source.Cursor) (c cursor, ok bool) {
	fresh := cursor{Version: cursorVersion}
	if len(encoded) == 0 {
		return fresh, true
	}
	if json.Unmarshal(encoded, &c) != nil || c.Version != cursorVersion {
		return fresh, false
	}
	if c.Pass == nil && !c.Again && (c.Window == nil || c.Full == 0) {
		return fresh, false
	}
	return c, true
}

// referenceCursor is where the next Sync of the references goes on.
type referenceCursor struct {
	Version int `json:"version"`
	// Passes is the last number given to a reading, each of which is a full pass.
	Passes int64 `json:"passes,omitempty"`
	// Tried is when every field was tried last, by the org's clock.
	Tried int64 `json:"tried,omitempty"`
	// Missing is what could not be read then, by object.
	Missing map[string][]string `json:"missing,omitempty"`
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
		panic("salesforce: a cursor of numbers and strings does not encode: " + err.Error())
	}
	return encoded
}
