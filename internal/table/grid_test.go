package table_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/table"
)

func utf16le(text string) string {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return string(out)
}

// texts returns the header and the rows of a grid as text.
func texts(g *table.Grid) [][]string {
	out := [][]string{g.Header}
	for _, row := range g.Rows {
		var line []string
		for _, c := range row.Cells {
			line = append(line, c.Text)
		}
		out = append(out, line)
	}
	return out
}

// TestText holds that the shapes of text files that programs write are one table.
func TestText(t *testing.T) {
	want := [][]string{{"id", "stage", "amount"}, {"1", "Won", "100"}, {"2", "Lost", "200"}}
	plain := "id,stage,amount\n1,Won,100\n2,Lost,200\n"
	with := func(separator string) string { return strings.ReplaceAll(plain, ",", separator) }
	tests := []struct{ name, file, content string }{
		{"comma", "a.csv", plain},
		{"semicolon", "a.csv", with(";")},
		{"tab", "a.tsv", with("\t")},
		{"tab in a .csv", "a.csv", with("\t")},
		{"pipe", "a.txt", with("|")},
		{"comma in a .tsv", "a.tsv", plain},
		{"CRLF", "a.csv", strings.ReplaceAll(plain, "\n", "\r\n")},
		{"B10 CR", "a.csv", strings.ReplaceAll(plain, "\n", "\r")},
		{"CR CR LF", "a.csv", strings.ReplaceAll(plain, "\n", "\r\r\n")},
		{"CR, then a line that a tool appended", "a.csv", "id,stage,amount\r1,Won,100\r2,Lost,200\n"},
		{"no line end at the end", "a.csv", strings.TrimSpace(plain)},
		{"BOM", "a.csv", "\ufeff" + plain},
		{"UTF-16", "a.txt", utf16le(with("\t"))},
		{"B12 sep", "a.csv", "sep=;\n" + with(";")},
		{"sep with CRLF and a BOM", "a.csv", "\ufeffsep=|\r\n" + with("|")},
		{"sep of a tab", "a.csv", "sep=\t\n" + with("\t")},
		{"quotes", "a.csv", "\"id\";\"stage\";\"amount\"\n\"1\";\"Won\";\"100\"\n\"2\";\"Lost\";\"200\"\n"},
		{"blank lines", "a.csv", "\n\n" + strings.ReplaceAll(plain, "\n", "\n\n,,\n")},
		{"spaces", "a.csv", "id , stage, amount\n 1,Won , 100\n2,Lost,200\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := read(t, test.file, test.content, table.Options{Wanted: []string{"id", "stage", "amount"}})
			if diff := cmp.Diff(want, texts(g)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestHeaders holds that the header that holds the wanted names decides on the separator (B11), and what an error says
// where it does not.
func TestHeaders(t *testing.T) {
	tests := []struct {
		name, content string
		row           int
		wanted        []string
		says          string
	}{
		{"B11", "id;stage;Note (free, optional)\n1;Won;x\n", 0, []string{"id", "stage"}, ""},
		{"a comma in a wanted name", "id;Amount, EUR;a, b, c, d\n1;5;x\n", 0, []string{"id", "Amount, EUR"}, ""},
		{"a quoted comma", "id,\"Amount, EUR\"\n1,5\n", 0, []string{"id", "Amount, EUR"}, ""},
		{"a semicolon in a name of a comma file", "id,stage,a;b;c\n1,Won,x\n", 0, []string{"id", "stage"}, ""},
		{"pipes in a semicolon file", "id;stage;a|b|c|d\n", 0, []string{"id", "stage"}, ""},
		{"other capitals, spaces and form", "Ope\u0301ration  ID;STAGE\n", 0, []string{"opération id", "stage"}, ""},
		{"a title", "Deals, all of them\n\nid;stage\n1;Won\n", 3, []string{"id", "stage"}, ""},
		{"a title that nobody named", "Deals, all of them\nas of today\nid;stage\n1;Won\n", 0, []string{"id", "stage"}, "it has no column id, stage; they are in row 3: set header_row: 3"},
		{"no such column", "id,stages\n1,Won\n", 0, []string{"id", "stage"}, "it has no column stage; its columns are: id, stages"},
		{"no such row", "id,stage\n1,Won\n", 7, []string{"id", "stage"}, "row 7 is empty"},
		{"twice", "id,Stage,stage\n1,Won,Lost\n", 0, []string{"id", "stage"}, `it has two columns "stage", B and C`},
		{"another column twice", "id,stage,x,x\n1,Won,,\n", 0, []string{"id", "stage"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g, err := table.Read("a.csv", []byte(test.content), table.Options{HeaderRow: test.row, Wanted: test.wanted})
			if err == nil {
				_, err = g.Columns(test.wanted)
			}
			if (err != nil) != (test.says != "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %q", err, test.says)
			}
		})
	}
}

func TestRefusedText(t *testing.T) {
	for name, test := range map[string]struct{ content, says string }{
		"empty":                          {"", "it is empty"},
		"blank":                          {"\n \n\n", "it is empty"},
		"an open quote":                  {"id,stage\n1,\"Won\n2,Lost\n", "line 2"},
		"a lone quote":                   {"id,stage\n1,5\" pipe\n", "line 2"},
		"a ditto mark":                   {"id,stage,a,b\n1,Won,\"\n2,Won,x,y\n3,Won,\",y\n", "line 2: the quoted text in column C spans whole rows"},
		"one row in a text":              {"id,stage,b,c\n1,Won,2,\"said\n2,Won,2,bye\"\n3,Won,1,2\n", "line 2: the quoted text in column D"},
		"a row behind a blank start":     {"id;stage;b;c\n1;Won;2;\"\n2;Won;2;\"\n", "line 2"},
		"a ditto mark in tabs":           {"id\tstage\tb\n1\tWon\t\"\n2\tWon\t5\n3\tWon\t\"\n", "line 2"},
		"a workbook":                     {"PK\x03\x04\x14\x00", "it is a workbook or another archive"},
		"a web page":                     {"\ufeff\n<!DOCTYPE html><html>", "it is a web page"},
		"a table of a web page":          {"<table><tr>", "it is a web page"},
		"another separator than it says": {"sep=;\nid,stage\n1,Won\n", `line 1 says that the separator is ';', and the column names are separated by ','`},
		"Latin 1":                        {"id,stage\n1,Zo\xeb\n", "not UTF-8"},
		"no mark":                        {"i\x00d\x00", "not UTF-8"},
	} {
		if _, err := table.Read("a.csv", []byte(test.content), table.Options{Wanted: []string{"id", "stage"}}); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want %q", name, err, test.says)
		}
	}
}

func TestPlaces(t *testing.T) {
	g := read(t, "a.csv", "id,amount,\n\n\"a\nb\",7,x,y\nc,8\n", table.Options{Wanted: []string{"id"}})
	got := []string{g.Place(g.Rows[0].Number, 0), g.Place(g.Rows[1].Number, 1), g.Place(3, 2), g.Place(3, 27), g.Place(3, -1)}
	want := []string{"row 3, column id", "row 5, column amount", "row 3, column C", "row 3, column AB", "row 3"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if c := g.Rows[1].At(3); c.Kind != table.Blank {
		t.Errorf("a short row: %+v", c)
	}
}

// FuzzText holds that no text makes the reader fail otherwise than by an error.
func FuzzText(f *testing.F) {
	f.Add("a.csv", "sep=;\nid;stage\n1;\"a\rb\"\n")
	f.Add("a.tsv", "id\tstage\r1\t12,5 %\r")
	f.Add("a.txt", utf16le("id|stage\n"))
	f.Fuzz(func(t *testing.T, name, content string) {
		if table.Workbook(name) {
			t.Skip("not a text")
		}
		g, err := table.Read(name, []byte(content), table.Options{Wanted: []string{"id", "stage"}})
		if err != nil {
			return
		}
		decimal, _ := g.DecideDecimal(0, 1)
		_, _ = g.DecideScale(1, decimal)
		times := g.DecideTimes(1, "", nil)
		for _, row := range g.Rows {
			if row.Number <= g.HeaderRow || len(row.Cells) == 0 {
				t.Errorf("row %+v", row)
			}
			_, _ = times.Instant(row.At(1))
			if a, err := decimal.Amount(row.At(0)); err == nil {
				if _, err := a.Money(); err != nil && !strings.Contains(err.Error(), "range") && !strings.Contains(a.Number, "E") {
					t.Errorf("%q was read as %q, which is no number: %v", row.At(0).Text, a.Number, err)
				}
			}
		}
	})
}

// TestQuotes holds that quotes that close are text, whatever they hold.
func TestQuotes(t *testing.T) {
	tests := map[string]struct{ file, content, want string }{
		"inches in tabs":         {"a.tsv", "id\tstage\tnote\n1\tWon\t24\" screen\n", `24" screen`},
		"inches in a tabbed csv": {"a.csv", "id\tstage\tnote\n1\tWon\t5\" 6\"\n", `5" 6"`},
		"quoted tabs":            {"a.tsv", "id\tstage\tnote\n1\tWon\t\"a\tb\"\n", "a\tb"},
		"lines":                  {"a.csv", "id,stage,note\n1,Won,\"a\nb,c\n\nd\"\n", "a\nb,c\n\nd"},
		"prose with commas":      {"a.csv", "id,stage,note\n1,Won,\"Dear Ann,\nyes, no, well\"\n", "Dear Ann,\nyes, no, well"},
	}
	for name, test := range tests {
		g := read(t, test.file, test.content, table.Options{Wanted: []string{"id", "stage"}})
		if got := g.Rows[0].At(2).Text; got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// TestFaults holds that error values are known in any language, and that other texts are texts.
func TestFaults(t *testing.T) {
	for fault := range strings.FieldsSeq("#N/A #N/D #NV #REF! #¡REF! #BEZUG! #VALUE! #VALEUR! #WERT! #¡VALOR! #NAME? #NOM? #¿NOMBRE? #SAKNAS! " +
		"#DIV/0! #¡DIV/0! #DIVISION/0! #ССЫЛКА! #ADR! #I/T #SPILL! #GETTING_DATA Err:502 #ZAHL!") {
		if c := read(t, "a.csv", "id,stage\n1,"+fault+"\n", table.Options{Wanted: []string{"id"}}).Rows[0].At(1); c.Kind != table.Fault {
			t.Errorf("%s is %+v", fault, c)
		}
	}
	for text := range strings.FieldsSeq("#1 #12! # #! #N #Hot! Err:or #new? #A/1 NV") {
		if c := read(t, "a.csv", "id,stage\n1,"+text+"\n", table.Options{Wanted: []string{"id"}}).Rows[0].At(1); c.Kind != table.Text {
			t.Errorf("%s is %+v", text, c)
		}
	}
}

func TestKey(t *testing.T) {
	for _, same := range [][2]string{
		{"O\u2019Brien", "o'brien"},
		{"O\u02bcBrien", "O'Brien"},
		{"Anne\u2011Marie", "anne-marie"},
		{"Anne\u2010Marie", "Anne-Marie"},
		{"\u200eAnn\u200f", "Ann"},
		{"Ann\u200b", "ann"},
		{"Jose\u0301", "JOSÉ"},
	} {
		if table.Key(same[0]) != table.Key(same[1]) {
			t.Errorf("%q and %q are one name", same[0], same[1])
		}
	}
	if table.Key("Ann-Lee") == table.Key("Ann Lee") || table.Key("OBrien") == table.Key("O'Brien") {
		t.Error("a hyphen is no space, and an apostrophe not nothing")
	}
}

// TestSeparatorOfRows holds that a file is refused where its rows are separated otherwise than its header.
func TestSeparatorOfRows(t *testing.T) {
	for content, want := range map[string]string{ // "" is read
		"id,stage,amount\n1,Won,100\n2;Lost;200\n":             `row 3 holds ';' where the header is separated by ','`,
		"id,stage,amount\n1;Won;100,50\n":                      `row 2 holds ';'`,
		"id;stage;amount\n1,Won,100\n":                         `row 2 holds ',' where the header is separated by ';'`,
		"id,stage,amount\n1\tWon\t100\n":                       `row 2 holds '\t'`,
		"sep=,\nid,stage\n1|Won\n":                             `row 3 holds '|'`,
		"id,stage,amount\n1;2,Won,100\n":                       "",
		"id,stage,amount\n1,Won\n\"made by x; y\"\n":           "",
		"id,stage,note,amount\n1,Won,\"a; b; c; d\"\n":         "",
		"Report; 2026; of all\n\nid,stage,amount\n1,Won,100\n": "",
		"id\n1;2\n": "",
	} {
		_, err := table.Read("a.csv", []byte(content), table.Options{Wanted: []string{"id", "stage", "amount"}})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
	}
}
