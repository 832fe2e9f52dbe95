package salesforce

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

func TestClassify(t *testing.T) {
	cases := []struct {
		status int
		body   string
		reason source.Reason
		wait   time.Duration
		text   string
	}{
		{400, apiRefusal("MALFORMED_QUERY", "unexpected token: 'FORM'"), source.ReasonClient, 0, "MALFORMED_QUERY"},
		{
			400, apiRefusal("INVALID_FIELD", "No such column 'Foo__c' on entity 'Opportunity'. If"), source.ReasonClient, 0,
			"INVALID_FIELD of column Foo__c",
		},
		{
			400, apiRefusal("INVALID_FIELD", "Didn't understand relationship 'Foo__r' in field path."), source.ReasonClient, 0,
			"INVALID_FIELD of relationship Foo__r",
		},
		{400, apiRefusal("INVALID_FIELD", "No such column 'a;drop' on entity 'x'"), source.ReasonClient, 0, "INVALID_FIELD"},
		{400, apiRefusal("INVALID_TYPE", "sObject type 'X' is not supported."), source.ReasonScope, 0, "INVALID_TYPE"},
		{400, apiRefusal("INVALID_QUERY_LOCATOR", "x"), source.ReasonClient, 0, "INVALID_QUERY_LOCATOR"},
		{400, apiRefusal("QUERY_TOO_COMPLICATED", "x"), source.ReasonClient, 0, "QUERY_TOO_COMPLICATED"},
		{401, apiRefusal("INVALID_SESSION_ID", "Session expired or invalid"), source.ReasonAuth, 0, "INVALID_SESSION_ID"},
		{401, apiRefusal("INVALID_AUTH_HEADER", "INVALID_JWT_FORMAT"), source.ReasonAuth, 0, "INVALID_AUTH_HEADER"},
		{
			401, apiRefusal("INVALID_SESSION_ID", "This session is not valid for use with the REST API"),
			source.ReasonScope, 0, "INVALID_SESSION_ID",
		},
		{
			403, apiRefusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), source.ReasonQuota, time.Hour,
			"REQUEST_LIMIT_EXCEEDED",
		},
		{
			403, apiRefusal("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."), source.ReasonRateLimited,
			30 * time.Second, "REQUEST_LIMIT_EXCEEDED",
		},
		{403, apiRefusal("API_DISABLED_FOR_ORG", "x"), source.ReasonScope, 0, "API_DISABLED_FOR_ORG"},
		{403, apiRefusal("INSUFFICIENT_ACCESS_OR_READONLY", "x"), source.ReasonScope, 0, "INSUFFICIENT_ACCESS_OR_READONLY"},
		{403, apiRefusal("FUNCTIONALITY_NOT_ENABLED", "x"), source.ReasonScope, 0, "FUNCTIONALITY_NOT_ENABLED"},
		{403, "<html>no</html>", source.ReasonScope, 0, "refused"},
		{404, apiRefusal("NOT_FOUND", "The requested resource does not exist"), source.ReasonClient, 0, "NOT_FOUND"},
		{406, "", source.ReasonServer, 0, "refused"},
		{410, apiRefusal("UNSUPPORTED_API_VERSION", "410:GONE"), source.ReasonConfig, 0, "UNSUPPORTED_API_VERSION"},
		{414, "<html/>", source.ReasonConfig, 0, "refused"},
		{431, "", source.ReasonConfig, 0, "refused"},
		{429, "", source.ReasonRateLimited, 0, "refused"},
		{500, apiRefusal("UNKNOWN_EXCEPTION", "ErrorId: 1"), source.ReasonServer, 0, "UNKNOWN_EXCEPTION"},
		{502, "<html>bad gateway</html>", source.ReasonServer, 0, "refused"},
		{503, apiRefusal("SERVER_UNAVAILABLE", "x"), source.ReasonServer, 0, "SERVER_UNAVAILABLE"},
		{400, apiRefusal("secret text", "x"), source.ReasonClient, 0, "refused"},
		{400, `{"error":"object"}`, source.ReasonClient, 0, "refused"},
		{400, `[]`, source.ReasonClient, 0, "refused"},
	}
	for _, c := range cases {
		got := classify(c.status, nil, []byte(c.body))
		if got.Reason != c.reason || got.Wait != c.wait || got.Err.Error() != c.text {
			t.Errorf("%d %s: %s, wait %s, %v; want %s, %s, %s",
				c.status, c.body, got.Reason, got.Wait, got.Err, c.reason, c.wait, c.text)
		}
	}
}

func TestQuotaHeader(t *testing.T) {
	cases := map[string][]source.Quota{
		"api-usage=10018/100000": {{Name: "daily", Limit: 100000, Remaining: 89982}},
		"api-usage=25/5000; per-app-api-usage=17/250(appName=sample)": {{Name: "daily", Limit: 5000, Remaining: 4975}},
		"per-app-api-usage=17/250(appName=x), api-usage=25/5000":      {{Name: "daily", Limit: 5000, Remaining: 4975}},
		"api-bursts=1/750; api-usage=18/15000":                        {{Name: "daily", Limit: 15000, Remaining: 14982}},
		"api-usage=15010/15000":                                       {{Name: "daily", Limit: 15000, Remaining: 0}},
		"per-app-api-usage=17/250(appName=x)":                         nil,
		"":                                                            nil,
	}
	for header, want := range cases {
		x := newSimulation(t)
		x.source.api.observe(http.Header{"Sforce-Limit-Info": {header}})
		got := x.source.Quotas()
		if len(got) > 0 {
			got = got[:1] // behind it is our own share
		}
		diff(t, fmt.Sprintf("quotas of %q", header), want, got)
	}
}

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
