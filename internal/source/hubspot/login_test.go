package hubspot

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// oauth is the token endpoint of an app.
type oauth struct {
	f       *fakeHubSpot
	refresh []string // the refresh tokens it was asked with
	rotate  string   // hands out this refresh token instead
	refuse  string   // the body of a refusal
	expired int      // how many requests are told that their token is expired
}

func (o *oauth) intercept(w http.ResponseWriter, r *fakeRequest) bool {
	if !r.is("/oauth/2026-09/token") {
		if o.expired > 0 {
			o.expired--
			writeJSON(w, 401, `{"category":"EXPIRED_AUTHENTICATION","message":"Canary"}`)
			return true
		}
		return false
	}
	form, err := url.ParseQuery(r.Body)
	if err != nil || r.Query != "" || r.Method != http.MethodPost || r.Authorization != "" ||
		form.Get("grant_type") != "refresh_token" || form.Get("client_id") != "app" ||
		form.Get("client_secret") != "secret-canary" {
		o.f.t.Errorf("token request %+v", *r)
	}
	o.refresh = append(o.refresh, form.Get("refresh_token"))
	if o.refuse != "" {
		writeJSON(w, 400, o.refuse)
		return true
	}
	token := form.Get("refresh_token")
	if o.rotate != "" {
		token = o.rotate
	}
	writeJSON(w, 200, fmt.Sprintf(
		`{"token_type":"bearer","access_token":"pat-canary","refresh_token":%q,"expires_in":1800}`, token))
	return true
}

func withOAuth(t *testing.T, f *fakeHubSpot) (*oauth, func(*config.Source), string) {
	t.Helper()
	o := &oauth{f: f}
	f.intercept = o.intercept
	path := filepath.Join(t.TempDir(), "refresh")
	if err := os.WriteFile(path, []byte("refresh-canary"), 0o600); err != nil {
		t.Fatal(err)
	}
	return o, func(cfg *config.Source) {
		settingsOf(*cfg).Token = secret.Secret{}
		settingsOf(*cfg).OAuth = &OAuth{
			ClientID: "app", ClientSecret: secretFile(t, "secret", "secret-canary"), RefreshToken: secret.File(path),
		}
	}, path
}

func TestOAuthTokenIsKeptUntilShortlyBeforeItsEnd(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		o, edit, _ := withOAuth(t, f)
		s := newSource(t, f, edit)
		m := newMemory()
		m.mustSync(t, s)
		time.Sleep(27 * time.Minute)
		m.mustSync(t, s)
		if len(o.refresh) != 1 {
			t.Errorf("%d tokens were fetched within 27 minutes, want 1", len(o.refresh))
		}
		time.Sleep(2 * time.Minute)
		m.mustSync(t, s)
		if len(o.refresh) != 2 {
			t.Errorf("%d tokens were fetched within 29 minutes, want 2", len(o.refresh))
		}
	})
}

func TestOAuthExpiredTokenIsRenewedOnce(t *testing.T) {
	for expired, want := range map[int]source.Reason{1: "", 2: source.ReasonAuth} {
		t.Run(fmt.Sprintf("refused %d times", expired), func(t *testing.T) {
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				o, edit, _ := withOAuth(t, f)
				o.expired = expired
				s, log := newLoggedSource(t, f, edit)
				err := newMemory().sync(t, s)
				if err != nil && source.ReasonOf(err) != want || err == nil && want != "" || len(o.refresh) != 2 {
					t.Errorf("got %v after %d tokens, want %q after 2", err, len(o.refresh), want)
				}
				if err != nil {
					noContent(t, err, log)
				}
			})
		})
	}
}

func TestOAuthOtherRefusalsDoNotRenew(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		o, edit, _ := withOAuth(t, f)
		f.intercept = func(w http.ResponseWriter, r *fakeRequest) bool {
			if r.is("/token") {
				return o.intercept(w, r)
			}
			writeJSON(w, 401, `{"category":"INVALID_AUTHENTICATION"}`)
			return true
		}
		err := newMemory().sync(t, newSource(t, f, edit))
		if source.ReasonOf(err) != source.ReasonAuth || len(o.refresh) != 1 {
			t.Errorf("got %v after %d tokens, want an auth error after 1", err, len(o.refresh))
		}
	})
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
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				o, edit, _ := withOAuth(t, f)
				o.refuse = test.body
				s, log := newLoggedSource(t, f, edit)
				err := newMemory().sync(t, s)
				if source.ReasonOf(err) != test.want || len(o.refresh) != 1 {
					t.Fatalf("got %v after %d tries, want a %s error after 1", err, len(o.refresh), test.want)
				}
				noContent(t, err, log)
			})
		})
	}
}

func TestOAuthShowsTheCodeOfARefusal(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		o, edit, _ := withOAuth(t, f)
		o.refuse = `{"status":"BAD_REFRESH_TOKEN","message":"Canary"}`
		err := newMemory().sync(t, newSource(t, f, edit))
		for _, want := range []string{"oauth/token", "status 400", "BAD_REFRESH_TOKEN", "access was revoked"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q is not in: %v", want, err)
			}
		}
	})
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
					bubble(t, func(t *testing.T, f *fakeHubSpot) {
						_, edit, _ := withOAuth(t, f)
						f.intercept = func(w http.ResponseWriter, r *fakeRequest) bool {
							if r.is("/token") {
								writeJSON(w, status, fmt.Sprintf(body, secret))
							}
							return r.is("/token")
						}
						s, log := newLoggedSource(t, f, edit)
						err := newMemory().sync(t, s)
						if err == nil {
							t.Fatal("no failure")
						}
						noContent(t, err, log)
					})
				})
			}
		}
	}
}

// A token that says nothing of its end, or nonsense, serves one request.
func TestOAuthTokenWithoutAnEnd(t *testing.T) {
	for _, end := range []string{"", `,"expires_in":0`, `,"expires_in":-5`, `,"expires_in":4000000`, `,"expires_in":null`} {
		t.Run(end, func(t *testing.T) {
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				_, edit, _ := withOAuth(t, f)
				tokens, calls := 0, 0
				f.intercept = func(w http.ResponseWriter, r *fakeRequest) bool {
					if !r.is("/token") {
						calls++
						return false
					}
					tokens++
					writeJSON(w, 200, `{"access_token":"pat-canary"`+end+`}`)
					return true
				}
				newMemory().mustSync(t, newSource(t, f, edit))
				if tokens != calls+1 || calls == 0 { // one more, to learn whose it is before the account is read
					t.Errorf("%d tokens for %d calls", tokens, calls)
				}
			})
		})
	}
}

func TestOAuthRotatedRefreshToken(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		o, edit, path := withOAuth(t, f)
		o.rotate = "rotated-canary"
		s := newSource(t, f, edit)
		m := newMemory()
		m.mustSync(t, s)
		time.Sleep(time.Hour)
		m.mustSync(t, s)
		if err := os.WriteFile(path, []byte("new-canary\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		m.mustSync(t, s)
		if want := []string{"refresh-canary", "rotated-canary", "new-canary"}; !slices.Equal(o.refresh, want) {
			t.Errorf("refresh tokens %q, want %q", o.refresh, want)
		}
	})
}
