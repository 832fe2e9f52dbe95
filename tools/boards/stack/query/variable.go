package query

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// allValues is how boards write that All is chosen.
const allValues = "$__all"

// Choice is a variable's value when the board opens, and what else could be chosen.
type Choice struct {
	board.Value
	Options []string
}

// Shown is what the board's header says.
func (c Choice) Shown() string {
	if c.All != "" || len(c.Values) > 1 {
		return "All"
	}
	return strings.Join(c.Values, "")
}

// Choices are the values of a board's variables, by name.
type Choices map[string]Choice

// values is what board.Expand takes. The names in overrides have one value each, as in a repeated panel.
func (c Choices) values(overrides map[string]string) map[string]board.Value {
	values := map[string]board.Value{}
	for name, choice := range c {
		values[name] = choice.Value
		if one, ok := overrides[name]; ok {
			values[name] = board.Value{Values: []string{one}, Pattern: choice.Pattern}
		}
	}
	return values
}

// resolve finds the values of a board's variables in their order: a later one may refer to an earlier one.
func resolve(ctx context.Context, api v1.API, b *board.Board, w board.Window) (Choices, error) {
	choices := Choices{}
	for _, v := range b.Variables {
		options, err := options(ctx, api, v, choices, w)
		if err != nil {
			return nil, fmt.Errorf("variable %s: %w", v.Name, err)
		}
		choice, err := choose(v, options)
		if err != nil {
			return nil, fmt.Errorf("variable %s: %w", v.Name, err)
		}
		choices[v.Name] = choice
	}
	return choices, nil
}

// choose picks what Grafana picks: the current value of the file if it still exists, else the first.
func choose(v board.Variable, options []string) (Choice, error) {
	choice := Choice{Value: board.Value{Pattern: v.Multi || v.IncludeAll}, Options: options}
	current := slices.DeleteFunc(slices.Clone(v.Current.Value), func(s string) bool {
		return s == "" || s != allValues && !slices.Contains(options, s)
	})
	all := slices.Contains(current, allValues) || len(current) == 0 && v.IncludeAll
	switch {
	case len(options) == 0 && v.Type != "textbox":
		return choice, fmt.Errorf("nothing to choose from: %s", v.Query)
	case all && v.AllValue != "":
		choice.All = v.AllValue
	case all:
		choice.Values = options
	case len(current) > 0:
		choice.Values = current
	default:
		choice.Values = options[:min(1, len(options))]
	}
	return choice, nil
}

func options(ctx context.Context, api v1.API, v board.Variable, known Choices, w board.Window) ([]string, error) {
	switch v.Type {
	case "datasource":
		return []string{"prometheus"}, nil
	case "custom", "interval":
		return customOptions(v.Query), nil
	case "constant", "textbox":
		if v.Query == "" {
			return nil, nil
		}
		return []string{string(v.Query)}, nil
	case "query":
		listed, err := queryOptions(ctx, api, v, known, w)
		if err != nil {
			return nil, err
		}
		return arrange(v, listed)
	default:
		return nil, fmt.Errorf("its type %q is not supported", v.Type)
	}
}

// customOptions reads "month,quarter : Fiscal quarter": what follows a colon is the value.
func customOptions(q board.QueryText) []string {
	var values []string
	for option := range strings.SplitSeq(string(q), ",") {
		if _, value, found := strings.Cut(option, " : "); found {
			option = value
		}
		values = append(values, strings.TrimSpace(option))
	}
	return values
}

func queryOptions(ctx context.Context, api v1.API, v board.Variable, known Choices, w board.Window) ([]string, error) {
	q, err := board.Query(v)
	if err != nil {
		return nil, err
	}
	var matches []string
	if q.Expr != "" {
		matches = []string{board.Expand(q.Expr, known.values(nil), w)}
	}
	var listed []string
	switch q.Func {
	case "label_values":
		values, _, _, err := api.LabelValues(ctx, q.Label, matches, w.From, w.To)
		if err != nil {
			return nil, fmt.Errorf("list values of label %s: %w", q.Label, err)
		}
		for _, value := range values {
			listed = append(listed, string(value))
		}
	case "query_result":
		value, _, _, err := api.Query(ctx, matches[0], w.To)
		if err != nil {
			return nil, fmt.Errorf("query: %w", err)
		}
		vector, _ := value.(model.Vector)
		for _, sample := range vector {
			listed = append(listed, fmt.Sprintf("%s %v %d", sample.Metric, sample.Value, sample.Timestamp))
		}
	default:
		return nil, fmt.Errorf("%s() is not supported", q.Func)
	}
	return listed, nil
}

// Sort orders of variables. Prometheus sorts already, so that the ascending order of text is what comes.
const (
	sortDescending        = 2
	sortNumeric           = 3
	sortNumericDescending = 4
)

// arrange filters and sorts what a query variable listed.
func arrange(v board.Variable, listed []string) ([]string, error) {
	if v.Regex != "" {
		pattern, err := regexp.Compile(strings.Trim(v.Regex, "/"))
		if err != nil {
			return nil, fmt.Errorf("its regex: %w", err)
		}
		listed = capture(pattern, listed)
	}
	if v.Sort == sortNumeric || v.Sort == sortNumericDescending {
		slices.SortStableFunc(listed, func(a, b string) int {
			x, _ := strconv.ParseFloat(a, 64)
			y, _ := strconv.ParseFloat(b, 64)
			return int(x - y)
		})
	}
	if v.Sort == sortDescending || v.Sort == sortNumericDescending {
		slices.Reverse(listed)
	}
	return listed, nil
}

// capture keeps what matches, or of that what the first group captures.
func capture(pattern *regexp.Regexp, listed []string) []string {
	var kept []string
	for _, s := range listed {
		found := pattern.FindStringSubmatch(s)
		if found == nil {
			continue
		}
		if len(found) > 1 {
			s = found[1]
		}
		if !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}
