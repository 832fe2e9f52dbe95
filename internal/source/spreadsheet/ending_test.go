package spreadsheet

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/files"
)

// TestSwappedDates holds that a column in which day and month may be swapped is refused.
func TestSwappedDates(t *testing.T) {
	const head = "id,stage,amount,closed\n"
	day, month, dotted := ledger{layout: "02/01/2006"}, ledger{layout: "1/2/2006"}, ledger{layout: "2.1.2006 15:04"}
	texts := func(dates ...string) string {
		var out strings.Builder
		out.WriteString(head)
		for i, d := range dates {
			fmt.Fprintf(&out, "%d,Won,,%s\n", i+1, d)
		}
		return out.String()
	}
	cells := func(closed ...string) string {
		rows := []string{}
		for i, c := range closed {
			rows = append(rows, fmt.Sprintf(`<c><v>%d</v></c><c t="str"><v>Won</v></c><c/>%s`, i+1, c))
		}
		return book(rows...)
	}
	text := func(s string) string { return `<c t="str"><v>` + s + `</v></c>` }
	serial := func(s string) string { return `<c s="1"><v>` + s + `</v></c>` }
	const may, first = "45419", "45505" // 2024-05-07 and 2024-08-01
	try(t, []example{
		{"American dates", day, "d.csv", texts("07/04/2024", "07/25/2024"), `refused: row 3, column closed: "07/25/2024" is a date as 01/02/2006, but date_format is 02/01/2006`},
		{"European dates", month, "d.csv", texts("7/4/2024", "25/7/2024"), `refused: "25/7/2024" is a date as 2/1/2006, but date_format is 1/2/2006`},
		{"with a time", dotted, "d.csv", texts("1.7.2024 10:00", "7.25.2024 10:00"), "refused: is a date as 1.2.2006 15:04"},
		{"one order", day, "d.csv", texts("07/04/2024", "25/07/2024"), "1 Won 2024-04-07\n2 Won 2024-07-25"},
		{"no date in any order", day, "d.csv", texts("07/04/2024", "soon"), "1 Won 2024-04-07\n2 bad date at row 3, column closed: soon"},
		{"a month in letters", ledger{layout: "Jan 2, 2006"}, "d.csv", texts("\"Jul 4, 2024\"", "25 Jul 2024"), "1 Won 2024-07-04\n2 bad date at row 3, column closed: 25 Jul 2024"},
		{"dates that a program made", day, "d.xlsx", cells(serial(may), text("25/07/2024")), "refused: Deals!D2 is 2024-05-07, which may be 2024-07-05"},
		{"a later day among them", day, "d.xlsx", cells(serial(may), serial("45498"), text("26/07/2024")), "1 Won 2024-05-07\n2 Won 2024-07-25\n3 Won 2024-07-26"},
		{"an early day in text", day, "d.xlsx", cells(serial(may), text("25/07/2024"), text("04/07/2024")), "1 Won 2024-05-07\n2 Won 2024-07-25\n3 Won 2024-07-04"},
		{"dates alone", day, "d.xlsx", cells(serial(may), serial(first)), "1 Won 2024-05-07\n2 Won 2024-08-01"},
		{"ISO texts beside dates", ledger{}, "d.xlsx", cells(serial(may), text("2024-07-25")), "1 Won 2024-05-07\n2 Won 2024-07-25"},
	})
}

// TestNumbersAsDates holds that a number is a date only where it is shown as one or is a likely one.
func TestNumbersAsDates(t *testing.T) {
	for cell, want := range map[string]string{
		`<c><v>45505</v></c>`:       "0 Won 2024-08-01",
		`<c><v>45505.5</v></c>`:     "0 Won 2024-08-01T12:00Z",
		`<c><v>2024</v></c>`:        "0 bad date at Deals!D4: 2024",
		`<c><v>202408</v></c>`:      "0 bad date at Deals!D4: 202408",
		`<c><v>20240801</v></c>`:    "0 bad date at Deals!D4: 20240801",
		`<c><v>0</v></c>`:           "0 bad date at Deals!D4: 0",
		`<c><v>0.6</v></c>`:         "0 bad date at Deals!D4: 0.6",
		`<c s="2"><v>0.6</v></c>`:   "0 bad date at Deals!D4: 0.6",
		`<c s="3"><v>45505</v></c>`: "0 bad date at Deals!D4: 45505",
		`<c s="6"><v>45505</v></c>`: "0 bad date at Deals!D4: 45505",
		`<c s="1"><v>0</v></c>`:     "0 Won 1899-12-30",
		`<c s="1"><v>2024</v></c>`:  "0 Won 1905-07-16",
	} {
		content := book(`<c><v>8</v></c><c t="str"><v>Won</v></c>`, `<c><v>9</v></c><c t="str"><v>Won</v></c>`, `<c><v>0</v></c><c t="str"><v>Won</v></c><c/>`+cell)
		if got, err := (ledger{}).tell(t, "d.xlsx", content); err != nil || got != "8 Won\n9 Won\n"+want {
			t.Errorf("%s: got %q, %v, want %q", cell, got, err, want)
		}
	}
}

// TestNothing holds what programs write for nothing, in dates and amounts.
func TestNothing(t *testing.T) {
	const head = "id,stage,amount,closed,rep,probability\n"
	l := ledger{fields: []string{"rep", "probability"}}
	var examples []example
	for _, word := range []string{"NULL", "null", "NaN", "nan", "NaT", "NA", "N/A", "n/a", "None", `\N`, "<NA>"} {
		examples = append(examples, example{word, l, "d.csv", head + "1,Open," + word + "," + word + ",Ann," + word + "\n2,Open,5,2024-08-01,,50\n", "1 Open Ann\n2 Open 5 2024-08-01 p=0.5"})
	}
	try(t, append(examples,
		example{"a name", l, "d.csv", head + "1,Open,5,,None,\n", "1 Open 5 None"},
		example{"a dash", l, "d.csv", head + "1,Open,-,,Ann,-\n2,Open,5,,,50\n", "1 Open Ann\n2 Open 5 p=0.5"},
		example{"an error value", l, "d.csv", head + "1,Open,#N/D,,Ann,\n2,Open,5,,,\n", "2 Open 5\n1 bad cell_error at row 2, column amount: #N/D"},
		example{"the zero of a database", l, "d.csv", head + "1,Open,5,0000-00-00,,\n2,Open,5,0000-00-00 00:00:00,,\n3,Open,5,2024-08-01,,\n4,Open,5,2024-00-00,,\n", "1 Open 5\n2 Open 5\n3 Open 5 2024-08-01\n4 bad date at row 5, column closed: 2024-00-00"},
		example{"the zero of a database, day first", ledger{layout: "02/01/2006", fields: l.fields}, "d.csv", head + "1,Open,5,00/00/0000,,\n2,Open,5,01/08/2024,,\n", "1 Open 5\n2 Open 5 2024-08-01"},
		example{"slashes behind the year", l, "d.csv", head + "1,Open,5,2024/07/01,,\n2,Open,5,2024/07/01 10:30,,\n", "1 Open 5 2024-07-01\n2 Open 5 2024-07-01T10:30Z"},
	))
}

// TestTorn holds which last lines are taken for rows that were cut.
func TestTorn(t *testing.T) {
	first, closed, open := convention{}, convention{Ending: endsWithLine}, convention{Ending: endsWithoutLine}
	amounts := "id,stage,closed,amount\n1,Won,,1250\n2,Won,,"
	dates := "id,stage,amount,closed\n1,Won,5,2024-08-01\n2,Won,5,"
	notes := "id,stage,amount,closed,notes\n1,Won,5,2024-08-01,x\n2,Won,5,2024-08-02,"
	const cut = "1 Won 5 2024-08-01\n2 bad shape at row 3: cut off"
	tests := []struct {
		name, content string
		before        convention
		layout, want  string
	}{
		{"an amount, first read", amounts + "12", first, "", "1 Won 1250\n2 Won 12"},
		{"an amount with its line end", amounts + "12\n", open, "", "1 Won 1250\n2 Won 12"},
		{"an amount in quotes", amounts + `"12"`, first, "", "1 Won 1250\n2 Won 12"},
		{"an amount of a file that never ends with a line", amounts + "12", open, "", "1 Won 1250\n2 Won 12"},
		{"an amount of a file that did", amounts + "12", closed, "", "1 Won 1250\n2 bad shape at row 3: cut off"},
		{"a date, first read", dates + "2024-08-02", first, "", "1 Won 5 2024-08-01\n2 Won 5 2024-08-02"},
		{"a date of a file that ended with a line", dates + "2024-08-02", closed, "", cut},
		{"a date that lost its last digit", dates + "2024-07-1", first, "2006-01-02", "1 Won 5 2024-08-01\n2 bad date at row 3, column closed: 2024-07-1"},
		{"a column that is not read", notes + "a", first, "", "1 Won 5 2024-08-01\n2 Won 5 2024-08-02"},
		{"the same of a file that ended with a line", notes + "a", closed, "", cut},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := files.File{Name: "d.csv", Content: []byte(test.content)}
			c, err := ledger{layout: test.layout}.source(t).read([]files.File{f}, conventions{"": test.before})
			if err != nil {
				t.Fatal(err)
			}
			got := told(c)
			if got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
			ending := c.conventions[""].Ending
			if want := map[bool]string{true: endsWithLine, false: endsWithoutLine}[strings.HasSuffix(test.content, "\n")]; ending != want {
				t.Errorf("the file ends with %q, want %q", ending, want)
			}
		})
	}
}
