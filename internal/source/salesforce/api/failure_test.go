package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// refusal is the body of a refusal of the data API.
func refusal(code, message string) string {
	return `[{"message":"` + message + `","errorCode":"` + code + `"}]`
}

func TestClassify(t *testing.T) {
	cases := []struct {
		status int
		body   string
		reason source.Reason
		wait   time.Duration
		text   string
	}{
		{400, refusal("MALFORMED_QUERY", "unexpected token: 'FORM'"), source.ReasonClient, 0, "MALFORMED_QUERY"},
		{
			400, refusal("INVALID_FIELD", "No such column 'Foo__c' on entity 'Opportunity'. If"), source.ReasonClient, 0,
			"INVALID_FIELD of column Foo__c",
		},
		{
			400, refusal("INVALID_FIELD", "Didn't understand relationship 'Foo__r' in field path."), source.ReasonClient, 0,
			"INVALID_FIELD of relationship Foo__r",
		},
		{400, refusal("INVALID_FIELD", "No such column 'a;drop' on entity 'x'"), source.ReasonClient, 0, "INVALID_FIELD"},
		{400, refusal("INVALID_TYPE", "sObject type 'X' is not supported."), source.ReasonScope, 0, "INVALID_TYPE"},
		{400, refusal("INVALID_QUERY_LOCATOR", "x"), source.ReasonClient, 0, "INVALID_QUERY_LOCATOR"},
		{400, refusal("QUERY_TOO_COMPLICATED", "x"), source.ReasonClient, 0, "QUERY_TOO_COMPLICATED"},
		{401, refusal("INVALID_SESSION_ID", "Session expired or invalid"), source.ReasonAuth, 0, "INVALID_SESSION_ID"},
		{401, refusal("INVALID_AUTH_HEADER", "INVALID_JWT_FORMAT"), source.ReasonAuth, 0, "INVALID_AUTH_HEADER"},
		{
			401, refusal("INVALID_SESSION_ID", "This session is not valid for use with the REST API"),
			source.ReasonScope, 0, "INVALID_SESSION_ID",
		},
		{
			403, refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), source.ReasonQuota, time.Hour,
			"REQUEST_LIMIT_EXCEEDED",
		},
		{
			403, refusal("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."), source.ReasonRateLimited,
			30 * time.Second, "REQUEST_LIMIT_EXCEEDED",
		},
		{403, refusal("API_DISABLED_FOR_ORG", "x"), source.ReasonScope, 0, "API_DISABLED_FOR_ORG"},
		{403, refusal("INSUFFICIENT_ACCESS_OR_READONLY", "x"), source.ReasonScope, 0, "INSUFFICIENT_ACCESS_OR_READONLY"},
		{403, refusal("FUNCTIONALITY_NOT_ENABLED", "x"), source.ReasonScope, 0, "FUNCTIONALITY_NOT_ENABLED"},
		{403, "<html>no</html>", source.ReasonScope, 0, "refused"},
		{404, refusal("NOT_FOUND", "The requested resource does not exist"), source.ReasonClient, 0, "NOT_FOUND"},
		{406, "", source.ReasonServer, 0, "refused"},
		{410, refusal("UNSUPPORTED_API_VERSION", "410:GONE"), source.ReasonConfig, 0, "UNSUPPORTED_API_VERSION"},
		{414, "<html/>", source.ReasonConfig, 0, "refused"},
		{431, "", source.ReasonConfig, 0, "refused"},
		{429, "", source.ReasonRateLimited, 0, "refused"},
		{500, refusal("UNKNOWN_EXCEPTION", "ErrorId: 1"), source.ReasonServer, 0, "UNKNOWN_EXCEPTION"},
		{502, "<html>bad gateway</html>", source.ReasonServer, 0, "refused"},
		{503, refusal("SERVER_UNAVAILABLE", "x"), source.ReasonServer, 0, "SERVER_UNAVAILABLE"},
		{400, refusal("secret text", "x"), source.ReasonClient, 0, "refused"},
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
		a := newTestAPI(t, JWT{}, source.Environment{Now: time.Now})
		a.observe(http.Header{"Sforce-Limit-Info": {header}})
		got := a.Quotas()
		if len(got) > 0 {
			got = got[:1] // behind it is our own share
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("quotas of %q (-want +got):\n%s", header, diff)
		}
	}
}
