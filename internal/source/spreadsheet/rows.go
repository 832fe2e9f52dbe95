package spreadsheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// maxUnzipped bounds an XLSX file after decompression, in bytes: it is a ZIP archive and may be a bomb.
const maxUnzipped = 512 << 20

// rows iterates over the rows of a table, the header included. A row is valid until the next call.
type rows interface {
	// next returns io.EOF behind the last row.
	next() (row []string, number int, err error)
	// whole reports whether a row must have as many cells as the header. A text file writes every cell, so a short row
	// is a torn one; a workbook leaves empty cells at the end away.
	whole() bool
	// serialDates reports whether dates may be stored as numbers of days, as spreadsheet programs do.
	serialDates() (yes, from1904 bool)
	close()
}

// open returns the rows of a file by its ending.
func open(f file, sheet string) (rows, error) {
	switch ending := strings.ToLower(filepath.Ext(f.name)); ending {
	case ".xlsx":
		return openXLSX(f, sheet)
	case ".tsv":
		return openText(f, '\t')
	default:
		return openText(f, separator(f.content))
	}
}

// separator tells a semicolon-separated file, which spreadsheet programs write in countries with a decimal comma, from
// a comma-separated one, by the header.
func separator(content []byte) rune {
	header, _, _ := bytes.Cut(content, []byte("\n"))
	if bytes.ContainsRune(header, ';') && !bytes.ContainsRune(header, ',') {
		return ';'
	}
	return ','
}

// textRows reads CSV and TSV.
type textRows struct{ reader *csv.Reader }

func openText(f file, comma rune) (rows, error) {
	if !utf8.Valid(f.content) {
		// Two names that differ in a letter that cannot be read would become one.
		return nil, &source.Error{
			Reason: source.ReasonDecode, Err: fmt.Errorf("%s is not UTF-8 text", filepath.Base(f.name)),
			Hint: "save it as CSV UTF-8, or as XLSX",
		}
	}
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(f.content, []byte("\ufeff"))))
	reader.Comma = comma
	reader.FieldsPerRecord = -1 // A row with too few or too many cells is quarantined, the others count.
	reader.ReuseRecord = true
	return &textRows{reader: reader}, nil
}

func (t *textRows) next() ([]string, int, error) {
	row, err := t.reader.Read()
	if err != nil {
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, 0, fmt.Errorf("line %d: %w", parse.Line, parse.Err)
		}
		return nil, 0, err
	}
	line, _ := t.reader.FieldPos(0)
	return row, line, nil
}

func (t *textRows) whole() bool { return true }

func (t *textRows) serialDates() (yes, from1904 bool) { return false, false }

func (t *textRows) close() {}

// workbookRows reads one sheet of an XLSX file.
type workbookRows struct {
	workbook *excelize.File
	rows     *excelize.Rows
	from1904 bool
	number   int
}

func openXLSX(f file, sheet string) (*workbookRows, error) {
	workbook, err := excelize.OpenReader(bytes.NewReader(f.content), excelize.Options{
		UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, RawCellValue: true,
	})
	if err != nil {
		return nil, fmt.Errorf("not an XLSX file: %w", err)
	}
	if sheet == "" {
		sheet = workbook.GetSheetName(0)
	}
	w := &workbookRows{workbook: workbook}
	if index, err := workbook.GetSheetIndex(sheet); err != nil || index < 0 {
		w.close()
		return nil, source.Errorf(source.ReasonConfig, "%s has no sheet %q, it has: %s",
			filepath.Base(f.name), sheet, strings.Join(workbook.GetSheetList(), ", "))
	}
	if props, err := workbook.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		w.from1904 = *props.Date1904
	}
	if w.rows, err = workbook.Rows(sheet); err != nil {
		w.close()
		return nil, fmt.Errorf("read sheet: %w", err)
	}
	return w, nil
}

func (w *workbookRows) next() ([]string, int, error) {
	if !w.rows.Next() {
		if err := w.rows.Error(); err != nil {
			return nil, 0, fmt.Errorf("row %d: %w", w.number+1, err)
		}
		return nil, 0, io.EOF
	}
	w.number++
	row, err := w.rows.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, 0, fmt.Errorf("row %d: %w", w.number, err)
	}
	return row, w.number, nil
}

func (w *workbookRows) whole() bool { return false }

func (w *workbookRows) serialDates() (yes, from1904 bool) { return true, w.from1904 }

func (w *workbookRows) close() {
	if w.rows != nil {
		_ = w.rows.Close() // Nothing was written.
	}
	_ = w.workbook.Close()
}
