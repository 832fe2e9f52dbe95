package soql

import (
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql/syntax"
)

// Window returns the stretch of time to which the WHERE clause confines a dateTime field of the object itself.
// A zero time is no bound on that side.
func (p *Plan) Window(field string) (from, to time.Time) {
	if p.condition == nil {
		return from, to
	}
	w := windowOf(p.condition, field)
	return w.from, w.to
}

// windowOf narrows at AND and widens at OR. What it does not understand confines nothing.
func windowOf(node *syntax.Condition, field string) span {
	if node.Logic == syntax.LogicCompare {
		return comparedWindow(node, field)
	}
	if node.Logic == syntax.LogicNot {
		return span{}
	}
	var windows []span
	for _, term := range node.Terms {
		windows = append(windows, windowOf(term, field))
	}
	from := func(s span) time.Time { return s.from }
	to := func(s span) time.Time { return s.to }
	if node.Logic == syntax.LogicOr {
		return span{outer(windows, from, slices.MinFunc), outer(windows, to, slices.MaxFunc)}
	}
	return span{inner(windows, from, slices.MaxFunc), inner(windows, to, slices.MinFunc)}
}

func comparedWindow(node *syntax.Condition, field string) span {
	if !strings.EqualFold(node.Path.Text, field) || len(node.Literals) != 1 {
		return span{}
	}
	t, ok := parseDateTime(node.Literals[0].Text)
	switch {
	case !ok:
		return span{}
	case node.Operator == "=":
		return span{t, t}
	case strings.HasPrefix(node.Operator, ">"):
		return span{from: t}
	case strings.HasPrefix(node.Operator, "<"):
		return span{to: t}
	default:
		return span{}
	}
}

type pickTime func([]time.Time, func(a, b time.Time) int) time.Time

// inner picks among the sides that are bounded.
func inner(windows []span, side func(span) time.Time, pick pickTime) time.Time {
	var times []time.Time
	for _, w := range windows {
		if t := side(w); !t.IsZero() {
			times = append(times, t)
		}
	}
	if len(times) == 0 {
		return time.Time{}
	}
	return pick(times, time.Time.Compare)
}

// outer picks only if every side is bounded.
func outer(windows []span, side func(span) time.Time, pick pickTime) time.Time {
	if slices.ContainsFunc(windows, func(w span) bool { return side(w).IsZero() }) {
		return time.Time{}
	}
	return inner(windows, side, pick)
}
