package spreadsheet

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/files"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// ledger is a source whose files the tests hand over.
type ledger struct {
	zone, decimal, layout string
	header                int
	fields                []string // beside id, stage, amount and closed
}

func (l ledger) source(t *testing.T) *Source {
	t.Helper()
	zone, err := time.LoadLocation(l.zone)
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]string{}
	for _, field := range append([]string{"id", "stage", "amount", "closed"}, l.fields...) {
		columns[field] = field
	}
	cfg := config.Source{Name: "ledger", Settings: &settings.Settings{Decimal: l.decimal, Deals: settings.Sheet{
		Columns: columns, DateFormat: l.layout, HeaderRow: l.header,
		Stages: map[string]crm.Outcome{"Won": crm.OutcomeWon, "Lost": crm.OutcomeLost, "Open": crm.OutcomeOpen},
	}}}
	s, err := New("ledger", cfg, source.Environment{Logger: slog.New(slog.DiscardHandler), Now: time.Now, Currency: "USD", Location: zone})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tell returns what was read, a line a deal: what of it the tests are about.
func (l ledger) tell(t *testing.T, name, content string) (string, error) {
	t.Helper()
	c, err := l.source(t).read([]files.File{{Name: name, Content: []byte(content)}}, nil)
	if err != nil {
		return "", err
	}
	return told(c), nil
}

// told is what was read, a line a deal or a row in quarantine.
func told(c *contents) string {
	var lines []string
	for _, d := range c.deals {
		line := d.ID + " " + d.Stage
		if d.AmountKnown {
			line += fmt.Sprintf(" %v%s", d.Amount.Float(), d.Currency)
		}
		if d.Closed.IsDate() {
			line += " " + d.Closed.In(time.UTC).Format(time.DateOnly)
		} else if d.Closed.Known() {
			line += " " + d.Closed.In(time.UTC).Format("2006-01-02T15:04Z")
		}
		if d.Probability != value.ProbabilityUnknown {
			line += fmt.Sprintf(" p=%v", float64(d.Probability)/1e6)
		}
		if d.Rep != "" {
			line += " " + c.rep[d.Rep].Name
		}
		if team := d.Dimensions["team"]; team != "" {
			line += "@" + team
		}
		lines = append(lines, line)
	}
	for _, q := range c.quarantined {
		lines = append(lines, fmt.Sprintf("%s bad %s at %s: %s", q.ID, q.Reason, q.Place, q.Value))
	}
	return strings.Join(lines, "\n")
}

type example struct {
	name    string
	ledger  ledger
	file    string
	content string
	want    string // lines of tell, or "refused: " and a part of the error
}

func try(t *testing.T, examples []example) {
	t.Helper()
	for _, e := range examples {
		t.Run(e.name, func(t *testing.T) {
			got, err := e.ledger.tell(t, e.file, e.content)
			if says, refused := strings.CutPrefix(e.want, "refused: "); refused {
				if err == nil || !strings.Contains(err.Error(), says) {
					t.Errorf("got %s, %v; want a refusal with %q", got, err, says)
				}
				return
			}
			if err != nil || got != e.want {
				t.Errorf("got:\n%s\n%v\nwant:\n%s", got, err, e.want)
			}
		})
	}
}

func TestNumberCases(t *testing.T) {
	const head = "id;stage;amount;closed\n"
	p := ledger{fields: []string{"probability"}}
	shares := func(values ...string) string {
		var text strings.Builder
		text.WriteString("id;stage;amount;closed;probability\n")
		for i, v := range values {
			fmt.Fprintf(&text, "%d;Open;1;;%s\n", i+1, v)
		}
		return text.String()
	}
	try(t, []example{
		{"B01", ledger{}, "d.csv", head + "1;Won;12.500;\n2;Won;7.250;\n3;Won;900;\n", `refused: row 2, column amount: "12.500" may be 12.5 or 12500`},
		{"B01 configured", ledger{decimal: ","}, "d.csv", head + "1;Won;12.500;\n2;Won;900;\n", "1 Won 12500\n2 Won 900"},
		{"B02", ledger{}, "d.csv", head + "1;Won;12,500;\n2;Won;7,25;\n", "1 Won 12.5\n2 Won 7.25"},
		{"English thousands alone", ledger{}, "d.csv", head + "1;Won;$12,500;\n", "refused: may be 12500 or 12.5"},
		{"English thousands beside cents", ledger{}, "d.csv", head + "1;Won;$12,500;\n2;Won;3.10;\n", "1 Won 12500USD\n2 Won 3.1"},
		{"another column decides", p, "d.csv", "id;stage;amount;closed;probability\n1;Open;12.500;;0,25\n", "1 Open 12500 p=0.25"},
		{"a contradiction", ledger{}, "d.csv", head + "1;Won;7,25;\n2;Won;7.25;\n", `refused: row 3, column amount: "7.25" has a decimal point, but row 2, column amount: "7,25" has a decimal comma`},
		{"a contradiction that is configured", ledger{decimal: "."}, "d.csv", head + "1;Won;7,25;\n2;Won;7.25;\n", "2 Won 7.25\n1 bad amount at row 2, column amount: 7,25"},
		{"texts of a workbook", ledger{}, "d.xlsx", book(`<c><v>1</v></c><c t="str"><v>Won</v></c><c t="str"><v>12.500</v></c><c/>`), "refused: Deals!C2"},
		{"numbers of a workbook", ledger{}, "d.xlsx", book(`<c><v>1</v></c><c t="str"><v>Won</v></c><c><v>12.500</v></c><c/>`), "1 Won 12.5"},
		{"B20", p, "d.csv", shares("1", "50", "5"), "1 Open 1 p=0.01\n2 Open 1 p=0.5\n3 Open 1 p=0.05"},
		{"ratios", p, "d.csv", shares("1", "0.5", "0"), "1 Open 1 p=1\n2 Open 1 p=0.5\n3 Open 1 p=0"},
		{"percent signs", p, "d.csv", shares("1%", "0.5 %", "50%"), "1 Open 1 p=0.01\n2 Open 1 p=0.005\n3 Open 1 p=0.5"},
		{"a sign among percents", p, "d.csv", shares("50%", "20"), "1 Open 1 p=0.5\n2 Open 1 p=0.2"},
		{"a sign among ratios", p, "d.csv", shares("50%", "0.5"), `refused: row 3, column probability: "0.5" may be 0.5% or 0.5, since row 2`},
		{"percents and ratios", p, "d.csv", shares("50", "0.5"), "refused: may be 0.5% or 0.5"},
		{"no probability", p, "d.csv", shares("unclear", "20"), "1 Open 1\n2 Open 1 p=0.2"},
		{"percent formats", p, "d.xlsx", book(
			`<c><v>1</v></c><c t="str"><v>Open</v></c><c/><c/><c s="6"><v>0.01</v></c>`,
			`<c><v>2</v></c><c t="str"><v>Open</v></c><c/><c/><c s="6"><v>1</v></c>`), "1 Open p=0.01\n2 Open p=1"},
	})
}

func TestTimeCases(t *testing.T) {
	const head = "id,stage,amount,closed\n"
	cells := func(closed ...string) string {
		var rows []string
		for i, c := range closed {
			rows = append(rows, fmt.Sprintf(`<c><v>%d</v></c><c t="str"><v>Won</v></c><c/>%s`, i+1, c))
		}
		return book(rows...)
	}
	bogota, york, berlin := ledger{zone: "America/Bogota"}, ledger{zone: "America/New_York"}, ledger{zone: "Europe/Berlin"}
	sql := ledger{zone: "America/Bogota", layout: "2006-01-02 15:04:05"}
	day, month := ledger{layout: "02/01/2006"}, ledger{layout: "1/2/2006"}
	try(t, []example{
		{"B04", berlin, "d.xlsx", cells(`<c s="2"><v>45473.979166666664</v></c>`, `<c s="1"><v>45505</v></c>`), "1 Won 2024-06-30T21:30Z\n2 Won 2024-08-01"},
		{"B05", sql, "d.csv", head + "1,Won,,2024-07-01 00:00:00\n2,Won,,2024-08-01 00:00:00\n", "1 Won 2024-07-01\n2 Won 2024-08-01"},
		{"B05 without a layout", bogota, "d.csv", head + "1,Won,,2024-07-01 00:00:00\n", "1 Won 2024-07-01"},
		{"B05 with a time of day", sql, "d.csv", head + "1,Won,,2024-07-01 00:00:00\n2,Won,,2024-07-01 14:30:00\n", "1 Won 2024-07-01T05:00Z\n2 Won 2024-07-01T19:30Z"},
		{"B06", york, "d.csv", head + "1,Won,,2024-07-01T00:00:00.000Z\n2,Won,,2024-08-01T00:00:00.000Z\n", "1 Won 2024-07-01\n2 Won 2024-08-01"},
		{"midnights of another zone", york, "d.csv", head + "1,Won,,2024-07-01T00:00:00+02:00\n2,Won,,2024-12-01T00:00:00+01:00\n", "1 Won 2024-07-01\n2 Won 2024-12-01"},
		{"midnight among moments", york, "d.csv", head + "1,Won,,2024-07-01T00:00:00Z\n2,Won,,2024-08-01T10:00:00Z\n", "1 Won 2024-07-01T00:00Z\n2 Won 2024-08-01T10:00Z"},
		{"midnights of the zone as UTC", york, "d.csv", head + "1,Won,,2024-07-01T04:00:00Z\n", "1 Won 2024-07-01T04:00Z"},
		{"minutes, no zone", york, "d.csv", head + "1,Won,,2024-06-30T23:30\n", "1 Won 2024-07-01T03:30Z"},
		{"BigQuery", york, "d.csv", head + "1,Won,,2024-06-30 23:30:00 UTC\n", "1 Won 2024-06-30T23:30Z"},
		{"an offset without a colon", york, "d.csv", head + "1,Won,,2024-06-30 23:30:00+0200\n", "1 Won 2024-06-30T21:30Z"},
		{"B07", york, "d.xlsx", cells(`<c s="1"><v>45473.99999999999</v></c>`, `<c s="1"><v>45505</v></c>`), "1 Won 2024-07-01\n2 Won 2024-08-01"},
		{"the last millisecond of a quarter", york, "d.xlsx", cells(`<c s="2"><v>45473.999999988424</v></c>`, `<c s="2"><v>45473.99999421296</v></c>`, `<c s="2"><v>45473.9999999884</v></c>`), "1 Won 2024-07-01T03:59Z\n2 Won 2024-07-01T03:59Z\n3 Won 2024-07-01T03:59Z"},
		{"noise above midnight", york, "d.xlsx", cells(`<c s="1"><v>45474.000000001</v></c>`), "1 Won 2024-07-01"},
		{"B19", ledger{}, "d.xlsx", cells(`<c t="d"><v>2024-08-01T00:00:00</v></c>`, `<c t="d"><v>2024-08-01</v></c>`), "1 Won 2024-08-01\n2 Won 2024-08-01"},
		{"an ISO cell beside a layout", day, "d.xlsx", cells(`<c t="d"><v>2024-08-01T10:00:00Z</v></c>`, `<c t="str"><v>1/8/2024</v></c>`), "1 Won 2024-08-01T10:00Z\n2 Won 2024-08-01"},
		{"day and month in two widths", day, "d.csv", head + "1,Won,,1/10/2026\n2,Won,,01/10/2026\n3,Won,,31/1/2026\n", "1 Won 2026-10-01\n2 Won 2026-10-01\n3 Won 2026-01-31"},
		{"month first", month, "d.csv", head + "1,Won,,1/10/2026\n2,Won,,01/31/2026\n3,Won,,31/1/2026\n", `refused: row 4, column closed: "31/1/2026" is a date as 2/1/2006, but date_format is 1/2/2006`},
		{"no layout, no guess", ledger{}, "d.csv", head + "1,Won,,01/10/2026\n2,Won,,2026-10-01\n", "2 Won 2026-10-01\n1 bad date at row 2, column closed: 01/10/2026"},
		{"days without separators", ledger{layout: "20060102"}, "d.xlsx", cells(`<c t="str"><v>20240701</v></c>`, `<c><v>20240702</v></c>`, `<c s="1"><v>45476</v></c>`), "1 Won 2024-07-01\n2 Won 2024-07-02\n3 Won 2024-07-03"},
		{"a zone that nobody knows", ledger{layout: "2006-01-02 15:04 MST"}, "d.csv", head + "1,Won,,2024-07-01 10:00 CEST\n2,Won,,2024-07-01 10:00 UTC\n", "2 Won 2024-07-01T10:00Z\n1 bad date at row 2, column closed: 2024-07-01 10:00 CEST"},
		{"B25", ledger{}, "d.xlsx", cells(`<c s="1"><v>0</v></c>`, `<c s="1"><v>1</v></c>`, `<c t="str"><v>1900-01-01</v></c>`, `<c t="str"><v>9999-12-31</v></c>`), "1 Won 1899-12-30\n2 Won 1900-01-01\n3 Won 1900-01-01\n4 Won 9999-12-31"},
		{"no date", ledger{}, "d.xlsx", cells(`<c t="b"><v>1</v></c>`, `<c s="1"><v>-1</v></c>`, `<c s="1"><v>45505</v></c>`, `<c/>`), "3 Won 2024-08-01\n4 Won\n1 bad date at Deals!D2: TRUE\n2 bad date at Deals!D3: -1"},
	})
}

// TestCellCases is about what cells of workbooks do not hold, or hold in their formats.
func TestCellCases(t *testing.T) {
	amounts := func(cells ...string) string {
		rows := []string{`<c><v>0</v></c><c t="str"><v>Won</v></c><c><v>250</v></c><c/>`, `<c t="str"><v>x</v></c><c t="str"><v>Won</v></c><c/><c/>`}
		for i, c := range cells {
			rows = append(rows, fmt.Sprintf(`<c t="str"><v>%c</v></c><c t="str"><v>Won</v></c>%s<c/>`, 'a'+i, c))
		}
		return book(rows...)
	}
	const good = "0 Won 250\nx Won"
	try(t, []example{
		{"B08", ledger{}, "d.xlsx", amounts(`<c><f>100*5</f></c>`, `<c><f>C2+C4</f><v></v></c>`), good + "\na Won 500\nb Won 750"},
		{"a formula that nobody computes", ledger{}, "d.xlsx", amounts(`<c><f>[1]Other!A1*2</f></c>`, `<c><f>NOSUCH(1)</f></c>`), good + "\na bad formula at Deals!C4: =[1]Other!A1*2\nb bad formula at Deals!C5: =NOSUCH(1)"},
		{"a formula that refers to itself or to nothing", ledger{}, "d.xlsx", amounts(`<c><f>C4</f></c>`, `<c><f>Z1</f></c>`), good + "\na bad formula at Deals!C4: =C4\nb bad formula at Deals!C5: =Z1"},
		{"a formula that fails", ledger{}, "d.xlsx", amounts(`<c><f>1/0</f></c>`), good + "\na bad cell_error at Deals!C4: #DIV/0!"},
		{"error values", ledger{}, "d.xlsx", amounts(`<c t="e"><v>#N/A</v></c>`, `<c t="e"><f>Z9</f><v>#REF!</v></c>`), good + "\na bad cell_error at Deals!C4: #N/A\nb bad cell_error at Deals!C5: #REF!"},
		{"formulas elsewhere", ledger{}, "d.xlsx", book(
			`<c><f>A3-1</f></c><c t="str"><v>Won</v></c><c><f t="shared" ref="C2:C3" si="0">A2*10</f></c><c s="1"><v>45505</v></c>`,
			`<c><v>2</v></c><c t="str"><v>Won</v></c><c><f t="shared" si="0"/></c><c s="2"><f>D2+0.5</f></c>`), "1 Won 10 2024-08-01\n2 Won 20 2024-08-01T12:00Z"},
		{"an empty result", ledger{}, "d.xlsx", amounts(`<c t="str"><f>IF(1,"","")</f><v></v></c>`), good + "\na Won"},
		{"B09", ledger{}, "d.xlsx", amounts(`<c s="3"><v>1000</v></c>`), good + "\na Won 1000EUR"},
		{
			"other formats",
			ledger{},
			"d.xlsx", amounts(`<c s="7"><v>1</v></c>`, `<c s="4"><v>2</v></c>`, `<c s="8"><v>3</v></c>`, `<c s="9"><v>4</v></c>`, `<c s="10"><v>5</v></c>`),
			good + "\na Won 1SEK\nb Won 2GBP\nc Won 3USD\nd Won 4USD\ne Won 5CHF",
		},
		{"a kr of nobody", ledger{}, "d.xlsx", amounts(`<c s="11"><v>6</v></c>`), good + "\na bad amount at Deals!C4: 6"},
		{"no amounts", ledger{}, "d.xlsx", amounts(`<c t="b"><v>1</v></c>`, `<c s="1"><v>45415</v></c>`), good + "\na bad amount at Deals!C4: TRUE\nb bad amount at Deals!C5: 45415"},
		{"thousands and percents", ledger{}, "d.xlsx", amounts(`<c s="12"><v>12</v></c>`, `<c s="6"><v>0.5</v></c>`), good + "\na bad amount at Deals!C4: 12\nb bad amount at Deals!C5: 0.5"},
		{"shown in thousands", ledger{}, "d.xlsx", amounts(`<c s="13"><v>12000</v></c>`), good + "\na Won 12000"},
		{"merged", ledger{fields: []string{"rep"}}, "d.xlsx", merged("C2:C3 F2:F5",
			`<c><v>1</v></c><c t="str"><v>Won</v></c><c><v>7</v></c><c/><c/><c t="str"><v>Ann</v></c>`,
			`<c><v>2</v></c><c t="str"><v>Won</v></c>`,
			`<c><v>3</v></c><c t="str"><v>Won</v></c><c><v>9</v></c>`,
			`<c><v>4</v></c><c t="str"><v>Won</v></c><c><v>1</v></c>`), "3 Won 9 Ann\n4 Won 1 Ann\n1 bad amount at Deals!C2: C2:C3 is merged over 2 rows: one amount for all or for each?\n2 bad amount at Deals!C3: C2:C3 is merged over 2 rows: one amount for all or for each?"},
	})
}

func TestShapeCases(t *testing.T) {
	const rows = "1,Won,100,2024-08-01\n"
	var trimmed strings.Builder
	trimmed.WriteString("id,stage,amount,closed,notes\n")
	var all []string
	for i := 1; i <= 47; i++ {
		end := ","
		if i >= 16 && i <= 31 {
			end = ""
		}
		fmt.Fprintf(&trimmed, "%d,Won,10,2024-08-01%s\n", i, end)
		all = append(all, fmt.Sprintf("%d Won 10 2024-08-01", i))
	}
	const one = "1 Won 100 2024-08-01"
	notes := "id,stage,amount,closed,notes\n" + rows
	last := "id,stage,closed,amount,notes\n1,Won,2024-08-01,100,\n"
	try(t, []example{
		{"B10", ledger{}, "d.csv", "id,stage,amount,closed,notes\r1,Won,100,2024-08-01,a\r2,Lost,200,2024-08-02,b", one + "\n2 Lost 200 2024-08-02"},
		{"line ends of Unicode", ledger{}, "d.csv", "id,stage,amount,closed,notes\u20281,Won,100,2024-08-01,\"a\u2028b\"\u20282,Lost,200,2024-08-02,b\u2028", one + "\n2 Lost 200 2024-08-02"},
		{"paragraph ends of Unicode", ledger{}, "d.csv", "id,stage,amount,closed\u20291,Won,100,2024-08-01\u2029", one},
		{"next lines of Unicode, a usual one at the end", ledger{}, "d.csv", "id,stage,amount,closed\u00851,Won,100,2024-08-01\n", one},
		{"a line end of Unicode in a text", ledger{fields: []string{"team"}}, "d.csv", "id,stage,amount,closed,team\n1,Won,100,2024-08-01,a\u2028b\n", one + "@a b"},
		{"B11", ledger{}, "d.csv", "id;stage;amount;closed;Note (free, optional)\n1;Won;100;2024-08-01;x\n", one},
		{"B12", ledger{}, "d.csv", "sep=;\nid;stage;amount;closed\n1;Won;100;2024-08-01\n", one},
		{"B22", ledger{}, "d.csv", trimmed.String(), strings.Join(all, "\n")},
		{"a title", ledger{header: 3}, "d.csv", "Q3\n\nid,stage,amount,closed\n" + rows, one},
		{"a title that nobody named", ledger{}, "d.csv", "Q3\n\nid,stage,amount,closed\n" + rows, "refused: set header_row: 3"},
		{"cut in a column that is not read", ledger{}, "d.csv", notes + "2,Won,7,2024-08-02", one + "\n2 Won 7 2024-08-02"},
		{"cut before a column that is read", ledger{}, "d.csv", notes + "2,Won,7", one + "\n2 bad shape at row 3: cut off"},
		{"cut within an amount", ledger{}, "d.csv", last + "2,Won,2024-08-02,7", one + "\n2 bad shape at row 3: cut off"},
		{"the same with its line end", ledger{}, "d.csv", last + "2,Won,2024-08-02,7\n", one + "\n2 Won 7 2024-08-02"},
		{"cut within a date", ledger{}, "d.csv", notes + "2,Won,7,2024-08-0", one + "\n2 bad date at row 3, column closed: 2024-08-0"},
		{"cut within a quote", ledger{}, "d.csv", notes + "2,Won,7,\"2024-08-0", "refused: line 3"},
		{"a short row in the middle", ledger{}, "d.csv", "id,stage,amount,closed\n2,Open\n" + rows, "2 Open\n" + one},
		{"more cells than the header", ledger{}, "d.csv", notes + "2,Won,1,000,2024-08-01,x\n", one + "\n2 bad shape at row 3, column F: more cells than the header"},
		{"more bad rows than good ones", ledger{}, "d.csv", notes + "2,Someday,7,\n3,Never,7,\n", `refused: 2 of 3 rows cannot be read, the first because of its stage: row 3, column stage holds "Someday"`},
		{"as many bad rows as good ones", ledger{}, "d.csv", notes + "2,Someday,7,\n", one + "\n2 bad stage at row 3, column stage: Someday"},
		{"one row that is bad", ledger{}, "d.csv", "id,stage,amount,closed\n1,Won,x,\n", `refused: row 2, column amount holds "x"`},
	})
}

func TestNameCases(t *testing.T) {
	reps := ledger{fields: []string{"rep", "team"}}
	const head = "id,stage,amount,closed,rep,team\n"
	try(t, []example{
		{"B15", reps, "d.csv", head + "1,Won,100,,Jose\u0301,\n2,Won,200,,José,\n", "1 Won 100 José\n2 Won 200 José"},
		{"spellings of a rep", reps, "d.csv", head + "1,Won,1,,ann lee,\n2,Won,1,,Ann Lee,\n3,Won,1,,\"Ann \n Lee\",\n", "1 Won 1 Ann Lee\n2 Won 1 Ann Lee\n3 Won 1 Ann Lee"},
		{"as many of each", reps, "d.csv", head + "1,Won,1,,ANN,\n2,Won,1,,Ann,\n", "1 Won 1 ANN\n2 Won 1 ANN"},
		{"a space that does not break", reps, "d.csv", head + "1,Won,1,,Ann\u00a0Lee,\n2,Won,1,,Ann Lee\u200b,\n", "1 Won 1 Ann Lee\n2 Won 1 Ann Lee"},
		{"stages", reps, "d.csv", head + "1,  WON ,1,,,\n2,open,1,,,\n", "1 Won 1\n2 Open 1"},
		{"B23", reps, "d.csv", head + "1,Won,100,,Ann,East\n2,Won,30,,Ann,West\n3,Won,5,,Ann,\n", "1 Won 100 Ann@East\n2 Won 30 Ann@West\n3 Won 5 Ann"},
	})
	c, err := reps.source(t).read([]files.File{{Name: "d.csv", Content: []byte(head + "1,Won,1,,Ann,East\n2,Won,1,,ann,East\n3,Won,1,,Bo,East\n4,Won,1,,Bo,\n")}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []crm.Rep{{Head: record.Head{ID: "ann"}, Name: "Ann", Team: "East", Active: true}, {Head: record.Head{ID: "bo"}, Name: "Bo", Active: true}}
	if got := c.reps(); len(got) != 2 || got[0].Team != want[0].Team || got[0].Name != want[0].Name || got[1].Team != "" {
		t.Errorf("a rep has a team where all rows agree: got %+v, want %+v", got, want)
	}
}

// TestHiddenRows holds that rows which a filter hides count like all others.
func TestHiddenRows(t *testing.T) {
	w := &sheetWriter{}
	w.rows.WriteString(`<row r="1"><c t="str"><v>id</v></c><c t="str"><v>stage</v></c><c t="str"><v>amount</v></c><c t="str"><v>closed</v></c></row>` +
		`<row r="4" hidden="1"><c><v>1</v></c><c t="str"><v>Won</v></c></row><row r="5"><c><v>2</v></c><c t="str"><v>Lost</v></c></row>`)
	if got, err := (ledger{}).tell(t, "d.xlsm", string(w.zip())); got != "1 Won\n2 Lost" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// book returns a workbook of rows of cells. Its sheet has the columns id, stage, amount, closed, probability, rep, team.
func book(rows ...string) string { return merged("", rows...) }

// merged returns a workbook with merged areas.
func merged(areas string, rows ...string) string {
	w := &sheetWriter{}
	var header []string
	for _, column := range []string{"id", "stage", "amount", "closed", "probability", "rep", "team"} {
		header = append(header, `<c%s t="str"><v>`+column+`</v></c>`)
	}
	w.line(header)
	for _, row := range rows {
		w.row++
		fmt.Fprintf(&w.rows, `<row r="%d">%s</row>`, w.row, row)
	}
	for area := range strings.FieldsSeq(areas) {
		w.merged += `<mergeCell ref="` + area + `"/>`
	}
	return string(w.zip())
}

// FuzzSheet holds that no sheet makes the reader fail otherwise than by an error.
func FuzzSheet(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1"><f>A1*2</f></c></row>`, "A1:C3")
	f.Add(`<row r="9"><c t="d"><v>2024-07-01</v></c></row><row><c t="e"><v>#N/A</v></c></row>`, "B2")
	f.Fuzz(func(t *testing.T, rows, area string) {
		w := &sheetWriter{merged: `<mergeCell ref="` + area + `"/>`, shared: []string{"x"}}
		w.rows.WriteString(`<row r="1"><c t="str"><v>id</v></c><c t="str"><v>stage</v></c><c t="str"><v>amount</v></c><c t="str"><v>closed</v></c></row>` + rows)
		c, err := ledger{}.source(t).read([]files.File{{Name: "d.xlsx", Content: w.zip()}}, nil)
		if err != nil {
			return
		}
		for _, d := range c.deals {
			if d.ID == "" || d.Stage == "" {
				t.Errorf("deal %+v", d)
			}
		}
	})
}
