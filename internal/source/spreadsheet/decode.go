package spreadsheet

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/files"
	"github.com/sales-exporter/sales_exporter/internal/table"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// decoder turns the rows of one file into deals, by the conventions of the file.
type decoder struct {
	source  *Source
	file    files.File
	before  convention // of the content that was read last, zero where there was none
	grid    *table.Grid
	rows    tally
	totals  map[int]string // labels of rows that add others up, by number
	among   bool           // other files of the source
	columns map[string]int // by field of a deal
	last    string         // the field that stands rightmost

	decimal  table.Decimal
	currency string // of the column of amounts, as its header or a title says; "" where they do not
	shares   table.Shares
	times    map[string]table.Times // by field
	stages   map[string]string      // configured label by key
	names    names                  // of all files of the source
}

// open reads a file into a grid and decides its conventions.
func (s *Source) open(f files.File, all names) (*decoder, error) {
	wanted := maps.Clone(s.sheet.Columns)
	for dimension, m := range s.mapping {
		wanted[dimension] = m.Property
	}
	var names []string
	for _, field := range slices.Sorted(maps.Keys(wanted)) {
		names = append(names, wanted[field])
	}
	grid, err := table.Read(f.Name, f.Content, table.Options{Sheet: s.sheet.Sheet, HeaderRow: s.sheet.HeaderRow, Wanted: names})
	if err != nil {
		return nil, err
	}
	grid.Name = f.Shown
	places, err := grid.Columns(names)
	if err != nil {
		return nil, err
	}
	d := &decoder{
		source: s, file: f, grid: grid, columns: map[string]int{}, times: map[string]table.Times{}, stages: map[string]string{},
		names: all,
	}
	for field, name := range wanted {
		d.columns[field] = places[name]
	}
	for _, field := range slices.Sorted(maps.Keys(d.columns)) {
		if d.last == "" || d.columns[field] > d.columns[d.last] {
			d.last = field
		}
	}
	for _, label := range slices.Sorted(maps.Keys(s.sheet.Stages)) {
		d.stages[table.Key(label)] = label
	}
	d.trim()
	for _, row := range grid.Rows {
		all.of("rep").add(d.text(row, "rep"))
		all.of("pipeline").add(d.text(row, "pipeline"))
		for _, dimension := range s.mappedDimensions() {
			all.of(dimension).add(d.dimension(row, dimension))
		}
	}
	if err := d.decide(); err != nil {
		return nil, err
	}
	d.totals = d.sums()
	return d, nil
}

// decide finds the conventions of the file.
func (d *decoder) decide() (err error) {
	var numbers []int
	for _, field := range []string{"amount", "probability"} {
		if column, ok := d.columns[field]; ok {
			numbers = append(numbers, column)
		}
	}
	if d.decimal = d.source.decimal; d.decimal == table.Undecided {
		if d.decimal, err = d.grid.DecideDecimal(numbers...); err != nil {
			return err
		}
	}
	if err := d.decideCurrency(); err != nil {
		return err
	}
	if err := d.decideShares(); err != nil {
		return err
	}
	for _, field := range timeFields() {
		if column, ok := d.columns[field]; ok {
			d.times[field] = d.grid.DecideTimes(column, d.source.sheet.DateFormat, d.source.env.Location)
			if err := d.grid.CheckTimes(column, d.times[field]); err != nil {
				return err
			}
		}
	}
	return nil
}

func timeFields() []string { return []string{"created", "closed"} }

// convention returns what was decided.
func (d *decoder) convention() convention {
	c := convention{
		Decimal: d.decimal.String(), Scale: d.shares.Scale, Ending: d.ending(), signed: d.shares.Signed,
		Rows: len(d.grid.Rows), columns: map[string]string{}, moment: map[string]string{},
	}
	for field, column := range d.columns {
		c.columns[field] = d.grid.Header[column]
	}
	for field, t := range d.times {
		if t.Midnights == table.MidnightsUnknown {
			continue
		}
		if c.Midnights == nil {
			c.Midnights = map[string]table.Midnights{}
		}
		c.Midnights[field], c.moment[field] = t.Midnights, t.Moment
	}
	return c
}

// cell returns the cell of a field, a blank one where the file has no such column or the row is short. In columns of
// dates and numbers, what programs write for nothing is blank, too.
func (d *decoder) cell(row table.Row, field string) table.Cell {
	column, ok := d.columns[field]
	if !ok {
		return table.Cell{}
	}
	c := row.At(column)
	named := !slices.Contains([]string{"amount", "currency", "probability", "created", "closed"}, field)
	if !named && c.Absent() {
		return table.Cell{}
	}
	return c
}

// text returns a cell as a name: on one line, a number without an exponent.
func (d *decoder) text(row table.Row, field string) string {
	c := d.cell(row, field)
	if c.Kind != table.Number {
		return table.Clean(c.Text)
	}
	f, err := strconv.ParseFloat(c.Text, 64)
	if err != nil {
		return c.Text
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// deal decodes a row; a flaw says why it cannot be read.
func (d *decoder) deal(row table.Row) (crm.Deal, *flaw) {
	deal := crm.Deal{
		Head:     record.Head{ID: d.text(row, "id")},
		Pipeline: table.Key(d.text(row, "pipeline")), Rep: table.Key(d.text(row, "rep")),
		Account: table.Key(d.text(row, "account")), Probability: value.ProbabilityUnknown,
	}
	if bad := d.unreadable(row); bad != nil {
		if bad.field == "id" {
			deal.ID = ""
		}
		return deal, bad
	}
	if deal.ID == "" {
		return deal, d.flaw(record.BadID, row, "id")
	}
	label, ok := d.stages[table.Key(d.text(row, "stage"))]
	if !ok {
		return deal, d.flaw(record.BadStage, row, "stage")
	}
	if _, exact := d.source.sheet.Stages[d.text(row, "stage")]; exact {
		label = d.text(row, "stage")
	}
	deal.Stage, deal.Outcome = label, d.source.sheet.Stages[label]
	if bad := d.money(row, &deal); bad != nil {
		return deal, bad
	}
	var err error
	if deal.Created, err = d.times["created"].Instant(d.cell(row, "created")); err != nil {
		return deal, d.flaw(record.BadDate, row, "created")
	}
	if deal.Closed, err = d.times["closed"].Instant(d.cell(row, "closed")); err != nil {
		return deal, d.flaw(record.BadDate, row, "closed")
	}
	deal.Probability, _ = d.probability(row)
	deal.Dimensions = d.dimensions(row)
	if d.source.selection.NeedsName() {
		deal.Name = d.text(row, "name")
	}
	return deal, nil
}

// mappedDimensions lists those that a row has of its own.
func (s *Source) mappedDimensions() []string {
	return slices.DeleteFunc(s.sheet.Dimensions(), func(name string) bool { return !crm.DimensionMapped(name) && name != "team" })
}

// dimension returns the value of a dimension as the row writes it.
func (d *decoder) dimension(row table.Row, name string) string {
	text := d.text(row, name)
	m, ok := d.source.mapping[name]
	if !ok {
		return text
	}
	if _, exact := m.Values[text]; !exact {
		for _, value := range slices.Sorted(maps.Keys(m.Values)) {
			if table.Key(value) == table.Key(text) {
				return m.Values[value]
			}
		}
	}
	return source.MapValue(m, text)
}

// dimensions returns the row's own values, its team included: a rep may sell for two teams.
func (d *decoder) dimensions(row table.Row) value.Dimensions {
	var out value.Dimensions
	for _, name := range d.source.mappedDimensions() {
		text := d.dimension(row, name)
		if text == "" {
			continue
		}
		if out == nil {
			out = value.Dimensions{}
		}
		out[name] = d.names.shown(name, table.Key(text))
	}
	return out
}

// quarantine returns the record of a row that cannot be read.
func (d *decoder) quarantine(row table.Row, id string, bad *flaw) record.Quarantined {
	texts := make([]string, len(row.Cells))
	for i, c := range row.Cells {
		texts[i] = c.Text
	}
	raw := fmt.Sprintf("row %d: %s", row.Number, strings.Join(texts, " | "))
	q := source.Quarantine(crm.Deals.Name(), id, 0, bad.reason, []byte(raw))
	q.Place, q.Value = d.placed(bad.place), bad.value
	return q
}

// place says where a person finds a cell among all files of the source.
func (d *decoder) place(row table.Row, column int) string {
	return d.placed(d.grid.Place(row.Number, column))
}

// placed adds the name of the file to a place where the source has several.
func (d *decoder) placed(place string) string {
	if d.among {
		return d.grid.Name + ", " + place
	}
	return place
}
