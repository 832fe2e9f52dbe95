package soql

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestErrorPointsAtTheToken(t *testing.T) {
	_, err := Compile("SELECT Id, Foo FROM Opportunity", newTestSchema(), testNow)
	refusal, ok := errors.AsType[*Error](err)
	want := "\nSELECT Id, Foo FROM Opportunity\n           ^\nERROR at Row:1:Column:12\n" +
		"No such column 'Foo' on entity 'Opportunity'."
	if !ok || refusal.Code != InvalidField || !strings.HasPrefix(refusal.Message, want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// FuzzCompile holds that no statement crashes the parser, and that a refusal is always a typed one.
func FuzzCompile(f *testing.F) {
	file, err := os.ReadFile(filepath.Join("testdata", "accepted.json"))
	if err != nil {
		f.Fatal(err)
	}
	var statements []string
	if err := json.Unmarshal(file, &statements); err != nil {
		f.Fatal(err)
	}
	for _, text := range statements {
		f.Add(text)
	}
	f.Add("SELECT Id FROM Opportunity WHERE Name = '\\u00")
	f.Add("SELECT Id FROM Opportunity WHERE CloseDate = LAST_N_DAYS:99999999999999999999")
	schema, deals := newTestSchema(), testDeals(20)
	f.Fuzz(func(t *testing.T, text string) {
		plan, err := Compile(text, schema, testNow)
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		if plan.Object() != schema["opportunity"] {
			return
		}
		switch {
		case plan.Aggregate():
			plan.Groups(rowsOf(deals))
		default:
			for _, row := range plan.Rows(rowsOf(deals)) {
				plan.Record(row)
			}
		}
	})
}
