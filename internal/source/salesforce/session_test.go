package salesforce

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
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

// TestConcurrentCallsRenewOnce ends a session under two calls: the first to be refused logs in, the other one takes its
// session.
func TestConcurrentCallsRenewOnce(t *testing.T) {
	simulate(t, 1, func(x *simulation) {
		x.mustSync()
		x.org.KillSessions()
		x.org.Forget()
		refused := bearer + x.source.api.session.token
		for range 2 {
			if renewed, err := x.source.api.session.renew(x.Context(), refused); !renewed || err != nil {
				x.Fatalf("renewed: %v, %v", renewed, err)
			}
		}
		if n := x.logins(); n != 1 {
			x.Errorf("%d logins, want 1", n)
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

func TestGrantedOrigin(t *testing.T) {
	cases := []struct{ configured, answer, want string }{
		{"https://acme.my.salesforce.com", "", "https://acme.my.salesforce.com"},
		{"https://acme.my.salesforce.com", "https://acme.my.salesforce.com", "https://acme.my.salesforce.com"},
		{"https://acme.my.salesforce.com", "https://acme.my.salesforce.com/", "https://acme.my.salesforce.com"},
		{"https://acme.my.salesforce.com", "https://new.my.salesforce.com", "https://new.my.salesforce.com"},
		{"https://acme.my.salesforce.com", "https://na139.salesforce.com", "https://na139.salesforce.com"},
		{"https://crm.example", "https://crm.example", "https://crm.example"},
		{"https://acme.my.salesforce.com", "http://acme.my.salesforce.com", ""},
		{"https://acme.my.salesforce.com", "https://acme.my.salesforce.com:8443", ""},
		{"https://acme.my.salesforce.com", "https://acme.lightning.force.com", ""},
		{"https://acme.my.salesforce.com", "https://acme.my.salesforce.com.evil.example", ""},
		{"https://acme.my.salesforce.com", "https://evilsalesforce.com", ""},
		{"https://acme.my.salesforce.com", "https://salesforce.com@evil.example", ""},
		{"https://acme.my.salesforce.com", "https://evil.example/.salesforce.com", ""},
		{"https://acme.my.salesforce.com", "https://evil.example?x=.salesforce.com", ""},
		{"https://acme.my.salesforce.com", "https://evil.example#.salesforce.com", ""},
		{"https://acme.my.salesforce.com", "http://127.0.0.1:8080", ""},
		{"https://acme.my.salesforce.com", "http://169.254.169.254", ""},
		{"https://acme.my.salesforce.com", "//acme.my.salesforce.com", ""},
		{"http://127.0.0.1:8080", "http://127.0.0.1:9090", ""},
		{"http://127.0.0.1:8080", "http://localhost:8080", "http://localhost:8080"},
		{"http://127.0.0.1:8080", "https://acme.my.salesforce.com", ""},
		{"http://127.0.0.1:8080", "http://10.0.0.1:8080", ""},
	}
	for _, c := range cases {
		configured, err := instanceOrigin(c.configured)
		if err != nil {
			t.Fatal(err)
		}
		got, err := grantedOrigin(configured, c.answer)
		if got != c.want || (err == nil) != (c.want != "") || err != nil && source.ReasonOf(err) != source.ReasonAuth {
			t.Errorf("%s answered %s: %q, %v", c.configured, c.answer, got, err)
		}
	}
}

func TestInstanceOrigin(t *testing.T) {
	cases := map[string]string{
		"https://acme.my.salesforce.com":   "https://acme.my.salesforce.com",
		"acme.my.salesforce.com/":          "https://acme.my.salesforce.com",
		" https://acme.my.salesforce.com/": "https://acme.my.salesforce.com",
		"http://127.0.0.1:8080":            "http://127.0.0.1:8080",
		"https://acme.lightning.force.com": "",
		"https://acme.my.salesforce.com/x": "",
		"https://u:p@acme.example":         "",
		"":                                 "",
	}
	for configured, want := range cases {
		got, err := instanceOrigin(configured)
		if want == "" {
			if source.ReasonOf(err) != source.ReasonConfig || err == nil || strings.Contains(err.Error(), "u:p") {
				t.Errorf("%q: %v, %v", configured, got, err)
			}
		} else if err != nil || got.String() != want {
			t.Errorf("%q: %v, %v", configured, got, err)
		}
	}
}

func TestTokenAnswerMovesAPI(t *testing.T) {
	simulate(t, 1, func(x *simulation) {
		x.faults.Add(wire.Rule{Path: loginPath, Fault: wire.Rewrite(func(answer map[string]any) {
			answer["instance_url"] = "https://acme2.my.salesforce.com"
		})})
		x.mustSync()
		if got := x.source.api.client.Base(); got != "https://acme2.my.salesforce.com" {
			x.Errorf("reads from %s", got)
		}
	})
}

func TestAudience(t *testing.T) {
	for host, want := range map[string]string{
		"acme.my.salesforce.com":                    "https://login.salesforce.com",
		"127.0.0.1":                                 "https://login.salesforce.com",
		"acme--dev.sandbox.my.salesforce.com":       "https://test.salesforce.com",
		"acme--dev.my.salesforce.com":               "https://test.salesforce.com",
		"force-ability-1.scratch.my.salesforce.com": "https://test.salesforce.com",
		"test.salesforce.com":                       "https://test.salesforce.com",
	} {
		if got := audience(host); got != want {
			t.Errorf("audience of %s is %s", host, got)
		}
	}
}

// keyFiles returns an RSA key in both PEM forms.
func keyFiles(t *testing.T) (*rsa.PrivateKey, map[string]string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for form, block := range map[string]*pem.Block{
		"PKCS1": {Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)},
		"PKCS8": {Type: "PRIVATE KEY", Bytes: pkcs8},
	} {
		path := filepath.Join(t.TempDir(), form)
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		files[form] = path
	}
	return key, files
}

func TestJWTBearer(t *testing.T) {
	key, files := keyFiles(t)
	for form, path := range files {
		t.Run(form, func(t *testing.T) {
			var posted []string
			env := source.Environment{
				Now: func() time.Time { return time.Unix(1_772_323_200, 0) },
				Transport: transport(func(r *http.Request) (*http.Response, error) {
					body, err := io.ReadAll(r.Body)
					posted = append(posted, string(body))
					recorder := httptest.NewRecorder()
					recorder.Header().Set("Content-Type", "application/json")
					_, _ = recorder.WriteString(`{"access_token":"a"}`)
					return recorder.Result(), err
				}),
			}
			a, err := newAPI(config.Source{
				Budget: config.Budget{DailyShare: 1, RequestsPerSecond: 1000},
				Settings: &Settings{
					InstanceURL: "https://acme--dev.sandbox.my.salesforce.com", APIVersion: "66.0",
					JWT: &JWT{
						ClientID: "3MVG9key", Username: "bot@acme.example", PrivateKey: secret.File(path),
					},
				},
			}, env, func(string) {})
			if err != nil {
				t.Fatal(err)
			}
			if err := a.session.ensure(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(posted) != 1 {
				t.Fatalf("%d logins", len(posted))
			}
			form, err := url.ParseQuery(posted[0])
			if err != nil {
				t.Fatal(err)
			}
			want := url.Values{
				"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": form["assertion"],
			}
			diff(t, "form", want, form)
			parts := strings.Split(form.Get("assertion"), ".")
			if len(parts) != 3 {
				t.Fatalf("assertion of %d parts", len(parts))
			}
			decode := base64.RawURLEncoding.DecodeString
			signature, err := decode(parts[2])
			if err != nil {
				t.Fatal(err)
			}
			digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
			if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], signature); err != nil {
				t.Errorf("signature: %v", err)
			}
			for i, want := range []map[string]any{
				{"alg": "RS256", "typ": "JWT"},
				{
					"iss": "3MVG9key", "sub": "bot@acme.example", "aud": "https://test.salesforce.com",
					"exp": float64(1_772_323_200 + 180),
				},
			} {
				text, err := decode(parts[i])
				if err != nil {
					t.Fatal(err)
				}
				var got map[string]any
				if err := json.Unmarshal(text, &got); err != nil {
					t.Fatal(err)
				}
				diff(t, "part of the assertion", want, got)
			}
		})
	}
}

// transport is a network in one function.
type transport func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A key that was replaced signs the next login, and one that is gone says where it was.
func TestPrivateKeyIsReadAnew(t *testing.T) {
	_, files := keyFiles(t)
	path := files["PKCS8"]
	s := &session{
		origin: &url.URL{Scheme: "https", Host: "acme.my.salesforce.com"}, now: time.Now,
		settings: Settings{JWT: &JWT{PrivateKey: secret.File(path)}},
	}
	var err error
	if s.client, err = source.NewClient(source.ClientOptions{Base: s.origin.String(), RequestsPerSecond: 1}); err != nil {
		t.Fatal(err)
	}
	assertion := func() string {
		t.Helper()
		flow, err := s.flow()
		if err != nil {
			t.Fatal(err)
		}
		return flow.EndpointParams.Get("assertion")
	}
	signedBy := func(key *rsa.PrivateKey, token string) bool {
		i := strings.LastIndexByte(token, '.')
		signature, err := base64.RawURLEncoding.DecodeString(token[i+1:])
		digest := sha256.Sum256([]byte(token[:i]))
		return err == nil && rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], signature) == nil
	}
	other, others := keyFiles(t)
	if signedBy(other, assertion()) {
		t.Fatal("the first key is the other one")
	}
	if err := os.Rename(others["PKCS1"], path); err != nil {
		t.Fatal(err)
	}
	if !signedBy(other, assertion()) {
		t.Error("the new key is not used")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := s.flow(); source.ReasonOf(err) != source.ReasonConfig || !strings.Contains(err.Error(), path) {
		t.Errorf("without a key: %v", err)
	}
}

func TestUnusablePrivateKeys(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"not PEM":       canarySecret,
		"not a key":     string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte(canarySecret)})),
		"another curve": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})),
	} {
		_, err := signAssertion(text, "i", "s", "a", time.Now())
		if source.ReasonOf(err) != source.ReasonConfig || strings.Contains(err.Error(), canarySecret) {
			t.Errorf("%s: %v", name, err)
		}
	}
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
