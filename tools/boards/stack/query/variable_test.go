package query

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

func TestChoose(t *testing.T) {
	options := []string{"month", "quarter", "year"}
	current := func(values ...string) board.VariableOption { return board.VariableOption{Value: values} }
	for name, c := range map[string]struct {
		variable board.Variable
		options  []string
		want     board.Value
		shown    string
	}{
		"first without a current value": {
			board.Variable{}, options, board.Value{Values: []string{"month"}}, "month",
		},
		"current value": {
			board.Variable{Current: current("quarter")}, options, board.Value{Values: []string{"quarter"}}, "quarter",
		},
		"current value that is gone": {
			board.Variable{Current: current("week")}, options, board.Value{Values: []string{"month"}}, "month",
		},
		"several": {
			board.Variable{Multi: true, Current: current("year", "week", "month")},
			options,
			board.Value{Values: []string{"year", "month"}, Pattern: true},
			"All",
		},
		"all as a pattern": {
			board.Variable{Multi: true, IncludeAll: true, AllValue: ".*", Current: current("$__all")},
			options,
			board.Value{All: ".*", Pattern: true},
			"All",
		},
		"all as a list": {
			board.Variable{IncludeAll: true, Current: current("$__all")},
			options,
			board.Value{Values: options, Pattern: true},
			"All",
		},
		"all is the first option": {
			board.Variable{IncludeAll: true, AllValue: ".+"}, options, board.Value{All: ".+", Pattern: true}, "All",
		},
		"an empty text box": {board.Variable{Type: "textbox"}, nil, board.Value{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := choose(c.variable, c.options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(Choice{c.want, c.options}, got); diff != "" {
				t.Error(diff)
			}
			if got.Shown() != c.shown {
				t.Errorf("it shows %q, want %q", got.Shown(), c.shown)
			}
		})
	}
}

func TestChooseFromNothing(t *testing.T) {
	for _, v := range []board.Variable{{Type: "query"}, {Type: "query", IncludeAll: true, AllValue: ".*"}} {
		if got, err := choose(v, nil); err == nil {
			t.Errorf("chose %v from nothing", got)
		}
	}
}

func TestArrange(t *testing.T) {
	for name, c := range map[string]struct {
		variable     board.Variable
		listed, want []string
	}{
		"as listed":         {board.Variable{Sort: 1}, []string{"a", "b"}, []string{"a", "b"}},
		"descending":        {board.Variable{Sort: 2}, []string{"a", "b"}, []string{"b", "a"}},
		"numeric":           {board.Variable{Sort: 3}, []string{"1", "10", "9"}, []string{"1", "9", "10"}},
		"numeric, downward": {board.Variable{Sort: 4}, []string{"1", "10", "9"}, []string{"10", "9", "1"}},
		"filtered":          {board.Variable{Regex: "/^E/"}, []string{"EMEA", "AMER"}, []string{"EMEA"}},
		"captured":          {board.Variable{Regex: "/(.*):\\d+/"}, []string{"a:1", "a:2", "b"}, []string{"a"}},
	} {
		got, err := arrange(c.variable, c.listed)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, err := arrange(board.Variable{Regex: "/(/"}, nil); err == nil {
		t.Error("a broken regex is accepted")
	}
}

func TestCustomOptions(t *testing.T) {
	want := []string{"month", "Q", "year"}
	if diff := cmp.Diff(want, customOptions("month, Fiscal quarter : Q,year")); diff != "" {
		t.Error(diff)
	}
}
