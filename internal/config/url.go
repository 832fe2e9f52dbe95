package config

import (
	"net"
	"net/url"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
)

// URL reads the origin of an API and returns it without a trailing slash, and its host in lower case. A password in it
// is refused unseen, and so is sending a credential over a network in the clear.
func (c *SectionChecker) URL(s document.Scalar) (base, host string) {
	const hint = "write it like https://api.example.com"
	u, err := url.Parse(s.Text)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		c.Add(s.Position, "is not a URL", hint)
		return "", ""
	}
	host = strings.ToLower(u.Hostname())
	switch {
	case u.User != nil:
		c.Add(s.Position, "must not contain a user or password", hint)
	case u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		c.Add(s.Position, "must be a host only, without path and query", hint)
	case u.Scheme == "http" && !loopback(host):
		c.Add(s.Position, "would send the credential unencrypted", "use https; http is for simulators on this machine")
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), host
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
