package source

import (
	"bytes"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// Fault is why a record cannot be read, and where a person finds the value that is to blame.
type Fault struct {
	Reason record.Reason
	Place  string // the name of a property; "" where the whole record is meant
	Value  string
}

// Quarantine returns the record that the fault is of.
func (f Fault) Quarantine(object record.Name, id string, version int64, raw []byte) record.Quarantined {
	q := Quarantine(object, id, version, f.Reason, raw)
	q.Place, q.Value = f.Place, f.Value
	return q
}

// maxQuarantineID is longer than any CRM's id; what is longer is not an id.
const maxQuarantineID = 255

// Quarantine returns the record of one that could not be read. It keeps a copy of raw that every mirror can store:
// bounded, valid UTF-8, no NUL bytes, which PostgreSQL refuses. The same holds for the id.
func Quarantine(object record.Name, id string, version int64, reason record.Reason, raw []byte) record.Quarantined {
	id = strings.ReplaceAll(strings.ToValidUTF8(id, ""), "\x00", "")
	if len(id) > maxQuarantineID {
		id = ""
	}
	raw = bytes.ToValidUTF8(raw[:min(len(raw), record.MaxQuarantineRaw)], nil)
	raw = bytes.ReplaceAll(raw, []byte{0}, nil)
	return record.Quarantined{Kind: object, ID: id, Version: version, Reason: reason, Raw: raw}
}
