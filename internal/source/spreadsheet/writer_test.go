package spreadsheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"html"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/files"
)

// The writer of the tables of TestRandomTables. It shares no code with the reader, and no library for workbooks.

func (s style) headerRow() int {
	row := 2
	if s.separatorLine && !s.workbook {
		row++
	}
	return row
}

func (s style) write(r *rand.Rand, deals []written) files.File {
	if s.workbook {
		return files.File{Name: "deals" + pick(r, ".xlsx", ".xlsm"), Content: s.writeWorkbook(r, deals)}
	}
	return files.File{Name: "deals" + pick(r, ".csv", ".csv", ".tsv", ".txt"), Content: s.writeText(deals)}
}

// amountText writes an amount with the table's signs.
func (s style) amountText(d written) string {
	if !d.priced {
		return ""
	}
	value := int64(d.amount)
	negative := value < 0
	if negative {
		value = -value
	}
	whole := strconv.FormatInt(value/10_000, 10)
	if s.thousands != "" {
		for at := len(whole) - 3; at > 0; at -= 3 {
			whole = whole[:at] + s.thousands + whole[at:]
		}
	}
	fraction := fmt.Sprintf("%04d", value%10_000)
	if s.decimals >= 0 {
		fraction = fraction[:s.decimals]
	} else {
		fraction = strings.TrimRight(fraction, "0")
	}
	text := whole
	if fraction != "" {
		text += s.decimal + fraction
	}
	switch {
	case s.currency != "" && s.inFront:
		text = s.currency + " " + text
	case s.currency != "":
		text += " " + s.currency
	}
	switch {
	case negative && s.accountant:
		return "(" + text + ")"
	case negative:
		return "-" + text
	default:
		return text
	}
}

func (s style) chanceText(millionths int) string {
	percent := strconv.Itoa(millionths / 10_000)
	switch {
	case millionths < 0:
		return ""
	case s.chances == "percent":
		return percent
	case s.chances == "signed":
		return percent + "%"
	default:
		text := strconv.FormatFloat(float64(millionths)/1e6, 'f', 2, 64)
		return strings.Replace(text, ".", s.decimal, 1)
	}
}

func (s style) timeText(m moment) string {
	if m.at.IsZero() {
		return ""
	}
	layout := s.layout
	if layout == "" && s.times == "date" {
		layout = "2006-01-02"
	} else if layout == "" {
		layout = "2006-01-02" + s.clock
	}
	at := m.at
	if strings.HasSuffix(layout, "UTC") || strings.HasSuffix(layout, "05Z") {
		at = at.UTC()
	}
	return at.Format(layout)
}

func (s style) texts(d written) map[string]string {
	return map[string]string{
		"id": d.id, "stage": d.stage, "rep": d.rep, "team": d.team, "amount": s.amountText(d), "p": s.chanceText(d.chance),
		"created": s.timeText(d.created), "closed": s.timeText(d.closed),
	}
}

func (s style) writeText(deals []written) []byte {
	var lines []string
	if s.separatorLine {
		lines = append(lines, "sep="+s.separator)
	}
	if s.title != "" {
		lines = append(lines, s.line([]string{s.title}))
	}
	lines = append(lines, s.line(s.order))
	for i, d := range deals {
		texts, row := s.texts(d), []string{}
		for _, column := range s.order {
			row = append(row, texts[column])
		}
		for s.trimmed && i < len(deals)-1 && len(row) > 1 && row[len(row)-1] == "" {
			row = row[:len(row)-1]
		}
		lines = append(lines, s.line(row))
	}
	text := strings.Join(lines, s.lineEnd)
	if !s.noEnd {
		text += s.lineEnd
	}
	switch s.encoding {
	case "bom":
		return []byte("\ufeff" + text)
	case "utf16":
		out := []byte{0xff, 0xfe}
		for _, unit := range utf16.Encode([]rune(text)) {
			out = binary.LittleEndian.AppendUint16(out, unit)
		}
		return out
	default:
		return []byte(text)
	}
}

func (s style) line(fields []string) string {
	out := make([]string, len(fields))
	for i, field := range fields {
		out[i] = field
		if s.quoted || strings.ContainsAny(field, s.separator+`"`) {
			out[i] = `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
		}
	}
	return strings.Join(out, s.separator)
}

// sheetWriter writes the XML of a workbook.
type sheetWriter struct {
	style
	r      *rand.Rand
	shared []string
	rows   strings.Builder
	row    int
	merged string
}

func (s style) writeWorkbook(r *rand.Rand, deals []written) []byte {
	w := &sheetWriter{style: s, r: r}
	if s.title != "" {
		w.line([]string{w.text(s.title)})
	}
	var header []string
	for _, column := range s.order {
		header = append(header, w.text(column))
	}
	w.line(header)
	for _, d := range deals {
		texts, row := s.texts(d), []string{}
		for _, column := range s.order {
			row = append(row, w.cell(column, texts[column], d))
		}
		w.line(row)
	}
	return w.zip()
}

// The styles of the workbook, by number.
const styleDate, styleTime, styleEuro, stylePound, styleDollar, stylePercent = 1, 2, 3, 4, 5, 6

func (w *sheetWriter) cell(column, text string, d written) string {
	if text == "" {
		return ""
	}
	switch column {
	case "id":
		if chance(w.r, 50) {
			return w.number(text, 0)
		}
	case "amount":
		style, known := map[string]int{"": 0, "EUR": styleEuro, "€": styleEuro, "$": styleDollar, "GBP": stylePound}[w.currency]
		if known && !w.numbersAsText {
			return w.number(strconv.FormatFloat(float64(d.amount)/10_000, 'f', -1, 64), style)
		}
	case "p":
		if !w.numbersAsText && w.chances == "signed" {
			return w.number(strconv.FormatFloat(float64(d.chance)/1e6, 'g', -1, 64), stylePercent)
		} else if !w.numbersAsText {
			return w.number(strings.Replace(text, ",", ".", 1), 0)
		}
	case "created":
		return w.time(d.created, text)
	case "closed":
		return w.time(d.closed, text)
	}
	return w.text(text)
}

// number writes a number, or a formula that gives it, with its result or without.
func (w *sheetWriter) number(value string, style int) string {
	kind := w.r.IntN(20)
	switch {
	case kind == 0 && !strings.HasPrefix(value, "-") && !strings.Contains(value, "e"):
		return fmt.Sprintf(`<c%%s s="%d"><f>%s*2/2</f></c>`, style, value)
	case kind < 4:
		return fmt.Sprintf(`<c%%s s="%d"><f>Other!A1</f><v>%s</v></c>`, style, value)
	default:
		return fmt.Sprintf(`<c%%s s="%d"><v>%s</v></c>`, style, value)
	}
}

func (w *sheetWriter) time(m moment, text string) string {
	kind := w.r.IntN(4)
	if strings.Contains(w.layout, "/2006") || strings.Contains(w.layout, ".2006") {
		kind = max(kind, 1) // Texts beside dates may be what a program could not read in its order of day and month.
	}
	switch kind {
	case 0:
		return w.text(text)
	case 1:
		layout := "2006-01-02T15:04:05"
		if m.date && chance(w.r, 50) {
			layout = "2006-01-02"
		}
		return fmt.Sprintf(`<c%%s t="d"><v>%s</v></c>`, m.at.Format(layout))
	default:
		wall := time.Date(m.at.Year(), m.at.Month(), m.at.Day(), m.at.Hour(), m.at.Minute(), m.at.Second(), 0, time.UTC)
		epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
		if w.from1904 {
			epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		serial := wall.Sub(epoch).Hours()/24 + pick(w.r, 0, 1e-9, -1e-9)
		style := styleDate
		if !m.date {
			style = styleTime
		}
		return w.number(strconv.FormatFloat(serial, 'f', -1, 64), style)
	}
}

// text writes a text in the table of shared strings or in its cell.
func (w *sheetWriter) text(text string) string {
	switch {
	case text == "":
		return ""
	case w.style.shared:
		w.shared = append(w.shared, text)
		return fmt.Sprintf(`<c%%s t="s"><v>%d</v></c>`, len(w.shared)-1)
	case chance(w.r, 20):
		return `<c%s t="str"><f>Other!A1</f><v>` + percents(text) + `</v></c>`
	default:
		return `<c%s t="inlineStr"><is><r><t>` + percents(text) + `</t></r></is></c>`
	}
}

// percents writes a text for XML within a format of fmt.
func percents(text string) string { return strings.ReplaceAll(html.EscapeString(text), "%", "%%") }

func (w *sheetWriter) line(cells []string) {
	w.row++
	fmt.Fprintf(&w.rows, `<row r="%d">`, w.row)
	for i, cell := range cells {
		reference := fmt.Sprintf(` r="%c%d"`, 'A'+i, w.row)
		if w.noReferences {
			reference = ""
		}
		switch {
		case cell != "":
			fmt.Fprintf(&w.rows, cell, reference)
		case w.noReferences:
			w.rows.WriteString("<c/>")
		}
	}
	w.rows.WriteString("</row>")
}

func (w *sheetWriter) zip() []byte {
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	const office = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	const packaged = `xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	var shared strings.Builder
	for _, text := range w.shared {
		shared.WriteString(`<si><t xml:space="preserve">` + html.EscapeString(text) + `</t></si>`)
	}
	properties := ""
	if w.from1904 {
		properties = `<workbookPr date1904="1"/>`
	}
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`},
		{"_rels/.rels", `<Relationships ` + packaged + `><Relationship Id="a" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook ` + main + ` xmlns:r="` + office + `">` + properties + `<sheets><sheet name="Deals" sheetId="1" r:id="b"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships ` + packaged + `><Relationship Id="b" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="c" Type="` + office + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		{"xl/styles.xml", `<styleSheet ` + main + `><numFmts><numFmt numFmtId="164" formatCode="[$€-407]#,##0.00"/><numFmt numFmtId="165" formatCode="&quot;£&quot;#,##0;[Red]-&quot;£&quot;#,##0"/><numFmt numFmtId="166" formatCode="_-[$$-409]* #,##0.00_-"/>` +
			`<numFmt numFmtId="167" formatCode="#,##0.00\ [$kr-41D]"/><numFmt numFmtId="168" formatCode="[$USD]\ #,##0"/><numFmt numFmtId="169" formatCode="&quot;CHF &quot;#,##0"/>` +
			`<numFmt numFmtId="170" formatCode="#,##0&quot; kr&quot;"/><numFmt numFmtId="171" formatCode="#,##0&quot; T€&quot;"/><numFmt numFmtId="172" formatCode="#,##0.0,&quot;k&quot;"/></numFmts>` +
			`<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="10"/>` +
			`<xf numFmtId="167"/><xf numFmtId="168"/><xf numFmtId="7"/><xf numFmtId="169"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="172"/></cellXfs></styleSheet>`},
		{"xl/sharedStrings.xml", `<sst ` + main + `>` + shared.String() + `</sst>`},
		{"xl/worksheets/sheet1.xml", `<worksheet ` + main + `><sheetData>` + w.rows.String() + `</sheetData><mergeCells>` + w.merged + `</mergeCells></worksheet>`},
	} {
		to, err := archive.Create(part[0])
		if err == nil {
			_, err = to.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?>` + part[1]))
		}
		if err != nil {
			panic(err) // A buffer takes everything.
		}
	}
	if err := archive.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}
