package salesforce

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestChangeInTheSecondOfTheCut cuts a window between two pages and changes a record of the first page in the same
// second. Where the window goes on, by modification time and id, that record lies behind.
func TestChangeInTheSecondOfTheCut(t *testing.T) {
	scenario(t, 6, func(x *tester) {
		x.mustSync()
		time.Sleep(10 * time.Minute)
		for n := range 6 {
			x.org.edit("Opportunity", fakeID("006", n+1), fakeRow{"Amount": json.Number("1")})
		}
		x.org.pageSize = 2
		x.org.onNextPage(2, func() {
			x.org.fault = func(string, string) (int, string) {
				return http.StatusForbidden, apiRefusal("INSUFFICIENT_ACCESS", "no")
			}
		})
		if err := x.sync(); source.ReasonOf(err) != source.ReasonScope {
			x.Fatalf("sync: %v", err)
		}
		x.org.edit("Opportunity", fakeID("006", 1), fakeRow{"Amount": json.Number("777")})
		x.org.fault = nil
		x.mustSync()
		if got := x.mirror.deals[fakeID("006", 1)].Amount; got != 777*value.MoneyScale {
			x.Errorf("the amount is %v after the next sync, want 777", got.Float())
		}
	})
}
