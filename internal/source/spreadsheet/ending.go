package spreadsheet

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/table"
)

// How a text file ends. The convention of a file remembers it.
const (
	endsWithLine    = "line end"
	endsWithoutLine = "none"
)

// ending says how the file ends, "" of a workbook.
func (d *decoder) ending() string {
	switch {
	case d.grid.Sheet != "":
		return ""
	case d.grid.Unterminated:
		return endsWithoutLine
	default:
		return endsWithLine
	}
}

// torn reports whether a row was cut: it is the last line of a file that does not end with a line end. A file that ended
// with one before has lost its end. Any other has been cut where the row lacks a column that is read or ends within one: a
// whole line without a line end is how many programs end a file.
// A short row elsewhere lacks values that are empty; programs leave their separators out.
func (d *decoder) torn(row table.Row) bool {
	rows := d.grid.Rows
	if !d.grid.Unterminated || row.Number != rows[len(rows)-1].Number {
		return false
	}
	whole := len(row.Cells) >= len(d.grid.Header)
	if d.before.Ending == endsWithLine {
		return !whole || !d.grid.ClosedQuote
	}
	missing := d.columns[d.last] - len(row.Cells) + 1
	return !whole && (missing > 0 || missing == 0 && !slices.Contains(timeFields(), d.last))
}

// maxFooter is how many rows below a table are taken for its footer.
const maxFooter = 20

// trim leaves out the rows that are none of the table: cells of a sheet that stand beside it, and the last rows in which
// no more than one column that is read holds anything. Reports end with who made them and when.
func (d *decoder) trim() {
	rows := d.grid.Rows
	if d.grid.Sheet != "" {
		rows = slices.DeleteFunc(rows, func(r table.Row) bool { return d.filled(r) == 0 })
	}
	end := len(rows)
	if d.grid.Unterminated && end > 0 {
		end-- // It may have been cut, and its quarantine says so.
	}
	start := end
	for start > 0 && d.filled(rows[start-1]) <= 1 {
		start--
	}
	if n := end - start; n > 0 && n <= maxFooter && start > 0 {
		d.source.env.Logger.Info("Skipping the rows below the table", "file", d.file.Shown, "rows", n)
		rows = slices.Delete(rows, start, end)
	}
	d.grid.Rows = rows
}

// filled counts the columns that are read and hold anything in a row.
func (d *decoder) filled(row table.Row) (n int) {
	for _, column := range d.columns {
		if row.At(column).Kind != table.Blank {
			n++
		}
	}
	return n
}
