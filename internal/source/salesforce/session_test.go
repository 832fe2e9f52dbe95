package salesforce

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

func TestSessionIsRenewedOnce(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mustSync()
		if n := x.logins(); n != 1 {
			x.Fatalf("%d logins for a first sync", n)
		}
		time.Sleep(time.Hour)
		x.org.KillSessions()
		x.mustSync()
		if n := x.logins(); n != 1 {
			x.Errorf("%d logins, want one more", n)
		}
		x.faults.Add(wire.Rule{Path: "*/data/*", Fault: wire.Answer(http.StatusUnauthorized, nil,
			apiRefusal("INVALID_SESSION_ID", "Session expired or invalid"))})
		if err := x.sync(); source.ReasonOf(err) != source.ReasonAuth {
			x.Errorf("every session refused: %v", err)
		}
		if calls := len(x.org.Requests()); x.logins() != 1 || calls != 3 {
			x.Errorf("%d logins in %d calls", x.logins(), calls)
		}
	})
}

func TestSessionWithoutAPIScopeIsNotRenewed(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.faults.Add(wire.Rule{Path: "*/data/*", Fault: wire.Answer(http.StatusUnauthorized, nil,
			apiRefusal("INVALID_SESSION_ID", "This session is not valid for use with the REST API"))})
		err := x.sync()
		if source.ReasonOf(err) != source.ReasonScope || !strings.Contains(err.Error(), `"api"`) {
			x.Errorf("got %v", err)
		}
		if n := x.logins(); n != 1 {
			x.Errorf("%d logins", n)
		}
	})
}

func TestLoginFailures(t *testing.T) {
	object := func(code, description string) string {
		return fmt.Sprintf(`{"error":%q,"error_description":%q}`, code, description)
	}
	cases := []struct {
		status int
		body   string
		reason source.Reason
		says   string
	}{
		{400, object("invalid_client_id", "client identifier invalid"), source.ReasonAuth, "client_id"},
		{400, object("invalid_client", "invalid client credentials"), source.ReasonAuth, "client secret"},
		{401, object("invalid_client", "invalid client credentials"), source.ReasonAuth, "client secret"},
		{400, object("invalid_client", "app must be installed into org"), source.ReasonAuth, "install"},
		{400, object("invalid_grant", "request not supported on this domain"), source.ReasonConfig, "My Domain"},
		{400, object("invalid_grant", "no client credentials user enabled"), source.ReasonAuth, "Run As"},
		{400, object("invalid_grant", "user hasn't approved this consumer"), source.ReasonAuth, "pre-authorize"},
		{400, object("invalid_grant", "expired access/refresh token"), source.ReasonAuth, "clock"},
		{400, object("invalid_grant", "invalid assertion"), source.ReasonAuth, "clock"},
		{400, object("invalid_grant", "audience is invalid"), source.ReasonAuth, "instance_url"},
		{400, object("invalid_grant", "authentication failure"), source.ReasonAuth, "allowed"},
		{400, object("invalid_grant", "something new"), source.ReasonAuth, "policies"},
		{400, object("unsupported_grant_type", "grant type not supported"), source.ReasonAuth, "enable"},
		{400, object("invalid_app_access", "user is not admin approved"), source.ReasonAuth, "assign the user"},
		{400, object("inactive_user", ""), source.ReasonAuth, "activate"},
		{400, object("inactive_org", ""), source.ReasonAuth, "locked"},
		{403, object("rate_limit_exceeded", "login rate exceeded"), source.ReasonRateLimited, "logins"},
		{503, "<html>maintenance</html>", source.ReasonServer, "503"},
		{400, "<html>proxy</html>", source.ReasonClient, "400"},
		{200, "<html>portal</html>", source.ReasonDecode, ""},
		{200, `{"access_token":""}`, source.ReasonAuth, "no usable"},
		{200, `{"access_token":"a\nb"}`, source.ReasonAuth, "no usable"},
		{200, `{"error":"invalid_grant","error_description":"x"}`, source.ReasonAuth, "no usable"},
		{200, `{"access_token":"a","instance_url":7}`, source.ReasonDecode, "instance_url"},
		{200, `{"access_token":"a","id":{}}`, source.ReasonDecode, "id"},
		{200, `{"access_token":"a","instance_url":"https://evil.example"}`, source.ReasonAuth, "instance_url"},
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%d %.60s", c.status, c.body), func(t *testing.T) {
			simulate(t, 1, func(x *simulation) {
				x.faults.Add(wire.Rule{Path: loginPath, Fault: wire.Answer(c.status, nil, c.body)})
				err := x.sync()
				if source.ReasonOf(err) != c.reason || !strings.Contains(err.Error(), c.says) {
					x.Errorf("got %v, want %s with %q", err, c.reason, c.says)
				}
				if calls := len(x.org.Requests()); calls != x.logins() {
					x.Errorf("%d calls without a token", calls-x.logins())
				}
			})
		})
	}
}

func TestTokenAnswerMovesAPI(t *testing.T) {
	simulate(t, 1, func(x *simulation) {
		x.faults.Add(wire.Rule{Path: loginPath, Fault: wire.Rewrite(func(answer map[string]any) {
			answer["instance_url"] = "https://acme2.my.salesforce.com"
		})})
		x.mustSync()
		if x.host != "acme2.my.salesforce.com" {
			x.Errorf("reads from %s", x.host)
		}
	})
}

func TestNoSecretInErrors(t *testing.T) {
	answers := []string{
		apiRefusal("INVALID_SESSION_ID", canaryToken+" "+canarySecret), "<html>" + canaryToken + "</html>",
		apiRefusal(canarySecret, ""), `{"error":"` + canarySecret + `","error_description":"` + canaryToken + `"}`,
		`{"access_token":"` + canaryToken + `","instance_url":"https://` + canarySecret + `.example"}`, "{",
		"grant_type=client_credentials&client_secret=" + canarySecret,
		`{"error":"invalid_client","error_description":"client_secret=` + canarySecret + `"}`,
		`{"access_token":["` + canarySecret + `"]}`, `{"access_token":"a","expires_in":"` + canarySecret + `"}`,
		`{"access_token":"a","instance_url":{"` + canarySecret + `":1}}`, `{"error_uri":"` + canarySecret + `"}`,
	}
	for _, status := range []int{200, 302, 400, 401, 403, 404, 410, 429, 500, 503} {
		for _, answer := range answers {
			for _, token := range []bool{true, false} {
				simulate(t, 1, func(x *simulation) {
					path := "*/data/*"
					if token {
						path = loginPath
					}
					x.refuse(path, status, answer)
					x.faults.Add(wire.Rule{Path: loginPath, Fault: wire.Rewrite(func(login map[string]any) {
						login["access_token"] = canaryToken
					})})
					syncErr := x.sync()
					_, checkErr := x.source.Check(x.Context())
					for _, err := range []error{syncErr, checkErr} {
						if err == nil {
							x.Errorf("status %d with %s is no failure", status, answer)
							continue
						}
						for _, canary := range []string{canarySecret, canaryToken, "SELECT", "client_secret", "?"} {
							if strings.Contains(err.Error()+x.log.String(), canary) {
								x.Errorf("%q in: %v", canary, err)
							}
						}
					}
				})
			}
		}
	}
}
