package salesforce

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// TestFiscalYear holds that an org whose quarters are others than the configured ones is told of, once.
func TestFiscalYear(t *testing.T) {
	for org, warnings := range map[string]int{"4": 1, "1": 0, "13": 0, "0": 0} {
		t.Run(org, func(t *testing.T) {
			simulate(t, 1, func(x *simulation) {
				x.rewrite(func(fields map[string]any) {
					if fields["FiscalYearStartMonth"] != nil {
						fields["FiscalYearStartMonth"] = json.Number(org)
					}
				})
				x.source.account = source.NewAccountWatch("", source.Environment{
					Logger: x.source.log, FiscalYearStart: time.January,
				}, x.source.readOrganization)
				for range 3 {
					x.mustSync()
					time.Sleep(2 * time.Hour)
				}
				if n := strings.Count(x.log.String(), "fiscal year begins"); n != warnings {
					t.Errorf("%d warnings, want %d:\n%s", n, warnings, x.log)
				}
			})
		})
	}
}
