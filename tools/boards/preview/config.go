package preview

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

// Config is how one column is shown: the panel's defaults with the overrides that match it.
type Config struct {
	Unit        string   `json:"unit"`
	DisplayName string   `json:"displayName"`
	NoValue     string   `json:"noValue"`
	Decimals    *int     `json:"decimals"`
	Min         *float64 `json:"min"`
	Max         *float64 `json:"max"`
	// FieldMinMax takes a range that is not set from this column alone, not from all that the panel shows.
	FieldMinMax bool              `json:"fieldMinMax"`
	Mappings    []board.Mapping   `json:"mappings"`
	Thresholds  *board.Thresholds `json:"thresholds"`
	Links       []board.Link      `json:"links"`
	Color       struct {
		Mode       string `json:"mode"`
		FixedColor string `json:"fixedColor"`
	} `json:"color"`
	Custom Custom `json:"custom"`
	// Index is the column's place among the panel's series: it picks the colour of the classic palette.
	Index int `json:"-"`
}

// Custom holds the settings that belong to a type of panel.
type Custom struct {
	DrawStyle         string          `json:"drawStyle"`
	LineInterpolation string          `json:"lineInterpolation"`
	LineWidth         *float64        `json:"lineWidth"`
	FillOpacity       *float64        `json:"fillOpacity"`
	ShowPoints        string          `json:"showPoints"`
	PointSize         float64         `json:"pointSize"`
	SpanNulls         json.RawMessage `json:"spanNulls"`
	AxisPlacement     string          `json:"axisPlacement"`
	AxisLabel         string          `json:"axisLabel"`
	AxisSoftMin       *float64        `json:"axisSoftMin"`
	AxisSoftMax       *float64        `json:"axisSoftMax"`
	Transform         string          `json:"transform"`
	BarWidthFactor    float64         `json:"barWidthFactor"`
	LineStyle         struct {
		Fill string    `json:"fill"`
		Dash []float64 `json:"dash"`
	} `json:"lineStyle"`
	Stacking struct {
		Mode  string `json:"mode"`
		Group string `json:"group"`
	} `json:"stacking"`
	ThresholdsStyle struct {
		Mode string `json:"mode"`
	} `json:"thresholdsStyle"`
	HideFrom struct {
		Legend bool `json:"legend"`
		Viz    bool `json:"viz"`
	} `json:"hideFrom"`
	Width       float64 `json:"width"`
	MinWidth    float64 `json:"minWidth"`
	Align       string  `json:"align"`
	Hidden      bool    `json:"hidden"`
	CellOptions struct {
		Type             string `json:"type"`
		ValueDisplayMode string `json:"valueDisplayMode"`
	} `json:"cellOptions"`
}

// settings are the parts of a panel that package board leaves as they are.
type settings struct {
	ID          int  `json:"id"`
	MaxPerRow   int  `json:"maxPerRow"`
	Transparent bool `json:"transparent"`
	FieldConfig struct {
		Defaults map[string]json.RawMessage `json:"defaults"`
	} `json:"fieldConfig"`
	Panels []settings `json:"panels"`
}

// settingsOf reads them for every panel of a board.
func settingsOf(raw []byte) (map[int]settings, error) {
	var file settings
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, err
	}
	all := map[int]settings{}
	for _, p := range file.Panels {
		all[p.ID] = p
		for _, inner := range p.Panels {
			all[inner.ID] = inner
		}
	}
	return all, nil
}

// configure gives every column its configuration.
func configure(frames []Frame, defaults map[string]json.RawMessage, overrides []board.Override) error {
	index := 0
	for i := range frames {
		frame := &frames[i]
		for j := range frame.Fields {
			f := &frame.Fields[j]
			config, err := resolve(frame, f, defaults, overrides)
			if err != nil {
				return err
			}
			config.Index = index
			f.Config = config
			if f.Kind == Number {
				index++
			}
		}
	}
	return nil
}

// resolve merges the defaults and the matching overrides as JSON, so that any property of Config can be overridden.
func resolve(
	frame *Frame, f *Field, defaults map[string]json.RawMessage, overrides []board.Override,
) (Config, error) {
	merged := maps.Clone(defaults)
	if merged == nil {
		merged = map[string]json.RawMessage{}
	}
	custom := map[string]json.RawMessage{}
	if raw, ok := merged["custom"]; ok {
		if err := json.Unmarshal(raw, &custom); err != nil {
			return Config{}, fmt.Errorf("read custom field settings: %w", err)
		}
	}
	for _, o := range overrides {
		ok, err := matches(o.Matcher, frame, f)
		if err != nil {
			return Config{}, err
		}
		if !ok {
			continue
		}
		for _, p := range o.Properties {
			if name, ok := strings.CutPrefix(p.ID, "custom."); ok {
				custom[name] = p.Value
			} else {
				merged[p.ID] = p.Value
			}
		}
	}
	var config Config
	raw, err := json.Marshal(custom)
	if err == nil {
		merged["custom"] = raw
		raw, err = json.Marshal(merged)
	}
	if err == nil {
		err = json.Unmarshal(raw, &config)
	}
	if err != nil {
		return Config{}, fmt.Errorf("read configuration of field %q: %w", f.Title(), err)
	}
	return config, config.drawable()
}

// drawable refuses settings that would make a different picture if they were left out.
func (c *Config) drawable() error {
	if mode := c.Custom.Stacking.Mode; mode == "percent" {
		return fmt.Errorf("stacking by %s is not drawn yet", mode)
	}
	if mode := c.Color.Mode; strings.HasPrefix(mode, "continuous-") {
		_, err := gradient(mode, 0)
		return err
	}
	return nil
}

// matches says whether an override is about a column.
func matches(m board.Matcher, frame *Frame, f *Field) (bool, error) {
	if m.ID == "byNames" {
		var options struct {
			Names []string `json:"names"`
		}
		err := json.Unmarshal(m.Options, &options)
		return slices.Contains(options.Names, f.Title()), err
	}
	var option string
	if err := json.Unmarshal(m.Options, &option); err != nil {
		return false, fmt.Errorf("read matcher %s: %w", m.ID, err)
	}
	switch m.ID {
	case "byName":
		return f.Name == option || f.Title() == option, nil
	case "byRegexp":
		return matchesPattern(option, f.Title())
	case "byFrameRefID":
		return frame.RefID == option, nil
	case "byType":
		return map[Kind]string{Number: "number", Text: "string", Time: "time"}[f.Kind] == option, nil
	}
	return false, fmt.Errorf("matcher %q is not drawn yet", m.ID)
}

// matchesPattern matches a regular expression as Grafana writes them, bare or between slashes.
func matchesPattern(pattern, s string) (bool, error) {
	if inner, ok := strings.CutPrefix(pattern, "/"); ok {
		pattern = strings.TrimSuffix(inner, "/")
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return false, fmt.Errorf("read pattern of fields: %w", err)
	}
	return re.MatchString(s), nil
}
