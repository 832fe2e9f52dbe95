package source

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/expression"
)

func compiled(t *testing.T, text string) *expression.Expression {
	t.Helper()
	if text == "" {
		return nil
	}
	e, err := expression.Compile(text, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestSelects(t *testing.T) {
	for name, test := range map[string]struct {
		pipelines []string
		id, label string
		want      bool
	}{
		"everything":                 {nil, "1", "Sales", true},
		"by id":                      {[]string{"x", "default"}, "DEFAULT", "Sales", true},
		"by label":                   {[]string{"sales pipeline"}, "1", "Sales Pipeline", true},
		"B15 by label in other form": {[]string{"Ne\u0301gocie"}, "1", "Négocie", true},
		"by label with a line break": {[]string{"New Sales"}, "1", "New\nSales", true},
		"other pipeline":             {[]string{"2"}, "1", "Sales", false},
		"no pipeline":                {[]string{"2"}, "", "", false},
	} {
		s := NewSelection(config.Source{Pipelines: test.pipelines})
		if got := s.Selects(test.id, test.label); got != test.want {
			t.Errorf("%s: selected is %t, want %t", name, got, test.want)
		}
	}
}

// TestPipelines holds that a short id of Salesforce means the long one too, which is the one that the API answers.
func TestPipelines(t *testing.T) {
	s := NewSelection(config.Source{Pipelines: []string{"Sales", "012000000000001", "012000000000001AAA"}})
	want := [][]string{{"Sales"}, {"012000000000001", "012000000000001AAA"}, {"012000000000001AAA"}}
	if diff := cmp.Diff(want, s.Pipelines()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSelectionNeedsName(t *testing.T) {
	for text, want := range map[string]bool{"": false, "amount == 0": false, `name contains "TEST"`: true} {
		if got := NewSelection(config.Source{Exclude: compiled(t, text)}).NeedsName(); got != want {
			t.Errorf("%q needs the name: %t, want %t", text, got, want)
		}
	}
}

func TestMapValue(t *testing.T) {
	m := config.Mapping{Values: map[string]string{"emea": "EMEA", "": "none", "São Paulo": "BR"}}
	for value, want := range map[string]string{
		" emea\n": "EMEA", "apac ": "apac", "EMEA": "EMEA", "  ": "none", "\u200b": "none",
		"Sa\u0303o Paulo": "BR", "São\u00a0Paulo": "BR", "São\r\nPaulo": "BR", "SÃO PAULO": "SÃO PAULO",
	} {
		if got := MapValue(m, value); got != want {
			t.Errorf("%q maps to %q, want %q", value, got, want)
		}
	}
	if got := MapValue(config.Mapping{}, " a "); got != "a" {
		t.Errorf("without values: %q", got)
	}
}
