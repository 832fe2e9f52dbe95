package table

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// maxUnzipped bounds a workbook after decompression, in bytes: it is a ZIP archive and may be a bomb.
const maxUnzipped = 512 << 20

// workbook is the parts of a workbook that stand around its sheets. The library for workbooks gives the text of cells
// one by one, without what tells a number from an error or a formula from its result; a sheet is read here, and the
// library computes formulas.
type workbook struct {
	content  []byte
	files    map[string]*zip.File
	left     int64 // bytes that may still be unpacked
	strings  []string
	formats  []*Format // by number of style
	from1904 bool

	computer  *excelize.File // nil until a formula has to be computed
	broken    bool           // the library cannot open the workbook
	computing time.Duration  // so far
}

func (g *Grid) workbook(content []byte, o Options) ([]Row, error) {
	w, sheet, part, err := openWorkbook(content, o.Sheet)
	if err != nil {
		return nil, err
	}
	defer w.close()
	g.Sheet, g.from1904 = sheet, w.from1904
	if err := w.readStrings(); err != nil {
		return nil, err
	}
	if err := w.readStyles(); err != nil {
		return nil, err
	}
	return w.rows(sheet, part)
}

var errNotWorkbook = &Error{What: "it is not an XLSX file", Hint: "save it as XLSX, without a password"}

// openWorkbook finds a sheet and the part that holds it.
func openWorkbook(content []byte, wanted string) (w *workbook, sheet, part string, err error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, "", "", errNotWorkbook
	}
	w = &workbook{content: content, files: map[string]*zip.File{}, left: maxUnzipped}
	for _, f := range archive.File {
		w.files[strings.ToLower(strings.TrimPrefix(f.Name, "/"))] = f
	}
	main, err := w.target("", "_rels/.rels", func(r relation) bool { return strings.HasSuffix(r.Type, "/officeDocument") })
	if err != nil {
		return nil, "", "", err
	}
	var book struct {
		Properties struct {
			From1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			Old  string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := w.decode(main, &book); err != nil {
		return nil, "", "", err
	}
	w.from1904 = book.Properties.From1904 == "1" || book.Properties.From1904 == "true"
	var names []string
	for _, s := range book.Sheets {
		names = append(names, s.Name)
		if wanted != "" && Key(s.Name) != Key(wanted) {
			continue
		}
		relations := path.Join(path.Dir(main), "_rels", path.Base(main)+".rels")
		part, err := w.target(path.Dir(main), relations, func(r relation) bool { return r.ID == s.ID+s.Old })
		return w, s.Name, part, err
	}
	if len(names) == 0 {
		return nil, "", "", errNotWorkbook
	}
	return nil, "", "", &Error{
		What: fmt.Sprintf("it has no sheet %q", wanted), Hint: "it has: " + strings.Join(names, ", "), Setting: true,
	}
}

// relation points from one part of a workbook to another.
type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// target returns the part that a relation points to.
func (w *workbook) target(folder, relations string, is func(relation) bool) (string, error) {
	var list struct {
		Relations []relation `xml:"Relationship"`
	}
	if err := w.decode(relations, &list); err != nil {
		return "", err
	}
	for _, r := range list.Relations {
		if !is(r) {
			continue
		}
		if whole, absolute := strings.CutPrefix(r.Target, "/"); absolute {
			return whole, nil
		}
		return path.Join(folder, r.Target), nil
	}
	return "", errNotWorkbook
}

// open returns the content of a part, errNoPart where the workbook does not have it.
func (w *workbook) open(part string) (io.ReadCloser, error) {
	f, ok := w.files[strings.ToLower(part)]
	if !ok {
		return nil, errNoPart
	}
	r, err := f.Open()
	if err != nil {
		return nil, errNotWorkbook
	}
	return &bounded{ReadCloser: r, left: &w.left}, nil
}

var errNoPart = errors.New("no such part")

// bounded reads a part and counts what all parts unpack to.
type bounded struct {
	io.ReadCloser
	left *int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if *b.left -= int64(n); *b.left < 0 {
		return n, &Error{What: fmt.Sprintf("it unpacks to more than %d bytes", maxUnzipped), Hint: "leave out sheets and columns that are not read"}
	}
	return n, err
}

// decode reads a small part.
func (w *workbook) decode(part string, to any) error {
	r, err := w.open(part)
	if err != nil {
		return errNotWorkbook
	}
	defer r.Close() //nolint:errcheck // Nothing was written.
	return damaged(part, xml.NewDecoder(r).Decode(to))
}

// damaged returns the error of a part that is not what it should be.
func damaged(part string, err error) error {
	if _, known := errors.AsType[*Error](err); err == nil || known {
		return err
	}
	return &Error{What: "it is a damaged XLSX file, in " + path.Base(part), Hint: "open it in a spreadsheet program and save it again"}
}

// each decodes the elements of a name, one at a time.
func (w *workbook) each(part, element string, take func(*xml.Decoder, xml.StartElement) error) error {
	r, err := w.open(part)
	if errors.Is(err, errNoPart) {
		return nil
	} else if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // Nothing was written.
	decoder := xml.NewDecoder(r)
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return damaged(part, err)
		}
		if start, ok := token.(xml.StartElement); ok && (start.Name.Local == element || element == "") {
			if err := take(decoder, start); err != nil {
				return damaged(part, err)
			}
		}
	}
}

// richText is a text whose pieces may be formatted differently.
type richText struct {
	Text   string `xml:"t"`
	Pieces []struct {
		Text string `xml:"t"`
	} `xml:"r"`
}

func (t *richText) String() string {
	var text strings.Builder
	text.WriteString(t.Text)
	for _, p := range t.Pieces {
		text.WriteString(p.Text)
	}
	return unescape(text.String())
}

// unescape reads "_x000D_", by which workbooks write characters that XML cannot hold.
func unescape(text string) string {
	for at := strings.Index(text, "_x"); at >= 0 && at+7 <= len(text); {
		code, err := strconv.ParseUint(text[at+2:at+6], 16, 16)
		if err == nil && text[at+6] == '_' {
			text = text[:at] + string(utf16.Decode([]uint16{uint16(code)})) + text[at+7:]
		}
		next := strings.Index(text[at+1:], "_x")
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return text
}

func (w *workbook) readStrings() error {
	return w.each("xl/sharedstrings.xml", "si", func(d *xml.Decoder, start xml.StartElement) error {
		var t richText
		if err := d.DecodeElement(&t, &start); err != nil {
			return err
		}
		w.strings = append(w.strings, strings.TrimSpace(t.String()))
		return nil
	})
}

func (w *workbook) readStyles() error {
	if _, ok := w.files["xl/styles.xml"]; !ok {
		return nil
	}
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := w.decode("xl/styles.xml", &styles); err != nil {
		return err
	}
	codes := map[int]string{}
	for _, f := range styles.Formats {
		codes[f.ID] = f.Code
	}
	for _, c := range styles.Cells {
		format := builtin(c.Format)
		if code, ok := codes[c.Format]; ok {
			format = parseFormat(code)
		}
		if format == (Format{}) {
			w.formats = append(w.formats, nil)
			continue
		}
		w.formats = append(w.formats, &format)
	}
	return nil
}

func (w *workbook) close() {
	if w.computer != nil {
		_ = w.computer.Close() // Nothing was written.
	}
}
