package table

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads the rows of a text file.
func (g *Grid) text(content []byte, o Options) ([]Row, error) {
	if err := foreign(content); err != nil {
		return nil, err
	}
	text, err := decodeText(content)
	if err != nil {
		return nil, err
	}
	text = lineFeeds(text)
	g.Unterminated = text != "" && !strings.HasSuffix(text, "\n")
	g.ClosedQuote = strings.HasSuffix(text, `"`)
	stated, text := separatorLine(text)
	separator := findSeparator(g.Name, text, o)
	if stated != 0 && stated != separator && found(text, stated, o) == 0 && found(text, separator, o) > 0 {
		return nil, &Error{
			Row: 1, What: fmt.Sprintf("line 1 says that the separator is %q, and the column names are separated by %q", stated, separator),
			Hint: "correct the line sep=, or remove it",
		}
	}
	g.separator = cmp.Or(stated, separator)
	return records(text, g.separator, o.HeaderRow, 0)
}

// foreign refuses files that another kind of program wrote under the name of a text file.
func foreign(content []byte) error {
	top := strings.ToLower(string(content[:min(len(content), 512)]))
	top = strings.TrimSpace(strings.TrimPrefix(top, "\ufeff"))
	switch {
	case strings.HasPrefix(top, "pk\x03\x04"):
		return &Error{What: "it is a workbook or another archive, not a text file", Hint: "give it a name that ends in .xlsx, or save it as CSV"}
	case strings.HasPrefix(top, "<html"), strings.HasPrefix(top, "<!doctype html"), strings.HasPrefix(top, "<table"):
		return &Error{What: "it is a web page, not a text file", Hint: "save it as CSV, or open it in a spreadsheet program and save it as XLSX"}
	default:
		return nil
	}
}

// found counts the wanted names that a separator finds in one row at the top.
func found(text string, separator rune, o Options) (most int) {
	rows, _ := records(text, separator, o.HeaderRow, max(titleRows, o.HeaderRow)+1)
	for _, row := range rows {
		most = max(most, hits(row.Cells, o.Wanted))
	}
	return most
}

// checkSeparator refuses a text file whose rows are separated otherwise than its header: whole rows would be read as
// their first column. A row is one where its first cell holds another separator, the row holds as many of them as the
// header has separators, and cells are missing.
func (g *Grid) checkSeparator() error {
	wanted := len(g.Header) - 1
	if g.separator == 0 || wanted < 1 {
		return nil
	}
	for _, row := range g.Rows {
		filled := 0
		for _, c := range row.Cells {
			if c.Kind != Blank {
				filled++
			}
		}
		for _, other := range separators() {
			if other == g.separator || filled > wanted || !strings.ContainsRune(row.At(0).Text, other) {
				continue
			}
			found := 0
			for _, c := range row.Cells {
				found += strings.Count(c.Text, string(other))
			}
			if found >= wanted {
				return &Error{
					Row:  row.Number,
					What: fmt.Sprintf("row %d holds %q where the header is separated by %q", row.Number, other, g.separator),
					Hint: "use one separator in all rows; quote cells that contain a separator",
				}
			}
		}
	}
	return nil
}

// decodeText returns the text of a file in UTF-8, or in UTF-16 with a byte order mark, which is what spreadsheet
// programs call "Unicode text".
func decodeText(content []byte) (string, error) {
	for mark, order := range map[string]binary.ByteOrder{"\xff\xfe": binary.LittleEndian, "\xfe\xff": binary.BigEndian} {
		if rest, ok := bytes.CutPrefix(content, []byte(mark)); ok {
			units := make([]uint16, len(rest)/2)
			for i := range units {
				units[i] = order.Uint16(rest[2*i:])
			}
			content = []byte(string(utf16.Decode(units)))
		}
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 || bytes.ContainsRune(content, utf8.RuneError) {
		// Two names that differ in a letter that cannot be read would become one.
		return "", &Error{What: "it is not UTF-8 text", Hint: "save it as CSV UTF-8, or as XLSX"}
	}
	return string(content), nil
}

// lineFeeds turns other line ends into line feeds: the lone carriage return of old Macintosh programs and, in a text that
// has no usual one, those of Unicode. Beside usual ones they are part of a text, as a carriage return inside quotes is.
func lineFeeds(text string) string {
	if !strings.ContainsAny(strings.TrimRight(text, "\r\n"), "\r\n") {
		return unicodeLines(text)
	}
	if !strings.Contains(text, "\r") {
		return text
	}
	out, quoted := []byte(text), false
	for i, c := range out {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\r' && !quoted && !strings.HasPrefix(strings.TrimLeft(text[i:min(i+8, len(text))], "\r"), "\n"):
			out[i] = '\n'
		}
	}
	return string(out)
}

// unicodeLines turns the line ends of Unicode outside quotes into line feeds: LS, PS and NEL.
func unicodeLines(text string) string {
	quoted := false
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			quoted = !quoted
		case !quoted && (r == '\u2028' || r == '\u2029' || r == '\u0085'):
			return '\n'
		}
		return r
	}, text)
}

// separatorLine reads the line "sep=;" by which a spreadsheet program is told the separator. The line stays, empty, so
// that the others keep their numbers.
func separatorLine(text string) (separator rune, rest string) {
	line, _, _ := strings.Cut(text, "\n")
	line = strings.TrimRight(line, "\r")
	value := strings.Trim(line, `"`)
	ok := len(value) > 4 && strings.EqualFold(value[:4], "sep=")
	if r := []rune(value[min(4, len(value)):]); ok && slices.Contains(separators(), r[0]) && strings.Trim(string(r[1:]), ";,") == "" {
		return r[0], text[len(line):]
	}
	return 0, text
}

func separators() []rune { return []rune{',', ';', '\t', '|'} }

// findSeparator returns the separator by which the header holds most of the wanted names. Where it holds none, the rows
// below a title are asked, so that the error can name the right one.
func findSeparator(name, text string, o Options) rune {
	candidates := separators()
	if strings.EqualFold(filepath.Ext(name), ".tsv") {
		candidates = []rune{'\t', ',', ';', '|'}
	}
	best, most := candidates[0], [3]int{}
	for _, candidate := range candidates {
		rows, _ := records(text, candidate, o.HeaderRow, max(titleRows, o.HeaderRow)+1)
		score := [3]int{}
		for i, row := range rows {
			n := hits(row.Cells, o.Wanted)
			if row.Number == o.HeaderRow || o.HeaderRow == 0 && i == 0 {
				score[0], score[2] = n, len(row.Cells)
			}
			score[1] = max(score[1], n)
		}
		if slices.Compare(score[:], most[:]) > 0 {
			best, most = candidate, score
		}
	}
	return best
}

// records splits a text into rows; a limit other than 0 ends after that many.
func records(text string, separator rune, headerRow, limit int) ([]Row, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma = separator
	// Programs that write tabs mostly do not quote at all: a quote within a text is a sign for inches.
	reader.LazyQuotes = separator == '\t' && !strings.HasPrefix(text, `"`) && !strings.Contains(text, "\t\"") && !strings.Contains(text, "\n\"")
	width := 0 // of the header
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	var rows []Row
	total := 0
	for limit == 0 || len(rows) < limit {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			return rows, &Error{
				Row: parse.StartLine, What: fmt.Sprintf("line %d: %v", parse.StartLine, parse.Err),
				Hint: `to write a quote inside a text, double it and quote the text`,
			}
		} else if err != nil {
			return rows, err
		}
		line, _ := reader.FieldPos(0)
		row := Row{Number: line, Cells: make([]Cell, len(record))}
		for i, field := range record {
			if swallowed(field, separator, width) {
				start, _ := reader.FieldPos(i)
				return rows, &Error{
					Row: start, What: fmt.Sprintf("line %d: the quoted text in column %s spans whole rows", start, Letter(i)),
					Hint: `close the quote; to write a quote inside a text, double it and quote the text`,
				}
			}
			row.Cells[i] = textCell(field)
		}
		if len(rows) == 0 && headerRow == 0 || line == headerRow {
			width = len(record)
		}
		if total += len(record); total > maxCells {
			return nil, errTooLarge()
		}
		if !blank(row.Cells) {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// swallowed reports whether a text holds a line with as many separators as the header: a quote that was never closed, or
// that stands for "ditto", takes the rows up to the next quote into one cell. Prose has spaces behind its commas.
func swallowed(field string, separator rune, width int) bool {
	if width < 3 || !strings.Contains(field, "\n") {
		return false
	}
	for line := range strings.SplitSeq(field, "\n") {
		count := strings.Count(line, string(separator)) - strings.Count(line, string(separator)+" ")
		if count == width-1 {
			return true
		}
	}
	return false
}

func errTooLarge() error {
	return &Error{What: fmt.Sprintf("it holds more than %d cells", maxCells), Hint: "leave out columns that are not read"}
}

// textCell returns the cell of a text.
func textCell(text string) Cell {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return Cell{}
	case fault(text):
		return Cell{Kind: Fault, Text: text}
	default:
		return Cell{Kind: Text, Text: text}
	}
}

var (
	faultShape = regexp.MustCompile(`^(#[¡¿]?\p{Lu}[\p{Lu}/_.]+[0-9]?[!?]|#\p{Lu}/\p{Lu}+|Err:[0-9]{3})$`)
	// unmarked are error values that end in no mark, beside those such as #N/A.
	unmarked = regexp.MustCompile(`^#(GETTING_DATA|NV|NB|I\.T\.|N\.D\.|BRAK|HIÁNYZIK|YOK|BUSY|DISPONIBLE)$`)
)

// fault reports whether a text is what a spreadsheet program shows for an error, in any language: #N/A, #VALEUR!, #¿NOMBRE?.
func fault(text string) bool {
	return (text[0] == '#' || text[0] == 'E') && (text == "#DIV/0!" || faultShape.MatchString(text) || unmarked.MatchString(text))
}
