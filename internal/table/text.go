package table

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads the rows of a text file.
func (g *Grid) text(content []byte, o Options) ([]Row, error) {
	text, err := decodeText(content)
	if err != nil {
		return nil, err
	}
	text = lineFeeds(text)
	g.Unterminated = text != "" && !strings.HasSuffix(text, "\n")
	separator, text := separatorLine(text)
	if separator == 0 {
		separator = findSeparator(g.Name, text, o)
	}
	return records(text, separator, 0)
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

// lineFeeds turns the line ends of old Macintosh programs, a lone carriage return, into line feeds. Inside quotes a
// carriage return is part of the text.
func lineFeeds(text string) string {
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
		rows, _ := records(text, candidate, max(titleRows, o.HeaderRow)+1)
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
func records(text string, separator rune, limit int) ([]Row, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma = separator
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
				Hint: `a quote inside a text is written twice, and the text in quotes`,
			}
		} else if err != nil {
			return rows, err
		}
		line, _ := reader.FieldPos(0)
		row := Row{Number: line, Cells: make([]Cell, len(record))}
		for i, field := range record {
			row.Cells[i] = textCell(field)
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

// fault reports whether a text is what a spreadsheet program shows for an error.
func fault(text string) bool {
	switch text {
	case "#N/A", "#NV", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!",
		"#BLOCKED!", "#CONNECT!", "#GETTING_DATA", "#UNKNOWN!", "#ERROR!", "#BEZUG!", "#WERT!", "#ZAHL!", "Err:502",
		"Err:504", "Err:508", "Err:522":
		return true
	default:
		return false
	}
}
