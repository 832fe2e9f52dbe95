package api

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

const hintMyDomain = "use the My Domain address of the org, such as https://acme.my.salesforce.com"

// instanceOrigin reads the configured instance URL, which people also write as a bare host.
func instanceOrigin(configured string) (*url.URL, error) {
	text := strings.TrimRight(strings.TrimSpace(configured), "/")
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, ConfigError(hintMyDomain, "instance_url is not an address of scheme and host")
	}
	if isLightning(u.Hostname()) {
		return nil, ConfigError(hintMyDomain, "instance_url is a web page, not an API")
	}
	return u, nil
}

// grantedOrigin returns the origin that a token answer names. The bearer token goes there, so an answer may not name
// any host it likes: only the configured one, or one of Salesforce's own (crm/salesforce 1.1).
func grantedOrigin(configured *url.URL, answer string) (string, error) {
	if answer == "" {
		return configured.Scheme + "://" + configured.Host, nil
	}
	refused := source.Errorf(source.ReasonAuth, "the token answer has an instance_url that is not a Salesforce host")
	u, err := url.Parse(strings.TrimRight(answer, "/"))
	if err != nil || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", refused
	}
	origin := u.Scheme + "://" + u.Host
	switch {
	case u.Scheme == configured.Scheme && strings.EqualFold(u.Host, configured.Host):
		return origin, nil
	case isLoopback(configured.Hostname()):
		// A stand-in may spell this machine in another way. Another port of it is another program.
		if isLoopback(u.Hostname()) && u.Scheme == configured.Scheme && u.Port() == configured.Port() {
			return origin, nil
		}
	case u.Scheme == "https" && (u.Port() == "" || u.Port() == "443") && isSalesforce(u.Hostname()):
		return origin, nil
	}
	return "", refused
}

func isSalesforce(host string) bool {
	return strings.HasSuffix(strings.ToLower(host), ".salesforce.com")
}

func isLightning(host string) bool {
	host = strings.ToLower(host)
	return strings.HasSuffix(host, ".lightning.force.com") || strings.HasSuffix(host, ".salesforce-setup.com")
}

// isSandbox tells sandboxes and scratch orgs by their host: a My Domain name itself never holds two hyphens.
func isSandbox(host string) bool {
	host = strings.ToLower(host)
	return strings.Contains(host, "--") || strings.Contains(host, ".sandbox.") || strings.Contains(host, ".scratch.") ||
		host == "test.salesforce.com"
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
