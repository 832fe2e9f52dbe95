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

var (
	queryFunc   = regexp.MustCompile(`(?s)^\s*(label_values|label_names|metrics|query_result)\((.*)\)\s*$`)
	labelValues = regexp.MustCompile(`(?s)^(?:(.+),)?\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*$`)
)

// Query takes the query of a variable apart.
func Query(v Variable) (VariableQuery, error) {
	found := queryFunc.FindStringSubmatch(string(v.Query))
	if found == nil {
		return VariableQuery{}, fmt.Errorf("variable %s: %q is no label_values, label_names, metrics or query_result",
			v.Name, v.Query)
	}
	q := VariableQuery{Func: found[1], Expr: strings.TrimSpace(found[2])}
	if q.Func != "label_values" {
		return q, nil
	}
	parts := labelValues.FindStringSubmatch(q.Expr)
	if parts == nil {
		return VariableQuery{}, fmt.Errorf("variable %s: label_values(%s) names no label", v.Name, q.Expr)
	}
	q.Expr, q.Label = strings.TrimSpace(parts[1]), parts[2]
	return q, nil
}
