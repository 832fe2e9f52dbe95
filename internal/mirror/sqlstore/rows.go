package sqlstore

import (
	"bytes"
	"encoding/binary"

	"github.com/sales-exporter/sales_exporter/internal/mirror/sqlstore/seal"
	"github.com/sales-exporter/sales_exporter/internal/mirror/stored"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// codec turns rows of the tables into what the rules know, and back, with their checksums. It is of one stream and
// kind, and for one goroutine.
type codec struct {
	seal.Seal
	stream int64
	kind   int64
	name   record.Name
}

// copySum is the checksum of a content under an id.
func (c *codec) copySum(id string, content *stored.Copy, gone bool) int64 {
	return c.Begin().Integer(c.stream).Integer(c.kind).Text(id).Integer(content.Version).Integer(content.Layout).
		Integer(flag(gone)).Bytes(content.Content).Sum()
}

// row reads a row of rowColumns. Its bytes are the driver's.
func (c *codec) row(cells *cells, row *stored.Row) (id string, err error) {
	id = cells.text()
	row.Version, row.Layout, row.Gone = cells.integer(), cells.integer(), cells.rest[0] == nil
	row.Content = cells.blob()
	before := cells.blob()
	sum := cells.integer()
	row.Seen, row.Revision = cells.integer(), cells.integer()
	if cells.fault != nil || sum != c.copySum(id, &row.Copy, row.Gone) {
		return "", corrupt("a record fails its checksum")
	}
	row.Before = nil
	if before != nil {
		if row.Before, err = c.unpack(id, before); err != nil {
			return "", err
		}
	}
	return id, nil
}

// rowArgs appends the arguments of an upsert.
func (c *codec) rowArgs(args []any, id string, row *stored.Row) []any {
	var content, before any
	if !row.Gone {
		content = row.Content
	}
	if row.Before != nil {
		before = c.pack(id, row.Before)
	}
	return append(args, c.stream, c.kind, id, row.Version, row.Layout, content, before,
		c.copySum(id, &row.Copy, row.Gone), row.Seen, row.Revision)
}

// sumBytes is the length of a checksum.
const sumBytes = 4

// pack makes one value of a content with its version, its layout and a checksum.
func (c *codec) pack(id string, content *stored.Copy) []byte {
	packed := make([]byte, 0, len(content.Content)+24)
	packed = binary.AppendVarint(packed, content.Version)
	packed = binary.AppendVarint(packed, content.Layout)
	packed = append(packed, content.Content...)
	return binary.LittleEndian.AppendUint32(packed, uint32(c.copySum(id, content, false))) //nolint:gosec // it has 32 bits
}

func (c *codec) unpack(id string, packed []byte) (*stored.Copy, error) {
	const fault = "a record as it was before fails its checksum"
	version, n := binary.Varint(packed)
	layout, m := binary.Varint(packed[max(0, n):])
	if n <= 0 || m <= 0 || len(packed) < n+m+sumBytes {
		return nil, corrupt(fault)
	}
	end := len(packed) - sumBytes
	content := &stored.Copy{Version: version, Layout: layout, Content: packed[n+m : end]}
	if c.copySum(id, content, false) != int64(binary.LittleEndian.Uint32(packed[end:])) {
		return nil, corrupt(fault)
	}
	return content, nil
}

// quarantine reads a row of quarantineColumns.
func (c *codec) quarantine(cells *cells) (*stored.Quarantine, error) {
	q := &stored.Quarantine{}
	q.Kind, q.ID, q.Slot, q.Version = c.name, cells.text(), cells.text(), cells.integer()
	q.Reason, q.Raw = record.Reason(cells.text()), bytes.Clone(cells.blob())
	q.Place, q.Value = cells.text(), cells.text()
	sum := cells.integer()
	q.Seen, q.Revision = cells.integer(), cells.integer()
	if cells.fault != nil || sum != c.quarantineSum(q) {
		return nil, corrupt("a quarantined record fails its checksum")
	}
	return q, nil
}

func (c *codec) quarantineSum(q *stored.Quarantine) int64 {
	return c.Begin().Integer(c.stream).Integer(c.kind).Text(q.ID).Text(q.Slot).Integer(q.Version).
		Text(string(q.Reason)).Bytes(q.Raw).Text(q.Place).Text(q.Value).Sum()
}

func (c *codec) quarantineArgs(args []any, q *stored.Quarantine) []any {
	return append(args, c.stream, c.kind, q.ID, q.Slot, q.Version, string(q.Reason), optional(q.Raw), q.Place, q.Value,
		c.quarantineSum(q), q.Seen, q.Revision)
}

// tombstone reads a row of tombstoneColumns.
func (c *codec) tombstone(cells *cells) (*stored.Tombstone, error) {
	t := &stored.Tombstone{}
	t.Kind, t.ID, t.Reason = c.name, cells.text(), record.RemovalReason(cells.text())
	t.Version, t.MergedInto, t.Before = cells.integer(), cells.text(), cells.text()
	sum := cells.integer()
	if t.Revision = cells.integer(); cells.fault != nil || sum != c.tombstoneSum(t) {
		return nil, corrupt("a tombstone fails its checksum")
	}
	return t, nil
}

func (c *codec) tombstoneSum(t *stored.Tombstone) int64 {
	return c.Begin().Integer(c.stream).Integer(c.kind).Text(t.ID).Text(string(t.Reason)).Integer(t.Version).
		Text(t.MergedInto).Text(t.Before).Sum()
}

func (c *codec) tombstoneArgs(args []any, t *stored.Tombstone) []any {
	return append(args, c.stream, c.kind, t.ID, string(t.Reason), t.Version, t.MergedInto, t.Before, c.tombstoneSum(t),
		t.Revision)
}

// readName reads a row of nameColumns.
func (c *codec) readName(cells *cells) (*stored.Name, error) {
	n := &stored.Name{Kind: c.name, Label: cells.text(), Base: cells.text(), ID: cells.text()}
	n.Number, n.Latest, n.Held = int(cells.integer()), cells.flag(), cells.flag()
	n.Said = stored.Copy{Layout: cells.integer(), Content: bytes.Clone(cells.blob())}
	if sum := cells.integer(); cells.fault != nil || sum != c.nameSum(n) {
		return nil, corrupt("a name fails its checksum")
	}
	return n, nil
}

// nameSum leaves out whether the name is held: all of a stream's are let go at once.
func (c *codec) nameSum(n *stored.Name) int64 {
	return c.Begin().Integer(c.stream).Integer(c.kind).Text(n.Label).Text(n.Base).Text(n.ID).Integer(int64(n.Number)).
		Integer(flag(n.Latest)).Integer(n.Said.Layout).Bytes(n.Said.Content).Sum()
}

func (c *codec) nameArgs(args []any, n *stored.Name) []any {
	return append(args, c.stream, c.kind, n.Label, n.Base, n.ID, int64(n.Number), flag(n.Latest), flag(n.Held),
		n.Said.Layout, n.Said.Content, c.nameSum(n))
}
