// Package targets reads targets: those of the configuration file, and the sheets with lists and grids of them that it
// names.
package targets

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	grid "github.com/sales-exporter/sales_exporter/internal/table"
)

// KPI is a KPI that a target can be about.
type KPI struct {
	Name  string
	Money bool // an amount of the reporting currency
	Ratio bool // at most 1; what is neither is a count
}

// Checker reads targets. Beside the document it needs what the rest of it says.
type Checker struct {
	*document.Checker
	KPIs       []KPI // the first is that of grids that name none
	Currency   string
	Dimensions []string
	Sources    []string // the names
	HashedReps bool     // rep_label is hash
	targets    map[string][]namedTarget
}

// Target is a target as it is written.
type Target struct {
	document.Position
	Name        document.Scalar                 `yaml:"name"`
	KPI         document.Scalar                 `yaml:"kpi"`
	Value       document.Number                 `yaml:"value"`
	Growth      document.Number                 `yaml:"growth"`
	Over        document.Scalar                 `yaml:"over"`
	Period      periodYAML                      `yaml:"period"`
	Every       document.Scalar                 `yaml:"every"`
	Scope       document.Table[document.Scalar] `yaml:"scope"`
	Pace        document.Scalar                 `yaml:"pace"`
	Objective   document.Scalar                 `yaml:"objective"`
	Accountable document.Scalar                 `yaml:"accountable"`
	ReviewBy    document.Scalar                 `yaml:"review_by"`
}

// List reads the targets of the document and of the files that it names.
func (c *Checker) List(l document.List[Target], files document.List[document.Scalar]) []crm.Target {
	c.targets = map[string][]namedTarget{}
	var targets []crm.Target
	for _, item := range l.Items {
		if item.Usable() {
			targets = append(targets, c.target(item))
		}
	}
	for _, file := range files.Items {
		targets = append(targets, c.targetsFile(file)...)
	}
	return targets
}

func (c *Checker) target(t Target) crm.Target {
	before := c.Found()
	target := crm.Target{
		Name:        c.targetName(t),
		KPI:         c.targetKPI(t),
		Period:      c.targetPeriod(t),
		Scope:       c.scope(t.Scope),
		Pace:        c.pace(t.Pace),
		Objective:   c.Label(t.Objective),
		Accountable: c.Label(t.Accountable),
	}
	if date, ok := c.Date(t.ReviewBy); ok {
		target.ReviewBy = date.String()
	}
	switch {
	case t.Value.Set() && t.Growth.Set():
		c.Add(t.Growth.Position, "cannot be combined with value", "keep one of them")
	case t.Growth.Set():
		target.Growth = c.growth(t, target.Period.Unit)
	case c.Need(t.Position, "value, or growth and over", t.Value.Position):
		target.Value = c.targetValue(t.Value, target.KPI)
	}
	if t.Over.Set() && !t.Growth.Set() {
		c.Add(t.Over.Position, "has no effect without growth", "add growth or remove it")
	}
	if c.Found() == before {
		c.targetAmongNamesakes(target, t.Name.Position)
	}
	return target
}

func (c *Checker) targetName(t Target) string {
	if !c.Need(t.Position, "name", t.Name.Position) {
		return ""
	}
	return c.Label(t.Name)
}

func (c *Checker) targetKPI(t Target) string {
	if !c.Need(t.Position, "kpi", t.KPI.Position) {
		return ""
	}
	if _, known := c.kpi(t.KPI.Text); !known {
		var names []string
		for _, k := range c.KPIs {
			names = append(names, k.Name)
		}
		c.Add(t.KPI.Position, document.Quote(t.KPI.Text)+" is not a KPI that can have a target", document.OneOf(t.KPI.Text, names))
	}
	return t.KPI.Text
}

// kpi returns the KPI of a name.
func (c *Checker) kpi(name string) (k KPI, known bool) {
	i := slices.IndexFunc(c.KPIs, func(k KPI) bool { return k.Name == name })
	if i < 0 {
		return KPI{}, false
	}
	return c.KPIs[i], true
}

// growth reads a target that is relative to an earlier period of the same length, or to the same period a year ago.
func (c *Checker) growth(t Target, unit crm.PeriodUnit) *crm.Growth {
	growth := &crm.Growth{}
	if t.Growth.Usable() {
		growth.Ratio = c.growthRatio(t.Growth)
	}
	if !c.Need(t.Position, "over together with growth", t.Over.Position) {
		return growth
	}
	growth.Over = document.Choice(c.Checker, t.Over, "", crm.OverPreviousMonth, crm.OverPreviousQuarter, crm.OverPreviousYear)
	unlike := growth.Over == crm.OverPreviousMonth && unit != crm.PeriodMonth ||
		growth.Over == crm.OverPreviousQuarter && unit != crm.PeriodQuarter
	if unlike && unit != "" {
		c.Add(t.Over.Position, fmt.Sprintf("compares a %s with a %s", periodWord(unit),
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
func (c *Checker) scope(t document.Table[document.Scalar]) map[string]string {
	var scope map[string]string
	for _, e := range t.Entries {
		switch {
		case e.Key.Text != "source" && !slices.Contains(c.Dimensions, e.Key.Text):
			c.Add(e.Key.Position, "is not in dimensions", document.OneOf(e.Key.Text, append(slices.Clone(c.Dimensions), "source")))
		case !e.Value.Usable():
		case e.Key.Text == "source" && !slices.Contains(c.Sources, e.Value.Text):
			c.Add(e.Value.Position, document.Quote(e.Value.Text)+" is not the name of a source", document.OneOf(e.Value.Text, c.Sources))
		default:
			if scope == nil {
				scope = map[string]string{}
			}
			// A name is the same however it is spaced; the values of deals are cleaned likewise.
			e.Value.Text = grid.Clean(e.Value.Text)
			scope[e.Key.Text] = c.Label(e.Value)
		}
	}
	return scope
}

func (c *Checker) pace(s document.Scalar) crm.Pace {
	switch s.Text {
	case "seasonal", "curve", "auto":
		c.Add(s.Position, "the pace "+s.Text+" is not available in this release", "use linear or working_days")
		return crm.PaceLinear
	default:
		return document.Choice(c.Checker, s, crm.PaceLinear, crm.PaceLinear, crm.PaceWorkingDays)
	}
}
