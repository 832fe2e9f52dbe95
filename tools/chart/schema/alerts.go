package schema

import (
	"maps"
	"regexp"
	"strconv"

	"github.com/sales-exporter/sales_exporter/internal/alerting"
)

// Thresholds that stand in ranges, or that count. A text would be pasted into an expression as it is.
var (
	wholeTime  = regexp.MustCompile(`(Days|Hours)$`)
	wholeCount = regexp.MustCompile(`(Deals|^records)$`)
)

// thresholds returns the schema of the thresholds in the rules.
func thresholds() node {
	properties := node{}
	for key, number := range alerting.DefaultThresholds().All() {
		switch {
		case wholeTime.MatchString(key):
			properties[key] = node{"type": "integer", "minimum": 0}
		case wholeCount.MatchString(key): // Shares of no deals at all are no numbers.
			properties[key] = node{"type": "integer", "minimum": 1}
		default:
			properties[key] = ratio(number)
		}
	}
	return node{"properties": properties}
}

// ratio returns the schema of a threshold with decimals, as a number or as text, which "helm --set" makes of every
// number with a decimal point. A share of 85 is not 85 %, but 85 times.
func ratio(number alerting.Threshold) node {
	schema := node{"type": []any{"number", "string"}, "minimum": 0, "pattern": `^[0-9]+(\.[0-9]+)?$`}
	if value, err := strconv.ParseFloat(string(number), 64); err == nil && value <= 1 {
		schema["maximum"], schema["pattern"] = 2, `^([01](\.[0-9]+)?|2(\.0+)?)$`
	}
	return schema
}

// overrides returns the schema of the changes of single alerts, and defines those of alerts in bands.
func overrides(files []alerting.File, definitions node) node {
	severities := map[string][]string{}
	for _, f := range files {
		for _, g := range f.Groups {
			for _, r := range g.Rules {
				if r.Alert != "" {
					severities[r.Alert] = append(severities[r.Alert], r.Labels["severity"])
				}
			}
		}
	}
	override := node{"$ref": "#/definitions/override"}
	definitions["overrideInBands"] = inBands(part(definitions, "override"), override)
	properties := node{}
	for alert, bands := range severities {
		properties[alert] = override
		if len(bands) > 1 {
			properties[alert] = node{"$ref": "#/definitions/overrideInBands"}
		}
	}
	return node{"properties": properties}
}

// inBands adds the two bands, warning and critical, to the keys of an override.
func inBands(alert, override node) node {
	keys := maps.Clone(part(alert, "properties"))
	keys["warning"], keys["critical"] = override, override
	return node{"type": alert["type"], "properties": keys}
}
