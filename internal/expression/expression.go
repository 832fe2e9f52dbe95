// Package expression compiles expressions over a record, such as `amount == 0 && name contains "TEST"`. What is unknown
// in a record is never equal to anything.
package expression

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	exprchecker "github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/optimizer"
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

// Record is what an Expression sees of a deal. Amount, Probability, Created and Closed mean something only where their
// flags say that they are known; a text that is not known is "".
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

	// Nobody can write these names: they hold a space. They are what knownFlag returns.
	AmountKnown      bool `expr:"amount known"`
	ProbabilityKnown bool `expr:"probability known"`
	CreatedKnown     bool `expr:"created known"`
	ClosedKnown      bool `expr:"closed known"`
}

// functions returns the names of Expr's own functions that an expression may call.
func functions() []string {
	return []string{
		"len", "abs", "ceil", "floor", "round", "min", "max", "trim", "trimPrefix", "trimSuffix", "upper", "lower",
		"hasPrefix", "hasSuffix", "indexOf", "all", "any", "none", "one", "count", "duration",
	}
}

const functionDate = "date"

// dateFunction is Expr's date(), but for days of the zone. Expr's own way to set a zone fails at times in 1.17: it takes
// the zone for the date. A date that is written out is read when the expression is compiled.
func dateFunction(zone *time.Location) expr.Option {
	builtinDate := builtin.Builtins[builtin.Index[functionDate]].Func
	date := func(args ...any) (any, error) {
		at, err := builtinDate(slices.Insert(args, 0, any(zone))...)
		if err != nil {
			return nil, fmt.Errorf("date(%q) is not a date; write it as 2024-08-31", args[0])
		}
		return at, nil
	}
	declare := expr.Function(functionDate, date, new(func(string) time.Time), new(func(string, string) time.Time),
		new(func(string, string, string) time.Time))
	return func(c *conf.Config) {
		declare(c)
		c.ConstFns[functionDate] = reflect.ValueOf(date)
	}
}

// Compile checks an expression: it must know the fields and be true or false. Only functions that depend on
// nothing but their arguments are there: with now() a deal would be excluded or not by the time of its sync. Dates that
// it names are days of the zone.
func Compile(text string, zone *time.Location) (*Expression, error) {
	if len(text) > maxExpression {
		return nil, fmt.Errorf("expression is longer than %d bytes", maxExpression)
	}
	program, err := compile(text, zone)
	if err != nil {
		return nil, compileError(err)
	}
	e := &Expression{program: program}
	root := program.Node()
	ast.Walk(&root, fieldVisitor{e})
	return e, nil
}

// compile does what expr.Compile does, which has no place for a step that needs the whole tree.
func compile(text string, zone *time.Location) (*vm.Program, error) {
	c := conf.CreateNew()
	for _, option := range options(zone) {
		option(c)
	}
	for name := range c.Disabled {
		delete(c.Builtins, name)
	}
	c.Check()
	tree, err := exprchecker.ParseCheck(text, c)
	if err != nil {
		return nil, err
	}
	if err := checkWords(&tree.Node); err != nil {
		return nil, err.Bind(tree.Source)
	}
	if err := guardUnknowns(&tree.Node); err != nil {
		return nil, err.Bind(tree.Source)
	}
	// The new nodes have no types yet.
	if _, err := exprchecker.Check(tree, c); err != nil {
		return nil, err
	}
	if err := optimizer.Optimize(&tree.Node, c); err != nil {
		return nil, err
	}
	return compiler.Compile(tree, c)
}

func options(zone *time.Location) []expr.Option {
	options := []expr.Option{
		expr.Env(Record{}), expr.AsBool(), expr.MaxNodes(maxExpressionNodes), expr.DisableAllBuiltins(),
		knownFunction(), dateFunction(zone),
	}
	for _, name := range functions() {
		options = append(options, expr.EnableBuiltin(name))
	}
	return options
}

// Match evaluates the expression. Its error tells the place in the expression only, for the rest would be content of
// the CRM.
func (e *Expression) Match(r Record) (bool, error) { return new(Machine).Match(e, &r) }

// Machine evaluates expressions with the memory of the last time. It is not safe for concurrent use.
type Machine struct{ machine vm.VM }

// Match is Expression.Match.
func (m *Machine) Match(e *Expression, r *Record) (bool, error) {
	m.machine.MemoryBudget = maxExpressionMemory
	result, err := m.machine.Run(e.program, r)
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
// connectors request personal or costly fields only when needed. To ask whether it is known is to read it.
func (e *Expression) Uses(field string) bool {
	return e.env || slices.Contains(e.fields, field) || slices.Contains(e.fields, knownFlag(field))
}

// Fields returns the fields that the expression reads by their names in the configuration.
func (e *Expression) Fields() []string {
	return slices.DeleteFunc(slices.Clone(e.fields), func(field string) bool { return strings.Contains(field, " ") })
}

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
