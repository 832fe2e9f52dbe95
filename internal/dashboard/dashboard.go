// Package dashboard generates the Grafana boards from the KPI catalogue.
//
// A board is a Go function that lays panels out; titles, formulas, units and labels come from the catalogue, so that a
// board cannot ask for a label that a metric does not carry. The JSON is Grafana's classic schema, which versions 9 to
// 13 read from files, from ConfigMaps and by import.
package dashboard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	tables "github.com/sales-exporter/sales_exporter/internal/table"
)

// Options are what boards cannot ask of Prometheus.
type Options struct {
	// Currency is the ISO 4217 code that money panels are formatted in: Grafana's units take no variable.
	Currency string
	// FiscalYearStart is the month in which fiscal years begin, for the time ranges "this fiscal quarter".
	FiscalYearStart time.Month
}

func (o Options) validate() error {
	if !tables.KnownCurrency(o.Currency) {
		return fmt.Errorf("currency %q must be an ISO 4217 code such as EUR", o.Currency)
	}
	if o.FiscalYearStart < time.January || o.FiscalYearStart > time.December {
		return fmt.Errorf("fiscal start month %d must be 1 to 12", o.FiscalYearStart)
	}
	return nil
}

// File is one generated board.
type File struct {
	Name string // "<uid>.json"
	JSON []byte
}

// Generate returns every board, in the order in which people read them.
func Generate(o Options) ([]File, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	g := newGenerator(o)
	var files []File
	for _, b := range []*board{
		g.overview(), g.pipeline(), g.team(), g.operations(), g.business(), g.wallboard(),
	} {
		text, err := encode(b)
		if err != nil {
			return nil, fmt.Errorf("encode board %s: %w", b.UID, err)
		}
		files = append(files, File{Name: b.UID + ".json", JSON: text})
	}
	return files, nil
}

// Write writes every board to a directory as <uid>.json.
func Write(dir string, o Options) error {
	files, err := Generate(o)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // Boards are public.
		return fmt.Errorf("make directory for boards: %w", err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.JSON, 0o644); err != nil { //nolint:gosec // see above
			return fmt.Errorf("write board: %w", err)
		}
	}
	return nil
}

// encode writes the canonical form: indented by two spaces, with < and > as they are, so that queries can be read.
func encode(b *board) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(b); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
