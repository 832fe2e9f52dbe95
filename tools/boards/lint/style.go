package lint

import (
	"encoding/json"
	"regexp"
	"strconv"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// style is how some fields of a panel look: by the defaults, or by one override above them.
type style struct {
	override *board.Override // nil for the defaults
	unit     string
	decimals *int
	noValue  string
	color    string // the mode
	mappings []board.Mapping
	steps    []board.Step
	set      map[string]bool // the properties that the override sets
}

// styles returns the looks of a panel, the defaults first.
func styles(p board.Panel) []style {
	d := p.FieldConfig.Defaults
	defaults := style{
		unit: d.Unit, decimals: d.Decimals, noValue: d.NoValue, color: d.Color.Mode, mappings: d.Mappings,
	}
	if d.Thresholds != nil {
		defaults.steps = d.Thresholds.Steps
	}
	all := []style{defaults}
	for _, o := range p.FieldConfig.Overrides {
		all = append(all, defaults.overridden(o))
	}
	return all
}

func (s style) overridden(o board.Override) style {
	s.override, s.set = &o, map[string]bool{}
	for _, property := range o.Properties {
		s.set[property.ID] = true
		var err error
		switch property.ID {
		case "unit":
			err = json.Unmarshal(property.Value, &s.unit)
		case "decimals":
			s.decimals = nil
			err = json.Unmarshal(property.Value, &s.decimals)
		case "noValue":
			err = json.Unmarshal(property.Value, &s.noValue)
		case "mappings":
			s.mappings = nil
			err = json.Unmarshal(property.Value, &s.mappings)
		case "thresholds":
			var t board.Thresholds
			err = json.Unmarshal(property.Value, &t)
			s.steps = t.Steps
		}
		if err != nil {
			delete(s.set, property.ID) // Not what Grafana expects there; it ignores the property, too.
		}
	}
	return s
}

// sets reports whether one of some properties is the style's own, not inherited from the defaults.
func (s style) sets(properties ...string) bool {
	if s.override == nil {
		return true
	}
	for _, p := range properties {
		if s.set[p] {
			return true
		}
	}
	return false
}

// where names the fields in a finding.
func (s style) where() string {
	if s.override == nil {
		return "the defaults"
	}
	return "the override " + s.override.Matcher.ID + " " + string(s.override.Matcher.Options)
}

// rates reports whether the style's colours say how good a value is.
func (s style) rates() bool { return len(s.steps) > 1 }

// whole reports whether values are rounded to whole numbers.
func (s style) whole() bool { return s.decimals != nil && *s.decimals == 0 }

// absent is what the first mapping says of a value that is not there. It is empty if another mapping is the first, or
// one that does not cover both null and NaN.
func (s style) absent() (text, color string) {
	var options struct {
		Match  string `json:"match"`
		Result struct {
			Text  string `json:"text"`
			Color string `json:"color"`
		} `json:"result"`
	}
	if len(s.mappings) == 0 || s.mappings[0].Type != "special" ||
		json.Unmarshal(s.mappings[0].Options, &options) != nil || options.Match != "null+nan" {
		return "", ""
	}
	return options.Result.Text, options.Result.Color
}

var hexColor = regexp.MustCompile(`^#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})$`)

// greyest is how far the channels of a grey may lie apart.
const greyest = 24

// neutral reports whether a colour rates nothing: a grey, or that of text.
func neutral(color string) bool {
	channels := hexColor.FindStringSubmatch(color)
	if channels == nil {
		return color == "text"
	}
	low, high := 255, 0
	for _, c := range channels[1:] {
		v, _ := strconv.ParseUint(c, 16, 8)
		low, high = min(low, int(v)), max(high, int(v))
	}
	return high-low <= greyest
}
