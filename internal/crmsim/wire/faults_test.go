package wire_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
)

var noon = time.Date(2026, time.November, 18, 12, 0, 0, 0, time.UTC)

func fixed() time.Time { return noon }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const page = `{"results":[1,2,3]}`

func api() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Vendor", "yes")
		_, _ = io.WriteString(w, page)
	})
}

func TestMatchPath(t *testing.T) {
	tests := []struct {
		pattern, path string
		want          bool
	}{
		{"", "/anything", true},
		{"/a/b", "/a/b", true},
		{"/a/b", "/a/b/c", false},
		{"/a/*", "/a/b/c", true},
		{"*/search", "/crm/objects/2026-09/deals/search", true},
		{"*/search", "/crm/search/x", false},
		{"/crm/*/deals/*", "/crm/v3/deals/7", true},
		{"/crm/*/deals/*", "/crm/v3/owners/7", false},
		{"/aa*a", "/aa", false},
	}
	for _, test := range tests {
		if got := wire.MatchPath(test.pattern, test.path); got != test.want {
			t.Errorf("MatchPath(%q, %q) = %t", test.pattern, test.path, got)
		}
	}
}

func TestScriptChoosesCalls(t *testing.T) {
	script := wire.NewScript(
		wire.Rule{Method: "GET", Path: "/a", From: 2, To: 3, Fault: wire.Answer(500, nil, "")},
		wire.Rule{Path: "/a", From: 3, Fault: wire.Answer(502, nil, "")},
		wire.Rule{Path: "/b*", Fault: wire.HTML(503)},
	)
	recorder := wire.NewRecorder(fixed)
	handler := recorder.Wrap(script.Wrap(api()))
	call := func(method, path string) int {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w.Code
	}
	var got []int
	for range 4 {
		got = append(got, call("GET", "/a?token=secret&limit=5"))
	}
	got = append(got, call("POST", "/a"), call("GET", "/bc"), call("GET", "/c"))
	if want := []int{200, 500, 500, 200, 200, 503, 200}; !slices.Equal(got, want) {
		t.Errorf("answers %v, want %v", got, want)
	}
	script.Clear()
	if got := call("GET", "/b"); got != 200 {
		t.Errorf("after Clear: %d", got)
	}
	requests := recorder.Requests()
	if first := requests[0]; len(requests) != 8 || !slices.Equal(first.Query, []string{"limit", "token"}) ||
		first.Path != "/a" || first.Method != "GET" || first.Status != 200 || !first.Time.Equal(noon) {
		t.Errorf("recorded %+v", requests)
	}
	if n := recorder.Count("GET", "/a"); n != 4 {
		t.Errorf("%d calls counted", n)
	}
	recorder.Violated("rate_limit")
	if recorder.Violations()["rate_limit"] != 1 {
		t.Error("violation was not counted")
	}
	recorder.Forget()
	if len(recorder.Requests())+len(recorder.Violations()) != 0 {
		t.Error("Forget kept something")
	}
}

// fetch makes one call to a server with a fault and returns what a client sees.
func fetch(t *testing.T, fault wire.Fault, timeout time.Duration) (status int, body string, err error) {
	t.Helper()
	recorder := wire.NewRecorder(time.Now)
	server := httptest.NewServer(recorder.Wrap(wire.NewScript(wire.Rule{Path: "/x", Fault: fault}).Wrap(api())))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/x", strings.NewReader("{}"))
	must(t, err)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	const enough = 1 << 20
	data, err := io.ReadAll(io.LimitReader(response.Body, enough))
	if len(data) == enough {
		return response.StatusCode, "endless", nil
	}
	return response.StatusCode, string(data), err
}

func TestFaults(t *testing.T) {
	const whole, short = 10 * time.Second, 50 * time.Millisecond
	is := func(target error) func(error) bool { return func(err error) bool { return errors.Is(err, target) } }
	tests := map[string]struct {
		fault   wire.Fault
		timeout time.Duration
		status  int
		body    string
		failed  func(error) bool
	}{
		"answer":   {wire.Answer(418, nil, "{}"), whole, 418, "{}", nil},
		"redirect": {wire.Redirect("https://elsewhere.example.test/"), whole, 307, "", nil},
		"truncate": {wire.Truncate(5), whole, 200, page[:5], is(io.ErrUnexpectedEOF)},
		"cut":      {wire.Cut(5), whole, 200, page[:5], nil},
		"reset":    {wire.Reset(), whole, 0, "", func(err error) bool { return err != nil }},
		"hang":     {wire.Hang(), short, 0, "", is(context.DeadlineExceeded)},
		"delay":    {wire.Delay(time.Millisecond), whole, 200, page, nil},
		"too late": {wire.Delay(time.Hour), short, 0, "", is(context.DeadlineExceeded)},
		"drip":     {wire.Drip(time.Microsecond), whole, 200, page, nil},
		"rewrite": {wire.Rewrite(func(answer map[string]any) {
			answer["results"] = append(answer["results"].([]any)[:1], "odd")
		}), whole, 200, `{"results":[1,"odd"]}`, nil},
		"endless": {wire.Endless(), whole, 200, "endless", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			status, body, err := fetch(t, test.fault, test.timeout)
			if status != test.status || body != test.body {
				t.Errorf("status %d, body %q, want %d, %q", status, body, test.status, test.body)
			}
			if test.failed == nil && err != nil || test.failed != nil && !test.failed(err) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := wire.NewWindow(3, 10*time.Second)
		for i := range 3 {
			if remaining, ok := limit.Allow("a", time.Now()); !ok || remaining != 2-i {
				t.Errorf("call %d: %d remaining, %t", i, remaining, ok)
			}
			time.Sleep(time.Second)
		}
		if _, ok := limit.Allow("a", time.Now()); ok {
			t.Error("a fourth call in ten seconds")
		}
		if _, ok := limit.Allow("b", time.Now()); !ok {
			t.Error("keys share their limit")
		}
		time.Sleep(7*time.Second - 1)
		if _, ok := limit.Allow("a", time.Now()); ok {
			t.Error("the window closed early")
		}
		time.Sleep(time.Nanosecond)
		if _, ok := limit.Allow("a", time.Now()); !ok {
			t.Error("the window rolls no further")
		}
		if _, ok := limit.Allow("a", time.Now()); ok {
			t.Error("the window forgot the younger calls")
		}
	})
	off := wire.NewWindow(-1, time.Second)
	for range 1000 {
		if _, ok := off.Allow("a", noon); !ok {
			t.Fatal("a limit below zero refuses")
		}
	}
}
