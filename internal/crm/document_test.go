package crm_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
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

// TestNothingPersonal: a column with a customer's or a contact's name, address or number does not belong into the mirror.
// A rep's name is the value of a label.
func TestNothingPersonal(t *testing.T) {
	personal := regexp.MustCompile(`name|mail|phone|address|street|contact|domain|description|note|subject|birth`)
	for _, k := range crm.Kinds() {
		for _, column := range k.Layout() {
			where := string(k.Name()) + "." + column.Name
			if personal.MatchString(column.Name) && where != "reps.name" {
				t.Errorf("column %s may hold something personal", where)
			}
		}
	}
}
