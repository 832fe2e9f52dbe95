package expression

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// wordsOf returns the values that a field of few values has, nil for other fields. The outcome of a stage that does not
// tell is "unknown", and a deal without a forecast category has "".
func wordsOf(field string) (words []string) {
	switch field {
	case "outcome":
		for _, outcome := range []crm.Outcome{crm.OutcomeOpen, crm.OutcomeWon, crm.OutcomeLost, crm.OutcomeUnknown} {
			words = append(words, outcome.String())
		}
	case "forecast_category":
		words = append(words, "")
		for _, category := range crm.ForecastCategories() {
			words = append(words, string(category))
		}
	}
	return words
}

// none is the label of what a deal does not have. In an expression that is the empty text.
const none = "(none)"

// checkWords refuses comparisons that are true of no deal: of a field of few values with another value, as in
// `outcome == "Won"`, and of a text with the label of what is not there.
func checkWords(root *ast.Node) (refused *file.Error) {
	ast.Walk(root, visitor(func(node *ast.Node) {
		n, ok := (*node).(*ast.BinaryNode)
		if !ok || refused != nil || !slices.Contains([]string{"==", "!=", "in"}, n.Operator) {
			return
		}
		field, value := fieldName(n.Left), n.Right
		if field == "" {
			field, value = fieldName(n.Right), n.Left
		}
		words := wordsOf(field)
		for _, text := range literals(value) {
			switch {
			case strings.EqualFold(text.Value, none) && !slices.Contains([]string{"", "name", "outcome"}, field):
				refused = &file.Error{
					Location: text.Location(),
					Message:  fmt.Sprintf("no deal has the %s %q, which is a label only; write %s == \"\"", field, text.Value, field),
				}
				return
			case words != nil && !slices.Contains(words, text.Value):
				refused = &file.Error{
					Location: text.Location(),
					Message:  fmt.Sprintf("no deal has the %s %q; it is %s", field, text.Value, shownWords(field)),
				}
				return
			}
		}
	}))
	return refused
}

// shownWords lists the values that a field has for people.
func shownWords(field string) string {
	words := slices.DeleteFunc(wordsOf(field), func(w string) bool { return w == "" || w == crm.OutcomeUnknown.String() })
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// fieldName returns the field that a node reads, "" where it is anything else.
func fieldName(node ast.Node) string {
	switch n := node.(type) {
	case *ast.IdentifierNode:
		return n.Value
	case *ast.MemberNode:
		if text, ok := n.Property.(*ast.StringNode); ok && named(n.Node, "$env") {
			return text.Value
		}
	}
	return ""
}

// literals returns the texts that are written out in a value or a list.
func literals(node ast.Node) []*ast.StringNode {
	switch n := node.(type) {
	case *ast.StringNode:
		return []*ast.StringNode{n}
	case *ast.ArrayNode:
		var texts []*ast.StringNode
		for _, item := range n.Nodes {
			texts = append(texts, literals(item)...)
		}
		return texts
	}
	return nil
}
