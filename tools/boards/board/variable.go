package board

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Variable is a template variable.
type Variable struct {
	Name       string           `json:"name"`
	Label      string           `json:"label"`
	Type       string           `json:"type"`
	Query      QueryText        `json:"query"`
	Regex      string           `json:"regex"`
	Multi      bool             `json:"multi"`
	IncludeAll bool             `json:"includeAll"`
	AllValue   string           `json:"allValue"`
	Refresh    int              `json:"refresh"`
	Sort       int              `json:"sort"`
	Hide       int              `json:"hide"`
	Current    VariableOption   `json:"current"`
	Options    []VariableOption `json:"options"`
	Datasource Datasource       `json:"datasource"`
}

// VariableOption is a value that a variable may take, or took.
type VariableOption struct {
	Text     StringList `json:"text"`
	Value    StringList `json:"value"`
	Selected bool       `json:"selected"`
}

// Annotation is a query that marks instants or regions on every graph.
type Annotation struct {
	Name            string     `json:"name"`
	BuiltIn         int        `json:"builtIn"`
	Enable          bool       `json:"enable"`
	Hide            bool       `json:"hide"`
	IconColor       string     `json:"iconColor"`
	Expr            string     `json:"expr"`
	Step            string     `json:"step"`
	TitleFormat     string     `json:"titleFormat"`
	TextFormat      string     `json:"textFormat"`
	TagKeys         string     `json:"tagKeys"`
	UseValueForTime FlexBool   `json:"useValueForTime"`
	Datasource      Datasource `json:"datasource"`
}

// QueryText is the text of a variable's query. Grafana writes a string, or since version 8 an object around it.
type QueryText string

// UnmarshalJSON reads both spellings.
func (q *QueryText) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*q = QueryText(text)
		return nil
	}
	var object struct {
		Query string `json:"query"`
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	*q = QueryText(object.Query)
	return nil
}

// StringList is a string or a list of them: the value of a variable that allows one, or several.
type StringList []string

// UnmarshalJSON reads both spellings.
func (l *StringList) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*l = StringList{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(l))
}

// FlexBool is a flag that Grafana's annotation editor once wrote as "on".
type FlexBool bool

// UnmarshalJSON reads both spellings.
func (f *FlexBool) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*f = text != ""
		return nil
	}
	return json.Unmarshal(raw, (*bool)(f))
}

// VariableQuery is a variable's query taken apart.
type VariableQuery struct {
	// Func is the data source's function: label_values, label_names, metrics or query_result.
	Func string
	// Expr is its selector, the expression of a query_result, or the pattern of metrics. It may be empty.
	Expr string
	// Label is what label_values lists.
	Label string
}

// queryFunc is one form of a query, with the pattern by which Grafana recognises it.
type queryFunc struct {
	name    string
	pattern *regexp.Regexp
}

// queryFuncs are the five forms that Grafana's Prometheus data source knows. Nothing may stand before a function, and
// none of them matches a line break within: a query over several lines is taken for a selector of series.
func queryFuncs() []queryFunc {
	const dots = `([^\n\r\x{2028}\x{2029}]+)` // what a dot is in a browser
	return []queryFunc{
		{"label_names", regexp.MustCompile(`^label_names\(()\)\s*$`)},
		{"label_names", regexp.MustCompile(`^label_names\(` + dots + `\)\s*$`)},
		{"label_values", regexp.MustCompile(`^label_values\((?:` + dots + `,\s*)?([a-zA-Z_$][a-zA-Z0-9_]*)\)\s*$`)},
		{"metrics", regexp.MustCompile(`^metrics\(` + dots + `\)\s*$`)},
		{"query_result", regexp.MustCompile(`^query_result\(` + dots + `\)\s*$`)},
	}
}

// Query takes the query of a variable apart.
func Query(v Variable) (VariableQuery, error) {
	for _, f := range queryFuncs() {
		found := f.pattern.FindStringSubmatch(string(v.Query))
		if found == nil {
			continue
		}
		q := VariableQuery{Func: f.name, Expr: strings.TrimSpace(found[1])}
		if len(found) > 2 {
			q.Label = found[2]
		}
		return q, nil
	}
	return VariableQuery{}, fmt.Errorf("variable %s: Grafana recognises no label_values(), label_names(), metrics() or "+
		"query_result() in %q", v.Name, v.Query)
}
