package lint

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// grafanaUnits are those of Grafana's units that make sense for what the exporter measures.
func grafanaUnits() []string {
	return []string{
		"none", "short", "string", "bool", "bool_yes_no", "bool_on_off", "percent", "percentunit", "sishort", "locale",
		"ns", "µs", "ms", "s", "m", "h", "d", "dtdurations", "dtdurationms", "dthms", "clocks",
		"bytes", "decbytes", "Bps", "binBps", "ops", "reqps", "rps", "wps", "cps", "cpm", "opm", "rpm", "pps",
		"dateTimeAsIso", "dateTimeAsSystem", "dateTimeAsLocal", "dateTimeFromNow", "dateTimeAsUS",
	}
}

var customUnit = regexp.MustCompile(`^(suffix|prefix|time|si|count|currency):.+$`)

func checkUnit(_ *Input, s onBoard[board.Panel], report reporter) {
	if !queried(s.part) {
		return
	}
	units := append(overriddenUnits(s.part), s.part.FieldConfig.Defaults.Unit)
	for _, unit := range units {
		switch {
		case unit == "":
			report("has no unit; set one, none for plain numbers")
		case !slices.Contains(grafanaUnits(), unit) && !isCurrency(unit) && !customUnit.MatchString(unit):
			report("has the unit %q; use one that Grafana knows", unit)
		}
	}
}

func overriddenUnits(p board.Panel) []string {
	var units []string
	for _, o := range p.FieldConfig.Overrides {
		if unit, ok := unitOf(o); ok {
			units = append(units, unit)
		}
	}
	return units
}

func unitOf(o board.Override) (string, bool) {
	for _, property := range o.Properties {
		var unit string
		if property.ID == "unit" && json.Unmarshal(property.Value, &unit) == nil {
			return unit, true
		}
	}
	return "", false
}

var currencyUnit = regexp.MustCompile(`^currency(:[a-zA-Z]+|[A-Z]{3}|BTC|mBTC|μBTC)$`)

func isCurrency(unit string) bool { return currencyUnit.MatchString(unit) }

// checkMoneyUnit wants the currency on amounts and on nothing else.
func checkMoneyUnit(_ *Input, s onBoard[board.Panel], report reporter) {
	for _, q := range panelQueries(s) {
		unit := targetUnit(s.part, *q.target)
		if q.expr == nil || unit == "" {
			continue
		}
		switch what := measures(q.expr); {
		case what == money && !isCurrency(unit):
			report("query %s is an amount of money in the unit %q; use the currency", q.target.RefID, unit)
		case what != money && what != unknown && what != number && isCurrency(unit):
			report("query %s is no amount of money, but has the unit %q; use another", q.target.RefID, unit)
		}
	}
}

// checkRatioUnit wants per cent on shares only: a count of 3 would read 300 %.
func checkRatioUnit(_ *Input, s onBoard[board.Panel], report reporter) {
	for _, q := range panelQueries(s) {
		if q.expr == nil || targetUnit(s.part, *q.target) != "percentunit" {
			continue
		}
		if what := measures(q.expr); what == count || what == money {
			report("query %s is no ratio, but has the unit percentunit; use another or divide", q.target.RefID)
		}
	}
}

// targetUnit is the unit that a query's values are shown in: the panel's, or that of the override which matches the
// query's field.
func targetUnit(p board.Panel, t board.Target) string {
	names := fieldNames(p, t)
	unit := p.FieldConfig.Defaults.Unit
	for _, o := range p.FieldConfig.Overrides {
		overridden, ok := unitOf(o)
		if ok && overrides(o.Matcher, t, names) {
			unit = overridden
		}
	}
	return unit
}

func overrides(m board.Matcher, t board.Target, names []string) bool {
	var options string
	if json.Unmarshal(m.Options, &options) != nil {
		return false
	}
	switch m.ID {
	case "byFrameRefID":
		return options == t.RefID
	case "byName":
		return slices.Contains(names, options)
	case "byRegexp":
		pattern, err := regexp.Compile(strings.Trim(options, "/"))
		return err == nil && slices.ContainsFunc(names, pattern.MatchString)
	default:
		return false
	}
}

// fieldNames are the names that the values of a query may have on the panel, after the columns are renamed.
func fieldNames(p board.Panel, t board.Target) []string {
	names := []string{"Value #" + t.RefID}
	if t.LegendFormat != "" {
		names = append(names, t.LegendFormat)
	}
	if len(p.Targets) == 1 {
		names = append(names, "Value")
	}
	for _, transformation := range p.Transformations {
		var options struct {
			RenameByName map[string]string `json:"renameByName"`
		}
		if transformation.ID != "organize" || json.Unmarshal(transformation.Options, &options) != nil {
			continue
		}
		for from, to := range options.RenameByName {
			if slices.Contains(names, from) {
				names = append(names, to)
			}
		}
	}
	return names
}
