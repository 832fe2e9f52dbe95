package config_test

import (
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
)

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
		_, err := knowntest.Parse([]byte(knowntest.DemoSource+text+"\n"), t.TempDir())
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
