package spreadsheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

// rezip returns a workbook with other parts.
func rezip(t *testing.T, content string, parts map[string]string) string {
	t.Helper()
	from, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	write := func(name, text string) {
		w, err := to.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range from.File {
		if _, other := parts[f.Name]; other {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		write(f.Name, string(text))
	}
	for name, text := range parts {
		write(name, text)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const (
	mainXML   = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	officeXML = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
)

// uncomputed returns a workbook that asks for its formulas to be computed once it is opened.
func uncomputed(t *testing.T, content string) string {
	t.Helper()
	return rezip(t, content, map[string]string{"xl/workbook.xml": `<workbook ` + mainXML + ` xmlns:r="` + officeXML +
		`"><sheets><sheet name="Deals" sheetId="1" r:id="b"/></sheets><calcPr calcId="124519" fullCalcOnLoad="1"/></workbook>`})
}

// priced returns a workbook with a good deal x in row 2, and deals a, b, ... with these cells as amounts; E2 is 10, F2 is
// "5", G2 is blank.
func priced(cells ...string) string {
	rows := []string{
		`<c t="str"><v>x</v></c><c t="str"><v>Won</v></c><c/><c/><c><v>10</v></c><c t="str"><v>5</v></c>`,
		`<c t="str"><v>y</v></c><c t="str"><v>Won</v></c>`, `<c t="str"><v>z</v></c><c t="str"><v>Won</v></c>`,
	}
	for i, c := range cells {
		rows = append(rows, fmt.Sprintf(`<c t="str"><v>%c</v></c><c t="str"><v>Won</v></c>%s`, 'a'+i, c))
	}
	return book(rows...)
}

// TestComputedFormulas holds that a formula without a result is computed where every program gets the same, and left
// alone else.
func TestComputedFormulas(t *testing.T) {
	tests := []struct{ formula, want string }{ // want "" is a row in quarantine
		{"100*5", "500"},
		{"E2*1.19", "11.9"},
		{"-E2+3*(E2-4)/2", "-1"},
		{"E2*-1", "-10"},
		{"10-5-2", "3"},
		{"100/10/2", "5"},
		{"1000*20%", "200"},
		{"$E$2+E$2", "20"},
		{"SUM(E2,2,3)", "15"},
		{"SUM(E2:E2)*2", "20"},
		{"ROUND(1.005,2)", "1.01"},
		{"ROUND(-2.5,0)", "-3"},
		{"ROUND(1234.567,-2)", "1200"},
		{"0.1+0.2", "0.3"},
		{"SUM(E6:F6)", "3"},
		{"SUM(F6:E6)", "3"}, // Programs that write workbooks keep the corners of an area as somebody typed them.
		{"SUM($F$6:E6,E6:F6)", "6"},
		{"+E2", "10"},
		{"C6+E2", ""}, // refers to itself
		{"E6 F6", ""}, // a space is the operator of what two areas have in common
		{"E6 F6*2", ""},
		{"SUM(E6 F6)", ""},
		{"SUM(E6:F6 F6:F6)", ""},
		{"SUM((E6,F6))", ""},
		{"E6:F6", ""},
		{"@E6", ""},
		{"INF", ""},
		{"0x10", ""},
		{"F2*2", ""},
		{"G2+5", ""},
		{"Z99", ""},
		{"SUM(E2:G2)", ""},
		{"SUM(E:E)", ""},
		{"IF(G2=\"\",0,E2)", ""},
		{"E2&gt;5", ""},
		{"E2=10", ""},
		{"(E2=10)*5", ""},
		{"2^3", ""},
		{"E2&amp;1", ""},
		{"--\"5\"", ""},
		{"SUMPRODUCT(E2:E2)", ""},
		{"SUMIFS(E2:E2,E2:E2,10)", ""},
		{"LOOKUP(2,{1,2},{3,4})", ""},
		{"VLOOKUP(10,E2:F2,2)", ""},
		{"Other!A1*2", ""},
		{"[1]Other!A1*2", ""},
		{"myname*2", ""},
		{"TODAY()", ""},
		{"MAX(E2,1)", ""},
		{"", ""},
	}
	for _, test := range tests {
		t.Run(test.formula, func(t *testing.T) {
			got, err := ledger{}.tell(t, "d.xlsx", priced(`<c/>`, `<c><f>`+test.formula+`</f></c><c/><c><v>1</v></c><c><v>2</v></c>`))
			want := "x Won\ny Won\nz Won\na Won\nb Won " + test.want
			if err != nil || test.want != "" && got != want || test.want == "" && !strings.Contains(got, "b bad formula at Deals!C6") {
				t.Errorf("got:\n%s, %v\nwant:\n%s", got, err, want)
			}
		})
	}
}

func TestUncomputedFormulas(t *testing.T) {
	const good = "x Won\ny Won\nz Won"
	cached := priced(`<c><f>E2*100</f><v>0</v></c>`, `<c><v>7</v></c>`, `<c><f>C5+C6</f><v>0</v></c>`, `<c t="array"><f t="array" ref="C8">E2*2</f><v>0</v></c>`)
	array := priced(`<c><f t="array" ref="C5">E2*2</f></c>`)
	text := priced(`<c t="str"><f>E2&amp;""</f><v>5</v></c>`, `<c><f>IF(E2=10,7,8)</f><v>0</v></c>`)
	try(t, []example{
		{"cached zeros", ledger{}, "d.xlsx", uncomputed(t, cached), good + "\na Won 1000\nb Won 7\nc Won 1007\nd bad formula at Deals!C8: =E2*2"},
		{"results of a spreadsheet program", ledger{}, "d.xlsx", priced(`<c><f>E2*100</f><v>1000</v></c>`, `<c><f>IF(E2=10,7,8)</f><v>7</v></c>`), good + "\na Won 1000\nb Won 7"},
		{"an array", ledger{}, "d.xlsx", array, good + "\na bad formula at Deals!C5: =E2*2"},
		{"texts and conditions", ledger{}, "d.xlsx", uncomputed(t, text), good + "\na bad formula at Deals!C5: =E2&\"\"\nb bad formula at Deals!C6: =IF(E2=10,7,8)"},
		{"a chain", ledger{}, "d.xlsx", priced(`<c><f>C6+1</f></c>`, `<c><f>C7+1</f></c>`, `<c><f>E2</f></c>`), good + "\na Won 12\nb Won 11\nc Won 10"},
		{"an area from its end", ledger{}, "d.xlsx", priced(`<c><v>1</v></c>`, `<c><v>2</v></c>`, `<c><v>3</v></c>`, `<c><f>SUM(C7:C5)</f></c>`, `<c><f>SUM($C$6:C5)</f></c>`), good + "\na Won 1\nb Won 2\nc Won 3\nd Won 6\ne Won 3"},
		{"a ring", ledger{}, "d.xlsx", priced(`<c><f>C6+1</f></c>`, `<c><f>C5+1</f></c>`), good + "\na bad formula at Deals!C5: =C6+1\nb bad formula at Deals!C6: =C5+1"},
		{"an error in front", ledger{}, "d.xlsx", priced(`<c t="e"><v>#N/A</v></c>`, `<c><f>C5*2</f></c>`), good + "\na bad cell_error at Deals!C5: #N/A\nb bad cell_error at Deals!C6: #N/A"},
	})
}

// sheets returns a workbook of sheets, each with its name, state and rows. A sheet "chart" is a chart.
func sheets(t *testing.T, all ...[3]string) string {
	t.Helper()
	parts := map[string]string{}
	var list, relations strings.Builder
	for i, s := range all {
		kind := "worksheet"
		if s[0] == "chart" {
			kind = "chartsheet"
		}
		fmt.Fprintf(&list, `<sheet name="%s" state="%s" sheetId="%d" r:id="s%d"/>`, s[0], s[1], i+1, i)
		fmt.Fprintf(&relations, `<Relationship Id="s%d" Type="%s/%s" Target="worksheets/s%d.xml"/>`, i, officeXML, kind, i)
		parts[fmt.Sprintf("xl/worksheets/s%d.xml", i)] = `<worksheet ` + mainXML + `><sheetData>` + s[2] + `</sheetData></worksheet>`
	}
	parts["xl/workbook.xml"] = `<workbook ` + mainXML + ` xmlns:r="` + officeXML + `"><sheets>` + list.String() + `</sheets></workbook>`
	parts["xl/_rels/workbook.xml.rels"] = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + relations.String() + `</Relationships>`
	return rezip(t, book(), parts)
}

func TestSheets(t *testing.T) {
	row := func(cells ...string) string {
		return `<row><c t="str"><v>` + strings.Join(cells, `</v></c><c t="str"><v>`) + `</v></c></row>`
	}
	header := row("id", "stage", "amount", "closed")
	deals := func(id string) string { return header + row(id, "Won", "5") }
	long := header + strings.Repeat(row("1", "Won", "5"), 40)
	notes := row("How to use this file") + row("id", "stage")
	const both = "refused: 2 of its sheets hold such a table: Jul, Aug; set sheet: to the right one"
	try(t, []example{
		{"one", ledger{}, "d.xlsx", sheets(t, [3]string{"Jul", "", deals("1")}), "1 Won 5"},
		{"two", ledger{}, "d.xlsx", sheets(t, [3]string{"Jul", "", deals("1")}, [3]string{"Aug", "", deals("2")}), both},
		{"two that are long", ledger{}, "d.xlsx", sheets(t, [3]string{"Jul", "", long}, [3]string{"Aug", "", long}), both},
		{"two with titles", ledger{header: 2}, "d.xlsx", sheets(t, [3]string{"Jul", "", row("x") + deals("1")}, [3]string{"Aug", "", row("x") + deals("2")}), both},
		{"a hidden first one", ledger{}, "d.xlsx", sheets(t, [3]string{"Jul", "hidden", deals("1")}, [3]string{"Aug", "visible", deals("2")}), "2 Won 5"},
		{"a very hidden last one", ledger{}, "d.xlsx", sheets(t, [3]string{"Jul", "", deals("1")}, [3]string{"Aug", "veryHidden", deals("2")}), "1 Won 5"},
		{"nothing but hidden ones", ledger{}, "d.xlsx", sheets(t, [3]string{"Jul", "hidden", deals("1")}), "refused: all of its sheets are hidden; set sheet: to one of Jul"},
		{"instructions in front", ledger{}, "d.xlsx", sheets(t, [3]string{"Read me", "", notes}, [3]string{"Jul", "", deals("1")}), "1 Won 5"},
		{"an empty sheet in front", ledger{}, "d.xlsx", sheets(t, [3]string{"Sheet1", "", ""}, [3]string{"Jul", "", deals("1")}), "1 Won 5"},
		{"a chart in front", ledger{}, "d.xlsx", sheets(t, [3]string{"chart", "", ""}, [3]string{"Jul", "", deals("1")}), "1 Won 5"},
		{"a title in the only one that fits", ledger{}, "d.xlsx", sheets(t, [3]string{"Read me", "", notes}, [3]string{"Jul", "", row("x") + deals("1")}), "refused: they are in row 2: set header_row: 2"},
		{"none that fits", ledger{}, "d.xlsx", sheets(t, [3]string{"Read me", "", notes}, [3]string{"Jul", "", row("id", "stage")}), "refused: it has no column amount"},
	})
}

func TestMergedNumbers(t *testing.T) {
	cells := func(rows ...string) []string {
		out := []string{`<c><v>8</v></c><c t="str"><v>Won</v></c>`, `<c><v>9</v></c><c t="str"><v>Won</v></c>`}
		for i, r := range rows {
			out = append(out, fmt.Sprintf(`<c><v>%d</v></c><c t="str"><v>Open</v></c>%s`, i, r))
		}
		return out
	}
	const good = "8 Won\n9 Won"
	both := func(column, area string) string {
		return fmt.Sprintf("\n0 bad amount at Deals!%[1]s4: %[2]s is merged over 2 rows: one amount for all or for each?"+
			"\n1 bad amount at Deals!%[1]s5: %[2]s is merged over 2 rows: one amount for all or for each?", column, area)
	}
	p := ledger{fields: []string{"probability"}}
	try(t, []example{
		{"an amount", ledger{}, "d.xlsx", merged("C4:C5", cells(`<c><v>7</v></c>`, ``)...), good + both("C", "C4:C5")},
		{"a text", ledger{}, "d.xlsx", merged("C4:C5", cells(`<c t="str"><v>7</v></c>`, ``)...), good + both("C", "C4:C5")},
		{"two columns wide", ledger{}, "d.xlsx", merged("C4:D5", cells(`<c><v>7</v></c>`, ``)...), good + both("C", "C4:D5")},
		{"a formula", ledger{}, "d.xlsx", merged("C4:C5", cells(`<c><f>3+4</f></c>`, ``)...), good + both("C", "C4:C5")},
		{"a probability", p, "d.xlsx", merged("E4:E5", cells(`<c/><c/><c><v>0.5</v></c>`, ``)...), good + both("E", "E4:E5")},
		{"in one row", ledger{}, "d.xlsx", merged("C4:D4", cells(`<c><v>7</v></c>`, `<c><v>5</v></c>`)...), good + "\n0 Open 7\n1 Open 5"},
		{"with a row that is empty", ledger{}, "d.xlsx", merged("C5:C7", cells(`<c><v>7</v></c>`, `<c><v>5</v></c>`)...), good + "\n0 Open 7\n1 Open 5"},
		{"a blank area", ledger{}, "d.xlsx", merged("C4:C5", cells(`<c/>`, ``)...), good + "\n0 Open\n1 Open"},
		{"a date", ledger{}, "d.xlsx", merged("D4:D5", cells(`<c/><c s="1"><v>45505</v></c>`, ``)...), good + "\n0 Open 2024-08-01\n1 Open 2024-08-01"},
	})
}

// TestBesideTheTable holds that notes beside and below a table are none of it.
func TestBesideTheTable(t *testing.T) {
	one, two := `<c><v>1</v></c><c t="str"><v>Won</v></c><c><v>5</v></c>`, `<c><v>2</v></c><c t="str"><v>Won</v></c><c><v>6</v></c>`
	beside := strings.Repeat(`<c/>`, 5)
	const good = "1 Won 5\n2 Won 6"
	const head = "id,stage,amount,closed\n1,Won,5,\n2,Won,6,\n"
	try(t, []example{
		{"a note in a row", ledger{}, "d.xlsx", book(one+beside+`<c t="str"><v>ask Bob</v></c>`, two), good},
		{"a sum in a row of its own", ledger{}, "d.xlsx", book(one, `<c/><c/><c/>`+beside+`<c><f>SUM(C2:C4)</f><v>11</v></c>`, two), good},
		{"a note below", ledger{}, "d.xlsx", book(one, two, `<c t="str"><v>as of today</v></c>`), good},
		{"Salesforce", ledger{}, "d.csv", head + "\"Grand Totals (2 records)\",,11,\n\n\"Acme\"\n\"Copyright (c) 2000-2024 salesforce.com, inc.\"\nConfidential Information - Do Not Distribute\n", good + "\n bad id at row 4, column id: Grand Totals (2 records)"},
		{"a total with a stage", ledger{}, "d.csv", head + "Total,Won,11,\n", good + "\n bad id at row 4, column id: Total"},
		{"subtotals between", ledger{}, "d.csv", "id,stage,amount,closed\n1,Won,5,\nSubtotal,Won,5,\n2,Won,6,\nSumme,Won,6,\n", good + "\n bad id at row 3, column id: Subtotal\n bad id at row 5, column id: Summe"},
		{"a total of a group with a stage", ledger{}, "d.csv", head + "Ann Total,Won,11,\n", good + "\n bad id at row 4, column id: Ann Total"},
		{"a total beside the id", ledger{fields: []string{"team"}}, "d.csv", "id,stage,amount,closed,team\n1,Won,5,,East\n2,Won,6,,\n3,Won,11,,Summe\n", "1 Won 5@East\n2 Won 6\n bad id at row 4, column id: Summe"},
		{"a deal called after Total", ledger{}, "d.csv", head + "Total-17,Won,1,\n", good + "\nTotal-17 Won 1"},
		{"one cell in the middle", ledger{}, "d.csv", "id,stage,amount,closed\n1,Won,5,\n7\n2,Won,6,\n", good + "\n7 bad stage at row 3, column stage: "},
		{"one cell that may have been cut", ledger{}, "d.csv", head + "7", good + "\n7 bad shape at row 4: cut off"},
		{"nothing but such rows", ledger{}, "d.csv", "id,stage,amount,closed\n1\n2\n", "refused: 2 of 2 rows cannot be read"},
		{"too many of them", ledger{}, "d.csv", head + strings.Repeat("x\n", 30), "refused: 30 of 32 rows cannot be read"},
		{"more cells than the header in a text file", ledger{}, "d.csv", head + "3,Won,1,000,2024-08-01\n", good + "\n3 bad shape at row 4, column E: more cells than the header"},
	})
}
