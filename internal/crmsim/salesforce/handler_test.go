package salesforce

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
)

func TestRoutes(t *testing.T) {
	o := newOrg(t, Options{}).login()
	const soql = "?q=SELECT+Id+FROM%20User"
	window := "?start=2026-03-01T00%3A00%3A00%2B00%3A00&end=2026-03-02T00%3A00%3A00%2B00%3A00"
	tests := []struct {
		method, path string
		status       int
	}{
		{"GET", "/services/data", 200},
		{"GET", "/services/data/", 200},
		{"GET", "/services/data/v66.0/query" + soql, 200},
		{"GET", "/services/data/v66.0/query/" + soql, 200},
		{"GET", "/services/data/v66.0/queryAll" + soql, 200},
		{"GET", "/services/data/v66.0/queryAll/" + soql, 200},
		{"GET", "/services/data/v63.0/query/" + soql, 200},
		{"GET", "/services/data/v58.0/query" + soql, 200},
		{"GET", "/services/data/v68.0/query" + soql, 200},
		{"GET", "/services/data/v66.0/sobjects", 200},
		{"GET", "/services/data/v66.0/sobjects/opportunity/describe", 200},
		{"GET", "/services/data/v66.0/sobjects/Opportunity/describe/", 200},
		{"GET", "/services/data/v66.0/sobjects/Opportunity/deleted" + window, 200},
		{"GET", "/services/data/v66.0/sobjects/Opportunity/updated/" + window, 200},
		{"GET", "/services/data/v66.0/limits", 200},

		{"GET", "/services/data/v30.0/query" + soql, 410},
		{"GET", "/services/data/v57.0/query" + soql, 404},
		{"GET", "/services/data/v69.0/query" + soql, 404},
		{"GET", "/services/data/v066.0/query" + soql, 404},
		{"GET", "/services/data/66.0/query" + soql, 404},
		{"GET", "/services/data/v66/query" + soql, 404},
		{"GET", "/services/data/v66.0", 404},
		{"GET", "/services/data/v66.0/", 404},
		{"GET", "/services/data/v66.0/Query" + soql, 404},
		{"GET", "/services/data/v66.0/query//" + soql, 404},
		{"GET", "/services/data/v66.0//query" + soql, 404},
		{"GET", "/services/data/v66.0/query/x/query" + soql, 404},
		{"GET", "/services/data/v63.0/services/data/v66.0/query/0r8xx0000000001AAA-2000", 404},
		{"GET", "/prefix/services/data/v66.0/query" + soql, 404},
		{"GET", "/services/data/v66.0/sobjects/Nothing/describe", 404},
		{"GET", "/", 404},
		{"POST", "/services/data/v66.0/query" + soql, 405},
		{"GET", "/services/data/v66.0/composite/batch", 405},
		{"GET", "/services/data/v66.0/query", 400},
		{"GET", "/services/data/v66.0/query/0r8xx0000000001AAA-2000", 400},
	}
	for _, test := range tests {
		if r := o.do(test.method, test.path, ""); r.Code != test.status {
			t.Errorf("%s %s: %d, want %d: %s", test.method, test.path, r.Code, test.status, o.text(r))
		}
	}
}

func TestVersionsNeedNoSessionAndCostNothing(t *testing.T) {
	o := newOrg(t, Options{})
	r := o.do("GET", "/services/data", "")
	var versions []map[string]string
	o.decode(r, http.StatusOK, &versions)
	labels := map[string]string{}
	for _, v := range versions {
		labels[v["version"]] = v["label"] + " " + v["url"]
	}
	for version, want := range map[string]string{
		"63.0": "Spring '25 /services/data/v63.0", "64.0": "Summer '25 /services/data/v64.0",
		"65.0": "Winter '26 /services/data/v65.0", "66.0": "Spring '26 /services/data/v66.0",
		"68.0": "Winter '27 /services/data/v68.0",
	} {
		if labels[version] != want {
			t.Errorf("%s: got %q, want %q", version, labels[version], want)
		}
	}
	if len(versions) != 11 || r.Header().Get("Sforce-Limit-Info") != "" || o.Calls() != 0 {
		t.Errorf("%d versions, header %v, %d calls", len(versions), r.Header(), o.Calls())
	}
}

func TestFaultsAndRecords(t *testing.T) {
	script := wire.NewScript(wire.Rule{
		Path: "/services/data/*/limits", From: 1, Fault: wire.HTML(http.StatusBadGateway),
	})
	o := newOrg(t, Options{Faults: script}).login()
	for _, want := range []int{http.StatusBadGateway, http.StatusOK} {
		if status := o.do("GET", "/services/data/v66.0/limits", "").Code; status != want {
			t.Errorf("status %d, want %d", status, want)
		}
	}
	o.do("GET", queryPath("query", "SELECT Foo FROM User"), "")
	if n := o.Count("GET", "/services/data/v66.0/*"); n != 3 {
		t.Errorf("recorded %d calls", n)
	}
	if diff := cmp.Diff(map[string]int{"invalid_field": 1}, o.Violations()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestServerClock(t *testing.T) {
	o := newOrg(t, Options{})
	o.clock = start.Add(-1000 * time.Hour)
	if got := o.do("GET", "/services/data", "").Header().Get("Date"); got != o.clock.Format(http.TimeFormat) {
		t.Errorf("got %s", got)
	}
}

func TestDailyLimit(t *testing.T) {
	o := newOrg(t, Options{DailyLimit: 100, OtherCalls: 97, LimitInfo: "; api-bursts=1/750"}).login()
	limits := func() *httptest.ResponseRecorder { return o.do("GET", "/services/data/v66.0/limits", "") }
	want := []string{
		"api-usage=98/100; api-bursts=1/750", "api-usage=99/100; api-bursts=1/750", "api-usage=100/100; api-bursts=1/750",
	}
	var got []string
	for range want {
		got = append(got, limits().Header().Get("Sforce-Limit-Info"))
		o.clock = o.clock.Add(time.Hour)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r := limits()
	if r.Header().Get("Sforce-Limit-Info") != want[2] {
		t.Errorf("header %v", r.Header())
	}
	o.wantFailure(r, http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED")
	o.login() // a new login neither costs nor helps
	o.wantFailure(limits(), http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED")

	o.clock = start.Add(24 * time.Hour) // the first call leaves the window
	o.login()
	var left map[string]allowance
	o.decode(limits(), http.StatusOK, &left)
	if left["DailyApiRequests"] != (allowance{100, 0}) {
		t.Errorf("got %v", left)
	}
}

func TestLength(t *testing.T) {
	o := newOrg(t, Options{}).login()
	long := func(n int) string { return "/services/data/v66.0/limits?x=" + strings.Repeat("x", n-30) }
	for _, test := range []struct {
		uri, header, status int
	}{
		{16_000, 10, 200}, {16_385, 10, 414}, {16_384, 10, 431}, {100, 16_300, 431}, {100, 16_000, 200},
	} {
		r := o.do("GET", long(test.uri), "", "X-Padding", strings.Repeat("x", test.header))
		if r.Code != test.status {
			t.Errorf("URI %d, header %d: %d, want %d", test.uri, test.header, r.Code, test.status)
		}
	}
}

func TestCompression(t *testing.T) {
	o := newOrg(t, Options{PlainAnswers: true}).login()
	seen := map[string]int{}
	for range 50 {
		r := o.do("GET", queryPath("query", "SELECT Id FROM User"), "", "Accept-Encoding", "gzip,deflate")
		seen[r.Header().Get("Content-Encoding")]++
		var p answerPage
		if o.decode(r, http.StatusOK, &p); p.Total != 2 {
			t.Fatalf("got %v", p)
		}
	}
	if seen["gzip"] == 0 || seen[""] == 0 || len(seen) != 2 {
		t.Errorf("encodings %v", seen)
	}
	if r := o.do("GET", "/services/data", ""); r.Header().Get("Content-Encoding") != "" {
		t.Error("compressed without being asked")
	}
	r := newOrg(t, Options{}).do("GET", "/services/data", "", "Accept-Encoding", "gzip")
	if r.Header().Get("Content-Encoding") != "gzip" {
		t.Error("not compressed")
	}
}

func TestDescribe(t *testing.T) {
	o := newOrg(t, Options{Hidden: []string{"opportunity.Probability", "Opportunity.Id", "UserRole"}}).login()
	var described struct {
		Name      string
		KeyPrefix string
		Queryable bool
		Fields    []fieldDescription
		Types     []recordTypeInfo `json:"recordTypeInfos"`
	}
	o.decode(o.do("GET", "/services/data/v66.0/sobjects/Opportunity/describe", ""), http.StatusOK, &described)
	fields := map[string]fieldDescription{}
	for _, f := range described.Fields {
		fields[f.Name] = f
	}
	if described.Name != "Opportunity" || described.KeyPrefix != "006" || !described.Queryable ||
		len(described.Types) != 3 {
		t.Errorf("got %+v", described)
	}
	if f := fields["Amount"]; f.Type != "currency" || !f.Nillable || f.Groupable || f.Custom ||
		f.SoapType != "xsd:double" {
		t.Errorf("Amount: %+v", f)
	}
	if f := fields["Region__c"]; !f.Custom || f.Type != "picklist" {
		t.Errorf("Region__c: %+v", f)
	}
	if f := fields["OwnerId"]; f.Type != "reference" || f.ReferenceTo[0] != "User" || *f.RelationshipName != "Owner" {
		t.Errorf("OwnerId: %+v", f)
	}
	if _, shown := fields["Probability"]; shown || fields["Id"].Type != "id" {
		t.Error("hidden fields are shown, or the Id is not")
	}
	o.wantFailure(o.do("GET", queryPath("query", "SELECT Probability FROM Opportunity"), ""), 400, "INVALID_FIELD")
	o.wantFailure(o.do("GET", queryPath("query", "SELECT Id FROM UserRole"), ""), 400, "INVALID_TYPE")
	o.wantFailure(o.do("GET", queryPath("query", "SELECT Owner.UserRole.Name FROM Opportunity"), ""), 400, "INVALID_FIELD")
	o.wantFailure(o.do("GET", queryPath("query", "SELECT CurrencyIsoCode FROM Opportunity"), ""), 400, "INVALID_FIELD")
	o.wantFailure(o.do("GET", queryPath("query", "SELECT Id FROM ForecastingQuota"), ""), 400, "INVALID_TYPE")
}

func TestBatch(t *testing.T) {
	o := newOrg(t, Options{DailyLimit: 100}).login()
	const path = "/services/data/v66.0/composite/batch"
	part := func(url string) string { return fmt.Sprintf(`{"method":"GET","url":%q}`, url) }
	run := func(halt bool, urls ...string) (statuses []int, failed bool) {
		t.Helper()
		var parts []string
		for _, url := range urls {
			parts = append(parts, part(url))
		}
		var got struct {
			HasErrors bool
			Results   []batchResult
		}
		body := fmt.Sprintf(`{"haltOnError":%t,"batchRequests":[%s]}`, halt, strings.Join(parts, ","))
		o.decode(o.do("POST", path, body, "Content-Type", "application/json"), http.StatusOK, &got)
		for _, r := range got.Results {
			statuses = append(statuses, r.Status)
		}
		return statuses, got.HasErrors
	}
	const good, bad = "v66.0/query?q=SELECT+COUNT()+FROM+User", "/services/data/v66.0/sobjects/Nope/describe"
	if statuses, failed := run(false, good, bad, good); fmt.Sprint(statuses, failed) != "[200 404 200] true" {
		t.Errorf("got %v %v", statuses, failed)
	}
	if o.Calls() != 3 {
		t.Errorf("counted %d calls, want 3", o.Calls())
	}
	if statuses, failed := run(true, good, bad, good); fmt.Sprint(statuses, failed) != "[200 404 412] true" {
		t.Errorf("got %v %v", statuses, failed)
	}
	if statuses, failed := run(true, "/services/data/v66.0/limits"); fmt.Sprint(statuses, failed) != "[200] false" {
		t.Errorf("got %v %v", statuses, failed)
	}
	if statuses, _ := run(false, "v66.0/composite/batch"); fmt.Sprint(statuses) != "[400]" {
		t.Errorf("got %v", statuses)
	}
	many := `{"batchRequests":[` + strings.TrimSuffix(strings.Repeat(part(good)+",", 26), ",") + `]}`
	o.wantFailure(o.do("POST", path, many), http.StatusBadRequest, "LIMIT_EXCEEDED")
	o.wantFailure(o.do("POST", path, "{"), http.StatusBadRequest, "JSON_PARSER_ERROR")
}
