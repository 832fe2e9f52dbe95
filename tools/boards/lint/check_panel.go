package lint

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

func panelChecks() []check[onBoard[board.Panel]] {
	return []check[onBoard[board.Panel]]{
		{"panel-title", checkTitle},
		{"panel-description", checkDescription},
		{"panel-docs", checkDocs},
		{"panel-units", checkUnit},
		{"panel-no-targets", checkHasTargets},
		{"panel-no-value", checkNoValue},
		{"datasource", checkPanelDatasource},
		{"thresholds", checkThresholds},
		{"instant", checkInstant},
		{"not-colour-alone", checkColour},
		{"unit-of-money", checkMoneyUnit},
		{"unit-of-ratio", checkRatioUnit},
		{"unit-of-text", checkTextUnit},
		{"unit-of-count", checkCounts},
		{"axis", checkAxis},
		{"absence", checkAbsence},
		{"state-colour", checkStateColour},
	}
}

const longestTitle = 40

func checkTitle(_ *Input, s onBoard[board.Panel], report reporter) {
	p := s.part
	if p.Title == "" && p.Type != "text" {
		report("has no title; write one")
	}
	if n := utf8.RuneCountInString(p.Title); n > longestTitle {
		report("the title has %d characters; shorten it to %d, it is cut off in small panels", n, longestTitle)
	}
}

// queried reports whether a panel shows results of queries.
func queried(p board.Panel) bool {
	return !slices.Contains([]string{"row", "text", "alertlist", "dashlist"}, p.Type)
}

func checkDescription(_ *Input, s onBoard[board.Panel], report reporter) {
	p := s.part
	if !queried(p) {
		return
	}
	if strings.TrimSpace(p.Description) == "" {
		report("has no description; say in plain words what it shows")
		return
	}
	if rates(p) && !strings.Contains(p.Description, "Good:") {
		report("colours values, but its description does not say what good looks like; add a line Good: ...")
	}
}

// rates reports whether a panel has more than the threshold that every panel has.
func rates(p board.Panel) bool {
	t := p.FieldConfig.Defaults.Thresholds
	return t != nil && len(t.Steps) > 1
}

var docsLink = regexp.MustCompile(`docs/metrics\.md#([a-zA-Z0-9_-]+)`)

// checkDocs wants the formula of a KPI next to its number, and a link to its definition.
func checkDocs(in *Input, s onBoard[board.Panel], report reporter) {
	p := s.part
	if p.Description == "" {
		return // That is a finding of its own.
	}
	linked := false
	for _, m := range docsLink.FindAllStringSubmatch(p.Description, -1) {
		linked = true
		if !in.Catalogue.has(m[1]) {
			report("the description links to docs/metrics.md#%s, which is no heading; correct the link", m[1])
		}
	}
	metrics := panelMetrics(s)
	if slices.ContainsFunc(metrics, isOurs) && !linked {
		report("the description does not link to docs/metrics.md#...; link to the metric's definition")
	}
	if slices.ContainsFunc(metrics, isKPI) && !strings.Contains(p.Description, " = ") {
		report("the description has no formula; write what the number equals: ... = ...")
	}
}

func isOurs(series string) bool { return strings.HasPrefix(series, "sales_") }

// panelMetrics returns the metrics that a panel's queries select.
func panelMetrics(s onBoard[board.Panel]) []string {
	var all []string
	for _, q := range panelQueries(s) {
		all = append(all, q.metrics()...)
	}
	return all
}

func panelQueries(s onBoard[board.Panel]) []query {
	var own []query
	for _, q := range s.queries {
		if q.panel != nil && q.panel.ID == s.part.ID {
			own = append(own, q)
		}
	}
	return own
}

func checkHasTargets(_ *Input, s onBoard[board.Panel], report reporter) {
	if queried(s.part) && len(s.part.Targets) == 0 {
		report("has no query; add one or remove the panel")
	}
}

func checkNoValue(_ *Input, s onBoard[board.Panel], report reporter) {
	if queried(s.part) && s.part.FieldConfig.Defaults.NoValue == "" {
		report(`says nothing where there is no data; set noValue, such as "no data"`)
	}
}

func checkPanelDatasource(_ *Input, s onBoard[board.Panel], report reporter) {
	p := s.part
	if queried(p) && !templated(p.Datasource) {
		report(`the panel's data source is %q; use {"type": "prometheus", "uid": "${datasource}"}`, p.Datasource.UID)
	}
	for _, t := range p.Targets {
		if !templated(t.Datasource) {
			report(`the data source of query %s is %q; use {"type": "prometheus", "uid": "${datasource}"}`,
				t.RefID, t.Datasource.UID)
		}
	}
}

func checkThresholds(_ *Input, s onBoard[board.Panel], report reporter) {
	all := []*board.Thresholds{s.part.FieldConfig.Defaults.Thresholds}
	for _, o := range s.part.FieldConfig.Overrides {
		for _, property := range o.Properties {
			var t board.Thresholds
			if property.ID == "thresholds" && json.Unmarshal(property.Value, &t) == nil {
				all = append(all, &t)
			}
		}
	}
	for _, t := range all {
		if t != nil && !ascending(t.Steps) {
			report("the thresholds do not rise from step to step; sort them, the first without a value")
		}
	}
}

func ascending(steps []board.Step) bool {
	for i, step := range steps {
		switch {
		case i == 0:
			if step.Value != nil {
				return false
			}
		case step.Value == nil:
			return false
		case i > 1 && *step.Value <= *steps[i-1].Value:
			return false
		}
	}
	return true
}

// checkInstant saves Prometheus the evaluation of a range of which the panel shows one value.
func checkInstant(_ *Input, s onBoard[board.Panel], report reporter) {
	single := []string{"stat", "gauge", "bargauge", "barchart", "table", "piechart"}
	ranged := []string{"timeseries", "state-timeline", "status-history", "heatmap"}
	for _, t := range s.part.Targets {
		switch {
		case slices.Contains(single, s.part.Type) && (!t.Instant || t.Range):
			report("query %s asks for a range, but a %s shows one instant; set instant and unset range", t.RefID, s.part.Type)
		case slices.Contains(ranged, s.part.Type) && t.Instant:
			report("query %s asks for an instant, but a %s shows a range; unset instant", t.RefID, s.part.Type)
		}
	}
}

// checkColour is for readers who do not see colours: a panel that rates a value must show its value, too.
func checkColour(_ *Input, s onBoard[board.Panel], report reporter) {
	var options struct {
		TextMode  string `json:"textMode"`
		ValueMode string `json:"valueMode"`
		ShowValue string `json:"showValue"`
	}
	p := s.part
	if len(p.Options) > 0 && json.Unmarshal(p.Options, &options) != nil {
		return
	}
	hidden := options.TextMode == "none" || options.TextMode == "name" || options.ValueMode == "hidden" ||
		options.ShowValue == "never"
	if hidden && (rates(p) || len(p.FieldConfig.Defaults.Mappings) > 0) && p.Type != "barchart" {
		report("shows its verdict by colour alone; show the value or map it to a text")
	}
}
