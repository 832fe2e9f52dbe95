// Package stored is what a store keeps of a stream, in the form that the rules know: rows, quarantine, tombstones and
// names, the counts of them, and the picture of them that readers get.
package stored

import (
	"bytes"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Key names a record within a stream.
type Key struct {
	Kind record.Name
	ID   string
}

// Copy is a content with its version and the number of its layout.
type Copy struct {
	Version int64
	Layout  int64
	Content []byte
}

// Row is a stored record.
type Row struct {
	Copy
	// Gone says that the record was removed since the last Finish, and only Before is left of it.
	Gone bool
	// Before is what readers saw of the record at the last Finish, nil if nothing. It counts while Revision is newer
	// than that Finish.
	Before *Copy
	// Seen is the full pass that saw the record last.
	Seen     int64
	Revision int64
}

// Quarantine is a stored record that could not be read. One without an id has a slot instead, made of its content.
type Quarantine struct {
	record.Quarantined
	Slot     string
	Seen     int64
	Revision int64
}

// Tombstone is a stored removal.
type Tombstone struct {
	record.Removal
	// Before is where the record had gone at the last Finish, "" if nowhere. It counts while Revision is newer than
	// that Finish.
	Before   string
	Revision int64
}

// Nameless is a quarantined record without an id. Sequence orders them by age; 0 is one that is not stored yet.
type Nameless struct {
	Quarantine
	Sequence int64
}

// Entry is what a store holds of one id. A tombstone stands alone, but for a row that is Gone; a quarantine hides a
// row, if there is one.
type Entry struct {
	Row        *Row
	Quarantine *Quarantine
	Tombstone  *Tombstone
}

// Visible reports whether readers see the record.
func (e *Entry) Visible() bool { return e.Stored() && e.Quarantine == nil }

// Stored reports whether a content of the record is stored, hidden or not.
func (e *Entry) Stored() bool { return e.Row != nil && !e.Row.Gone }

// Newest is the newest version that is known of the record.
func (e *Entry) Newest() int64 {
	var version int64
	if e.Stored() {
		version = e.Row.Version
	}
	if e.Quarantine != nil {
		version = max(version, e.Quarantine.Version)
	}
	return version
}

// Same reports whether two quarantined records differ in nothing that is stored.
func (q *Quarantine) Same(other *record.Quarantined) bool {
	return q.Version == other.Version && q.Reason == other.Reason && q.Place == other.Place && q.Value == other.Value &&
		bytes.Equal(q.Raw, other.Raw)
}
