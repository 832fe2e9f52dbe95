package source

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

func TestBase(t *testing.T) {
	tests := []struct {
		base string
		want string // "" where it is refused
	}{
		{"https://api.hubapi.com", "https://api.hubapi.com"},
		{"https://api.hubapi.com/", "https://api.hubapi.com"},
		{"HTTPS://API.HubApi.com:443", "https://api.hubapi.com"},
		{"https://crm.example.com:8443", "https://crm.example.com:8443"},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"http://127.8.9.1", "http://127.8.9.1"},
		{"http://[::1]:80/", "http://[::1]"},
		{"http://localhost:8080", "http://localhost:8080"},
		{"http://LOCALHOST", "http://localhost"},
		{"http://api.hubapi.com", ""},
		{"http://127.0.0.1.evil.example", ""},
		{"http://localhost.evil.example", ""},
		{"http://10.0.0.1", ""},
		{"https://user:secret@api.hubapi.com", ""},
		{"https://api.hubapi.com/v3", ""},
		{"https://api.hubapi.com?a=b", ""},
		{"https://api.hubapi.com?", ""},
		{"https://api.hubapi.com#x", ""},
		{"ftp://api.hubapi.com", ""},
		{"//api.hubapi.com", ""},
		{"api.hubapi.com", ""},
		{"https:api.hubapi.com", ""},
		{"https://", ""},
		{"https://:443", ""},
		{"https://api.hubapi.com:port", ""},
		{"", ""},
	}
	for _, tt := range tests {
		c, err := NewClient(ClientOptions{Base: tt.base, RequestsPerSecond: 1})
		switch {
		case tt.want == "" && (err == nil || ReasonOf(err) != ReasonConfig):
			t.Errorf("base %q: error %v, want a config error", tt.base, err)
		case tt.want != "" && err != nil:
			t.Errorf("base %q: %v", tt.base, err)
		case tt.want != "" && c.Base() != tt.want:
			t.Errorf("base %q became %q, want %q", tt.base, c.Base(), tt.want)
		}
	}
}

func TestRebase(t *testing.T) {
	c := newTestClient(t, ClientOptions{})
	if err := c.Rebase("http://evil.example"); ReasonOf(err) != ReasonConfig || c.Base() != "https://api.example.com" {
		t.Errorf("error %v, base %s; want a config error and the old base", err, c.Base())
	}
	if err := c.Rebase("https://eu.example.com/"); err != nil || c.Base() != "https://eu.example.com" {
		t.Errorf("error %v, base %s; want the new base", err, c.Base())
	}
}

func TestRequestsPerSecondMustBePositive(t *testing.T) {
	for _, rate := range []float64{0, -1} {
		_, err := NewClient(ClientOptions{Base: "https://a.example", RequestsPerSecond: rate})
		if err == nil || ReasonOf(err) != ReasonConfig {
			t.Errorf("rate %v: error %v, want a config error", rate, err)
		}
	}
}

// twoServers is a vendor, and a place where no request must ever arrive. The network leads every address but the
// vendor's to that place.
type twoServers struct {
	vendor *httptest.Server
	seen   []*http.Request // by the vendor
	strays atomic.Int64    // connections to the other place
	client *Client
}

func newTwoServers(t *testing.T, answer http.HandlerFunc) *twoServers {
	t.Helper()
	s := &twoServers{}
	s.vendor = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.seen = append(s.seen, r)
		answer(w, r)
	}))
	t.Cleanup(s.vendor.Close)
	elsewhere := httptest.NewUnstartedServer(http.NotFoundHandler())
	elsewhere.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.strays.Add(1)
		}
	}
	elsewhere.Start()
	t.Cleanup(elsewhere.Close)
	vendor := s.vendor.Listener.Addr().String()
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if address != vendor {
			address = elsewhere.Listener.Addr().String()
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	s.client = newTestClient(t, ClientOptions{
		Base:        s.vendor.URL,
		Environment: Environment{Transport: transport},
		Authorize: func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer canary")
			r.Header.Set("X-Api-Key", "canary")
			return nil
		},
	})
	return s
}

// targets are places a hostile or broken vendor may point to. %PORT% is the vendor's own port.
var targets = []struct {
	name, url string
	link      bool // whether it is accepted as a link
}{
	{"absolute path", "/next?after=2", true},
	{"own origin", "http://127.0.0.1:%PORT%/next?after=2", true},
	{"own origin in capitals", "HTTP://127.0.0.1:%PORT%/next?after=2", true},
	{"other port", "http://127.0.0.1:1/next", false},
	{"no port", "http://127.0.0.1/next", false},
	{"other host", "http://evil.example:%PORT%/next", false},
	{"other name of the same host", "http://localhost:%PORT%/next", false},
	{"other notation of the same host", "http://2130706433:%PORT%/next", false},
	{"own host as a subdomain", "http://127.0.0.1.evil.example:%PORT%/next", false},
	{"other scheme", "https://127.0.0.1:%PORT%/next", false},
	{"protocol-relative", "//evil.example/next", false},
	{"protocol-relative to itself", "//127.0.0.1:%PORT%/next", false},
	{"three slashes", "///evil.example/next", false},
	{"own origin as user", "http://127.0.0.1:%PORT%@evil.example/next", false},
	{"user at own origin", "http://user:pw@127.0.0.1:%PORT%/next", false},
	{"backslashes", `\\evil.example\next`, false},
	{"slash and backslash in the host", `http:/\evil.example/next`, false},
	{"opaque", "http:evil.example/next", false},
	{"no host", "http:///next", false},
	{"relative path", "next", false},
	{"dots", "../next", false},
	{"empty", "", false},
	{"query only", "?after=2", false},
	{"script", "javascript:alert(1)", false},
	{"file", "file:///etc/passwd", false},
	{"line break", "/next\r\nX-Injected: 1", false},
	{"unreadable", "http://[::1", false},
	{"metadata service", "http://169.254.169.254/latest/meta-data", false},
}

func (s *twoServers) url(target string) string {
	_, port, _ := net.SplitHostPort(s.vendor.Listener.Addr().String())
	return strings.ReplaceAll(target, "%PORT%", port)
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	for _, target := range targets {
		t.Run(target.name, func(t *testing.T) {
			var s *twoServers
			status := http.StatusFound
			s = newTwoServers(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Location"] = []string{s.url(target.url)} // as it is, unlike http.Redirect
				w.WriteHeader(status)
			})
			for i, code := range []int{300, 301, 302, 303, 304, 307, 308} {
				status = code
				err := s.client.Do(t.Context(), Request{Method: "POST", Path: "/start", JSON: map[string]string{"a": "b"}}, nil)
				if ReasonOf(err) != ReasonClient || !strings.Contains(err.Error(), "answered with a redirect") {
					t.Errorf("status %d: error %v, want one that names the redirect", code, err)
				}
				if strings.Contains(err.Error(), "next") || strings.Contains(err.Error(), "@") {
					t.Errorf("status %d: error %v repeats the target", code, err)
				}
				if len(s.seen) != i+1 {
					t.Fatalf("status %d: the vendor saw %d requests, want %d", code, len(s.seen), i+1)
				}
			}
			if n := s.strays.Load(); n != 0 {
				t.Errorf("%d connections went elsewhere", n)
			}
		})
	}
}

func TestLinksStayAtOrigin(t *testing.T) {
	for _, target := range targets {
		t.Run(target.name, func(t *testing.T) {
			s := newTwoServers(t, func(http.ResponseWriter, *http.Request) {})
			err := s.client.Do(t.Context(), Request{Path: s.url(target.url), Query: url.Values{"limit": {"1"}}}, nil)
			if target.link {
				if err != nil {
					t.Fatal(err)
				}
				if got := s.seen[0]; got.URL.String() != "/next?after=2&limit=1" || got.Header.Get("Authorization") == "" {
					t.Errorf("the vendor saw %s with credential %q", got.URL, got.Header.Get("Authorization"))
				}
			} else if ReasonOf(err) != ReasonClient || len(s.seen) != 0 {
				t.Errorf("error %v after %d requests, want a client error after none", err, len(s.seen))
			}
			if n := s.strays.Load(); n != 0 {
				t.Errorf("%d connections went elsewhere", n)
			}
		})
	}
}

func TestResolveKeepsEscapes(t *testing.T) {
	o := origin{scheme: "https", host: "api.example.com"}
	tests := []struct {
		path  string
		query url.Values
		want  string
	}{
		{"/a%2Fb/c", nil, "https://api.example.com/a%2Fb/c"},
		{"/a", url.Values{"q": {"x y&z"}}, "https://api.example.com/a?q=x+y%26z"},
		{"/a?cursor=%2B%2F%3D", nil, "https://api.example.com/a?cursor=%2B%2F%3D"},
		{"https://api.example.com", nil, "https://api.example.com/"},
		{"https://api.example.com:443/a#fragment", nil, "https://api.example.com/a"},
		{"https://api.example.com//evil.example/a", nil, "https://api.example.com//evil.example/a"},
		{"/@evil.example/a", nil, "https://api.example.com/@evil.example/a"},
		{"/a:b", nil, "https://api.example.com/a:b"},
	}
	for _, tt := range tests {
		if got, err := o.resolve(tt.path, tt.query); err != nil || got != tt.want {
			t.Errorf("%q resolves to %q, %v, want %q", tt.path, got, err, tt.want)
		}
	}
}

// FuzzResolve proves that no link, however odd, changes where a request goes.
func FuzzResolve(f *testing.F) {
	for _, target := range targets {
		f.Add(strings.ReplaceAll(target.url, "%PORT%", "8080"))
	}
	f.Fuzz(func(t *testing.T, path string) {
		o := origin{scheme: "http", host: "127.0.0.1:8080"}
		target, err := o.resolve(path, nil)
		if err != nil {
			return
		}
		u, err := url.Parse(target)
		if err != nil {
			t.Skip("net/http refuses it, too")
		}
		if u.Scheme != "http" || u.Host != "127.0.0.1:8080" || u.User != nil {
			t.Errorf("%q leads to %q", path, target)
		}
	})
}
