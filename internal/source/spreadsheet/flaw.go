package spreadsheet

import (
	"maps"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/total"
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

// sums finds the rows that add others up.
func (d *decoder) sums() map[int]string {
	var names []int
	for field, column := range d.columns {
		if !slices.Contains([]string{"id", "amount", "probability", "created", "closed"}, field) {
			names = append(names, column)
		}
	}
	return total.Find(func(yield func(int, total.Row) bool) {
		for _, row := range d.grid.Rows {
			r := total.Row{ID: d.text(row, "id")}
			for _, column := range names {
				if c := row.At(column); c.Kind == table.Text {
					r.Names = append(r.Names, c.Text)
				}
			}
			if amount, err := d.decimal.Amount(d.cell(row, "amount")); err == nil {
				r.Amount, _ = amount.Money() // One beyond any amount is no sum of others.
			}
			if !yield(row.Number, r) {
				return
			}
		}
	})
}

// unreadable finds what is wrong with a row before any of its values is looked at.
func (d *decoder) unreadable(row table.Row) *flaw {
	reasons := map[table.Kind]record.Reason{table.Fault: record.BadCell, table.Formula: record.BadFormula}
	for _, field := range slices.Sorted(maps.Keys(d.columns)) {
		if reason, bad := reasons[d.cell(row, field).Kind]; bad {
			return d.flaw(reason, row, field)
		}
	}
	if label, is := d.totals[row.Number]; is {
		bad := d.flaw(record.BadID, row, "id")
		bad.value = label
		return bad
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
