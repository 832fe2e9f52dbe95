package table

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// The size of a sheet, as spreadsheet programs bound it.
const (
	maxRow    = 1 << 20
	maxColumn = 1 << 14
)

// rowXML and cellXML are a row as a workbook stores it.
type rowXML struct {
	Number int       `xml:"r,attr"`
	Cells  []cellXML `xml:"c"`
}

type cellXML struct {
	Reference string    `xml:"r,attr"`
	Type      string    `xml:"t,attr"`
	Style     int       `xml:"s,attr"`
	Formula   *string   `xml:"f"`
	Value     *string   `xml:"v"`
	Inline    *richText `xml:"is"`
}

// rows reads the rows of a sheet that hold any value, hidden ones included.
func (w *workbook) rows(sheet, part string) ([]Row, error) {
	var rows []Row
	var merged []string
	number, total := 0, 0
	err := w.each(part, "", func(d *xml.Decoder, start xml.StartElement) error {
		switch start.Name.Local {
		case "mergeCell":
			for _, a := range start.Attr {
				if a.Name.Local == "ref" {
					merged = append(merged, a.Value)
				}
			}
		case "row":
			var stored rowXML
			if err := d.DecodeElement(&stored, &start); err != nil {
				return err
			}
			number++
			if stored.Number != 0 && stored.Number < number {
				return errCell
			}
			number = max(number, stored.Number)
			row, err := w.row(sheet, number, stored.Cells)
			if err != nil {
				return err
			}
			if total += len(row.Cells); total > maxCells {
				return errTooLarge()
			}
			if !blank(row.Cells) {
				rows = append(rows, row)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, area := range merged {
		spread(rows, area)
	}
	return rows, nil
}

var errCell = errors.New("not a cell")

func (w *workbook) row(sheet string, number int, stored []cellXML) (Row, error) {
	row := Row{Number: number}
	column := -1
	for i := range stored {
		c := &stored[i]
		if column++; c.Reference != "" {
			at, line, err := excelize.CellNameToCoordinates(c.Reference)
			if err != nil || line != number {
				return row, errCell
			}
			column = at - 1
		}
		if column >= maxColumn || number > maxRow || column < len(row.Cells) {
			return row, errCell
		}
		cell, err := w.cell(sheet, number, column, c)
		if err != nil {
			return row, err
		}
		if cell.Kind == Blank {
			continue
		}
		for len(row.Cells) < column {
			row.Cells = append(row.Cells, Cell{})
		}
		row.Cells = append(row.Cells, cell)
	}
	return row, nil
}

// cell reads one cell.
func (w *workbook) cell(sheet string, row, column int, c *cellXML) (Cell, error) {
	value := ""
	if c.Value != nil {
		value = *c.Value
	}
	// A text that is empty is a result; a text that is not there is none, as libraries write it.
	if c.Formula != nil && (c.Value == nil || strings.TrimSpace(value) == "" && c.Type != "str") {
		return w.compute(sheet, Letter(column)+strconv.Itoa(row), c)
	}
	switch c.Type {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if value == "" {
			return Cell{}, nil
		}
		if err != nil || i < 0 || i >= len(w.strings) {
			return Cell{}, errCell
		}
		return textCell(w.strings[i]), nil
	case "inlineStr":
		if c.Inline == nil {
			return textCell(unescape(value)), nil
		}
		return textCell(c.Inline.String()), nil
	case "str":
		return textCell(unescape(value)), nil
	case "e":
		return Cell{Kind: Fault, Text: value}, nil
	case "b":
		return truth(value == "1" || value == "true"), nil
	case "d":
		return Cell{Kind: ISO, Text: strings.TrimSpace(value)}, nil
	default:
		return w.number(strings.TrimSpace(value), c.Style), nil
	}
}

func truth(yes bool) Cell { return Cell{Kind: Bool, Text: strings.ToUpper(strconv.FormatBool(yes))} }

func (w *workbook) number(value string, style int) Cell {
	if value == "" {
		return Cell{}
	}
	if _, err := strconv.ParseFloat(value, 64); err != nil {
		return textCell(value)
	}
	cell := Cell{Kind: Number, Text: value}
	if style > 0 && style < len(w.formats) {
		cell.Format = w.formats[style]
	}
	return cell
}

// maxComputing bounds the time that the formulas of a file may take.
const maxComputing = 30 * time.Second

// compute gives the result of a formula that its file does not hold: programs write workbooks that no spreadsheet program
// has opened since.
func (w *workbook) compute(sheet, reference string, c *cellXML) (Cell, error) {
	start := time.Now()
	result, ok := w.result(sheet, reference)
	if w.computing += time.Since(start); w.computing > maxComputing {
		return Cell{}, &Error{
			What: fmt.Sprintf("its formulas have no results and take longer than %v to compute", maxComputing),
			Hint: "open it in a spreadsheet program and save it",
		}
	}
	number, err := strconv.ParseFloat(result, 64)
	switch {
	case !ok:
		return Cell{Kind: Formula, Text: "=" + strings.TrimSpace(*c.Formula)}, nil
	case result == "TRUE", result == "FALSE":
		return truth(result == "TRUE"), nil
	case err == nil && (strconv.FormatFloat(number, 'f', -1, 64) == result || strings.Contains(result, "E")):
		return w.number(result, c.Style), nil
	default:
		return textCell(result), nil
	}
}

// result asks the library for the result of a formula. An empty one is none: it may stand for 0, for a text without
// letters, for a formula that refers to itself.
func (w *workbook) result(sheet, reference string) (result string, ok bool) {
	defer func() {
		if recover() != nil { // The library panics on some damaged files.
			result, ok = "", false
		}
	}()
	if w.computer == nil && !w.broken {
		options := excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, RawCellValue: true}
		var err error
		w.computer, err = excelize.OpenReader(bytes.NewReader(w.content), options)
		w.broken = err != nil
	}
	if w.broken {
		return "", false
	}
	result, err := w.computer.CalcCellValue(sheet, reference, excelize.Options{RawCellValue: true})
	if err != nil && err.Error() != result { // The library names an error value, or says what it does not know.
		return "", false
	}
	return result, result != "" && (err == nil || fault(result))
}

// spread gives the value of a merged area to every row that it covers. Only the first cell of the area holds it.
func spread(rows []Row, area string) {
	from, to, ok := strings.Cut(area, ":")
	if !ok {
		return
	}
	column, top, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		return
	}
	_, bottom, err := excelize.CellNameToCoordinates(to)
	if err != nil {
		return
	}
	byNumber := func(r Row, number int) int { return r.Number - number }
	first, found := slices.BinarySearchFunc(rows, top, byNumber)
	if !found {
		return
	}
	value := rows[first].At(column - 1)
	for i := first + 1; i < len(rows) && rows[i].Number <= bottom && value.Kind != Blank; i++ {
		row := &rows[i]
		for len(row.Cells) < column {
			row.Cells = append(row.Cells, Cell{})
		}
		row.Cells[column-1] = value
	}
}
