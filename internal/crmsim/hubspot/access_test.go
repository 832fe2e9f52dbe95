package hubspot_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
)

const dealsPath = "/crm/objects/2026-09/deals"

func TestAuthentication(t *testing.T) {
	p := newPortal(t, 1, hubspot.Options{})
	with := func(authorization string) answer {
		r := p.request(http.MethodGet, dealsPath, nil)
		r.Header.Set("Authorization", authorization)
		return p.do(r)
	}
	for _, authorization := range []string{"", "Bearer", "Bearer wrong", "Basic " + secret, secret} {
		with(authorization).expect(t, http.StatusUnauthorized, "INVALID_AUTHENTICATION")
	}
	if a := with("Bearer two words"); a.status != 530 || !strings.Contains(a.raw, "<html>") {
		t.Errorf("a malformed token: %d %s", a.status, a.raw)
	}
	p.api.Revoke(secret)
	p.get(dealsPath).expect(t, http.StatusUnauthorized, "INVALID_AUTHENTICATION")
	if got := p.api.Violations()["authentication"]; got != 7 {
		t.Errorf("%d violations", got)
	}
}

func TestScopes(t *testing.T) {
	p := newPortal(t, 1, hubspot.Options{Scopes: []string{"crm.objects.deals.read"}})
	p.get(dealsPath).expect(t, http.StatusOK, "")
	p.get("/account-info/2026-09/details").expect(t, http.StatusOK, "")
	p.get("/crm/pipelines/2026-09/deals").expect(t, http.StatusOK, "")

	nested := p.get("/crm/objects/2026-09/companies")
	nested.expect(t, http.StatusForbidden, "MISSING_SCOPES")
	if len(nested.Errors) != 1 || nested.Errors[0].Context["requiredGranularScopes"][0] != "crm.objects.companies.read" {
		t.Errorf("missing scope: %s", nested.raw)
	}
	flat := p.get("/crm/owners/2026-09")
	flat.expect(t, http.StatusForbidden, "MISSING_SCOPES")
	if len(flat.Context["requiredGranularScopes"]) != 1 || len(flat.Errors) != 0 {
		t.Errorf("missing scope of owners: %s", flat.raw)
	}
	p.post("/crm/associations/2026-09/deals/companies/batch/read", map[string]any{}).
		expect(t, http.StatusForbidden, "MISSING_SCOPES")
}

func TestOAuth(t *testing.T) {
	app := hubspot.OAuth{ClientID: "app", ClientSecret: "hush", RefreshToken: "na1-refresh"}
	p := newPortal(t, 1, hubspot.Options{OAuth: &app})
	refresh := func(path string, form url.Values) (answer, string) {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := p.do(r)
		_, token, _ := strings.Cut(a.raw, `"access_token":"`)
		token, _, _ = strings.Cut(token, `"`)
		return a, token
	}
	good := url.Values{
		"grant_type": {"refresh_token"}, "client_id": {"app"}, "client_secret": {"hush"}, "refresh_token": {"na1-refresh"},
	}
	a, token := refresh("/oauth/2026-09/token", good)
	if a.status != http.StatusOK || token == "" || !strings.Contains(a.raw, `"expires_in":1800`) {
		t.Fatalf("refresh: %d %s", a.status, a.raw)
	}
	call := func() answer {
		r := p.request(http.MethodGet, dealsPath, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		return p.do(r)
	}
	call().expect(t, http.StatusOK, "")
	p.clock.pass(30 * time.Minute)
	call().expect(t, http.StatusUnauthorized, "EXPIRED_AUTHENTICATION")

	for field, want := range map[string]string{
		"client_id": "BAD_CLIENT_ID", "client_secret": "BAD_CLIENT_SECRET", "refresh_token": "BAD_REFRESH_TOKEN",
		"grant_type": "BAD_GRANT_TYPE",
	} {
		form := maps.Clone(good)
		form.Set(field, "wrong")
		if a, _ := refresh("/oauth/2026-03/token", form); a.status != http.StatusBadRequest || a.Status != want {
			t.Errorf("wrong %s: %d %s", field, a.status, a.raw)
		}
	}
	if a, _ := refresh("/oauth/2026-09/token?"+good.Encode(), nil); a.status != http.StatusBadRequest {
		t.Errorf("secrets in the query: %d", a.status)
	}
	p.api.Revoke(app.RefreshToken)
	if a, _ := refresh("/oauth/2026-09/token", good); a.Status != "BAD_REFRESH_TOKEN" {
		t.Errorf("revoked: %s", a.raw)
	}
}

func TestRefreshTokensRotate(t *testing.T) {
	app := hubspot.OAuth{ClientID: "app", ClientSecret: "hush", RefreshToken: "na1-refresh", Rotates: true}
	p := newPortal(t, 1, hubspot.Options{OAuth: &app})
	refresh := func(token string) (next string, a answer) {
		form := url.Values{
			"grant_type": {"refresh_token"}, "client_id": {"app"}, "client_secret": {"hush"}, "refresh_token": {token},
		}
		r := httptest.NewRequest(http.MethodPost, "/oauth/2026-09/token", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a = p.do(r)
		_, next, _ = strings.Cut(a.raw, `"refresh_token":"`)
		next, _, _ = strings.Cut(next, `"`)
		return next, a
	}
	second, a := refresh("na1-refresh")
	if a.status != http.StatusOK || second == "" || second == "na1-refresh" {
		t.Fatalf("the first refresh: %d %s", a.status, a.raw)
	}
	if _, a := refresh("na1-refresh"); a.Status != "BAD_REFRESH_TOKEN" {
		t.Errorf("a token that was used up: %d %s", a.status, a.raw)
	}
	if third, a := refresh(second); a.status != http.StatusOK || third == second {
		t.Errorf("the second refresh: %d %s", a.status, a.raw)
	}
	p.api.Install("na1-again")
	if _, a := refresh("na1-again"); a.status != http.StatusOK {
		t.Errorf("a second installation: %d %s", a.status, a.raw)
	}
}

func TestRateLimits(t *testing.T) {
	p := newPortal(t, 1, hubspot.Options{Limits: hubspot.Limits{TenSecondly: 3, SearchSecondly: 2, Daily: 8}})
	for want := range 3 {
		a := p.get(dealsPath)
		a.expect(t, http.StatusOK, "")
		if got := a.header.Get("X-HubSpot-RateLimit-Remaining"); got != string(rune('2'-want)) {
			t.Errorf("%s remaining after call %d", got, want+1)
		}
	}
	over := p.get(dealsPath)
	if over.status != 429 || over.PolicyName != "TEN_SECONDLY_ROLLING" || over.header.Get("Retry-After") != "" {
		t.Errorf("fourth call: %d %s", over.status, over.raw)
	}
	for range 2 { // search is not in the rolling limit
		a := p.post(searchPath, map[string]any{})
		a.expect(t, http.StatusOK, "")
		for name := range a.header {
			if strings.Contains(name, "Ratelimit") {
				t.Errorf("a search answer has %s", name)
			}
		}
	}
	over = p.post(searchPath, map[string]any{})
	over.expect(t, 429, "RATE_LIMITS")
	if over.PolicyName != "" || over.Message != "You have reached your secondly limit." {
		t.Errorf("third search: %s", over.raw)
	}
	p.clock.pass(10 * time.Second)
	a := p.get(dealsPath)
	if a.status != http.StatusOK || a.header.Get("X-HubSpot-RateLimit-Daily-Remaining") != "2" {
		t.Errorf("ten seconds later: %d, %v", a.status, a.header)
	}
	p.get(dealsPath)
	p.get(dealsPath)
	p.clock.pass(10 * time.Second)
	if over = p.get(dealsPath); over.status != 429 || over.PolicyName != "DAILY" {
		t.Errorf("ninth call of the day: %d %s", over.status, over.raw)
	}
	usage := p.api.Violations()
	if usage["rate_limit"] != 1 || usage["search_rate_limit"] != 1 || usage["daily_limit"] != 1 {
		t.Errorf("violations: %v", usage)
	}
	// Noon in UTC is seven in the morning in New York: the day ends 17 hours later.
	p.clock.at = time.Date(2026, time.November, 19, 4, 59, 59, 0, time.UTC)
	if got := p.get(dealsPath).status; got != 429 {
		t.Errorf("a second before the account's midnight: %d", got)
	}
	p.clock.pass(time.Second)
	p.get(dealsPath).expect(t, http.StatusOK, "")
}

// A client that keeps to the documented rate is never refused, one that is a little faster is.
func TestRateLimitsOverTime(t *testing.T) {
	for _, test := range []struct {
		perSecond float64
		refused   bool
	}{{18.9, false}, {21, true}} {
		synctest.Test(t, func(t *testing.T) {
			world := crmsim.NewWorld(nil, crmsim.Info{TimeZone: "UTC"})
			api := hubspot.NewHandler(world, hubspot.Options{Tokens: []string{secret}})
			limiter := rate.NewLimiter(rate.Limit(test.perSecond), 1)
			for range 500 {
				if err := limiter.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
				r := httptest.NewRequest(http.MethodGet, "/crm/owners/2026-09", nil)
				r.Header.Set("Authorization", "Bearer "+secret)
				api.ServeHTTP(httptest.NewRecorder(), r)
			}
			if got := api.Violations()["rate_limit"] > 0; got != test.refused {
				t.Errorf("%v calls a second: %v", test.perSecond, api.Violations())
			}
		})
	}
}

func TestLongURIs(t *testing.T) {
	p := newPortal(t, 1, hubspot.Options{})
	a := p.get(dealsPath + "?properties=" + strings.Repeat("a", 16_000))
	if a.status != http.StatusRequestURITooLong || !strings.Contains(a.raw, "<html>") {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

func TestFaultsHaveHubSpotsShapes(t *testing.T) {
	script := wire.NewScript()
	p := newPortal(t, 1, hubspot.Options{Faults: script})
	tests := map[string]struct {
		fault    wire.Fault
		status   int
		category string
		contains string
	}{
		"ten secondly": {hubspot.TenSecondlyLimited(), 429, "", "TEN_SECONDLY_ROLLING"},
		"daily":        {hubspot.DailyLimited(), 429, "", "DAILY"},
		"search":       {hubspot.SearchLimited(), 429, "RATE_LIMITS", "secondly limit"},
		"expired":      {hubspot.Unauthorized("EXPIRED_AUTHENTICATION"), 401, "EXPIRED_AUTHENTICATION", ""},
		"scope":        {hubspot.ScopeMissing("crm.objects.deals.read", false), 403, "MISSING_SCOPES", `"errors"`},
		"flat scope":   {hubspot.ScopeMissing("crm.objects.deals.read", true), 403, "MISSING_SCOPES", `"context"`},
		"moving":       {hubspot.Moving(90), 477, "MIGRATION_IN_PROGRESS", ""},
		"locked":       {hubspot.Locked(), 423, "LOCKED", ""},
		"unreadable":   {hubspot.Unreadable(), 530, "", "<html>"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			script.Clear()
			script.Add(wire.Rule{Path: dealsPath, From: 1, Fault: test.fault})
			a := p.get(dealsPath)
			a.expect(t, test.status, test.category)
			if !strings.Contains(a.raw, test.contains) {
				t.Errorf("%s, want %q", a.raw, test.contains)
			}
			if test.status == 477 && a.header.Get("Retry-After") != "90" {
				t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
			}
			p.get(dealsPath).expect(t, http.StatusOK, "")
		})
	}
}
