package hubspot

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// app lets the account be read with the tokens of an app.
func app(o *simulator.Options) {
	o.OAuth = &simulator.OAuth{ClientID: "app", ClientSecret: "secret-canary", RefreshToken: "refresh-canary"}
}

// oauth returns what makes a source log in as the app, and the file of the refresh token.
func (p *simulation) oauth() (edit func(*config.Source), path string) {
	p.t.Helper()
	path = filepath.Join(p.t.TempDir(), "refresh")
	p.must(os.WriteFile(path, []byte("refresh-canary"), 0o600))
	return func(cfg *config.Source) {
		settingsOf(*cfg).Token = secret.Secret{}
		settingsOf(*cfg).OAuth = &OAuth{
			ClientID: "app", ClientSecret: secretFile(p.t, "secret", "secret-canary"), RefreshToken: secret.File(path),
		}
	}, path
}

// refreshTokens returns those that the token endpoint was asked with.
func (p *simulation) refreshTokens() []string {
	p.t.Helper()
	var tokens []string
	for _, r := range p.asked("/oauth/2026-09/token") {
		form, err := url.ParseQuery(r.Body)
		if err != nil || len(r.Query) != 0 || r.Method != http.MethodPost || r.Authorization != "" ||
			form.Get("grant_type") != "refresh_token" || form.Get("client_id") != "app" ||
			form.Get("client_secret") != "secret-canary" {
			p.t.Errorf("token request %+v", r)
		}
		tokens = append(tokens, form.Get("refresh_token"))
	}
	return tokens
}

// refuseToken tells so many calls other than those for tokens that their token is refused.
func (p *simulation) refuseToken(times int, body string) {
	p.answer("", func(r *http.Request) (int, string) {
		if strings.HasSuffix(r.URL.Path, "/token") || times == 0 {
			return 0, ""
		}
		times--
		return 401, body
	})
}

func TestOAuthTokenIsKeptUntilShortlyBeforeItsEnd(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		edit, _ := p.oauth()
		s := p.source(edit)
		m := newMemory()
		m.mustSync(t, s)
		time.Sleep(27 * time.Minute)
		m.mustSync(t, s)
		if len(p.refreshTokens()) != 1 {
			t.Errorf("%d tokens were fetched within 27 minutes, want 1", len(p.refreshTokens()))
		}
		time.Sleep(2 * time.Minute)
		m.mustSync(t, s)
		if len(p.refreshTokens()) != 2 {
			t.Errorf("%d tokens were fetched within 29 minutes, want 2", len(p.refreshTokens()))
		}
	}, app)
}

func TestOAuthExpiredTokenIsRenewedOnce(t *testing.T) {
	for expired, want := range map[int]source.Reason{1: "", 2: source.ReasonAuth} {
		t.Run(fmt.Sprintf("refused %d times", expired), func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				edit, _ := p.oauth()
				p.refuseToken(expired, `{"category":"EXPIRED_AUTHENTICATION","message":"Canary"}`)
				s, log := p.loggedSource(edit)
				err := newMemory().sync(t, s)
				if err != nil && source.ReasonOf(err) != want || err == nil && want != "" || len(p.refreshTokens()) != 2 {
					t.Errorf("got %v after %d tokens, want %q after 2", err, len(p.refreshTokens()), want)
				}
				if err != nil {
					noContent(t, err, log)
				}
			}, app)
		})
	}
}

func TestOAuthOtherRefusalsDoNotRenew(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		edit, _ := p.oauth()
		p.refuseToken(1000, `{"category":"INVALID_AUTHENTICATION"}`)
		err := newMemory().sync(t, p.source(edit))
		if source.ReasonOf(err) != source.ReasonAuth || len(p.refreshTokens()) != 1 {
			t.Errorf("got %v after %d tokens, want an auth error after 1", err, len(p.refreshTokens()))
		}
	}, app)
}

func TestOAuthRefused(t *testing.T) {
	tests := map[string]struct {
		body string
		want source.Reason
	}{
		"revoked":      {`{"status":"BAD_REFRESH_TOKEN","message":"Canary","correlationId":"c-1"}`, source.ReasonAuth},
		"wrong client": {`{"status":"BAD_CLIENT_SECRET"}`, source.ReasonAuth},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				edit, _ := p.oauth()
				p.refuse(100, "/token", 400, test.body)
				s, log := p.loggedSource(edit)
				err := newMemory().sync(t, s)
				if source.ReasonOf(err) != test.want || len(p.refreshTokens()) != 1 {
					t.Fatalf("got %v after %d tries, want a %s error after 1", err, len(p.refreshTokens()), test.want)
				}
				noContent(t, err, log)
			}, app)
		})
	}
}

func TestOAuthShowsTheCodeOfARefusal(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		edit, _ := p.oauth()
		p.api.Revoke("refresh-canary")
		err := newMemory().sync(t, p.source(edit))
		for _, want := range []string{"oauth/token", "status 400", "BAD_REFRESH_TOKEN", "access was revoked"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q is not in: %v", want, err)
			}
		}
	}, app)
}

func TestOAuthLeaksNoSecret(t *testing.T) {
	bodies := map[string]string{
		"status":         `{"status":%q}`,
		"correlation id": `{"status":"BAD_CLIENT_SECRET","correlationId":%q}`,
		"policy":         `{"policyName":%q,"category":%[1]q}`,
		"scopes":         `{"missingScopes":[%q],"context":{"requiredScopes":[%[1]q]}}`,
		"message":        `{"status":"BAD_CLIENT_SECRET","message":%q,"errors":[{"context":{"missingScopes":[%[1]q]}}]}`,
		"RFC 6749":       `{"error":%q,"error_description":%[1]q}`,
		"a bad lifetime": `{"access_token":"a","expires_in":%q}`,
		"a bad token":    `{"access_token":[%q]}`,
		"an odd token":   `{"access_token":"%s ü"}`,
		"HTML":           `<html>%s`,
	}
	for name, body := range bodies {
		for _, status := range []int{200, 400, 401, 403, 429, 500} {
			for _, secret := range []string{"secret-canary", "refresh-canary"} {
				t.Run(fmt.Sprint(status, " ", name, " ", secret[:6]), func(t *testing.T) {
					simulate(t, func(t *testing.T, p *simulation) {
						edit, _ := p.oauth()
						p.refuse(1000, "/token", status, fmt.Sprintf(body, secret))
						s, log := p.loggedSource(edit)
						err := newMemory().sync(t, s)
						if err == nil {
							t.Fatal("no failure")
						}
						noContent(t, err, log)
					}, app)
				})
			}
		}
	}
}

// A token that says nothing of its end, or nonsense, serves one request.
func TestOAuthTokenWithoutAnEnd(t *testing.T) {
	for _, end := range []string{"", `,"expires_in":0`, `,"expires_in":-5`, `,"expires_in":4000000`, `,"expires_in":null`} {
		t.Run(end, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				edit, _ := p.oauth()
				p.answer("/token", func(*http.Request) (int, string) { return 200, `{"access_token":"pat-canary"` + end + `}` })
				newMemory().mustSync(t, p.source(edit))
				// One more, to learn whose it is before the account is read.
				tokens := p.calls("/token")
				if calls := p.calls("") - tokens; tokens != calls+1 || calls == 0 {
					t.Errorf("%d tokens for %d calls", tokens, calls)
				}
			}, app)
		})
	}
}

func TestOAuthRotatedRefreshToken(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		edit, path := p.oauth()
		s := p.source(edit)
		m := newMemory()
		m.mustSync(t, s)
		time.Sleep(time.Hour)
		m.mustSync(t, s)
		p.must(os.WriteFile(path, []byte("new-canary\n"), 0o600))
		p.api.Install("new-canary")
		time.Sleep(time.Hour)
		m.mustSync(t, s)
		tokens := p.refreshTokens()
		if len(tokens) != 3 || tokens[0] != "refresh-canary" || tokens[1] == tokens[0] || tokens[2] != "new-canary" {
			t.Errorf("refresh tokens %q, want that of the file, the rotated one, and the new one of the file", tokens)
		}
	}, app, func(o *simulator.Options) { o.OAuth.Rotates = true })
}
