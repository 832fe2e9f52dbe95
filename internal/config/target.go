package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
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
		c.add(t.Growth.place, "stands beside value", "keep one of them")
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

// targetValue reads a value above 0; a win ratio is at most 1.
func (c *checker) targetValue(s scalar, kpi string) float64 {
	value, complaint := parseAmount(s.text, c.currency)
	switch {
	case complaint != "":
		c.add(s.place, quote(s.text)+" "+complaint, "write a number such as 500000")
	case value <= 0:
		c.add(s.place, quote(s.text)+" is out of range", "a target must be above 0")
	case kpi == winRatio && value > 1:
		c.add(s.place, quote(s.text)+" is out of range", "a win ratio is at most 1; write 0.25 for 25%")
	}
	return value
}

var (
	groupedNumber = regexp.MustCompile(`^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)
	currencyWord  = regexp.MustCompile(`^([A-Z]{3}) ?([^A-Z]+)$|^([^A-Z]+?) ?([A-Z]{3})$`)
)

// parseAmount reads what people type into sheets: 500000, "500,000.50", "$500,000 ", "EUR 500000", "25%". A currency
// other than the reporting one is refused, since there is no rate to convert it with. So is a comma anywhere but
// between thousands: "1,5" read as 15 is ten times the truth.
func parseAmount(text, currency string) (value float64, complaint string) {
	text = strings.TrimSpace(text)
	if match := currencyWord.FindStringSubmatch(text); match != nil {
		if code := match[1] + match[4]; code != currency {
			return 0, "is not in " + currency + ", the reporting currency"
		}
		text = strings.TrimSpace(match[2] + match[3])
	}
	for _, sign := range []string{"$", "€", "£", "¥"} {
		if bare := strings.Trim(text, sign); bare != text {
			if !slices.Contains(currenciesOfSign(sign), currency) {
				return 0, "is not in " + currency + ", the reporting currency"
			}
			text = strings.TrimSpace(bare)
		}
	}
	scale := 1.0
	if bare, percent := strings.CutSuffix(text, "%"); percent {
		text, scale = strings.TrimSpace(bare), 100
	}
	if groupedNumber.MatchString(text) {
		text = strings.ReplaceAll(text, ",", "")
	}
	value, ok := parseNumber(text)
	if !ok {
		return 0, "is not a number"
	}
	return value / scale, ""
}

// growth reads a target that is relative to an earlier period of the same length, or to the same period a year ago.
func (c *checker) growth(t targetYAML, unit crm.PeriodUnit) *crm.Growth {
	growth := &crm.Growth{}
	if t.Growth.usable() {
		ratio, complaint := parseAmount(t.Growth.text, c.currency)
		if complaint != "" || ratio <= -1 {
			c.add(t.Growth.place, quote(t.Growth.text)+" is not a growth", "write 0.2 or 20%; it must be above -1")
		}
		growth.Ratio = ratio
	}
	if !c.need(t.place, "over beside growth", t.Over.place) {
		return growth
	}
	growth.Over = choice(c, t.Over, "", crm.OverPreviousMonth, crm.OverPreviousQuarter, crm.OverPreviousYear)
	unlike := growth.Over == crm.OverPreviousMonth && unit != crm.PeriodMonth ||
		growth.Over == crm.OverPreviousQuarter && unit != crm.PeriodQuarter
	if unlike && unit != "" {
		c.add(t.Over.place, fmt.Sprintf("compares a %s with a %s", periodWord(unit),
			strings.TrimPrefix(string(growth.Over), "previous_")), "compare periods of one length, or use previous_year")
	}
	return growth
}

func periodWord(unit crm.PeriodUnit) string {
	if unit == crm.PeriodCustom {
		return "period of its own"
	}
	return string(unit)
}

// scope reads the label values that a target is about.
func (c *checker) scope(t table[scalar]) map[string]string {
	var scope map[string]string
	for _, e := range t.entries {
		switch {
		case e.key.text != "source" && !slices.Contains(c.dimensions, e.key.text):
			c.add(e.key.place, "is not among dimensions", oneOf(e.key.text, append(slices.Clone(c.dimensions), "source")))
		case !e.value.usable():
		case e.key.text == "source" && !slices.Contains(c.sources, e.value.text):
			c.add(e.value.place, quote(e.value.text)+" is not the name of a source", oneOf(e.value.text, c.sources))
		default:
			if scope == nil {
				scope = map[string]string{}
			}
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
