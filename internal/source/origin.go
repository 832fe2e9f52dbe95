package source

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// origin is where a credential may go: scheme, host and port.
type origin struct{ scheme, host string } // host holds the port, unless it is the scheme's own

// String returns the origin as a URL without a path.
func (o *origin) String() string { return o.scheme + "://" + o.host }

// Errors of origins. They never repeat the text, which may hold a credential.
var (
	errNotURL        = errors.New("not a URL")
	errNotOrigin     = errors.New("must be scheme, host and port only")
	errInsecure      = errors.New("must be https; http is accepted for loopback addresses only")
	errLeavesOrigin  = errors.New("link leaves the configured host")
	errRelativePath  = errors.New("path does not start with a single slash")
	errUserinfoInURL = errors.New("user name in a URL")
)

// parseOrigin reads a base URL.
func parseOrigin(base string) (origin, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "":
		return origin{}, errNotURL
	case u.User != nil:
		return origin{}, errUserinfoInURL
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return origin{}, errNotOrigin
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopbackName(u.Hostname())):
		return origin{}, errInsecure
	}
	return originOf(u), nil
}

// originOf normalises what may be written in more than one way: case, and the scheme's own port.
func originOf(u *url.URL) origin {
	host := strings.ToLower(u.Hostname())
	port := u.Port()
	if port == "443" && u.Scheme == "https" || port == "80" && u.Scheme == "http" {
		port = ""
	}
	switch {
	case port != "":
		host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	return origin{scheme: u.Scheme, host: host}
}

// resolve returns the URL of a path, or of a vendor's link, in this origin. The authority always comes from the
// origin, never from the link, so that a parser that reads a link in another way than this one cannot be led astray.
func (o *origin) resolve(path string, query url.Values) (string, error) {
	u, err := url.Parse(path)
	switch {
	case err != nil || u.Opaque != "":
		return "", errNotURL
	case u.User != nil:
		return "", errUserinfoInURL
	case u.Scheme != "":
		if originOf(u) != *o {
			return "", errLeavesOrigin
		}
	case u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//"):
		return "", errRelativePath
	}
	escaped := u.EscapedPath()
	if escaped == "" {
		escaped = "/"
	}
	queries := make([]string, 0, 2)
	for _, q := range []string{u.RawQuery, query.Encode()} {
		if q != "" {
			queries = append(queries, q)
		}
	}
	target := o.String() + escaped
	if len(queries) > 0 {
		target += "?" + strings.Join(queries, "&")
	}
	return target, nil
}

// isLoopbackName reports whether a host says by its very name that it is this machine.
func isLoopbackName(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
