package table

import (
	"fmt"
	"path"
	"strings"
)

// sheet is one sheet of a workbook.
type sheet struct {
	name, part string
	hidden     bool
}

// readBook lists the sheets that hold cells, and reads what the workbook says of all of them.
func (w *workbook) readBook(main string) ([]sheet, error) {
	var book struct {
		Properties struct {
			From1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Computing struct {
			OnLoad string `xml:"fullCalcOnLoad,attr"`
		} `xml:"calcPr"`
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			Old   string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := w.decode(main, &book); err != nil {
		return nil, err
	}
	w.from1904, w.uncomputed = isTrue(book.Properties.From1904), isTrue(book.Computing.OnLoad)
	relations := path.Join(path.Dir(main), "_rels", path.Base(main)+".rels")
	var sheets []sheet
	for _, s := range book.Sheets {
		chart := false
		part, err := w.target(path.Dir(main), relations, func(r relation) bool {
			found := r.ID == s.ID+s.Old
			chart = chart || found && !strings.HasSuffix(r.Type, "/worksheet")
			return found
		})
		switch {
		case err != nil:
			return nil, err
		case !chart:
			sheets = append(sheets, sheet{s.Name, part, s.State == "hidden" || s.State == "veryHidden"})
		}
	}
	if len(sheets) == 0 {
		return nil, errNotWorkbook
	}
	return sheets, nil
}

func isTrue(attribute string) bool { return attribute == "1" || attribute == "true" }

// choose finds the sheet that holds the table: the configured one, else the only visible one whose top holds the header.
// Where no sheet does, it is the first visible one, so that the error names its columns.
func (w *workbook) choose(sheets []sheet, o Options) (sheet, error) {
	if o.Sheet != "" {
		return named(sheets, o.Sheet)
	}
	var visible, fit []sheet
	for _, s := range sheets {
		if !s.hidden {
			visible = append(visible, s)
		}
	}
	switch len(visible) {
	case 0:
		return sheet{}, &Error{What: "all of its sheets are hidden", Hint: "set sheet: to one of " + names(sheets), Setting: true}
	case 1:
		return visible[0], nil
	}
	for _, s := range visible {
		holds, err := w.holds(s, o)
		if err != nil {
			return sheet{}, err
		}
		if holds {
			fit = append(fit, s)
		}
	}
	switch len(fit) {
	case 0:
		return visible[0], nil
	case 1:
		return fit[0], nil
	default:
		return sheet{}, &Error{
			What: fmt.Sprintf("%d of its sheets hold such a table: %s", len(fit), names(fit)),
			Hint: "set sheet: to the right one, or keep one sheet per file", Setting: true,
		}
	}
}

// holds reports whether a header stands at the top of a sheet.
func (w *workbook) holds(s sheet, o Options) (bool, error) {
	rows, err := w.rows(s.part, max(titleRows, o.HeaderRow)+1)
	if err != nil {
		return false, err
	}
	for _, row := range rows {
		if (o.HeaderRow == 0 || o.HeaderRow == row.Number) && o.header(row.Cells) {
			return true, nil
		}
	}
	return false, nil
}

func named(sheets []sheet, wanted string) (sheet, error) {
	for _, s := range sheets {
		if Key(s.name) == Key(wanted) {
			return s, nil
		}
	}
	return sheet{}, &Error{What: fmt.Sprintf("there is no sheet %q", wanted), Hint: "it has: " + names(sheets), Setting: true}
}

func names(sheets []sheet) string {
	out := make([]string, len(sheets))
	for i, s := range sheets {
		out[i] = s.name
	}
	return strings.Join(out, ", ")
}
