package salesforce

import (
	"net/http"
	"testing"
	"time"

	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

func TestQuotaOfAnswers(t *testing.T) {
	simulate(t, 1, func(x *simulation) {
		x.reopen(simulator.Options{DailyLimit: 15000, OtherCalls: 18, LimitInfo: "; api-bursts=1/750"})
		x.mustSync()
		calls := x.org.Count("", "*/data/*")
		if q := x.source.Quotas(); len(q) == 0 || q[0].Remaining != float64(15000-18-calls) {
			x.Errorf("quotas %v after %d calls", q, calls)
		}
		x.faults.Add(wire.Rule{Fault: wire.Answer(http.StatusForbidden,
			http.Header{"Sforce-Limit-Info": {"api-usage=15000/15000"}},
			apiRefusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))})
		err := x.sync()
		if source.ReasonOf(err) != source.ReasonQuota || source.WaitOf(err) != time.Hour || len(x.calls) != 1 {
			x.Errorf("%d calls: %v", len(x.calls), err)
		}
		if q := x.source.Quotas(); q[0].Remaining != 0 {
			x.Errorf("quotas %v", q)
		}
	})
}
