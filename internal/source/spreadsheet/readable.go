package spreadsheet

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// tally counts the rows of a file that can be read and those that cannot.
type tally struct {
	good, bad int
	first     *flaw // of the bad ones
}

// add counts a row in quarantine. One whose id stands in another file can be read: exports overlap.
func (t *tally) add(bad *flaw, elsewhere bool) {
	if elsewhere {
		t.good++
		return
	}
	if t.bad++; t.bad == 1 {
		t.first = bad
	}
}

// checkReadable refuses files with more bad rows than good ones, each alone and all together: they are wrong files or
// wrong mappings, not bad data. Good files beside a wrong one do not make it right.
func (c *contents) checkReadable(decoders []*decoder, before bool) error {
	var names []string
	for _, d := range decoders {
		if d.rows.bad > d.rows.good {
			return d.tooBad(d.grid.Name, d.rows.bad, d.rows.good, d.rows.first, before)
		}
		names = append(names, d.grid.Name)
	}
	bad, good := len(c.quarantined), len(c.deals)
	if bad <= good {
		return nil
	}
	first := c.quarantined[0]
	return decoders[0].tooBad(strings.Join(names, ", "), bad, good, &flaw{reason: first.Reason, place: first.Place, value: first.Value}, before)
}

// tooBad is the error of files with too many bad rows. before says that numbers of earlier files are there.
func (d *decoder) tooBad(names string, bad, good int, first *flaw, before bool) error {
	what := fmt.Sprintf("read %s: %d of %d rows cannot be read, the first because of its %s: %s",
		names, bad, bad+good, strings.ReplaceAll(string(first.reason), "_", " "), first.place)
	if first.value == "" && slices.Contains([]record.Reason{record.BadID, record.BadStage}, first.reason) {
		what += " is empty"
	}
	if first.value != "" && !strings.Contains(first.value, "@") {
		what += fmt.Sprintf(" holds %q", first.value)
	}
	hint := "check columns, stages, date_format and decimal of the source"
	if layouts := d.layouts(first); len(layouts) > 0 {
		hint = "set date_format to the format of the column; all of its dates are dates as " + strings.Join(layouts, " and as ")
	}
	if before {
		hint += "; the numbers of the previous file are kept"
	}
	return &source.Error{Reason: source.ReasonDecode, Err: errors.New(what), Hint: hint}
}

// layouts returns the layouts by which all dates of a column could be read.
func (d *decoder) layouts(bad *flaw) []string {
	column, ok := d.columns[bad.field]
	if bad.reason != record.BadDate || !ok {
		return nil
	}
	return d.grid.Layouts(column)
}
