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
	"unicode/utf16"
	"unicode/utf8"
)

// maxUnzipped bounds a workbook after decompression, in bytes: it is a ZIP archive and may be a bomb.
const maxUnzipped = 512 << 20

// workbook is the parts of a workbook that stand around its sheets. The library for workbooks gives the text of cells
// one by one, without what tells a number from an error or a formula from its result, and computes some formulas
// wrongly; a sheet is read here.
type workbook struct {
	files    map[string]*zip.File
	left     int64 // bytes that may still be unpacked
	strings  []string
	formats  []*formats // by number of style, nil where it says nothing
	from1904 bool

	// uncomputed says that the results of formulas are not results: the program that wrote the file asks for all of them
	// to be computed once it is opened.
	uncomputed bool
	formulas   map[[2]int]formula       // of the sheet, without a result, by row and column
	shared     map[string]sharedFormula // of the sheet, by the number under which cells share it
}

func (g *Grid) workbook(content []byte, o Options) ([]Row, error) {
	w, sheets, err := openWorkbook(content)
	if err != nil {
		return nil, err
	}
	if err := w.readStrings(); err != nil {
		return nil, err
	}
	if err := w.readStyles(); err != nil {
		return nil, err
	}
	s, err := w.choose(sheets, o)
	if err != nil {
		return nil, err
	}
	g.Sheet, g.from1904 = s.name, w.from1904
	return w.rows(s.part, 0)
}

var errNotWorkbook = &Error{What: "it is not an XLSX file", Hint: "save it as XLSX, without a password"}

// openWorkbook opens a workbook and lists its sheets.
func openWorkbook(content []byte) (*workbook, []sheet, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, nil, notWorkbook(content)
	}
	w := &workbook{files: map[string]*zip.File{}, left: maxUnzipped}
	for _, f := range archive.File {
		w.files[strings.ToLower(strings.TrimPrefix(f.Name, "/"))] = f
	}
	main, err := w.target("", "_rels/.rels", func(r relation) bool { return strings.HasSuffix(r.Type, "/officeDocument") })
	if err != nil {
		return nil, nil, err
	}
	sheets, err := w.readBook(main)
	return w, sheets, err
}

// notWorkbook says what a file is that is none, where that can be seen.
func notWorkbook(content []byte) error {
	if !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return errNotWorkbook
	}
	return &Error{What: "it is a text file, not an XLSX file", Hint: "give it a name that ends in .csv"}
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
	if _, known := errors.AsType[*Error](err); err == nil || known || errors.Is(err, errEnough) {
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
		format := same(builtin(c.Format))
		if code, ok := codes[c.Format]; ok {
			format = parseFormat(code)
		}
		w.formats = append(w.formats, format)
	}
	return nil
}
