package salesforce

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestClientCredentials(t *testing.T) {
	o := newOrg(t, Options{Clients: map[string]string{"key": "secret"}})
	form := func(values ...string) string {
		v := url.Values{}
		for i := 0; i < len(values); i += 2 {
			v.Set(values[i], values[i+1])
		}
		return v.Encode()
	}
	good := form("grant_type", "client_credentials", "client_id", "key", "client_secret", "secret")
	post := func(body string, header ...string) *httptest.ResponseRecorder {
		return o.do("POST", "/services/oauth2/token", body,
			append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)...)
	}

	var keys map[string]string
	o.decode(post(good), http.StatusOK, &keys)
	if keys["instance_url"] != "http://acme.my.salesforce.com" || keys["token_type"] != "Bearer" ||
		keys["issued_at"] != strconv.FormatInt(start.UnixMilli(), 10) || keys["signature"] == "" ||
		!strings.HasPrefix(keys["access_token"], "00D") || keys["expires_in"] != "" {
		t.Errorf("answer %v", keys)
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("key:secret"))
	o.decode(post("grant_type=client_credentials", "Authorization", basic), http.StatusOK, &keys)

	refusals := []struct {
		name   string
		answer *httptest.ResponseRecorder
		code   string
		text   string
	}{
		{"key", post(strings.Replace(good, "key", "other", 1)), "invalid_client_id", "client identifier invalid"},
		{"secret", post(strings.Replace(good, "=secret", "=other", 1)), "invalid_client", "invalid client credentials"},
		{"flow", post(strings.Replace(good, "=client_credentials", "=password", 1)), "unsupported_grant_type", ""},
		{"login host", post(good, "Host", "login.salesforce.com"), "invalid_grant", "not supported on this domain"},
		{"test host", post(good, "Host", "test.salesforce.com"), "invalid_grant", "not supported on this domain"},
		{"JSON", post(`{}`, "Content-Type", "application/json"), "unsupported_grant_type", "grant type not supported"},
		{
			"URL", o.do("POST", "/services/oauth2/token?"+good, "", "Content-Type", "application/x-www-form-urlencoded"),
			"unsupported_grant_type", "",
		},
		{"assertion", post(form("grant_type", grantJWT, "assertion", "x")), "unsupported_grant_type", ""},
	}
	for _, refusal := range refusals {
		var got oauthError
		o.decode(refusal.answer, http.StatusBadRequest, &got)
		if got.Error != refusal.code || !strings.Contains(got.Description, refusal.text) {
			t.Errorf("%s: got %v, want %s", refusal.name, got, refusal.code)
		}
	}
}

func TestLoginRate(t *testing.T) {
	o := newOrg(t, Options{LoginLimit: 2})
	o.login().login()
	r := o.do("POST", "/services/oauth2/token", "grant_type=client_credentials&client_id=k&client_secret=s",
		"Content-Type", "application/x-www-form-urlencoded")
	var got oauthError
	o.decode(r, http.StatusBadRequest, &got)
	if got.Error != "rate_limit_exceeded" {
		t.Errorf("got %v", got)
	}
	o.clock = start.Add(time.Hour)
	o.login()
}

// sign makes an assertion.
func sign(t *testing.T, key *rsa.PrivateKey, header, claims string) string {
	t.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(header)) + "." + encode([]byte(claims))
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + encode(signature)
}

func TestJWTBearer(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	o := newOrg(t, Options{Clients: map[string]string{"key": ""}, JWTKey: &key.PublicKey, Username: "sync@acme.test"})
	exp := strconv.FormatInt(start.Unix()+180, 10)
	claims := func(iss, sub, aud, exp string) string {
		return fmt.Sprintf(`{"iss":%q,"sub":%q,"aud":%q,"exp":%s}`, iss, sub, aud, exp)
	}
	const header, prod = `{"alg":"RS256"}`, "https://login.salesforce.com"
	past := strconv.FormatInt(start.Unix(), 10)
	good := sign(t, key, header, claims("key", "sync@acme.test", prod, exp))
	tests := []struct{ name, assertion, code string }{
		{"number", good, ""},
		{"text", sign(t, key, header, claims("key", "sync@acme.test", prod, `"`+exp+`"`)), ""},
		{"my domain", sign(t, key, header, claims("key", "sync@acme.test", "http://acme.my.salesforce.com", exp)), ""},
		{"foreign key", sign(t, other, header, claims("key", "sync@acme.test", prod, exp)), "invalid_grant"},
		{"unsigned", strings.Join(strings.Split(good, ".")[:2], ".") + ".", "invalid_grant"},
		{"algorithm", sign(t, key, `{"alg":"none"}`, claims("key", "sync@acme.test", prod, exp)), "invalid_grant"},
		{"garbage", "x.y.z", "invalid_grant"},
		{"expired", sign(t, key, header, claims("key", "sync@acme.test", prod, past)), "invalid_grant"},
		{"audience", sign(t, key, header, claims("key", "sync@acme.test", "https://evil.test", exp)), "invalid_grant"},
		{"user", sign(t, key, header, claims("key", "eve@acme.test", prod, exp)), "invalid_grant"},
		{"app", sign(t, key, header, claims("kex", "sync@acme.test", prod, exp)), "invalid_client_id"},
	}
	for _, test := range tests {
		form := url.Values{"grant_type": {grantJWT}, "assertion": {test.assertion}}
		r := o.do("POST", "/services/oauth2/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
		if test.code != "" {
			var got oauthError
			if o.decode(r, http.StatusBadRequest, &got); got.Error != test.code {
				t.Errorf("%s: got %v, want %s", test.name, got, test.code)
			}
			continue
		}
		var got map[string]string
		o.decode(r, http.StatusOK, &got)
		o.token = got["access_token"]
		if status := o.do("GET", "/services/data/v66.0/limits", "").Code; status != 200 || got["issued_at"] != "" {
			t.Errorf("%s: status %d, %v", test.name, status, got)
		}
	}
}

func TestSessions(t *testing.T) {
	o := newOrg(t, Options{SessionTimeout: time.Hour})
	const path = "/services/data/v66.0/limits"
	r := o.do("GET", path, "")
	o.wantFailure(r, http.StatusUnauthorized, "INVALID_SESSION_ID")
	if r.Header().Get("WWW-Authenticate") != "Token" || r.Header().Get("Sforce-Limit-Info") != "" {
		t.Errorf("header %v", r.Header())
	}
	o.login()
	for range 3 { // every call keeps the session alive
		o.clock = o.clock.Add(59 * time.Minute)
		if status := o.do("GET", path, "").Code; status != http.StatusOK {
			t.Fatalf("status %d", status)
		}
	}
	o.clock = o.clock.Add(time.Hour)
	o.wantFailure(o.do("GET", path, ""), http.StatusUnauthorized, "INVALID_SESSION_ID")
	o.login()
	if status := o.do("GET", path, "", "Authorization", "OAuth "+o.token).Code; status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	o.KillSessions()
	o.wantFailure(o.do("GET", path, ""), http.StatusUnauthorized, "INVALID_SESSION_ID")
}
