package dashboard

// The types of this file are Grafana's classic dashboard schema, as far as the boards use it.

type board struct {
	Annotations          annotations `json:"annotations"`
	Description          string      `json:"description"`
	Editable             bool        `json:"editable"`
	FiscalYearStartMonth int         `json:"fiscalYearStartMonth"` // 0 is January
	GraphTooltip         int         `json:"graphTooltip"`         // 1 shares the crosshair
	ID                   *int        `json:"id"`
	Links                []boardLink `json:"links"`
	Panels               []*panel    `json:"panels"`
	Refresh              string      `json:"refresh"`
	SchemaVersion        int         `json:"schemaVersion"`
	Tags                 []string    `json:"tags"`
	Templating           templating  `json:"templating"`
	Time                 timeRange   `json:"time"`
	Timepicker           timepicker  `json:"timepicker"`
	Timezone             string      `json:"timezone"`
	Title                string      `json:"title"`
	UID                  string      `json:"uid"`
	Version              int         `json:"version"`
}

type annotations struct {
	List []annotation `json:"list"`
}

type annotation struct {
	BuiltIn         int         `json:"builtIn,omitempty"`
	Datasource      *datasource `json:"datasource"`
	Enable          bool        `json:"enable"`
	Expr            string      `json:"expr,omitempty"`
	Hide            bool        `json:"hide"`
	IconColor       string      `json:"iconColor"`
	Name            string      `json:"name"`
	Step            string      `json:"step,omitempty"`
	TextFormat      string      `json:"textFormat,omitempty"`
	TitleFormat     string      `json:"titleFormat,omitempty"`
	Type            string      `json:"type,omitempty"`
	UseValueForTime string      `json:"useValueForTime,omitempty"`
}

type datasource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

type boardLink struct {
	AsDropdown  bool     `json:"asDropdown"`
	Icon        string   `json:"icon"`
	IncludeVars bool     `json:"includeVars"`
	KeepTime    bool     `json:"keepTime"`
	Tags        []string `json:"tags"`
	TargetBlank bool     `json:"targetBlank"`
	Title       string   `json:"title"`
	Tooltip     string   `json:"tooltip"`
	Type        string   `json:"type"`
	URL         string   `json:"url"`
}

type templating struct {
	List []variable `json:"list"`
}

type variable struct {
	AllValue    string      `json:"allValue,omitempty"`
	Current     *option     `json:"current,omitempty"`
	Datasource  *datasource `json:"datasource,omitempty"`
	Definition  string      `json:"definition,omitempty"`
	Description string      `json:"description,omitempty"`
	Hide        int         `json:"hide"` // 2 hides it
	IncludeAll  bool        `json:"includeAll"`
	Label       string      `json:"label"`
	Multi       bool        `json:"multi"`
	Name        string      `json:"name"`
	Options     []option    `json:"options"`
	Query       any         `json:"query"`
	Refresh     int         `json:"refresh,omitempty"` // 2 asks again when the time range changes
	Regex       string      `json:"regex"`
	Sort        int         `json:"sort,omitempty"` // 1 is alphabetical
	Type        string      `json:"type"`
}

// variableQuery is the query of a variable that asks Prometheus.
type variableQuery struct {
	Query string `json:"query"`
	RefID string `json:"refId"`
}

type option struct {
	Selected bool `json:"selected"`
	Text     any  `json:"text"` // a string, or several
	Value    any  `json:"value"`
}

type timeRange struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type timepicker struct{}

type panel struct {
	Collapsed       *bool            `json:"collapsed,omitempty"`
	Datasource      *datasource      `json:"datasource,omitempty"`
	Description     string           `json:"description,omitempty"`
	FieldConfig     *fieldConfig     `json:"fieldConfig,omitempty"`
	GridPos         gridPos          `json:"gridPos"`
	ID              int              `json:"id"`
	Interval        string           `json:"interval,omitempty"`
	Links           []panelLink      `json:"links,omitempty"`
	MaxPerRow       int              `json:"maxPerRow,omitempty"`
	Options         any              `json:"options,omitempty"`
	Panels          []*panel         `json:"panels,omitempty"`
	Repeat          string           `json:"repeat,omitempty"`
	RepeatDirection string           `json:"repeatDirection,omitempty"`
	Targets         []target         `json:"targets,omitempty"`
	Title           string           `json:"title"`
	Transformations []transformation `json:"transformations,omitempty"`
	Transparent     bool             `json:"transparent,omitempty"`
	Type            string           `json:"type"`
}

type gridPos struct {
	H int `json:"h"`
	W int `json:"w"`
	X int `json:"x"`
	Y int `json:"y"`
}

type panelLink struct {
	TargetBlank bool   `json:"targetBlank"`
	Title       string `json:"title"`
	URL         string `json:"url"`
}

type target struct {
	Datasource   *datasource `json:"datasource"`
	Expr         string      `json:"expr"`
	Format       string      `json:"format"`
	Instant      bool        `json:"instant"`
	Interval     string      `json:"interval,omitempty"`
	LegendFormat string      `json:"legendFormat"`
	Range        bool        `json:"range"`
	RefID        string      `json:"refId"`
}

type transformation struct {
	ID      string         `json:"id"`
	Options map[string]any `json:"options"`
}

type fieldConfig struct {
	Defaults  fieldDefaults   `json:"defaults"`
	Overrides []fieldOverride `json:"overrides"`
}

type fieldDefaults struct {
	Color      *color         `json:"color,omitempty"`
	Custom     map[string]any `json:"custom,omitempty"`
	Decimals   *int           `json:"decimals,omitempty"`
	Links      []panelLink    `json:"links,omitempty"`
	Mappings   []any          `json:"mappings,omitempty"`
	Max        *float64       `json:"max,omitempty"`
	Min        *float64       `json:"min,omitempty"`
	NoValue    string         `json:"noValue"`
	Thresholds *thresholds    `json:"thresholds,omitempty"`
	Unit       string         `json:"unit,omitempty"`
}

type color struct {
	FixedColor string `json:"fixedColor,omitempty"`
	Mode       string `json:"mode"`
}

type thresholds struct {
	Mode  string `json:"mode"`
	Steps []step `json:"steps"`
}

type step struct {
	Color string   `json:"color"`
	Value *float64 `json:"value"` // null on the first: everything below the second
}

type fieldOverride struct {
	Matcher    overrideMatcher    `json:"matcher"`
	Properties []overrideProperty `json:"properties"`
}

type overrideMatcher struct {
	ID      string `json:"id"`
	Options string `json:"options"`
}

type overrideProperty struct {
	ID    string `json:"id"`
	Value any    `json:"value"`
}
