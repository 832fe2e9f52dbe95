package api

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

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// TestConcurrentCallsRenewOnce ends a session under two calls: the first to be refused logs in, the other one takes its
// session.
func TestConcurrentCallsRenewOnce(t *testing.T) {
	_, files := keyFiles(t)
	logins := 0
	a := newTestAPI(t, JWT{PrivateKey: secret.File(files["PKCS8"])}, source.Environment{
		Now: time.Now,
		Transport: transport(func(*http.Request) (*http.Response, error) {
			logins++
			recorder := httptest.NewRecorder()
			recorder.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(recorder, `{"access_token":"a%d"}`, logins)
			return recorder.Result(), nil
		}),
	})
	if err := a.Login(t.Context()); err != nil {
		t.Fatal(err)
	}
	refused := bearer + a.session.token
	for range 2 {
		if renewed, err := a.session.renew(t.Context(), refused); !renewed || err != nil {
			t.Fatalf("renewed: %v, %v", renewed, err)
		}
	}
	if logins != 2 {
		t.Errorf("%d logins, want the first and one more", logins)
	}
}

// newTestAPI returns the API of a sandbox.
func newTestAPI(t *testing.T, jwt JWT, env source.Environment) *API {
	t.Helper()
	a, err := New(Access{InstanceURL: "https://acme--dev.sandbox.my.salesforce.com", APIVersion: "66.0", JWT: &jwt},
		config.Budget{DailyShare: 1, RequestsPerSecond: 1000}, env, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	return a
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
			a := newTestAPI(t, JWT{ClientID: "3MVG9key", Username: "bot@acme.example", PrivateKey: secret.File(path)}, env)
			if err := a.Login(t.Context()); err != nil {
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
			if diff := cmp.Diff(want, form); diff != "" {
				t.Errorf("form (-want +got):\n%s", diff)
			}
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
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("part of the assertion (-want +got):\n%s", diff)
				}
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
		access: Access{JWT: &JWT{PrivateKey: secret.File(path)}},
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
	const canary = "canary-private-key"
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"not PEM":       canary,
		"not a key":     string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte(canary)})),
		"another curve": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})),
	} {
		_, err := signAssertion(text, "i", "s", "a", time.Now())
		if source.ReasonOf(err) != source.ReasonConfig || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
