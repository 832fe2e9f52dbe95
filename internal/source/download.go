package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

const (
	// maxRedirects bounds the redirects of a download. A published sheet answers with one, to the host that holds it.
	maxRedirects = 3
	// downloadTimeout bounds a whole download.
	downloadTimeout = 2 * time.Minute
)

// Downloader fetches files that anybody may fetch. It sends no credential, so that it may follow a redirect to another
// host, which a Client never does.
type Downloader struct {
	client    *http.Client
	userAgent string
	limit     int64
}

// NewDownloader returns a Downloader of files up to limit bytes.
func NewDownloader(env Environment, limit int64) *Downloader {
	transport := env.Transport
	if transport == nil {
		public := guardedTransport(downloadTimeout)
		public.DialContext = dialPublic
		transport = public
	}
	return &Downloader{
		client: &http.Client{
			Transport: transport,
			// Followed by hand: net/http would add a Referer with the whole URL, which is all that protects a sheet.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		userAgent: env.UserAgent, limit: limit,
	}
}

// Validators tell a server which copy of a file is known already.
type Validators struct{ ETag, LastModified string }

// Download is a file as it was fetched.
type Download struct {
	// Unchanged says that the file is the one that the validators describe. It has no content then.
	Unchanged  bool
	Content    []byte
	MediaType  string
	Modified   time.Time // zero where the server does not say
	Validators Validators
}

// Get fetches a file. Errors are *Error and name the host, never the path: whoever knows it can read the file.
func (d *Downloader) Get(ctx context.Context, address string, known Validators) (Download, error) {
	ctx, cancel := context.WithTimeout(ctx, downloadTimeout)
	defer cancel()
	for range maxRedirects + 1 {
		u, err := publicURL(address)
		if err != nil {
			return Download{}, err
		}
		answer, err := d.ask(ctx, u, known)
		if err != nil {
			return Download{}, err
		}
		if answer.StatusCode < 300 || answer.StatusCode > 399 || answer.StatusCode == http.StatusNotModified {
			return d.read(ctx, u, answer)
		}
		_ = answer.Body.Close() // nobody reads it
		next, err := answer.Location()
		if err != nil {
			return Download{}, Errorf(ReasonServer, "download from %s: redirect without a location", u.Hostname())
		}
		address = next.String()
	}
	return Download{}, Errorf(ReasonServer, "download: more than %d redirects", maxRedirects)
}

// publicURL reads the URL of a file that anybody may fetch.
func publicURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "" || !isHostName(u.Hostname()):
		return nil, Errorf(ReasonConfig, "download: not a URL")
	case u.Scheme != "https":
		return nil, Errorf(ReasonConfig, "download from %s: not https", u.Hostname())
	case u.User != nil:
		return nil, Errorf(ReasonConfig, "download from %s: user name in the URL", u.Hostname())
	}
	return u, nil
}

// ask sends one request.
func (d *Downloader) ask(ctx context.Context, u *url.URL, known Validators) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, Errorf(ReasonConfig, "download from %s: not a URL", u.Hostname())
	}
	request.Header.Set("Accept", "text/csv, text/tab-separated-values, text/plain;q=0.5")
	if d.userAgent != "" {
		request.Header.Set("User-Agent", d.userAgent)
	}
	for header, value := range map[string]string{"If-None-Match": known.ETag, "If-Modified-Since": known.LastModified} {
		if value != "" {
			request.Header.Set(header, value)
		}
	}
	answer, err := d.client.Do(request)
	if err != nil {
		return nil, downloadBroken(ctx, u, err)
	}
	return answer, nil
}

// read takes the last answer of a download.
func (d *Downloader) read(ctx context.Context, u *url.URL, answer *http.Response) (Download, error) {
	body := newBoundedBody(answer.Body, d.limit)
	defer body.Close() //nolint:errcheck // Nothing was written.
	switch answer.StatusCode {
	case http.StatusNotModified:
		return Download{Unchanged: true}, nil
	case http.StatusOK:
	default:
		e := Errorf(reasonOfStatus(answer.StatusCode), "download from %s: status %d", u.Hostname(), answer.StatusCode)
		e.Hint = "open the URL in a private window of a browser: the file must be public"
		return Download{}, e
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return Download{}, downloadBroken(ctx, u, err)
	}
	modified, _ := http.ParseTime(answer.Header.Get("Last-Modified"))
	media, _, _ := strings.Cut(answer.Header.Get("Content-Type"), ";")
	return Download{
		Content: content, MediaType: strings.ToLower(strings.TrimSpace(media)), Modified: modified,
		Validators: Validators{ETag: answer.Header.Get("ETag"), LastModified: answer.Header.Get("Last-Modified")},
	}, nil
}

// downloadBroken is the failure of a download without a whole answer.
func downloadBroken(ctx context.Context, u *url.URL, err error) error {
	what := "download from " + u.Hostname()
	if e, ok := errors.AsType[*Error](err); ok {
		return &Error{Reason: e.Reason, Hint: e.Hint, Err: fmt.Errorf("%s: %w", what, e.Err)}
	}
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &Error{Reason: ReasonCanceled, Err: fmt.Errorf("%s: %w", what, context.Canceled)}
	case ctx.Err() != nil:
		return Errorf(ReasonTimeout, "%s: no whole answer in %s", what, downloadTimeout)
	default:
		return Errorf(ReasonServer, "%s: %s", what, brokenText(err))
	}
}

// dialPublic connects to a public address only, or to the proxy of the environment. A redirect comes from the network:
// it must not lead to a service of this machine or of the network around it.
func dialPublic(ctx context.Context, network, address string) (net.Conn, error) {
	if isProxy(address) {
		return dialGuarded(ctx, network, address)
	}
	dialer := net.Dialer{
		Timeout: 10 * time.Second,
		Control: func(_, resolved string, _ syscall.RawConn) error { return checkPublic(resolved) },
	}
	return dialer.DialContext(ctx, network, address)
}

// sharedRange is what providers use behind their address translation (RFC 6598).
var sharedRange = netip.MustParsePrefix("100.64.0.0/10")

// checkPublic refuses every address that is not on the public network.
func checkPublic(resolved string) error {
	if err := checkAddress(resolved, false); err != nil {
		return err
	}
	address := netip.MustParseAddrPort(resolved).Addr().Unmap().WithZone("")
	if address.IsPrivate() || sharedRange.Contains(address) {
		e := Errorf(ReasonConfig, "host resolves to an address of a private network, which is refused")
		e.Hint = "copy the file to this machine and name its path"
		return e
	}
	return nil
}

// isProxy reports whether an address is the proxy that the environment names for https.
func isProxy(address string) bool {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: "example.com"}})
	if err != nil || proxy == nil {
		return false
	}
	host := proxy.Host
	if proxy.Port() == "" {
		port := map[string]string{"http": "80", "https": "443", "socks5": "1080"}[proxy.Scheme]
		host = net.JoinHostPort(proxy.Hostname(), port)
	}
	return strings.EqualFold(host, address)
}
