package salesforce

import (
	"net/http"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestChangeInTheSecondOfTheCut cuts a window between two pages and changes a record of the first page in the same
// second. Where the window goes on, by modification time and id, that record lies behind.
func TestChangeInTheSecondOfTheCut(t *testing.T) {
	simulate(t, 6, func(x *simulation) {
		x.mustSync()
		time.Sleep(10 * time.Minute)
		for n := range 6 {
			x.must(x.world.SetAmount(int64(n+1), "1"))
		}
		x.page(2)
		x.refuseNextPages(2, http.StatusForbidden, apiRefusal("INSUFFICIENT_ACCESS", "no"))
		if err := x.sync(); source.ReasonOf(err) != source.ReasonScope {
			x.Fatalf("sync: %v", err)
		}
		x.must(x.world.SetAmount(1, "777"))
		x.faults.Clear()
		x.mustSync()
		if got := x.mirror.deals[dealID(1)].Amount; got != 777*value.MoneyScale {
			x.Errorf("the amount is %v after the next sync, want 777", got.Float())
		}
	})
}
