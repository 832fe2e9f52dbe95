package preview

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// alertLine is the height of an alert's two lines.
const alertLine = 48

// alertList draws the alerts of the data source that the panel's filter lets through.
func (d *drawing) alertList() (template.HTML, error) {
	var o struct {
		Filter      string          `json:"alertInstanceLabelFilter"`
		MaxItems    int             `json:"maxItems"`
		StateFilter map[string]bool `json:"stateFilter"`
		Datasource  string          `json:"datasource"`
	}
	if err := d.options(&o); err != nil {
		return "", err
	}
	if strings.Contains(o.Datasource, "$") {
		d.problem("Grafana compares the data source %q as it is written: the list would stay empty", o.Datasource)
	}
	shown, err := filterAlerts(d.alerts, o.Filter)
	if err != nil {
		return "", err
	}
	shown = slices.DeleteFunc(shown, func(a Alert) bool { return o.StateFilter != nil && !o.StateFilter[a.State] })
	slices.SortStableFunc(shown, func(a, b Alert) int {
		return strings.Compare(a.State+a.Labels["alertname"], b.State+b.Labels["alertname"])
	})
	if o.MaxItems > 0 && len(shown) > o.MaxItems {
		shown = shown[:o.MaxItems]
	}
	c := d.canvas()
	if len(shown) == 0 {
		c.text(d.width/2, d.height/2, "No alerts matching filters", 14, colorSecondary, middle)
	}
	for i, a := range shown {
		y := float64(i) * alertLine
		if y+alertLine > d.height+8 {
			d.problem("alert list scrolls: %d of %d alerts shown", i, len(shown))
			break
		}
		d.alert(c, a, y)
	}
	return c.svg(), nil
}

// filterAlerts keeps the alerts whose labels match a selector.
func filterAlerts(alerts []Alert, selector string) ([]Alert, error) {
	if strings.Trim(selector, "{} ") == "" {
		return slices.Clone(alerts), nil
	}
	matchers, err := parser.NewParser(parser.Options{}).ParseMetricSelector(selector)
	if err != nil {
		return nil, fmt.Errorf("parse alert filter %q: %w", selector, err)
	}
	var kept []Alert
	for _, a := range alerts {
		all := true
		for _, m := range matchers {
			all = all && m.Matches(a.Labels[m.Name])
		}
		if all {
			kept = append(kept, a)
		}
	}
	return kept, nil
}

// alert draws one alert: its name, its state and how long it has lasted.
func (d *drawing) alert(c *canvas, a Alert, y float64) {
	color := resolveColor("red")
	if a.State == "pending" {
		color = resolveColor("yellow")
	}
	c.rect(0, y+2, d.width, alertLine-6, colorTrack, `rx="3"`)
	c.rect(0, y+2, 4, alertLine-6, color, `rx="2"`)
	name, _ := d.face.clip(a.Labels["alertname"], d.width-24, 14)
	c.styled(14, y+19, name, 14, colorText, left, `font-weight="500"`)
	state := a.State + " for " + spelled(d.now.Sub(a.ActiveAt).Truncate(1e9).Seconds(), nil)
	c.text(14, y+37, state, 12, color, left)
	labels := make([]string, 0, len(a.Labels))
	for k, v := range a.Labels {
		if k != "alertname" && v != "" {
			labels = append(labels, k+"="+v)
		}
	}
	slices.Sort(labels)
	from := 14 + d.face.width(state, 12) + 16
	text, _ := d.face.clip(strings.Join(labels, "  "), d.width-from-8, 12)
	c.text(from, y+37, text, 12, colorSecondary, left)
}
