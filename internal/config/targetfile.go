package config

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// Bounds of a targets file. An XLSX file is a ZIP: a few kilobytes may unpack to anything.
const (
	maxTargetsFile  = 8 << 20
	maxTargetsUnzip = 64 << 20
	maxTargetRows   = 10_000
	maxTargetCells  = 64 // in a row
)

// row is one line of a targets file, with the number people see beside it.
type row struct {
	number int
	cells  []string
}

// targetsFile reads the targets in a .csv or .xlsx file. Its rows go through the checks of `targets`, and what is wrong
// is reported by row.
func (c *checker) targetsFile(s scalar) []crm.Target {
	path, data, ok := c.content(s, maxTargetsFile)
	if !ok {
		return nil
	}
	var rows []row
	var err error
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		rows, err = csvRows(data)
	case ".xlsx":
		rows, err = xlsxRows(data)
	default:
		c.add(s.place, quote(s.text)+" is not a kind of file that can be read", "use .csv or .xlsx")
		return nil
	}
	if err != nil {
		at := place{file: path}
		if e, ok := errors.AsType[*csv.ParseError](err); ok {
			at.line, at.column, err = e.Line, e.Column, fmt.Errorf("is not CSV: %w", e.Err)
		}
		c.add(at, err.Error(), "")
		return nil
	}
	if len(rows) == 0 {
		c.add(place{file: path}, "is empty", "its first row names the columns: name,kpi,value,period")
		return nil
	}
	return c.targetRows(path, rows)
}

func (c *checker) targetRows(path string, rows []row) []crm.Target {
	header, ok := c.targetHeader(path, rows[0])
	if !ok {
		return nil
	}
	var targets []crm.Target
	for _, row := range rows[1:] {
		at := place{file: path, line: row.number}
		t := targetYAML{place: at}
		for i, cell := range row.cells {
			cell = strings.TrimSpace(cell)
			switch {
			case cell == "":
			case i >= len(header):
				c.add(at, fmt.Sprintf("has a value in column %d, which has no name", i+1), "")
			case !utf8.ValidString(cell):
				c.add(at, "is not UTF-8", "save the file as CSV UTF-8")
			default:
				t.put(header[i], scalar{place: at, text: cell})
			}
		}
		targets = append(targets, c.target(t))
	}
	return targets
}

// targetHeader returns the columns of a targets file by position.
func (c *checker) targetHeader(path string, first row) ([]string, bool) {
	before := len(c.problems)
	known := append(targetColumns(), append(slices.Clone(c.dimensions), "source")...)
	var header []string
	for _, cell := range first.cells {
		name := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(cell)), " ", "_")
		at := place{file: path, line: first.number}
		switch {
		case name != "" && !slices.Contains(known, name):
			c.add(at, quote(cell)+" is not a column of a target", oneOf(name, known))
		case name != "" && slices.Contains(header, name):
			c.add(at, quote(cell)+" is there twice", "keep one of them")
		}
		header = append(header, name)
	}
	return header, len(c.problems) == before
}

// targetColumns returns the columns that are keys of a target. Beside them stand the dimensions and `source`.
func targetColumns() []string {
	return []string{
		"name", "kpi", "value", "growth", "over", "period", "from", "to", "every", "pace",
		"objective", "accountable", "review_by",
	}
}

// put fills one key of a target from a cell.
func (t *targetYAML) put(column string, cell scalar) {
	cell.path = column
	switch column {
	case "name":
		t.Name = cell
	case "kpi":
		t.KPI = cell
	case "value":
		t.Value = cell
	case "growth":
		t.Growth = cell
	case "over":
		t.Over = cell
	case "period":
		t.Period.place, t.Period.Name = cell.place, cell
	case "from":
		t.Period.place, t.Period.From = cell.place, cell
	case "to":
		t.Period.place, t.Period.To = cell.place, cell
	case "every":
		t.Every = cell
	case "pace":
		t.Pace = cell
	case "objective":
		t.Objective = cell
	case "accountable":
		t.Accountable = cell
	case "review_by":
		t.ReviewBy = cell
	default:
		key := scalar{place: cell.place, text: column}
		t.Scope.entries = append(t.Scope.entries, entry[scalar]{key: key, value: cell})
	}
}

var errTooManyRows = fmt.Errorf("has more than %d rows", maxTargetRows)

// csvRows reads comma-separated rows. Rows without any value are left out.
func csvRows(data []byte) ([]row, error) {
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
	reader.FieldsPerRecord = -1 // a short row lacks values, which the checks report by name
	var rows []row
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := reader.FieldPos(0)
		if rows, err = appendRow(rows, row{line, cells}); err != nil {
			return nil, err
		}
	}
}

// xlsxRows reads the first sheet of a workbook. It reads values as they are stored, so that a cell that shows "$500k"
// gives 500000. The library panics on some damaged files, which must not end a running exporter.
func xlsxRows(data []byte) (rows []row, err error) {
	defer func() {
		if recover() != nil {
			rows, err = nil, errors.New("is not an XLSX file that can be read")
		}
	}()
	options := excelize.Options{RawCellValue: true, UnzipSizeLimit: maxTargetsUnzip, UnzipXMLSizeLimit: maxTargetsUnzip}
	book, err := excelize.OpenReader(bytes.NewReader(data), options)
	if err != nil {
		return nil, errors.New("is not an XLSX file that can be read")
	}
	defer func() { _ = book.Close() }()
	properties, err := book.GetWorkbookProps()
	if err != nil || len(book.GetSheetList()) == 0 {
		return nil, errors.New("is not an XLSX file that can be read")
	}
	from1904 := properties.Date1904 != nil && *properties.Date1904
	cursor, err := book.Rows(book.GetSheetList()[0])
	if err != nil {
		return nil, errors.New("is not an XLSX file that can be read")
	}
	defer func() { _ = cursor.Close() }()
	for number := 1; cursor.Next(); number++ {
		cells, err := cursor.Columns(options)
		if err != nil {
			return nil, fmt.Errorf("row %d cannot be read", number)
		}
		if len(rows) > 0 {
			datesFromSerials(rows[0].cells, cells, from1904)
		}
		if rows, err = appendRow(rows, row{number, cells}); err != nil {
			return nil, err
		}
	}
	return rows, cursor.Error()
}

// datesFromSerials spells out the dates of a row, which a workbook stores as days since 1900 or 1904. The smallest
// serial taken as a date is in 1927, so that the year 2026 stays a year.
func datesFromSerials(header, cells []string, from1904 bool) {
	const smallest, largest = 10_000, 2_958_465 // the year 9999
	for i := range min(len(header), len(cells)) {
		switch strings.ReplaceAll(strings.ToLower(strings.TrimSpace(header[i])), " ", "_") {
		case "period", "from", "to", "review_by":
		default:
			continue
		}
		serial, err := strconv.ParseFloat(cells[i], 64)
		if err != nil || !(serial >= smallest && serial <= largest) {
			continue
		}
		if t, err := excelize.ExcelDateToTime(serial, from1904); err == nil {
			cells[i] = t.Format("2006-01-02")
		}
	}
}

// appendRow adds a row that holds any value, and refuses what no list of targets looks like.
func appendRow(rows []row, r row) ([]row, error) {
	if len(r.cells) > maxTargetCells {
		return nil, fmt.Errorf("row %d has more than %d columns", r.number, maxTargetCells)
	}
	if !slices.ContainsFunc(r.cells, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
		return rows, nil
	}
	if len(rows) > maxTargetRows {
		return nil, errTooManyRows
	}
	return append(rows, r), nil
}
