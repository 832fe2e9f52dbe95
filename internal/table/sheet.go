package table

import (
	"encoding/xml"
	"errors"
	"slices"
	"strconv"
	"strings"

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
	Reference string `xml:"r,attr"`
	Type      string `xml:"t,attr"`
	Style     int    `xml:"s,attr"`
	Formula   *struct {
		Type   string `xml:"t,attr"`
		Shared string `xml:"si,attr"`
		Text   string `xml:",chardata"`
	} `xml:"f"`
	Value  *string   `xml:"v"`
	Inline *richText `xml:"is"`
}

// sharedFormula is a formula that other cells refer to, and the cell that it was written for.
type sharedFormula struct {
	text        string
	row, column int
}

// errEnough ends the reading of a sheet of which only the top is wanted.
var errEnough = errors.New("enough rows")

// rows reads the rows of a sheet that hold any value, hidden ones included. A limit other than 0 ends after that many.
func (w *workbook) rows(part string, limit int) ([]Row, error) {
	w.formulas, w.shared = map[[2]int]formula{}, map[string]sharedFormula{}
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
			row, err := w.row(number, stored.Cells)
			if err != nil {
				return err
			}
			if total += len(row.Cells); total > maxCells {
				return errTooLarge()
			}
			if !blank(row.Cells) {
				rows = append(rows, row)
			}
			if limit > 0 && len(rows) == limit {
				return errEnough
			}
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return rows, nil
	} else if err != nil {
		return nil, err
	}
	(&computer{w: w, rows: rows, formulas: w.formulas}).compute()
	for _, area := range merged {
		spread(rows, area)
	}
	return rows, nil
}

var errCell = errors.New("not a cell")

func (w *workbook) row(number int, stored []cellXML) (Row, error) {
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
		cell, err := w.cell(number, column, c)
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
func (w *workbook) cell(row, column int, c *cellXML) (Cell, error) {
	value := ""
	if c.Value != nil {
		value = *c.Value
	}
	if f := c.Formula; f != nil {
		if f.Type == "shared" && strings.TrimSpace(f.Text) != "" {
			w.shared[f.Shared] = sharedFormula{strings.TrimSpace(f.Text), row, column}
		}
		// A text that is empty is a result; a text that is not there is none, as libraries write it.
		if w.uncomputed || c.Value == nil || strings.TrimSpace(value) == "" && c.Type != "str" {
			return w.formula(row, column, c), nil
		}
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
	number, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return textCell(value)
	}
	cell := Cell{Kind: Number, Text: value}
	if style > 0 && style < len(w.formats) && w.formats[style] != nil {
		cell.Format = w.formats[style].of(number)
	}
	return cell
}

// formula notes a formula that has no result yet.
func (w *workbook) formula(row, column int, c *cellXML) Cell {
	f := formula{text: strings.TrimSpace(c.Formula.Text), style: c.Style, array: c.Formula.Type == "array" || c.Formula.Type == "dataTable"}
	if first, ok := w.shared[c.Formula.Shared]; ok && c.Formula.Type == "shared" && f.text == "" {
		f.text, f.down, f.right = first.text, row-first.row, column-first.column
	}
	w.formulas[[2]int{row, column}] = f
	return Cell{Kind: Formula, Text: "=" + f.text}
}

// spread gives the value of a merged area to every row that it covers, and marks it. Only the first cell of the area
// holds it.
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
	end := first
	for end < len(rows) && rows[end].Number <= bottom {
		end++
	}
	value := rows[first].At(column - 1)
	if value.Kind == Blank || end-first < 2 {
		return
	}
	value.Merged = &Merged{Area: area, Rows: end - first}
	for i := first; i < end; i++ {
		row := &rows[i]
		for len(row.Cells) < column {
			row.Cells = append(row.Cells, Cell{})
		}
		row.Cells[column-1] = value
	}
}
