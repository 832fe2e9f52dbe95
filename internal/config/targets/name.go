package targets

import (
	"fmt"
	"maps"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// namedTarget is a target and where its name stands.
type namedTarget struct {
	crm.Target
	at document.Position
}

// targetAmongNamesakes lets several targets have one name where they are one plan for several periods, as a sheet with a
// row for each quarter writes it. Anything else would be two targets that nobody can tell apart by their name. Only a
// target without other problems is compared: what was not understood differs from everything.
func (c *Checker) targetAmongNamesakes(t crm.Target, at document.Position) {
	if t.Name == "" || t.KPI == "" || t.Period.Unit == "" {
		return // Reported where the file was parsed.
	}
	for _, other := range c.targets[t.Name] {
		if conflict := conflictOf(t, other.Target); conflict != "" {
			c.Add(at, fmt.Sprintf("%s is already the name of a target in %s:%d, and %s", document.Quote(t.Name), other.at.File,
				other.at.Line, conflict), "give it another name")
			return
		}
	}
	c.targets[t.Name] = append(c.targets[t.Name], namedTarget{t, at})
}

// conflictOf says what keeps two targets from sharing a name, "" where nothing does.
func conflictOf(t, other crm.Target) string {
	switch {
	case t.KPI != other.KPI:
		return "their kpi differs"
	case t.Period.Unit != other.Period.Unit:
		return fmt.Sprintf("one is for a %s, the other for a %s", periodWord(t.Period.Unit), periodWord(other.Period.Unit))
	case t.Scope["source"] != other.Scope["source"]:
		return "their source differs"
	case !maps.Equal(t.Scope, other.Scope):
		return "their scope differs"
	case t.Period.Every || other.Period.Every:
		return "one of them repeats every " + periodWord(t.Period.Unit)
	case overlap(t.Period, other.Period):
		return "their periods overlap"
	default:
		return ""
	}
}

// overlap reports whether two periods of one unit have a day in common.
func overlap(a, b crm.TargetPeriod) bool {
	if a.Unit == crm.PeriodCustom {
		return a.From.Milli() <= b.To.Milli() && b.From.Milli() <= a.To.Milli()
	}
	return a == b
}
