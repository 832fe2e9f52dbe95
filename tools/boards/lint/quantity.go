package lint

import (
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// quantity is what the values of an expression measure, as far as units on boards depend on it.
type quantity int

const (
	unknown quantity = iota
	number           // a literal, which takes the unit of what it is combined with
	count            // anything that is neither money nor a share
	money
	ratio
)

// measures returns the quantity of an expression's values.
func measures(e parser.Expr) quantity {
	switch e := e.(type) {
	case *parser.NumberLiteral:
		return number
	case *parser.ParenExpr:
		return measures(e.Expr)
	case *parser.UnaryExpr:
		return measures(e.Expr)
	case *parser.StepInvariantExpr:
		return measures(e.Expr)
	case *parser.SubqueryExpr:
		return measures(e.Expr)
	case *parser.MatrixSelector:
		return measures(e.VectorSelector)
	case *parser.VectorSelector:
		return measuresSeries(e)
	case *parser.AggregateExpr:
		switch e.Op {
		case parser.COUNT, parser.COUNT_VALUES, parser.GROUP:
			return count
		default:
			return measures(e.Expr)
		}
	case *parser.BinaryExpr:
		return measuresBinary(e)
	case *parser.Call:
		return measuresCall(e)
	default:
		return unknown
	}
}

func measuresSeries(e *parser.VectorSelector) quantity {
	name := e.Name
	switch {
	case name == "" || strings.Contains(name, ":"):
		return unknown
	case strings.HasSuffix(name, "_ratio"):
		return ratio
	case strings.HasSuffix(name, "_amount"), strings.HasSuffix(name, "_amount_sum"):
		return money
	case strings.HasPrefix(name, "sales_target_") && isTargetValue(name):
		return measuresTarget(e)
	default:
		return count
	}
}

// isTargetValue reports whether a metric of targets is in the unit of the target's KPI.
func isTargetValue(name string) bool {
	return strings.HasSuffix(name, "_value") || strings.HasSuffix(name, "_required_rate_per_day")
}

// measuresTarget goes by the KPI that the selector names: the values of one metric are money for one target and a count
// for another.
func measuresTarget(e *parser.VectorSelector) quantity {
	for _, m := range e.LabelMatchers {
		switch {
		case m.Name != "kpi" || m.Type != labels.MatchEqual:
		case strings.HasPrefix(m.Value, "revenue_"):
			return money
		case strings.HasSuffix(m.Value, "_ratio"):
			return ratio
		}
	}
	return unknown
}

func measuresCall(e *parser.Call) quantity {
	switch e.Func.Name {
	case "rate", "irate", "deriv", "timestamp", "time", "changes", "resets", "absent", "absent_over_time",
		"count_over_time", "present_over_time", "histogram_count", "day_of_month", "days_in_month", "month", "year":
		return count
	case "histogram_quantile":
		return measuresBuckets(e.Args[1])
	case "quantile_over_time":
		return measures(e.Args[1])
	}
	if len(e.Args) == 0 {
		return unknown
	}
	return measures(e.Args[0])
}

// measuresBuckets is about what the buckets sort: their own values are counts.
func measuresBuckets(e parser.Expr) quantity {
	for _, name := range (expression{expr: e}).metrics() {
		if strings.HasSuffix(name, "_amount_bucket") {
			return money
		}
	}
	return count
}

func measuresBinary(e *parser.BinaryExpr) quantity {
	left, right := measures(e.LHS), measures(e.RHS)
	switch e.Op {
	case parser.LAND, parser.LUNLESS:
		return left
	case parser.DIV:
		return quotient(left, right)
	case parser.MUL:
		return product(left, right)
	}
	if e.Op.IsComparisonOperator() && e.ReturnBool {
		return count
	}
	if e.Op.IsComparisonOperator() && left != number {
		return left
	}
	switch {
	case left == number:
		return right
	case right == number || left == right:
		return left
	default:
		return unknown
	}
}

func quotient(left, right quantity) quantity {
	switch {
	case left == unknown || right == unknown:
		return unknown
	case right == number:
		return left
	case left == right:
		return ratio
	case left == money:
		return money // Money per deal, per day, or scaled by a share.
	default:
		return count
	}
}

func product(left, right quantity) quantity {
	switch {
	case left == unknown || right == unknown:
		return unknown
	case left == number:
		return right
	case right == number:
		return left
	case left == money || right == money:
		return money
	case left == ratio && right == ratio:
		return ratio
	default:
		return count
	}
}
