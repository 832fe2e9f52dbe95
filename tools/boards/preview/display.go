package preview

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// shown is a value as it appears.
type shown struct {
	Text  string
	Color string
	// Mapped says that the text comes from a value mapping.
	Mapped bool
}

// display writes a cell with its unit, mappings and colour.
func (f formatter) display(field *Field, v Value) (shown, error) {
	c := &field.Config
	out := shown{Color: c.color(v)}
	text, mappedColor, ok, err := mapped(c.Mappings, v, field.Kind)
	if err != nil {
		return shown{}, err
	}
	if mappedColor != "" {
		out.Color = resolveColor(mappedColor)
	}
	switch {
	case ok && text != "":
		out.Text, out.Mapped = text, true
	case v.Null:
		out.Text = c.NoValue
	case field.Kind == Text:
		out.Text, err = f.label(v.Text, c)
	case field.Kind == Time && c.Unit == "":
		out.Text, err = f.format(v.Num, "dateTimeAsIso", nil)
	default:
		out.Text, err = f.format(v.Num, c.Unit, c.Decimals)
	}
	return out, err
}

// label writes a text as Grafana does: a unit is applied to what looks like a number, and makes NaN of names if it is one
// of times.
func (f formatter) label(text string, c *Config) (string, error) {
	if c.Unit == "" || c.Unit == "string" {
		return text, nil
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return f.format(v, c.Unit, c.Decimals)
	}
	if strings.HasPrefix(c.Unit, "dateTime") {
		return "NaN", nil
	}
	return text, nil
}

// color is the colour of a value: by threshold, by a continuous scheme, fixed, or by the series.
func (c *Config) color(v Value) string {
	switch mode := c.Color.Mode; {
	case mode == "fixed" || mode == "shades":
		return resolveColor(c.Color.FixedColor)
	case strings.HasPrefix(mode, "continuous-"):
		low, high := c.bounds()
		if col, err := gradient(mode, (v.Num-low)/(high-low)); err == nil {
			return col
		}
		return colorSecondary
	case mode == "thresholds" || mode == "" && c.Thresholds != nil:
		return c.thresholdColor(v)
	}
	return classic(c.Index)
}

// thresholdColor is the colour of the highest step that a value reaches.
func (c *Config) thresholdColor(v Value) string {
	if c.Thresholds == nil || len(c.Thresholds.Steps) == 0 {
		return resolveColor("green")
	}
	out := c.Thresholds.Steps[0].Color
	for _, s := range c.Thresholds.Steps {
		if s.Value != nil && !v.Null && v.Num >= c.absolute(*s.Value) {
			out = s.Color
		}
	}
	return resolveColor(out)
}

// absolute turns a step into a value: steps may be shares of the range from min to max.
func (c *Config) absolute(step float64) float64 {
	if c.Thresholds.Mode != "percentage" {
		return step
	}
	low, high := c.bounds()
	return low + (high-low)*step/100
}

// bounds is the range of a gauge; without min and max it runs from 0 to 100, as in Grafana.
func (c *Config) bounds() (low, high float64) {
	low, high = 0, 100
	if c.Min != nil {
		low = *c.Min
	}
	if c.Max != nil {
		high = *c.Max
	}
	if high <= low {
		high = low + 1
	}
	return low, high
}

// mappingResult is what a mapping replaces a value by.
type mappingResult struct {
	Text  string `json:"text"`
	Color string `json:"color"`
}

// mapped looks a value up in the mappings; the first that matches wins.
func mapped(mappings []board.Mapping, v Value, kind Kind) (text, color string, ok bool, err error) {
	for _, m := range mappings {
		result, hit, err := match(m, v, kind)
		if err != nil {
			return "", "", false, fmt.Errorf("read %s mapping: %w", m.Type, err)
		}
		if hit {
			return result.Text, result.Color, true, nil
		}
	}
	return "", "", false, nil
}

// match tries one mapping.
func match(m board.Mapping, v Value, kind Kind) (mappingResult, bool, error) {
	if m.Type == "value" {
		var options map[string]mappingResult
		if err := json.Unmarshal(m.Options, &options); err != nil {
			return mappingResult{}, false, err
		}
		key := v.Text
		if kind != Text {
			key = strings.Replace(strconv.FormatFloat(v.Num, 'f', -1, 64), "+Inf", "Infinity", 1)
		}
		result, hit := options[key]
		return result, hit && !v.Null, nil
	}
	var options struct {
		From    *float64      `json:"from"`
		To      *float64      `json:"to"`
		Match   string        `json:"match"`
		Pattern string        `json:"pattern"`
		Result  mappingResult `json:"result"`
	}
	if err := json.Unmarshal(m.Options, &options); err != nil {
		return mappingResult{}, false, err
	}
	switch m.Type {
	case "range":
		low, high := math.Inf(-1), math.Inf(1)
		if options.From != nil {
			low = *options.From
		}
		if options.To != nil {
			high = *options.To
		}
		return options.Result, !v.Null && kind == Number && v.Num >= low && v.Num <= high, nil
	case "special":
		empty := kind == Text && v.Text == ""
		return options.Result, slices.Contains([]string{"null", "null+nan", "nan"}, options.Match) && v.Null ||
			options.Match == "empty" && empty, nil
	case "regex":
		hit, err := matchesPattern(options.Pattern, v.Text)
		return options.Result, hit && kind == Text, err
	}
	return mappingResult{}, false, fmt.Errorf("type %q is not drawn yet", m.Type)
}
