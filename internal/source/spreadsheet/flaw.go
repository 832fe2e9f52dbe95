package spreadsheet

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/table"
)

// flaw says why a row cannot be read, and where a person finds what is wrong.
type flaw struct {
	reason record.Reason
	field  string // "" where the whole row is meant
	place  string
	value  string
}

// maxFlawValue bounds what is kept of a value that cannot be read, in bytes.
const maxFlawValue = 64

func (d *decoder) flaw(reason record.Reason, row table.Row, field string) *flaw {
	column, ok := d.columns[field]
	if !ok {
		return &flaw{reason: reason, place: d.grid.Place(row.Number, -1)}
	}
	value := row.At(column).Text
	value = strings.ReplaceAll(strings.ToValidUTF8(value[:min(len(value), maxFlawValue)], ""), "\x00", "")
	return &flaw{reason: reason, field: field, place: d.grid.Place(row.Number, column), value: value}
}

// totals are names of rows that add others up. As deals they would count twice.
var totals = regexp.MustCompile(`^((grand |sub[- ]?|sous-)?totals?|summe|gesamt(summe)?|zwischensumme|totale|suma|total (general|général|geral))( \(.*\))?:?$`)

// unreadable finds what is wrong with a row before any of its values is looked at.
func (d *decoder) unreadable(row table.Row) *flaw {
	reasons := map[table.Kind]record.Reason{table.Fault: record.BadCell, table.Formula: record.BadFormula}
	for _, field := range slices.Sorted(maps.Keys(d.columns)) {
		if reason, bad := reasons[d.cell(row, field).Kind]; bad {
			return d.flaw(reason, row, field)
		}
	}
	if totals.MatchString(table.Key(d.text(row, "id"))) {
		return d.flaw(record.BadID, row, "id")
	}
	for _, field := range []string{"amount", "probability"} {
		if merged := d.cell(row, field).Merged; merged != nil {
			bad := d.flaw(record.BadAmount, row, field)
			bad.value = merged.Error()
			return bad
		}
	}
	if width := len(d.grid.Header); len(row.Cells) > width && d.grid.Sheet == "" {
		// A separator inside an unquoted text shifts every cell behind it.
		if i := slices.IndexFunc(row.Cells[width:], func(c table.Cell) bool { return c.Kind != table.Blank }); i >= 0 {
			return &flaw{reason: record.BadShape, place: d.grid.Place(row.Number, width+i), value: "more cells than the header"}
		}
	}
	if d.torn(row) {
		return &flaw{reason: record.BadShape, place: d.grid.Place(row.Number, -1), value: "cut off"}
	}
	return nil
}
