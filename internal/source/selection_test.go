package source

import (
	"strings"
	"testing"
	"time"

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

func TestSelection(t *testing.T) {
	tests := []struct {
		name                 string
		pipelines            []string
		exclude              string
		pipelineID, pipeline string
		record               expression.Record
		want                 string
		asked                bool // whether the record was needed
	}{
		{name: "everything", pipelineID: "1", pipeline: "Sales"},
		{name: "by id", pipelines: []string{"x", "default"}, pipelineID: "DEFAULT", pipeline: "Sales"},
		{name: "by label", pipelines: []string{"sales pipeline"}, pipelineID: "1", pipeline: "Sales Pipeline"},
		{name: "by label of another alphabet", pipelines: []string{"ПРОДАЖИ"}, pipelineID: "1", pipeline: "Продажи"},
		{name: "B15 by label in another form", pipelines: []string{"Ne\u0301gocie"}, pipelineID: "1", pipeline: "Négocie"},
		{name: "by label with other blanks", pipelines: []string{"New  Sales"}, pipelineID: "1", pipeline: "New\u00a0Sales "},
		{name: "by label with a line break", pipelines: []string{"New Sales"}, pipelineID: "1", pipeline: "New\nSales"},
		{name: "other pipeline", pipelines: []string{"2"}, pipelineID: "1", pipeline: "Sales", want: "pipeline"},
		{name: "no pipeline", pipelines: []string{"2"}, want: "pipeline"},
		{
			name: "other pipeline is not asked further", pipelines: []string{"2"}, exclude: "amount == 0",
			pipelineID: "1", want: "pipeline",
		},
		{
			name: "expression", exclude: `amount == 0 && name contains "TEST"`,
			record: expression.Record{Name: "TEST deal", AmountKnown: true}, want: "expression", asked: true,
		},
		{name: "no match", exclude: "amount == 0", record: expression.Record{Amount: 5, AmountKnown: true}, asked: true},
		{
			name: "B15 an expression sees names as they are shown", exclude: `rep == "José Lee" && territory == "Île de France"`,
			record: expression.Record{Rep: " Jose\u0301  Lee", Territory: "I\u0302le\nde France"}, want: "expression", asked: true,
		},
		{
			name: "the whole name of a deal", exclude: `name endsWith "test"`,
			record: expression.Record{Name: strings.Repeat("x", 500) + " test "}, want: "expression", asked: true,
		},
	}
	for _, tt := range tests {
		s := NewSelection(config.Source{Pipelines: tt.pipelines, Exclude: compiled(t, tt.exclude)})
		asked := false
		got, err := s.Exclude(tt.pipelineID, tt.pipeline, func() expression.Record { asked = true; return tt.record })
		if err != nil || got != tt.want || asked != tt.asked {
			t.Errorf("%s: %q, %v, record asked: %t; want %q, asked: %t", tt.name, got, err, asked, tt.want, tt.asked)
		}
	}
}

func TestSelectionExpressionFails(t *testing.T) {
	s := NewSelection(config.Source{Exclude: compiled(t, `date(name) > created`)})
	got, err := s.Exclude("1", "", func() expression.Record { return expression.Record{Name: "not a date", CreatedKnown: true} })
	if got != "" || err == nil || ReasonOf(err) != ReasonConfig {
		t.Errorf("%q, %v, want a config error", got, err)
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
