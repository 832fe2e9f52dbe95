package board

import "encoding/json"

// Panel is one panel, or a row that holds panels while it is collapsed.
type Panel struct {
	ID              int              `json:"id"`
	Type            string           `json:"type"`
	Title           string           `json:"title"`
	Description     string           `json:"description"`
	GridPos         GridPos          `json:"gridPos"`
	Datasource      Datasource       `json:"datasource"`
	Targets         []Target         `json:"targets"`
	FieldConfig     FieldConfig      `json:"fieldConfig"`
	Options         json.RawMessage  `json:"options"`
	Transformations []Transformation `json:"transformations"`
	Interval        string           `json:"interval"`
	MaxDataPoints   int              `json:"maxDataPoints"`
	Repeat          string           `json:"repeat"`
	RepeatDirection string           `json:"repeatDirection"`
	Collapsed       bool             `json:"collapsed"`
	Panels          []Panel          `json:"panels"`
	Links           []Link           `json:"links"`
}

// GridPos is a panel's place on the grid of 24 columns.
type GridPos struct {
	H int `json:"h"`
	W int `json:"w"`
	X int `json:"x"`
	Y int `json:"y"`
}

// Overlaps reports whether two panels share a cell.
func (g GridPos) Overlaps(o GridPos) bool {
	return g.X < o.X+o.W && o.X < g.X+g.W && g.Y < o.Y+o.H && o.Y < g.Y+g.H
}

// Datasource names a data source. Boards older than Grafana 8 wrote a bare name, which is read as the UID.
type Datasource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

// UnmarshalJSON reads both spellings.
func (d *Datasource) UnmarshalJSON(raw []byte) error {
	var name string
	if json.Unmarshal(raw, &name) == nil {
		*d = Datasource{UID: name}
		return nil
	}
	type plain Datasource
	return json.Unmarshal(raw, (*plain)(d))
}

// Target is one query of a panel.
type Target struct {
	RefID        string     `json:"refId"`
	Expr         string     `json:"expr"`
	LegendFormat string     `json:"legendFormat"`
	Format       string     `json:"format"`
	Interval     string     `json:"interval"`
	Instant      bool       `json:"instant"`
	Range        bool       `json:"range"`
	Hide         bool       `json:"hide"`
	Datasource   Datasource `json:"datasource"`
}

// FieldConfig says how a panel shows values.
type FieldConfig struct {
	Defaults  FieldDefaults `json:"defaults"`
	Overrides []Override    `json:"overrides"`
}

// FieldDefaults hold for every field that no override matches.
type FieldDefaults struct {
	Unit       string          `json:"unit"`
	Decimals   *int            `json:"decimals"`
	NoValue    string          `json:"noValue"`
	Min        *float64        `json:"min"`
	Max        *float64        `json:"max"`
	Mappings   []Mapping       `json:"mappings"`
	Thresholds *Thresholds     `json:"thresholds"`
	Color      Color           `json:"color"`
	Links      []Link          `json:"links"`
	Custom     json.RawMessage `json:"custom"`
}

// Mapping replaces values by text.
type Mapping struct {
	Type    string          `json:"type"`
	Options json.RawMessage `json:"options"`
}

// Thresholds colour values.
type Thresholds struct {
	Mode  string `json:"mode"`
	Steps []Step `json:"steps"`
}

// Color says what a field's colour depends on: thresholds, the series, or nothing.
type Color struct {
	Mode       string `json:"mode"`
	FixedColor string `json:"fixedColor"`
}

// Step is the colour from a value on. The first step has no value: it begins at minus infinity.
type Step struct {
	Color string   `json:"color"`
	Value *float64 `json:"value"`
}

// Override changes the configuration of the fields that its matcher names.
type Override struct {
	Matcher    Matcher    `json:"matcher"`
	Properties []Property `json:"properties"`
}

// Matcher names fields: byName, byRegexp, byFrameRefID, byType.
type Matcher struct {
	ID      string          `json:"id"`
	Options json.RawMessage `json:"options"`
}

// Property is one overridden setting.
type Property struct {
	ID    string          `json:"id"`
	Value json.RawMessage `json:"value"`
}

// Transformation reshapes the results before they are drawn.
type Transformation struct {
	ID      string          `json:"id"`
	Options json.RawMessage `json:"options"`
}
