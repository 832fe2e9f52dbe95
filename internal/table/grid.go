// Package table turns the bytes of a spreadsheet (.csv, .tsv, .txt, .xlsx, .xlsm) into a grid of typed cells, and
// decides how the file writes its numbers, shares and times.
//
// A file is read in two steps. First its conventions are decided from all cells of a column, or from configuration:
// which sign is the decimal sign (DecideDecimal), whether chances are percents (DecideScale), whether midnights are dates
// (DecideTimes). Then single cells are read by them. A file whose cells allow two readings is refused with an *Error
// that names the cell and both readings, because a guess that is right today is wrong by a factor of a thousand after
// the next edit.
package table

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Kind says what a cell holds.
type Kind uint8

// The kinds of cells. In a text file every cell is Blank, Text or Fault.
const (
	Blank   Kind = iota
	Text         // as somebody wrote it
	Number       // a number of a workbook: Cell.Text is plain, such as "1250.5" or "4.5E-05"
	Bool         // "TRUE" or "FALSE" of a workbook
	ISO          // an ISO 8601 date or time of a workbook
	Fault        // an error value, such as #N/A
	Formula      // a formula without a result that can be believed; Cell.Text is the formula
)

// Cell is one value, without spaces around it.
type Cell struct {
	Text   string
	Format *Format // how a workbook shows the number, nil where that says nothing
	Merged *Merged // the area whose value it is, nil where the cell stands alone
	Kind   Kind
}

// Merged is an area of a workbook that was merged over several rows. Its value is a name for each of them; a number may be
// one for all, which must not count in every row.
type Merged struct {
	Area string // such as C2:C4
	Rows int
}

// Error implements error.
func (m *Merged) Error() string {
	return fmt.Sprintf("%s is merged over %d rows: one amount for all or for each?", m.Area, m.Rows)
}

// Row is a row that holds any value.
type Row struct {
	Number int // as people see it: the row of a sheet, the line of a text file in which the row begins
	Cells  []Cell
}

// At returns a cell, a blank one where the row is shorter.
func (r Row) At(column int) Cell {
	if column < 0 || column >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[column]
}

// Grid is one table of a file.
type Grid struct {
	Name      string // of the file, without its folder
	Sheet     string // of a workbook, "" of a text file
	Header    []string
	HeaderRow int   // number of the row that holds Header
	Titles    []Row // above the header
	Rows      []Row // below the header, without blank ones
	// Unterminated says that a text file does not end with a line end: its last row may have been cut.
	Unterminated bool
	// ClosedQuote says that a text file ends with a quote: its last cell is whole.
	ClosedQuote bool

	separator rune // of a text file, 0 of a workbook

	from1904 bool // day 0 of the workbook's dates
}

// Options say where the table stands in its file.
type Options struct {
	Sheet     string // of a workbook; "" is the only visible one that holds the table
	HeaderRow int    // number of the row with the names of the columns; 0 is the first row that holds anything
	// Wanted are names of columns that the reader looks for. The separator of a text file is the one that finds most of
	// them.
	Wanted []string
	// Header reports whether a row is a header that the reader looks for. nil asks for all that is Wanted.
	Header func(cells []string) bool
}

// header reports whether a row names all columns that are looked for.
func (o Options) header(cells []Cell) bool {
	if o.Header == nil {
		return len(o.Wanted) > 0 && hits(cells, o.Wanted) == len(o.Wanted)
	}
	texts := make([]string, len(cells))
	for i, c := range cells {
		texts[i] = c.Text
	}
	return o.Header(texts)
}

// Error says why a file cannot be read, and what to do.
type Error struct {
	Row  int    // number of the row, 0 where no single one is meant
	What string // is wrong, the cell's place included
	Hint string // "" where there is none
	// Setting says that the file is as it is, and the configuration asks for something that it does not hold.
	Setting bool
}

// Error implements error.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.What
	}
	return e.What + "; " + e.Hint
}

// maxCells bounds a table, and with it the memory that it takes.
const maxCells = 20_000_000

// Endings returns the endings of the names of files that Read understands.
func Endings() []string { return []string{".csv", ".tsv", ".txt", ".xlsx", ".xlsm"} }

// Workbook reports whether a file is a workbook, by its name.
func Workbook(name string) bool {
	ending := strings.ToLower(filepath.Ext(name))
	return ending == ".xlsx" || ending == ".xlsm"
}

// Read reads the table of a file. The name decides how.
func Read(name string, content []byte, o Options) (*Grid, error) {
	g := &Grid{Name: filepath.Base(name)}
	var rows []Row
	var err error
	if Workbook(name) {
		rows, err = g.workbook(content, o)
	} else {
		rows, err = g.text(content, o)
	}
	if err != nil {
		return nil, err
	}
	if err := g.split(rows, o); err != nil {
		return nil, err
	}
	return g, nil
}

// split takes the header off the rows.
func (g *Grid) split(rows []Row, o Options) error {
	at := 0
	if o.HeaderRow > 0 {
		at = slices.IndexFunc(rows, func(r Row) bool { return r.Number == o.HeaderRow })
	}
	switch {
	case len(rows) == 0:
		return &Error{What: "it is empty"}
	case at < 0:
		return &Error{What: fmt.Sprintf("row %d is empty", o.HeaderRow), Hint: "header_row names the row with the column names", Setting: true}
	}
	g.HeaderRow, g.Titles, g.Rows = rows[at].Number, rows[:at], rows[at+1:]
	for _, c := range rows[at].Cells {
		g.Header = append(g.Header, c.Text)
	}
	return g.checkSeparator()
}

// Find returns the place of a column, -1 where there is none. Capitals, spaces and the Unicode form of the name do not
// matter. A name that two columns have is an error.
func (g *Grid) Find(name string) (int, error) {
	found := -1
	for i, h := range g.Header {
		if Key(h) != Key(name) || h == "" {
			continue
		}
		if found >= 0 {
			return -1, &Error{Row: g.HeaderRow, What: fmt.Sprintf("it has two columns %q, %s and %s", h, Letter(found), Letter(i)), Hint: "rename one of them"}
		}
		found = i
	}
	return found, nil
}

// Columns returns the places of columns by name. Where one is missing, the error names all that are, and the row that
// holds them where the header stands below a title.
func (g *Grid) Columns(names []string) (map[string]int, error) {
	places := map[string]int{}
	var missing []string
	for _, name := range names {
		at, err := g.Find(name)
		switch {
		case err != nil:
			return nil, err
		case at < 0:
			missing = append(missing, name)
		default:
			places[name] = at
		}
	}
	if len(missing) == 0 {
		return places, nil
	}
	e := &Error{
		Row: g.HeaderRow, What: "it has no column " + strings.Join(missing, ", "),
		Hint: "its columns are: " + strings.Join(g.Header, ", "), Setting: true,
	}
	for _, row := range g.Rows[:min(len(g.Rows), titleRows)] {
		if hits(row.Cells, names) == len(names) {
			e.Hint = fmt.Sprintf("they are in row %d: set header_row: %d", row.Number, row.Number)
			break
		}
	}
	return nil, e
}

// titleRows is how far below the top a header is looked for.
const titleRows = 20

// hits counts the names that are among the cells.
func hits(cells []Cell, names []string) (n int) {
	for _, name := range names {
		if slices.ContainsFunc(cells, func(c Cell) bool { return c.Text != "" && Key(c.Text) == Key(name) }) {
			n++
		}
	}
	return n
}

// Place says where a person finds a cell: "Deals!C17" in a workbook, "row 17, column amount" in a text file.
func (g *Grid) Place(row, column int) string {
	switch {
	case column < 0:
		return "row " + strconv.Itoa(row)
	case g.Sheet != "":
		return g.Sheet + "!" + Letter(column) + strconv.Itoa(row)
	case column < len(g.Header) && g.Header[column] != "":
		return fmt.Sprintf("row %d, column %s", row, g.Header[column])
	default:
		return fmt.Sprintf("row %d, column %s", row, Letter(column))
	}
}

// Letter returns the letters by which spreadsheet programs call a column: A for 0, AA for 26.
func Letter(column int) string {
	letters := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters
}

// blank reports whether no cell holds anything.
func blank(cells []Cell) bool {
	return !slices.ContainsFunc(cells, func(c Cell) bool { return c.Kind != Blank })
}
