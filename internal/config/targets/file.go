package targets

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	tables "github.com/sales-exporter/sales_exporter/internal/table"
)

// Bounds of a targets file.
const (
	maxTargetsFile = 8 << 20
	maxTargets     = 10_000
	maxTargetCells = 128 // in a row
)

// targetSheet is a targets file: a list with a target in each row, or a grid with the periods as columns.
type targetSheet struct {
	*tables.Grid
	path    string
	columns []targetColumn
	decimal tables.Decimal
}

// targetColumn is what a column of a targets file holds: a key of a target or a dimension, or the values of a period.
type targetColumn struct{ key, period string }

func (s *targetSheet) file(line int) document.Position {
	return document.Position{File: s.path, Line: line}
}

// at is the position of a cell, by the letters under which spreadsheet programs show its column.
func (s *targetSheet) at(line, column int) document.Position {
	at := s.file(line)
	at.Path = "column " + tables.Letter(column)
	if column < len(s.columns) {
		if name := s.columns[column].key + s.columns[column].period; name != "" {
			at.Path += " (" + name + ")"
		}
	}
	return at
}

// targetsFile reads the targets of a file. Its rows go through the checks of `targets`, and what is wrong is reported by
// row and column.
func (c *Checker) targetsFile(named document.Scalar) []crm.Target {
	path, data, ok := c.Content(named, maxTargetsFile)
	if !ok {
		return nil
	}
	if !slices.Contains([]string{".csv", ".tsv", ".xlsx", ".xlsm"}, strings.ToLower(filepath.Ext(path))) {
		c.Add(named.Position, document.Quote(named.Text)+" is not a kind of file that can be read", "use .csv, .tsv, .xlsx or .xlsm")
		return nil
	}
	s := &targetSheet{path: path}
	var err error
	if s.Grid, err = c.readTargets(path, data); err != nil {
		c.unreadable(s, err)
		return nil
	}
	if !c.targetHeader(s) || !c.targetTitles(s) || !c.targetsWhole(s) || !c.targetNumbers(s) {
		return nil
	}
	if s.periods() {
		return c.targetGrid(s)
	}
	return c.targetRows(s)
}

// readTargets reads the table of a targets file. Its header is the first row in which every cell is the name of a
// column, so that a title may stand above it, or the first row of all.
func (c *Checker) readTargets(path string, data []byte) (*tables.Grid, error) {
	wanted := c.targetKeys()
	for _, key := range wanted {
		if spaced := strings.ReplaceAll(key, "_", " "); spaced != key {
			wanted = append(wanted, spaced)
		}
	}
	named := func(cells []string) bool { return c.headerOf(&tables.Grid{}, cells) }
	grid, err := tables.Read(path, data, tables.Options{Wanted: wanted, Header: named})
	if err != nil {
		return nil, err
	}
	if c.headerOf(grid, grid.Header) {
		return grid, nil
	}
	const titles = 20
	for _, row := range grid.Rows[:min(titles, len(grid.Rows))] {
		var cells []string
		for _, cell := range row.Cells {
			cells = append(cells, cell.Text)
		}
		if c.headerOf(grid, cells) {
			return tables.Read(path, data, tables.Options{Wanted: wanted, Header: named, HeaderRow: row.Number})
		}
	}
	return grid, nil
}

// headerOf reports whether cells are names of columns, and more than one.
func (c *Checker) headerOf(grid *tables.Grid, cells []string) bool {
	named := 0
	for _, cell := range cells {
		if cell == "" {
			continue
		}
		if _, ok := c.targetColumn(grid, cell); !ok {
			return false
		}
		named++
	}
	return named > 1
}

// unreadable reports why a file cannot be read.
func (c *Checker) unreadable(s *targetSheet, err error) {
	e, ok := errors.AsType[*tables.Error](err)
	if !ok {
		c.Add(s.file(0), err.Error(), "")
		return
	}
	what, hint := strings.TrimPrefix(strings.TrimPrefix(e.What, "it "), fmt.Sprintf("line %d: ", e.Row)), e.Hint
	if what == "is empty" {
		hint = "the first row must be the column names: name,kpi,value,period"
	}
	c.Add(s.file(e.Row), what, hint)
}

// targetHeader finds out what the columns of a targets file are.
func (c *Checker) targetHeader(s *targetSheet) bool {
	before := c.Found()
	for i, title := range s.Header {
		column, ok := c.targetColumn(s.Grid, title)
		twice := ok && title != "" && slices.Contains(s.columns, column)
		s.columns = append(s.columns, column)
		at := s.at(s.HeaderRow, i)
		switch {
		case twice:
			c.Add(at, document.Quote(title)+" occurs twice", "keep one of them")
		case !ok && monthName(title):
			c.Add(at, document.Quote(title)+" is a month without a year", `add the year, such as "Jan 2026" or 2026-01`)
		case !ok && dayOf(s.Grid, title) != "":
			c.Add(at, dayOf(s.Grid, title), "write the first day of the month, or 2026-10")
		case !ok && c.inUnits(at, title, tables.ReadHeading(title, tables.KnownCurrency)):
		case !ok && slices.Contains(totalNames(), columnKey(title)):
			c.Add(at, document.Quote(title)+" is a total, which would become a separate target", "leave totals out")
		case !ok:
			c.Add(at, document.Quote(title)+" is neither a column of a target nor a period",
				document.OneOf(columnKey(title), c.targetKeys())+"; write periods as 2026-12 or Dec 2026")
		}
	}
	for i, column := range s.columns {
		ofLists := []string{"value", "growth", "over", "period", "from", "to", "every"}
		if s.periods() && slices.Contains(ofLists, column.key) {
			c.Add(s.at(s.HeaderRow, i), "cannot be combined with columns of periods", "keep the column or the periods")
		}
	}
	return c.Found() == before
}

// targetColumn reads the name of a column; a column may have none.
func (c *Checker) targetColumn(grid *tables.Grid, title string) (column targetColumn, ok bool) {
	if key := columnKey(title); key == "" || slices.Contains(c.targetKeys(), key) {
		return targetColumn{key: key}, true
	}
	period, ok := parsePeriod(spelledTitle(grid, title))
	if !ok {
		return column, false
	}
	return targetColumn{period: periodText(period)}, true
}

// spelledTitle returns the name of a column; a day as workbooks store it is spelt out.
func spelledTitle(grid *tables.Grid, title string) string {
	cell := tables.Cell{Kind: tables.Text, Text: title}
	if _, err := strconv.ParseFloat(title, 64); err == nil {
		cell.Kind = tables.Number
	}
	return spelled(grid, cell, true)
}

// dayOf says which day the name of a column is, "" where it is none.
func dayOf(grid *tables.Grid, title string) string {
	text := spelledTitle(grid, title)
	if _, ok := document.ParseDate(text); !ok {
		return ""
	}
	return notPeriod(text)
}

// columnKey writes the name of a column as the configuration writes keys.
func columnKey(title string) string {
	return strings.ReplaceAll(strings.ToLower(tables.Clean(title)), " ", "_")
}

// targetKeys returns the names of columns that a targets file may have, beside periods.
func (c *Checker) targetKeys() []string {
	return slices.Concat(Keys(), c.Dimensions, []string{"source"})
}

// Keys returns the keys of a target that are columns of targets files, beside the dimensions and `source`.
func Keys() []string {
	return []string{
		"name", "kpi", "value", "growth", "over", "period", "from", "to", "every", "pace",
		"objective", "accountable", "review_by",
	}
}

// totalNames returns what people call a column of totals.
func totalNames() []string {
	return []string{"total", "totals", "grand_total", "sum", "summe", "gesamt", "somme", "suma", "totale", "totaal"}
}

// targetNumbers decides how the file writes numbers, from all its columns of them.
func (c *Checker) targetNumbers(s *targetSheet) bool {
	before := c.Found()
	var columns []int
	for i, column := range s.columns {
		if column.period != "" || column.key == "value" || column.key == "growth" {
			columns = append(columns, i)
		}
	}
	var err error
	s.decimal, err = s.DecideDecimal(columns...)
	e, _ := errors.AsType[*tables.Error](err)
	switch twoCells := e != nil && e.Row == 0; { // Which sign is right must be settled before a single number is read.
	case err == nil:
	case twoCells, !c.ambiguous(s, columns):
		c.contradictory(s, err, "write all numbers of the file in the same format")
	}
	for _, column := range columns {
		if shares := c.shares(s, s.columns[column]); shares != nil {
			if _, err := shares.DecideScale(column, s.decimal); err != nil {
				c.contradictory(s, err, "write all of them with the percent sign, or none")
			}
		}
	}
	return c.Found() == before
}

// ambiguous reports the first number with two readings of a file in which no other number decides.
func (c *Checker) ambiguous(s *targetSheet, columns []int) bool {
	for _, row := range s.Rows {
		for _, column := range columns {
			cell := row.At(column)
			_, err := tables.Undecided.Amount(cell)
			if two, is := errors.AsType[*tables.Ambiguous](err); is {
				wrong, hint := document.BothReadings(cell.Text, two)
				c.Add(s.at(row.Number, column), wrong+", and no other number of the file shows which",
					hint+"; one number with cents is enough")
				return true
			}
		}
	}
	return false
}

// contradictory reports that cells of a file contradict each other.
func (c *Checker) contradictory(s *targetSheet, err error, hint string) {
	at, what := s.file(0), err.Error()
	if e, ok := errors.AsType[*tables.Error](err); ok {
		at, what = s.file(e.Row), strings.TrimPrefix(e.What, fmt.Sprintf("row %d, ", e.Row))
	}
	c.Add(at, what, hint)
}

// shares returns the rows in which a column holds ratios, nil where there are none: the scale of a win ratio says
// nothing about money.
func (c *Checker) shares(s *targetSheet, column targetColumn) *tables.Grid {
	if column.key == "growth" {
		return s.Grid
	}
	kpi := slices.IndexFunc(s.columns, func(c targetColumn) bool { return c.key == "kpi" })
	ratios := *s.Grid
	ratios.Rows = slices.DeleteFunc(slices.Clone(s.Rows), func(r tables.Row) bool {
		k, _ := c.kpi(r.At(kpi).Text)
		return !k.Ratio
	})
	if len(ratios.Rows) == 0 {
		return nil
	}
	return &ratios
}

// targetRows reads a list: every row is a target.
func (c *Checker) targetRows(s *targetSheet) []crm.Target {
	if len(s.Rows) > maxTargets {
		c.Add(s.file(0), fmt.Sprintf("has more than %d rows", maxTargets), "")
		return nil
	}
	before := c.Found()
	for _, key := range []string{"name", "kpi"} {
		if !slices.Contains(s.columns, targetColumn{key: key}) {
			c.Add(s.file(s.HeaderRow), "has no column "+key, "add it: each row is a target, which needs a "+key)
		}
	}
	if c.Found() > before {
		return nil // Once is enough: each row would lack it.
	}
	var targets []crm.Target
	for _, row := range s.Rows {
		t := Target{Position: s.file(row.Number)}
		c.fill(&t, s, row)
		targets = append(targets, c.target(t))
	}
	return targets
}

// fill takes a row's keys and dimensions into a target.
func (c *Checker) fill(t *Target, s *targetSheet, row tables.Row) {
	if len(row.Cells) > maxTargetCells {
		c.Add(t.Position, fmt.Sprintf("has more than %d columns", maxTargetCells), "")
		return
	}
	for i, cell := range row.Cells {
		at := s.at(row.Number, i)
		switch {
		case cell.Kind == tables.Blank:
		case i >= len(s.columns), s.columns[i] == targetColumn{}:
			c.Add(at, "has a value, but the column has no name", "")
		case s.columns[i].period != "" || !c.readable(at, cell):
		default:
			key := s.columns[i].key
			t.put(key, s.number(at, cell, slices.Contains([]string{"period", "from", "to", "review_by"}, key)))
		}
	}
}

// readable refuses cells that hold no value.
func (c *Checker) readable(at document.Position, cell tables.Cell) bool {
	switch cell.Kind {
	case tables.Fault:
		c.Add(at, "holds the error "+cell.Text, "correct the formula in the sheet")
	case tables.Formula:
		c.Add(at, "holds a formula without a result", "open the file in a spreadsheet program and save it")
	default:
		return true
	}
	return false
}

// number is a cell as the checks of targets read it.
func (s *targetSheet) number(at document.Position, cell tables.Cell, dates bool) document.Number {
	return document.Number{Scalar: document.Scalar{Position: at, Text: spelled(s.Grid, cell, dates)}, Cell: cell, Decimal: s.decimal}
}

// spelled returns the text of a cell; that of a date as a workbook stores it is spelt out. In a column of dates a plain
// number is one as well, if not before 1927: the year 2026 stays a year.
func spelled(grid *tables.Grid, cell tables.Cell, dates bool) string {
	const smallest = 10_000
	switch days, err := strconv.ParseFloat(cell.Text, 64); {
	case cell.Kind == tables.ISO, dates && cell.Kind == tables.Text:
	case cell.Kind == tables.Number && cell.Format != nil && cell.Format.Date:
	case cell.Kind == tables.Number && dates && err == nil && days >= smallest:
	default:
		return cell.Text
	}
	instant, err := grid.DecideTimes(-1, "", nil).Instant(cell)
	if err != nil || !instant.Known() {
		return cell.Text
	}
	return instant.In(time.UTC).Format(time.DateOnly)
}

// put fills one key of a target from a cell.
func (t *Target) put(key string, cell document.Number) {
	text := cell.Scalar
	switch key {
	case "value":
		t.Value = cell
	case "growth":
		t.Growth = cell
	case "name":
		t.Name = text
	case "kpi":
		t.KPI = text
	case "over":
		t.Over = text
	case "period":
		t.Period.Position, t.Period.Name = cell.Position, text
	case "from":
		t.Period.Position, t.Period.From = cell.Position, text
	case "to":
		t.Period.Position, t.Period.To = cell.Position, text
	case "every":
		t.Every = text
	case "pace":
		t.Pace = text
	case "objective":
		t.Objective = text
	case "accountable":
		t.Accountable = text
	case "review_by":
		t.ReviewBy = text
	default:
		name := document.Scalar{Position: cell.Position, Text: key}
		t.Scope.Entries = append(t.Scope.Entries, document.Entry[document.Scalar]{Key: name, Value: text})
	}
}
