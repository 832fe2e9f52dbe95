package source

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"github.com/go-resty/resty/v2"
)

// newResty returns the HTTP engine of a Client. Everything that resty would do by itself is off: it would follow
// redirects with our credential, keep cookies, read whole bodies into memory, and log URLs.
func newResty(transport http.RoundTripper, timeout time.Duration) *resty.Client {
	if transport == nil {
		transport = guardedTransport(timeout)
	}
	return resty.NewWithClient(&http.Client{Transport: singleHop{transport}}).
		SetDoNotParseResponse(true).
		SetRedirectPolicy(resty.NoRedirectPolicy()).
		SetLogger(silence{})
}

// silence is resty's logger.
type silence struct{}

func (silence) Errorf(string, ...any) {}
func (silence) Warnf(string, ...any)  {}
func (silence) Debugf(string, ...any) {}

// singleHop turns every 3xx answer into an error below http.Client, whose redirect code then never sees one.
type singleHop struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (s singleHop) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := s.next.RoundTrip(r)
	if err != nil || answer.StatusCode < 300 || answer.StatusCode > 399 {
		return answer, err
	}
	_ = answer.Body.Close() // nobody reads it
	redirect := &redirectError{status: answer.StatusCode}
	if location, err := answer.Location(); err == nil && isHostName(location.Hostname()) {
		redirect.host = location.Hostname()
	}
	return nil, redirect
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the real transport.
func (s singleHop) CloseIdleConnections() {
	if closer, ok := s.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// redirectError is a 3xx answer. It names the host at most: the rest of a Location may repeat the request's query.
type redirectError struct {
	status int
	host   string
}

// Error implements error.
func (e *redirectError) Error() string {
	if e.host == "" {
		return fmt.Sprintf("status %d: answered with a redirect", e.status)
	}
	return fmt.Sprintf("status %d: answered with a redirect to %s", e.status, e.host)
}

// isHostName keeps a hostile Location out of the error text.
func isHostName(host string) bool {
	return host != "" && len(host) <= 253 &&
		strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789.-:") == ""
}

// guardedTransport returns the real network, with bounds on everything and a guard on where it connects to.
func guardedTransport(timeout time.Duration) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialGuarded,
		ForceAttemptHTTP2:      true, // a dialer of one's own switches it off otherwise
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  timeout,
		MaxResponseHeaderBytes: 256 << 10,
		MaxConnsPerHost:        8,
		MaxIdleConns:           4,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        90 * time.Second,
	}
}

// dialGuarded connects to address unless it resolves to where no CRM lives. Only the configured host, or the proxy of
// the environment, is ever dialled; the guard stops the one that answers DNS for it from pointing it inwards.
func dialGuarded(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{
		Timeout: 10 * time.Second,
		Control: func(_, resolved string, _ syscall.RawConn) error {
			return checkAddress(resolved, isLoopbackName(host))
		},
	}
	return dialer.DialContext(ctx, network, address)
}

// awsMetadataIPv6 is the metadata service of AWS; all others are link-local.
var awsMetadataIPv6 = netip.MustParseAddr("fd00:ec2::254")

// checkAddress refuses link-local and cloud-metadata addresses, and this machine unless it was named as such.
func checkAddress(resolved string, loopback bool) error {
	endpoint, err := netip.ParseAddrPort(resolved)
	if err != nil {
		return Errorf(ReasonConfig, "host resolves to an address that cannot be read")
	}
	address := endpoint.Addr().Unmap().WithZone("")
	switch {
	case address.IsLinkLocalUnicast(), address.IsMulticast(), address == awsMetadataIPv6:
		return Errorf(ReasonConfig, "host resolves to a link-local or metadata address, which is refused")
	case (address.IsLoopback() || address.IsUnspecified()) && !loopback:
		return Errorf(ReasonConfig, "host resolves to a loopback address, which is refused")
	}
	return nil
}
