package lint

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// checkAbsence wants a first mapping for what is not there. Without it Grafana paints absence in the colour of the lowest
// step: red for a team without a target, green for an exporter that is away.
func checkAbsence(_ *Input, s onBoard[board.Panel], report reporter) {
	if !slices.Contains([]string{"stat", "gauge", "bargauge", "table"}, s.part.Type) {
		return
	}
	for _, look := range styles(s.part) {
		if !look.rates() || !look.sets("thresholds", "mappings") {
			continue
		}
		switch text, color := look.absent(); {
		case text == "":
			report("%s: the colours rate absent values, too; make a special mapping of null+nan to a text the first",
				look.where())
		case !neutral(color):
			report("%s: the mapping of null+nan has the colour %q, which is a verdict; use a grey", look.where(), color)
		}
	}
}

// checkStateColour is about timelines: by thresholds, Grafana merges values into ranges and ignores their words.
func checkStateColour(_ *Input, s onBoard[board.Panel], report reporter) {
	d := s.part.FieldConfig.Defaults
	if s.part.Type == "state-timeline" && len(d.Mappings) > 0 && (d.Color.Mode == "thresholds" || d.Color.Mode == "") {
		report("the timeline is coloured by thresholds, which hides the words of its mappings; use the colour mode fixed")
	}
}

// checkCounts wants every digit of a count: 1,500 would read 2 K.
func checkCounts(_ *Input, s onBoard[board.Panel], report reporter) {
	for _, look := range styles(s.part) {
		if look.unit == "short" && look.whole() && look.sets("unit", "decimals") {
			report("%s: short without decimals rounds 1,500 to 2 K; use the unit locale", look.where())
		}
	}
}

// checkAxis is about what stands on axes.
func checkAxis(_ *Input, s onBoard[board.Panel], report reporter) {
	p := s.part
	if p.Type != "timeseries" && p.Type != "barchart" {
		return
	}
	for _, look := range styles(p) {
		if look.whole() && look.sets("decimals") {
			report("%s: an axis leaves out every tick that is no whole number, 50 %% is one; leave decimals out", look.where())
		}
	}
	if p.Type == "barchart" {
		checkCategories(p, report)
	}
}

// checkCategories wants the axis of a bar chart to show its field as text. Values that look like numbers would be printed
// in the unit of the bars, and the text for no value at every tick between them.
func checkCategories(p board.Panel, report reporter) {
	var options struct {
		XField string `json:"xField"`
	}
	if json.Unmarshal(p.Options, &options) != nil || options.XField == "" {
		report("does not say which field is on its x axis; set xField")
		return
	}
	unit, noValue := p.FieldConfig.Defaults.Unit, p.FieldConfig.Defaults.NoValue
	for _, look := range styles(p)[1:] {
		if !matchesName(look.override.Matcher, options.XField) {
			continue
		}
		if look.set["unit"] {
			unit = look.unit
		}
		if look.set["noValue"] {
			noValue = look.noValue
		}
	}
	if unit != "string" {
		report("the field %s of the x axis has the unit %q; give it the unit string by an override", options.XField, unit)
	}
	if strings.TrimSpace(noValue) != "" {
		report("%q is printed at each tick of the x axis that has no value; override noValue of %s by a blank", noValue,
			options.XField)
	}
}

func matchesName(m board.Matcher, name string) bool {
	return overrides(m, board.Target{}, []string{name})
}
