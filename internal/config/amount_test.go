package config

import (
	"math"
	"strings"
	"testing"
)

func written(text string) number { return number{scalar: scalar{text: text}} }

// TestQuantity reads the numbers of YAML texts, each of which has to have one reading by itself.
func TestQuantity(t *testing.T) {
	for text, want := range map[string]float64{
		"500000": 500_000, "500_000": 500_000, "1,234,567.89": 1_234_567.89, "$500,000.00 ": 500_000, "USD 12": 12,
		"12 USD": 12, "12USD": 12, "25%": 0.25, "12.5 %": 0.125, "1.5e6": 1_500_000, "-3": -3, "0.125": 0.125,
		"500.0": 500, "1234.567": 1234.567,
		"1 000": 1000, "1'000.50": 1000.5, "(3)": -3, "$ 5": 5, "12.3450": 12.345,
	} {
		if got, wrong, _ := written(text).quantity("USD"); wrong != "" || got.value != want {
			t.Errorf("quantity of %q = %v, %q, want %v", text, got, wrong, want)
		}
	}
	for _, text := range []string{
		"12,34,5", "1.23.4", "0x10", "NaN", "Inf", "five", "€5", "EUR 5", "$", "--5", "500k", "1/2", "5 Taler", "2 %%",
		"1,5", "12,34", "1,2345", "1.234.567", "1.234.567,5",
	} {
		if got, wrong, hint := written(text).quantity("USD"); wrong == "" || hint == "" {
			t.Errorf("quantity of %q = %v, want a complaint and a hint", text, got)
		}
	}
	for text, currency := range map[string]string{
		"€1000": "EUR", "1000 €": "EUR", "$1000": "BBD", "£1000": "EGP", "¥1000": "CNY", "1000 zł": "PLN", "1000 kr": "SEK",
	} {
		if got, wrong, _ := written(text).quantity(currency); wrong != "" || got.value != 1000 {
			t.Errorf("quantity of %q in %s = %v, %q", text, currency, got, wrong)
		}
	}
}

// TestNumbersWithTwoReadings refuses what one of two people would misread, with both readings (B03).
func TestNumbersWithTwoReadings(t *testing.T) {
	for text, want := range map[string]string{
		"500.000":   `"500.000" may be 500000 or 500; write 500000 or 500.0`,
		"500,000":   `"500,000" may be 500000 or 500; write 500000 or 500.0`,
		"$500,000":  `"$500,000" may be 500000 or 500; write 500000 or 500.0`,
		"$ 500.000": `"$ 500.000" may be 500000 or 500; write 500000 or 500.0`,
		"12.345":    `"12.345" may be 12345 or 12.345; write 12345 or 12.3450`,
		"1,250 USD": `"1,250 USD" may be 1250 or 1.25; write 1250 or 1.25`,
		"-1.500":    `"-1.500" may be -1500 or -1.5; write -1500 or -1.5`,
		"12.500%":   `"12.500%" may be 12500 or 12.5; write 12500% or 12.5%`,
	} {
		if _, wrong, hint := written(text).quantity("USD"); wrong+"; "+hint != want {
			t.Errorf("%q: got %s; %s, want %s", text, wrong, hint, want)
		}
	}
}

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
		_, err := Parse("config.yaml", []byte(demoSource+"targets: [{name: t, period: 2026-Q4, "+key+"}]\n"), t.TempDir())
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", key, err, want)
		}
	}
}

// TestNumbersOfTheConfiguration refuses numbers with two readings wherever one may stand, not only in targets.
func TestNumbersOfTheConfiguration(t *testing.T) {
	for text, want := range map[string]string{
		"limits: {series: 100.000}":                      `"100.000" may be 100000 or 100`,
		"limits: {series: 100000}":                       "",
		"limits: {values_per_dimension: \"1,000\"}":      `"1,000" may be 1000 or 1`,
		"histogram_buckets: {deal_size: [1.000, 10000]}": `"1.000" may be 1000 or 1`,
		"histogram_buckets: {deal_size: [0.125, 12.5]}":  "",
		"fiscal_year_start_month: 1.000":                 `"1.000" may be 1000 or 1`,
	} {
		_, err := Parse("config.yaml", []byte(demoSource+text+"\n"), t.TempDir())
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func FuzzQuantity(f *testing.F) {
	for _, seed := range []string{"$500,000 ", "1,5", "25%", "EUR 5", "1e999", "¥"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, wrong, _ := written(text).quantity("USD")
		if wrong == "" && (math.IsNaN(got.value) || math.IsInf(got.value, 0)) {
			t.Errorf("quantity of %q = %v", text, got)
		}
	})
}
