package crm_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// TestDocument holds that docs/records.md is what the declarations say.
func TestDocument(t *testing.T) {
	var want bytes.Buffer
	if err := crm.WriteDocument(&want); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "..", "docs", "records.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error(`docs/records.md is out of date; run "make docs"`)
	}
}

// TestNothingPersonal holds that the mirror has no column for the name, the address or the number of a customer or a
// contact. A rep's name is the value of a label, a deal's name is kept only where exclude reads it, and the api_name of a
// pipeline is that of a setting.
func TestNothingPersonal(t *testing.T) {
	personal := regexp.MustCompile(`name|mail|phone|address|street|contact|domain|description|note|subject|birth`)
	fine := []string{"reps.name", "deals.name", "pipelines.api_name"}
	for _, k := range crm.Kinds() {
		for _, column := range k.Layout() {
			where := string(k.Name()) + "." + column.Name
			if personal.MatchString(column.Name) && !slices.Contains(fine, where) {
				t.Errorf("column %s may hold something personal", where)
			}
		}
	}
}
