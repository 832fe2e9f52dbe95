package source

import (
	"bytes"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// Fault is why a record cannot be read, and where a person finds the value that is to blame.
type Fault struct {
	Reason crm.QuarantineReason
	Place  string // the name of a property; "" where the whole record is meant
	Value  string
}

// Quarantine returns the record that the fault is of.
func (f Fault) Quarantine(object crm.Object, id string, version int64, raw []byte) crm.Quarantined {
	q := Quarantine(object, id, version, f.Reason, raw)
	q.Place, q.Value = f.Place, f.Value
	return q
}

// maxQuarantineID is longer than any CRM's id; what is longer is not an id.
const maxQuarantineID = 255

// Quarantine returns the record of one that could not be read. It keeps a copy of raw that every mirror can store:
// bounded, valid UTF-8, no NUL bytes, which PostgreSQL refuses. The same holds for the id.
func Quarantine(object crm.Object, id string, version int64, reason crm.QuarantineReason, raw []byte) crm.Quarantined {
	id = strings.ReplaceAll(strings.ToValidUTF8(id, ""), "\x00", "")
	if len(id) > maxQuarantineID {
		id = ""
	}
	raw = bytes.ToValidUTF8(raw[:min(len(raw), crm.MaxQuarantineRaw)], nil)
	raw = bytes.ReplaceAll(raw, []byte{0}, nil)
	return crm.Quarantined{Object: object, ID: id, Version: version, Reason: reason, Raw: raw}
}
