package table

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/efp"
	"github.com/xuri/excelize/v2"
)

// formula is one without a result that can be believed: no spreadsheet program has computed it.
type formula struct {
	text        string
	style       int
	array       bool
	down, right int // from the cell that the text was written for, where several cells share it
}

// Bounds of computing: cells that a formula leads to one behind another, and cells that are looked at in all.
const (
	maxChain = 64
	maxReads = 50_000_000
)

// computer gives the results of formulas that have one reading in every program: + - * / of numbers, SUM and ROUND. Blank
// cells, texts, comparisons and all other functions are left alone.
type computer struct {
	w        *workbook
	rows     []Row
	formulas map[[2]int]formula // by row and column
	chain    int
	reads    int
}

// errNoResult is the error of a formula that is left alone.
var errNoResult = errors.New("no result")

// faultError is the error of a formula whose result is an error value.
type faultError string

func (e faultError) Error() string { return string(e) }

// compute fills in the results of all formulas.
func (c *computer) compute() {
	for i := range c.rows {
		row := &c.rows[i]
		for column := range row.Cells {
			f, open := c.formulas[[2]int{row.Number, column}]
			if !open {
				continue
			}
			_, err := c.result(row, column, f)
			if fault, is := errors.AsType[faultError](err); is {
				row.Cells[column] = Cell{Kind: Fault, Text: string(fault)}
			}
		}
	}
}

// result computes one cell and keeps what came out. A formula that leads to itself has no result.
func (c *computer) result(row *Row, column int, f formula) (float64, error) {
	if c.chain == maxChain || f.array {
		return 0, errNoResult
	}
	at := [2]int{row.Number, column}
	delete(c.formulas, at)
	c.chain++
	parser := efp.ExcelParser()
	e := expression{computer: c, tokens: parser.Parse(f.text), down: f.down, right: f.right}
	value, err := e.whole()
	c.chain--
	if err != nil {
		c.formulas[at] = f
		return 0, err
	}
	const digits = 15 // A sum of 0.1 and 0.2 is 0.3 in a spreadsheet.
	value, err = strconv.ParseFloat(strconv.FormatFloat(value, 'g', digits, 64), 64)
	if err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
		return 0, faultError("#NUM!")
	}
	row.Cells[column] = c.w.number(strconv.FormatFloat(value, 'f', -1, 64), f.style)
	return value, nil
}

// cell returns the number of a cell.
func (c *computer) cell(number, column int) (float64, error) {
	if c.reads++; c.reads > maxReads {
		return 0, errNoResult
	}
	i, found := slices.BinarySearchFunc(c.rows, number, func(r Row, number int) int { return r.Number - number })
	if !found {
		return 0, errNoResult
	}
	if f, open := c.formulas[[2]int{number, column}]; open {
		return c.result(&c.rows[i], column, f)
	}
	switch cell := c.rows[i].At(column); cell.Kind {
	case Number:
		return strconv.ParseFloat(cell.Text, 64)
	case Fault:
		return 0, faultError(cell.Text)
	default:
		return 0, errNoResult
	}
}

// expression is a formula while it is computed.
type expression struct {
	*computer
	tokens      []efp.Token
	down, right int
}

func (e *expression) whole() (float64, error) {
	e.infix("+") // People type =+C2.
	value, err := e.sum()
	if err == nil && len(e.tokens) > 0 {
		return 0, errNoResult
	}
	return value, err
}

// take returns the next token if it is of that kind.
func (e *expression) take(kind, sub string) (value string, ok bool) {
	if len(e.tokens) == 0 || e.tokens[0].TType != kind || sub != "" && e.tokens[0].TSubType != sub {
		return "", false
	}
	value = e.tokens[0].TValue
	e.tokens = e.tokens[1:]
	return value, true
}

// infix returns the next token if it is one of the operators. The operator of what two areas have in common, a space, is
// an empty token.
func (e *expression) infix(operators ...string) (operator string, ok bool) {
	if len(e.tokens) == 0 || !slices.Contains(operators, e.tokens[0].TValue) {
		return "", false
	}
	return e.take(efp.TokenTypeOperatorInfix, "")
}

func (e *expression) sum() (float64, error) {
	value, err := e.product()
	for err == nil {
		operator, more := e.infix("+", "-")
		if !more {
			break
		}
		var next float64
		switch next, err = e.product(); operator {
		case "+":
			value += next
		case "-":
			value -= next
		}
	}
	return value, err
}

func (e *expression) product() (float64, error) {
	value, err := e.factor()
	for err == nil {
		operator, more := e.infix("*", "/")
		if !more {
			break
		}
		var next float64
		next, err = e.factor()
		switch {
		case err != nil:
		case operator == "*":
			value *= next
		case operator == "/" && next == 0:
			err = faultError("#DIV/0!")
		case operator == "/":
			value /= next
		}
	}
	return value, err
}

func (e *expression) factor() (float64, error) {
	if sign, ok := e.take(efp.TokenTypeOperatorPrefix, ""); ok {
		value, err := e.factor()
		if sign != "-" {
			return 0, errNoResult
		}
		return -value, err
	}
	value, err := e.operand()
	for err == nil {
		sign, more := e.take(efp.TokenTypeOperatorPostfix, "")
		switch {
		case !more:
			return value, nil
		case sign == "%":
			value /= 100
		default:
			err = errNoResult
		}
	}
	return 0, err
}

func (e *expression) operand() (float64, error) {
	if text, ok := e.take(efp.TokenTypeOperand, efp.TokenSubTypeNumber); ok {
		value, err := strconv.ParseFloat(text, 64)
		if err != nil || strings.Trim(text, "0123456789.E+-") != "" { // INF is a name in a formula, a number to Go.
			return 0, errNoResult
		}
		return value, nil
	}
	if text, ok := e.take(efp.TokenTypeOperand, efp.TokenSubTypeRange); ok {
		column, row, ok := e.reference(text)
		if !ok {
			return 0, errNoResult
		}
		return e.cell(row, column)
	}
	if _, ok := e.take(efp.TokenTypeSubexpression, efp.TokenSubTypeStart); ok {
		value, err := e.sum()
		if _, closed := e.take(efp.TokenTypeSubexpression, efp.TokenSubTypeStop); err == nil && !closed {
			return 0, errNoResult
		}
		return value, err
	}
	name, _ := e.take(efp.TokenTypeFunction, efp.TokenSubTypeStart)
	switch strings.ToUpper(name) {
	case "SUM":
		return e.total()
	case "ROUND":
		return e.rounded()
	default:
		return 0, errNoResult
	}
}

// total computes SUM behind its name.
func (e *expression) total() (float64, error) {
	total := 0.0
	for {
		value, err := e.addend()
		if err != nil {
			return 0, err
		}
		total += value
		if _, more := e.take(efp.TokenTypeArgument, ""); more {
			continue
		}
		if _, closed := e.take(efp.TokenTypeFunction, efp.TokenSubTypeStop); !closed {
			return 0, errNoResult
		}
		return total, nil
	}
}

// addend is one argument of SUM: an area, or what any formula may hold.
func (e *expression) addend() (float64, error) {
	if len(e.tokens) == 0 || e.tokens[0].TSubType != efp.TokenSubTypeRange || !strings.Contains(e.tokens[0].TValue, ":") {
		return e.sum()
	}
	area, _ := e.take(efp.TokenTypeOperand, efp.TokenSubTypeRange)
	from, to, _ := strings.Cut(area, ":")
	left, top, ok := e.reference(from)
	right, bottom, also := e.reference(to)
	if !ok || !also {
		return 0, errNoResult
	}
	total := 0.0
	for row := min(top, bottom); row <= max(top, bottom); row++ { // C5:C3 is the same area.
		for column := min(left, right); column <= max(left, right); column++ {
			value, err := e.cell(row, column)
			if err != nil {
				return 0, err
			}
			total += value
		}
	}
	return total, nil
}

// rounded computes ROUND behind its name: halves go away from zero, as the decimal digits say.
func (e *expression) rounded() (float64, error) {
	value, err := e.sum()
	if err != nil {
		return 0, err
	}
	if _, more := e.take(efp.TokenTypeArgument, ""); !more {
		return 0, errNoResult
	}
	places, err := e.sum()
	if err != nil {
		return 0, err
	}
	if _, closed := e.take(efp.TokenTypeFunction, efp.TokenSubTypeStop); !closed || places != math.Trunc(places) || math.Abs(places) > 10 {
		return 0, errNoResult
	}
	power := math.Pow(10, math.Abs(places))
	if places < 0 {
		power = 1 / power
	}
	scaled, err := strconv.ParseFloat(strconv.FormatFloat(value*power, 'g', 15, 64), 64)
	return math.Round(scaled) / power, err
}

// reference reads the name of a cell of this sheet, such as $C$2. What a shared formula says without $ moves with it.
func (e *expression) reference(text string) (column, row int, ok bool) {
	letters, digits := text, ""
	if i := strings.IndexAny(text, "0123456789"); i > 0 {
		letters, digits = strings.TrimSuffix(text[:i], "$"), text[i:]
	}
	column, row, err := excelize.CellNameToCoordinates(strings.TrimPrefix(letters, "$") + digits)
	if err != nil {
		return 0, 0, false
	}
	if !strings.HasPrefix(text, "$") {
		column += e.right
	}
	if strings.LastIndex(text, "$") <= 0 {
		row += e.down
	}
	return column - 1, row, column > 0 && row > 0
}
