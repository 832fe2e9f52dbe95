package targets_test

import (
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
)

// TestNumbersOfTargets tries what a YAML text holds for a value or a growth.
func TestNumbersOfTargets(t *testing.T) {
	const value, ratio, growth = "kpi: revenue_won, value: ", "kpi: win_ratio, value: ",
		"kpi: revenue_won, over: previous_quarter, growth: "
	for key, want := range map[string]string{ // "" is understood
		value + "500000":       "",
		value + "500.0":        "",
		value + "500.000":      "may be 500000 or 500",
		value + `"500.000 $"`:  "may be 500000 or 500",
		value + `"1.500.000"`:  `"1.500.000" is not a number; write 1500000`,
		value + `"1,5"`:        `"1,5" is not a number; write 1.5`,
		value + `"1,500.50"`:   "",
		value + "20%":          `"20%" is a percentage, but revenue_won is not`,
		value + "0":            "must be above 0",
		ratio + "0.125":        "",
		ratio + "40%":          "",
		ratio + "40":           "a win ratio is at most 1",
		ratio + "1.000":        "may be 1000 or 1",
		growth + "0.2":         "",
		growth + "0.125":       "",
		growth + "20%":         "",
		growth + "150%":        "",
		growth + "1":           "",
		growth + "-0.1":        "",
		growth + "20":          `"20" may be 20% or 2000%; write it with the percent sign`,
		growth + "1.5":         `"1.5" may be 1.5% or 150%; write it with the percent sign`,
		growth + "1.125":       "may be 1125 or 1.125",
		growth + "-100%":       "must be above -1",
		growth + "a lot":       `"a lot" is not a growth`,
		growth + `"0,2"`:       `"0,2" is not a growth`,
		growth + `"20 % more"`: `"20 % more" is not a growth`,
	} {
		_, err := knowntest.Parse([]byte(knowntest.DemoSource+"targets: [{name: t, period: 2026-Q4, "+key+"}]\n"), t.TempDir())
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", key, err, want)
		}
	}
}
