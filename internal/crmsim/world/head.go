package world

import (
	"maps"
	"slices"
	"time"
)

// Head is what records of every kind have. Times are kept to the millisecond; a zero time is null.
type Head struct {
	ID int64 // a dense sequence from 1 for each kind; façades render ids of their own from it

	Created  time.Time
	Modified time.Time // moved by edits; not by deleting and restoring

	// Properties holds further values by CRM property name. Names in lower case ("region", "dealtype") belong to
	// HubSpot, names with a capital ("Region__c", "Type") to Salesforce; each façade shows its own only.
	Properties map[string]string

	Archived   bool      // in the recycle bin
	ArchivedAt time.Time // kept after a restore
	RestoredAt time.Time
	Purged     bool    // gone for good, also from the recycle bin
	MergedInto int64   // id of the survivor, 0 for a record that was not merged away
	MergedIDs  []int64 // ids that this record absorbed, its ancestors' included; the last two are its own merge's
	Hidden     bool    // out of the callers' sight by permission

	// VisibleAt is when this version came to be seen by readers: the commit, later than Modified in a slow
	// transaction. The zero time is "always".
	VisibleAt time.Time
}

// Record is a record of any kind: a pointer to a struct that embeds Head.
type Record interface {
	// Base returns what records of every kind have.
	Base() *Head
}

// Base implements Record for whatever embeds Head.
func (h *Head) Base() *Head { return h }

// Live reports whether the record is in the CRM's ordinary lists.
func (h *Head) Live() bool { return !h.Archived && !h.Purged && h.MergedInto == 0 }

// Stamped is when anything at all changed, deleting and restoring included: Salesforce's SystemModstamp. A merge moves
// no other time of the record that it takes away.
func (h *Head) Stamped() time.Time {
	stamped := slices.MaxFunc([]time.Time{h.Modified, h.ArchivedAt, h.RestoredAt}, time.Time.Compare)
	if h.MergedInto != 0 && h.VisibleAt.After(stamped) {
		return h.VisibleAt
	}
	return stamped
}

// Removed is when the record was deleted, purged or merged away; the zero time while it lives.
func (h *Head) Removed() time.Time {
	switch {
	case h.Archived:
		return h.ArchivedAt
	case h.Live():
		return time.Time{}
	default:
		return h.VisibleAt
	}
}

// detach gives a copied head maps and slices of its own.
func (h *Head) detach() {
	h.Properties = maps.Clone(h.Properties)
	h.MergedIDs = slices.Clone(h.MergedIDs)
}
