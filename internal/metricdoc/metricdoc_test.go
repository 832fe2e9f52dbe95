package metricdoc_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/metricdoc"
)

// TestDocument holds that docs/metrics.md is what the catalogue says, and that every metric is in it.
func TestDocument(t *testing.T) {
	var want bytes.Buffer
	if err := metricdoc.Write(&want); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "..", "docs", "metrics.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error(`docs/metrics.md is out of date; run "make docs"`)
	}
	for _, m := range kpi.Catalogue() {
		if !bytes.Contains(want.Bytes(), []byte(m.Name)) {
			t.Errorf("%s is not documented", m.Name)
		}
	}
}
