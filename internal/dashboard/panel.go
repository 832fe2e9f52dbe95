package dashboard

import (
	"fmt"
	"strconv"
)

// The palette. It is told apart by the colour-blind; a verdict is always written beside it.
const (
	colorGood    = "#009E73" // bluish green
	colorWarn    = "#E69F00" // orange
	colorBad     = "#D55E00" // vermillion
	colorMain    = "#56B4E9" // sky blue
	colorAccent  = "#CC79A7" // purple
	colorNeutral = "#8E8E8E"
	colorAbsent  = "#7B7F85" // grey, legible on dark and on light ground
)

// series is one query of a panel.
type series struct {
	expr   string
	legend string
}

// spec is what panels of every type have in common.
type spec struct {
	title    string // at most 40 characters
	text     string // description, see generator.describe
	unit     string
	decimals *int
	noValue  string // default "no data"
	low      *float64
	high     *float64
	steps    []step
	links    []panelLink
	queries  []series
}

// steps returns thresholds that ascend from a first colour.
func steps(first string, more ...step) []step {
	return append([]step{{Color: first}}, more...)
}

// from begins a threshold's step.
func from(value float64, colored string) step { return step{Color: colored, Value: &value} }

func prometheus() *datasource { return &datasource{Type: "prometheus", UID: "${datasource}"} }

// newPanel returns a panel of a type without options of its own.
func newPanel(kind string, s spec, instant bool) *panel {
	p := &panel{
		Type: kind, Title: s.title, Description: s.text, Datasource: prometheus(),
		FieldConfig: &fieldConfig{
			Defaults: fieldDefaults{
				Unit: s.unit, Decimals: s.decimals, NoValue: s.noValue, Min: s.low, Max: s.high,
				Links: s.links, Color: &color{Mode: "thresholds"},
				Thresholds: &thresholds{Mode: "absolute", Steps: s.steps},
			},
			Overrides: []fieldOverride{},
		},
	}
	d := &p.FieldConfig.Defaults
	if d.NoValue == "" {
		d.NoValue = "no data"
	}
	if len(s.steps) == 0 {
		d.Thresholds.Steps = steps(colorMain)
	}
	for i, q := range s.queries {
		p.Targets = append(p.Targets, target{
			Datasource: prometheus(), Expr: q.expr, LegendFormat: q.legend,
			RefID: string(rune('A' + i)), Instant: instant, Range: !instant, Format: "time_series",
		})
	}
	return p
}

// absence is the mapping of what is not there. Without it Grafana gives absence the colour of the lowest threshold, and no
// data looks like a verdict. It must be the first mapping: a value takes the first that fits.
func absence(text string) map[string]any {
	return map[string]any{"type": "special", "options": map[string]any{
		"match": "null+nan", "result": map[string]any{"color": colorAbsent, "index": 0, "text": text},
	}}
}

// greyWhereAbsent shows absent values in grey on panels whose colours rate a value.
func (p *panel) greyWhereAbsent() *panel {
	d := &p.FieldConfig.Defaults
	if len(d.Thresholds.Steps) > 1 {
		d.Mappings = []any{absence(d.NoValue)}
	}
	return p
}

func reduceLast() map[string]any {
	return map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false}
}

// stat shows one number, or one for each series with its legend as the name.
func stat(s spec) *panel {
	p := newPanel("stat", s, true).greyWhereAbsent()
	p.Options = map[string]any{
		"colorMode": "value", "graphMode": "none", "justifyMode": "center", "orientation": "auto",
		"reduceOptions": reduceLast(), "textMode": "value",
	}
	return p
}

// named shows the names of a stat's series with their numbers.
func (p *panel) named() *panel {
	options, _ := p.Options.(map[string]any)
	options["textMode"] = "value_and_name"
	return p
}

// verdictStat shows one number under the words of its verdict, which its query gives as the legend.
func verdictStat(s spec) *panel {
	p := stat(s).named()
	options, _ := p.Options.(map[string]any)
	options["colorMode"] = "background_solid"
	return p
}

// gauge shows one number on an arc.
func gauge(s spec) *panel {
	p := newPanel("gauge", s, true).greyWhereAbsent()
	p.Options = map[string]any{
		"orientation": "auto", "reduceOptions": reduceLast(), "showThresholdLabels": false, "showThresholdMarkers": true,
	}
	return p
}

// bars shows a horizontal bar for each series.
func bars(s spec) *panel {
	p := newPanel("bargauge", s, true).greyWhereAbsent()
	p.Options = map[string]any{
		"displayMode": "basic", "orientation": "horizontal", "reduceOptions": reduceLast(), "showUnfilled": true,
		"valueMode": "text", "minVizHeight": 10, "minVizWidth": 0,
	}
	return p
}

// timeline shows the state of each series over time, in words, which bring their colours: thresholds would make Grafana
// show ranges of numbers instead.
func timeline(s spec, states ...word) *panel {
	p := newPanel("state-timeline", s, false).words(states...)
	p.FieldConfig.Defaults.Color = &color{Mode: "fixed", FixedColor: colorAbsent}
	p.FieldConfig.Defaults.Custom = map[string]any{"fillOpacity": 80, "lineWidth": 0, "spanNulls": false}
	p.Options = map[string]any{
		"alignValue": "left", "mergeValues": true, "rowHeight": 0.9, "showValue": "auto",
		"legend":  map[string]any{"calcs": []string{}, "displayMode": "list", "placement": "bottom", "showLegend": true},
		"tooltip": map[string]any{"mode": "single", "sort": "none"},
	}
	return p
}

// timeSeries shows values over time. Gaps stay gaps: data that stopped must not look as if it went on. They have no fixed
// decimals: an axis leaves out every tick that would need more.
func timeSeries(s spec) *panel {
	p := newPanel("timeseries", s, false)
	p.FieldConfig.Defaults.Color = &color{Mode: "palette-classic"}
	p.FieldConfig.Defaults.Custom = map[string]any{
		"drawStyle": "line", "fillOpacity": 0, "lineInterpolation": "linear", "lineWidth": 2, "pointSize": 5,
		"showPoints": "auto", "spanNulls": false,
	}
	p.Options = map[string]any{
		"legend":  map[string]any{"calcs": []string{"lastNotNull"}, "displayMode": "table", "placement": "bottom", "showLegend": true},
		"tooltip": map[string]any{"mode": "multi", "sort": "desc"},
	}
	return p
}

// trend is lines of KPIs. Their legend takes one line, for there is more to see than to read.
func trend(s spec) *panel {
	p := timeSeries(s)
	options, _ := p.Options.(map[string]any)
	legend, _ := options["legend"].(map[string]any)
	legend["displayMode"] = "list"
	return p
}

// columns shows a bar for each row of a table: x names the field on the axis. That field is text, also where it looks like
// a number, and the ticks between its values are blank. The panel's text for no value is for a panel without any.
func columns(x string, s spec) *panel {
	p := tabular(newPanel("barchart", s, true)).override(x, property("unit", unitText), property("noValue", " ")).
		overrideType("number", property("noValue", noCell))
	p.FieldConfig.Defaults.Color = &color{Mode: "palette-classic"}
	p.FieldConfig.Defaults.Custom = map[string]any{
		"axisPlacement": "auto", "fillOpacity": 80, "gradientMode": "none", "lineWidth": 1,
	}
	p.Options = map[string]any{
		"barRadius": 0, "barWidth": 0.9, "fullHighlight": false, "groupWidth": 0.8,
		"legend":      map[string]any{"calcs": []string{}, "displayMode": "list", "placement": "bottom", "showLegend": true},
		"orientation": "auto", "showValue": "never", "stacking": "none",
		"tooltip": map[string]any{"mode": "multi", "sort": "none"}, "xField": x,
		"xTickLabelRotation": 0, "xTickLabelSpacing": 100,
	}
	return p
}

// table shows a row for each combination of labels; its queries are joined on the labels that they share. Its fields are
// text, also where a label looks like a number or a date; columns of values get their unit from amount, share and others.
func table(s spec) *panel {
	s.unit = unitText
	p := tabular(newPanel("table", s, true))
	p.FieldConfig.Defaults.Custom = map[string]any{"align": "auto", "filterable": false, "minWidth": 80}
	p.Options = map[string]any{"cellHeight": "sm", "showHeader": true}
	return p
}

// tabular makes a panel's queries return tables, and joins them.
func tabular(p *panel) *panel {
	for i := range p.Targets {
		p.Targets[i].Format = "table"
	}
	p.Transformations = []transformation{{ID: "merge", Options: map[string]any{}}}
	return p
}

// text is a panel of Markdown.
func text(title, content string) *panel {
	return &panel{Type: "text", Title: title, Options: map[string]any{"content": content, "mode": "markdown"}}
}

// alerts lists the alerts of an audience that are firing or about to.
func alerts(title, description, audience string) *panel {
	return &panel{
		Type: "alertlist", Title: title, Description: description,
		Options: map[string]any{
			"alertInstanceLabelFilter": fmt.Sprintf(`{audience=~%q}`, audience), "alertName": "", "dashboardAlerts": false,
			"groupBy": []string{}, "groupMode": "default", "maxItems": 20, "sortOrder": 3,
			"stateFilter": map[string]any{
				"error": true, "firing": true, "noData": false, "normal": false, "pending": true,
			},
			"viewMode": "list",
		},
	}
}

// override changes how one field of a panel looks.
func (p *panel) override(field string, properties ...overrideProperty) *panel {
	p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, fieldOverride{
		Matcher: overrideMatcher{ID: "byName", Options: field}, Properties: properties,
	})
	return p
}

// overrideType changes how all fields of a type look: number, string or time.
func (p *panel) overrideType(kind string, properties ...overrideProperty) *panel {
	p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, fieldOverride{
		Matcher: overrideMatcher{ID: "byType", Options: kind}, Properties: properties,
	})
	return p
}

// overrideQuery changes how all series of one query of a panel look.
func (p *panel) overrideQuery(refID string, properties ...overrideProperty) *panel {
	p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, fieldOverride{
		Matcher: overrideMatcher{ID: "byFrameRefID", Options: refID}, Properties: properties,
	})
	return p
}

// column says how the values of a table's column are shown. Where a row has none, there is a dash.
func (p *panel) column(field, unit string, properties ...overrideProperty) *panel {
	own := []overrideProperty{property("unit", unit), property("noValue", noCell)}
	return p.override(field, append(own, properties...)...)
}

// noCell is what a table's cell without a value shows.
const noCell = "–"

func decimals(n int) overrideProperty { return property("decimals", n) }

// colouredByThreshold colours the text of a column by thresholds, and that of what is absent grey.
func colouredByThreshold(steps []step) []overrideProperty {
	return []overrideProperty{
		property("thresholds", thresholds{Mode: "absolute", Steps: steps}),
		property("mappings", []any{absence(noCell)}),
		property("custom.cellOptions", map[string]any{"type": "color-text"}),
	}
}

// word is what a value is called.
type word struct {
	value   int
	text    string
	colored string
}

// words shows texts instead of values, so that colour is not the only signal.
func (p *panel) words(words ...word) *panel {
	options := map[string]any{}
	d := &p.FieldConfig.Defaults
	for i, w := range words {
		options[strconv.Itoa(w.value)] = map[string]any{"color": w.colored, "index": len(d.Mappings) + i, "text": w.text}
	}
	d.Mappings = append(d.Mappings, map[string]any{"options": options, "type": "value"})
	return p
}

// orReached gives infinite coverage, see coverageVerdict, words instead of a sign.
func (p *panel) orReached() *panel {
	d := &p.FieldConfig.Defaults
	d.Mappings = append(d.Mappings, map[string]any{"type": "value", "options": map[string]any{
		"Infinity": map[string]any{"color": colorGood, "index": len(d.Mappings), "text": "no gap"},
	}})
	return p
}

func property(id string, value any) overrideProperty { return overrideProperty{ID: id, Value: value} }

func fixed(colored string) overrideProperty {
	return property("color", color{FixedColor: colored, Mode: "fixed"})
}

// organize renames, orders and hides the fields of a table. Each pair is a field and its name; a field without a name
// is hidden.
func (p *panel) organize(pairs ...[2]string) *panel {
	rename, index, exclude := map[string]string{}, map[string]int{}, map[string]bool{"Time": true}
	for i, pair := range pairs {
		if pair[1] == "" {
			exclude[pair[0]] = true
			continue
		}
		rename[pair[0]], index[pair[0]] = pair[1], i
		if pair[0] == "Value #A" {
			rename["Value"] = pair[1] // Grafana 9 calls it so where the other queries return nothing.
		}
	}
	p.Transformations = append(p.Transformations, transformation{ID: "organize", Options: map[string]any{
		"excludeByName": exclude, "indexByName": index, "renameByName": rename,
	}})
	return p
}

// sortBy orders the rows of a table.
func (p *panel) sortBy(field string, descending bool) *panel {
	p.Transformations = append(p.Transformations, transformation{ID: "sortBy", Options: map[string]any{
		"fields": map[string]any{}, "sort": []map[string]any{{"field": field, "desc": descending}},
	}})
	return p
}

// top keeps the first rows of a table.
func (p *panel) top(rows int) *panel {
	p.Transformations = append(p.Transformations, transformation{ID: "limit", Options: map[string]any{"limitField": rows}})
	return p
}
