package source

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestCheckAddress(t *testing.T) {
	tests := []struct {
		address         string
		named, resolved bool // whether it is accepted for a host called loopback, and for any other host
	}{
		{"93.184.216.34:443", true, true},
		{"10.1.2.3:443", true, true}, // a proxy, or a CRM gateway in the company's network
		{"[2606:2800:220:1::1]:443", true, true},
		{"127.0.0.1:443", true, false},
		{"127.9.9.9:443", true, false},
		{"[::1]:443", true, false},
		{"[::ffff:127.0.0.1]:443", true, false},
		{"0.0.0.0:443", true, false},
		{"[::]:443", true, false},
		{"169.254.169.254:80", false, false},
		{"169.254.170.2:80", false, false},
		{"[::ffff:169.254.169.254]:80", false, false},
		{"[fe80::1]:80", false, false},
		{"[fe80::1%eth0]:80", false, false},
		{"[fd00:ec2::254]:80", false, false},
		{"224.0.0.1:80", false, false},
		{"not an address", false, false},
	}
	for _, tt := range tests {
		for loopback, want := range map[bool]bool{true: tt.named, false: tt.resolved} {
			err := checkAddress(tt.address, loopback)
			if (err == nil) != want || err != nil && ReasonOf(err) != ReasonConfig {
				t.Errorf("%s, loopback %t: %v, want accepted: %t", tt.address, loopback, err, want)
			}
		}
	}
}

func TestGuardStopsDial(t *testing.T) {
	observer := &observed{}
	c := newTestClient(t, ClientOptions{
		Base: "https://169.254.169.254", Timeout: 5 * time.Second, Environment: Environment{Observer: observer},
	})
	err := get(t.Context(), c)
	if ReasonOf(err) != ReasonConfig || !strings.Contains(err.Error(), "metadata") {
		t.Errorf("error %v, want a config error", err)
	}
	if len(observer.codes) != 1 {
		t.Errorf("%d attempts, want 1", len(observer.codes))
	}
}

func TestGuardedTransportReachesLoopbackBase(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"agent":"` + r.UserAgent() + `"}`))
	}))
	defer server.Close()
	c := newTestClient(t, ClientOptions{Base: server.URL, Environment: Environment{UserAgent: "sales_exporter/test"}})
	var answer struct{ Agent string }
	if err := c.Do(t.Context(), Request{Path: "/"}, DecodeJSON(&answer)); err != nil {
		t.Fatal(err)
	}
	if answer.Agent != "sales_exporter/test" {
		t.Errorf("user agent %q", answer.Agent)
	}
	if age := time.Since(c.Date()); age < -time.Minute || age > time.Minute {
		t.Errorf("date of the answer is %v", c.Date())
	}
}

func TestUntrustedCertificateIsNotRetried(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = discardLog()
	server.StartTLS()
	defer server.Close()
	observer := &observed{}
	c := newTestClient(t, ClientOptions{Base: server.URL, Environment: Environment{Observer: observer}})
	err := get(t.Context(), c)
	if ReasonOf(err) != ReasonConfig || !strings.Contains(err.Error(), "certificate") || len(observer.codes) != 1 {
		t.Errorf("error %v after %d attempts, want a config error after 1", err, len(observer.codes))
	}
}

func TestNetworkFailures(t *testing.T) {
	cutting, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer cutting.Close()
	go func() {
		for {
			conn, err := cutting.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	tests := []struct{ name, base, text string }{
		{"refused", "http://127.0.0.1:1", "connection refused"},
		{"cut", "http://" + cutting.Addr().String(), "connection "},
		{"no TLS", strings.Replace(plain.URL, "http:", "https:", 1), "server does not speak TLS"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newTestClient(t, ClientOptions{Base: tt.base, Retries: -1})
			if err := get(t.Context(), c); ReasonOf(err) != ReasonServer || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error %v, want a server error that says %q", err, tt.text)
			}
		})
	}
}
