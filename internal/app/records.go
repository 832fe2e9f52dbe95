package app

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// RecordsOptions say what Records writes.
type RecordsOptions struct {
	// Kind names the kind of the records, Source the source; "" is all sources.
	Kind   string
	Source string
	// JSON writes an object a line instead of CSV.
	JSON bool
}

// Records writes the records of a kind as the mirror holds them, those that the served numbers are made of. It may run
// beside a serving process.
func Records(ctx context.Context, options Options, what RecordsOptions, out io.Writer) (err error) {
	options, err = options.withDefaults()
	if err != nil {
		return err
	}
	kind, err := kindNamed(what.Kind)
	if err != nil {
		return err
	}
	validated, err := LoadConfig(options.ConfigFile)
	if err != nil {
		return fmt.Errorf("load configuration: %w", err)
	}
	c := validated.Config()
	sources, err := selectSources(c, what.Source)
	if err != nil {
		return err
	}
	view, err := openView(ctx, c.MirrorSQLitePath)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, view.Close()) }()
	w := newRecordWriter(kind, what.JSON, out)
	for _, source := range sources {
		streams, err := view.Streams(ctx, source)
		if err != nil {
			return err
		}
		for _, stream := range streams {
			_, err := view.Load(ctx, stream, 0, func(b record.Batch) error {
				return w.write(source, b.Rows.Of(kind))
			})
			if err != nil {
				return err
			}
		}
	}
	return w.flush()
}

func kindNamed(name string) (record.Kind, error) {
	for _, k := range crm.Kinds() {
		if string(k.Name()) == name {
			return k, nil
		}
	}
	names := make([]string, 0, len(crm.Kinds()))
	for _, name := range crm.Names() {
		names = append(names, string(name))
	}
	return nil, fmt.Errorf("there are no records of the kind %q; there are: %s", name, strings.Join(names, ", "))
}

// recordWriter writes records with the name of their source in front.
type recordWriter struct {
	columns []string
	// texts says by column what is a text that people or the CRM wrote, which a spreadsheet must not take for a formula.
	texts []bool
	csv   *csv.Writer
	json  io.Writer
}

func newRecordWriter(kind record.Kind, asJSON bool, out io.Writer) *recordWriter {
	w := &recordWriter{columns: append([]string{"source"}, kind.Columns()...), texts: []bool{true, true, false}}
	for _, field := range kind.Layout() {
		w.texts = append(w.texts, slices.Contains(
			[]record.Type{record.TypeText, record.TypeReference, record.TypeWord, record.TypeDimensions}, field.Type))
	}
	if asJSON {
		w.json = out
	} else {
		w.csv = csv.NewWriter(out)
		_ = w.csv.Write(w.columns) // The writer remembers its first error until flush.
	}
	return w
}

func (w *recordWriter) write(source string, list record.List) error {
	for i := range list.Len() {
		values := append([]string{source}, list.Text(i)...)
		if w.json != nil {
			if _, err := w.json.Write(w.object(values)); err != nil {
				return err
			}
			continue
		}
		for n := range values {
			if w.texts[n] {
				values[n] = harmless(values[n])
			}
		}
		if err := w.csv.Write(values); err != nil {
			return err
		}
	}
	return nil
}

// object writes a line with a JSON object, its members in the order of the columns.
func (w *recordWriter) object(values []string) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for i, value := range values {
		b.WriteString(string("{,"[min(i, 1)]))
		_ = encoder.Encode(w.columns[i]) // A text always has a JSON form.
		b.Truncate(b.Len() - 1)
		b.WriteByte(':')
		_ = encoder.Encode(value)
		b.Truncate(b.Len() - 1)
	}
	b.WriteString("}\n")
	return b.Bytes()
}

func (w *recordWriter) flush() error {
	if w.csv == nil {
		return nil
	}
	w.csv.Flush()
	return w.csv.Error()
}

// harmless returns a text that no spreadsheet takes for a formula: somebody who may name a deal could otherwise run one
// on the desk of whoever opens the file.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
