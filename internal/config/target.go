package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	grid "github.com/sales-exporter/sales_exporter/internal/table"
)

// TargetKPIs returns the names of the KPIs that a target can be about.
func TargetKPIs() []string {
	return []string{
		"revenue_won", "revenue_lost", "pipeline_created", "deals_won", "deals_lost", "deals_created", winRatio,
	}
}

// winRatio is the one KPI of a target that cannot exceed 1.
const winRatio = "win_ratio"

func (c *checker) targetList(l list[targetYAML], files list[scalar]) []crm.Target {
	c.targets = map[string][]namedTarget{}
	var targets []crm.Target
	for _, item := range l.items {
		if item.usable() {
			targets = append(targets, c.target(item))
		}
	}
	for _, file := range files.items {
		targets = append(targets, c.targetsFile(file)...)
	}
	return targets
}

func (c *checker) target(t targetYAML) crm.Target {
	before := len(c.problems)
	target := crm.Target{
		Name:        c.targetName(t),
		KPI:         c.targetKPI(t),
		Period:      c.targetPeriod(t),
		Scope:       c.scope(t.Scope),
		Pace:        c.pace(t.Pace),
		Objective:   c.label(t.Objective),
		Accountable: c.label(t.Accountable),
	}
	if date, ok := c.date(t.ReviewBy); ok {
		target.ReviewBy = date.String()
	}
	switch {
	case t.Value.set() && t.Growth.set():
		c.add(t.Growth.place, "cannot be combined with value", "keep one of them")
	case t.Growth.set():
		target.Growth = c.growth(t, target.Period.Unit)
	case c.need(t.place, "value, or growth and over", t.Value.place):
		target.Value = c.targetValue(t.Value, target.KPI)
	}
	if t.Over.set() && !t.Growth.set() {
		c.add(t.Over.place, "has no effect without growth", "add growth or remove it")
	}
	if len(c.problems) == before {
		c.targetAmongNamesakes(target, t.Name.place)
	}
	return target
}

func (c *checker) targetName(t targetYAML) string {
	if !c.need(t.place, "name", t.Name.place) {
		return ""
	}
	return c.label(t.Name)
}

func (c *checker) targetKPI(t targetYAML) string {
	if !c.need(t.place, "kpi", t.KPI.place) {
		return ""
	}
	if !slices.Contains(TargetKPIs(), t.KPI.text) {
		c.add(t.KPI.place, quote(t.KPI.text)+" is not a KPI that can have a target", oneOf(t.KPI.text, TargetKPIs()))
	}
	return t.KPI.text
}

// growth reads a target that is relative to an earlier period of the same length, or to the same period a year ago.
func (c *checker) growth(t targetYAML, unit crm.PeriodUnit) *crm.Growth {
	growth := &crm.Growth{}
	if t.Growth.usable() {
		growth.Ratio = c.growthRatio(t.Growth)
	}
	if !c.need(t.place, "over together with growth", t.Over.place) {
		return growth
	}
	growth.Over = choice(c, t.Over, "", crm.OverPreviousMonth, crm.OverPreviousQuarter, crm.OverPreviousYear)
	unlike := growth.Over == crm.OverPreviousMonth && unit != crm.PeriodMonth ||
		growth.Over == crm.OverPreviousQuarter && unit != crm.PeriodQuarter
	if unlike && unit != "" {
		c.add(t.Over.place, fmt.Sprintf("compares a %s with a %s", periodWord(unit),
			strings.TrimPrefix(string(growth.Over), "previous_")), "compare periods of the same length, or use previous_year")
	}
	return growth
}

func periodWord(unit crm.PeriodUnit) string {
	if unit == crm.PeriodCustom {
		return "custom period"
	}
	return string(unit)
}

// scope reads the label values that a target is about.
func (c *checker) scope(t table[scalar]) map[string]string {
	var scope map[string]string
	for _, e := range t.entries {
		switch {
		case e.key.text != "source" && !slices.Contains(c.dimensions, e.key.text):
			c.add(e.key.place, "is not in dimensions", oneOf(e.key.text, append(slices.Clone(c.dimensions), "source")))
		case !e.value.usable():
		case e.key.text == "source" && !slices.Contains(c.sources, e.value.text):
			c.add(e.value.place, quote(e.value.text)+" is not the name of a source", oneOf(e.value.text, c.sources))
		default:
			if scope == nil {
				scope = map[string]string{}
			}
			// A name is the same however it is spaced; the values of deals are cleaned likewise.
			e.value.text = grid.Clean(e.value.text)
			scope[e.key.text] = c.label(e.value)
		}
	}
	return scope
}

func (c *checker) pace(s scalar) crm.Pace {
	switch s.text {
	case "seasonal", "curve", "auto":
		c.add(s.place, "the pace "+s.text+" is not available in this release", "use linear or working_days")
		return crm.PaceLinear
	default:
		return choice(c, s, crm.PaceLinear, crm.PaceLinear, crm.PaceWorkingDays)
	}
}
