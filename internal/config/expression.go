package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// Bounds of an expression. It runs for every deal of every sync, so it may neither be long nor build anything large.
const (
	maxExpression       = 4096   // bytes
	maxExpressionNodes  = 500    // of the syntax tree
	maxExpressionMemory = 10_000 // elements of lists made in one evaluation
)

// Expression is a compiled `exclude` expression over one record. It is safe for concurrent use.
type Expression struct {
	program *vm.Program
	fields  []string
	env     bool // it reads the record as a whole
}

// Record is what an Expression sees of a deal.
type Record struct {
	ID               string    `expr:"id"`
	Name             string    `expr:"name"`
	Pipeline         string    `expr:"pipeline"`
	Stage            string    `expr:"stage"`
	Rep              string    `expr:"rep"`
	Team             string    `expr:"team"`
	Outcome          string    `expr:"outcome"`
	Currency         string    `expr:"currency"`
	ForecastCategory string    `expr:"forecast_category"`
	Amount           float64   `expr:"amount"`
	Probability      float64   `expr:"probability"`
	Created          time.Time `expr:"created"`
	Closed           time.Time `expr:"closed"`
	Territory        string    `expr:"territory"`
	BusinessType     string    `expr:"business_type"`
	Segment          string    `expr:"segment"`
	Channel          string    `expr:"channel"`
	Product          string    `expr:"product"`
}

// CompileExpression checks an expression: it must know the fields and be true or false. Only functions that depend on
// nothing but their arguments are there: with now() a deal would be excluded or not by the time of its sync.
func CompileExpression(text string) (*Expression, error) {
	if len(text) > maxExpression {
		return nil, fmt.Errorf("expression is longer than %d bytes", maxExpression)
	}
	options := []expr.Option{
		expr.Env(Record{}), expr.AsBool(), expr.MaxNodes(maxExpressionNodes), expr.DisableAllBuiltins(),
	}
	for _, name := range []string{
		"len", "abs", "ceil", "floor", "round", "min", "max", "trim", "trimPrefix", "trimSuffix", "upper", "lower",
		"hasPrefix", "hasSuffix", "indexOf", "all", "any", "none", "one", "count", "date", "duration",
	} {
		options = append(options, expr.EnableBuiltin(name))
	}
	program, err := expr.Compile(text, options...)
	if err != nil {
		return nil, compileError(err)
	}
	e := &Expression{program: program}
	root := program.Node()
	ast.Walk(&root, fieldVisitor{e})
	return e, nil
}

// compileError turns the compiler's drawing of several lines into one.
func compileError(err error) error {
	e, ok := errors.AsType[*file.Error](err)
	if !ok {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return fmt.Errorf("expression: %s", first)
	}
	first, _, _ := strings.Cut(e.Message, "\n")
	return fmt.Errorf("expression, line %d, character %d: %s", max(e.Line, 1), e.Column+1, first)
}

// Match evaluates the expression. Its error tells the place in the expression only, for the rest would be content of
// the CRM.
func (e *Expression) Match(r Record) (bool, error) {
	machine := vm.VM{MemoryBudget: maxExpressionMemory}
	result, err := machine.Run(e.program, r)
	if err != nil {
		if at, ok := errors.AsType[*file.Error](err); ok {
			return false, fmt.Errorf("evaluate expression: failed at line %d, character %d", max(at.Line, 1), at.Column+1)
		}
		return false, errors.New("evaluate expression: failed")
	}
	return result.(bool), nil // AsBool held the compiler to it
}

// String returns the text of the expression.
func (e *Expression) String() string { return e.program.Source().String() }

// Uses reports whether the expression reads a field, by its name in the configuration ("name", "amount"), so that
// connectors request personal or costly fields only when needed.
func (e *Expression) Uses(field string) bool { return e.env || slices.Contains(e.fields, field) }

type fieldVisitor struct{ expression *Expression }

// Visit implements ast.Visitor.
func (v fieldVisitor) Visit(node *ast.Node) {
	identifier, ok := (*node).(*ast.IdentifierNode)
	switch {
	case !ok:
	case identifier.Value == "$env":
		v.expression.env = true
	default:
		v.expression.fields = append(v.expression.fields, identifier.Value)
	}
}
