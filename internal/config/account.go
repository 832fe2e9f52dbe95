package config

import (
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

var (
	hubspotVersion    = regexp.MustCompile(`^\d{4}-(03|09)$`)
	salesforceVersion = regexp.MustCompile(`^(\d{2,3})\.0$`)
)

// oldestSalesforceVersion is the oldest API version that the connector reads. Older ones are being retired.
const oldestSalesforceVersion = 58

var (
	portalID = regexp.MustCompile(`^[1-9]\d{0,17}$`)
	orgID    = regexp.MustCompile(`^00D[0-9A-Za-z]{12}([0-9A-Za-z]{3})?$`)
)

// portalID reads the number of a HubSpot account.
func (c *checker) portalID(s scalar) string {
	if s.usable() && !portalID.MatchString(s.text) {
		c.add(s.place, quote(s.text)+" is not the number of a HubSpot account",
			`use the Hub ID that HubSpot shows beside the account's name, such as "12345678"`)
	}
	return s.text
}

// orgID reads the id of a Salesforce org, of 15 or of 18 characters.
func (c *checker) orgID(s scalar) string {
	if s.usable() && !orgID.MatchString(s.text) {
		c.add(s.place, quote(s.text)+" is not the id of a Salesforce org",
			"use the Organization ID of Setup, Company Information: 15 or 18 characters that begin with 00D")
	}
	return s.text
}

func (c *checker) hubspot(h hubspotYAML) *HubSpot {
	account := &HubSpot{BaseURL: "https://api.hubapi.com", APIVersion: DefaultHubSpotVersion}
	token := h.TokenFile.set() || h.TokenEnv.set()
	switch {
	case token && h.OAuth.set():
		c.add(h.OAuth.place, "cannot be combined with token_file or token_env", "keep one of them")
	case h.OAuth.set():
		account.OAuth = c.hubspotOAuth(h.OAuth)
	case !token:
		c.lacks(h.place, "needs token_file, token_env or oauth", "")
	default:
		account.Token = c.secret(h.place, "token", h.TokenFile, h.TokenEnv)
	}
	if h.BaseURL.usable() {
		account.BaseURL = c.hubspotURL(h.BaseURL)
	}
	if version := h.APIVersion; version.usable() {
		if !hubspotVersion.MatchString(version.text) {
			c.add(version.place, quote(version.text)+" is not a HubSpot API version", `write it like "2026-09"`)
		}
		account.APIVersion = version.text
	}
	return account
}

// hubspotURL reads the origin of HubSpot's API. Hosts that show screens answer with a page, which looks like a broken
// API.
func (c *checker) hubspotURL(s scalar) string {
	base, host := c.url(s)
	if strings.HasPrefix(host, "app") && strings.HasSuffix(host, ".hubspot.com") || host == "hubspot.com" ||
		host == "www.hubspot.com" {
		c.add(s.place, "is the address of the HubSpot web app, not of the API",
			"leave base_url out, or use https://api.hubapi.com")
	}
	return base
}

func (c *checker) hubspotOAuth(o hubspotOAuthYAML) *HubSpotOAuth {
	if !o.usable() {
		return nil
	}
	c.need(o.place, "client_id", o.ClientID.place)
	return &HubSpotOAuth{
		ClientID:     c.text(o.ClientID, "", maxText),
		ClientSecret: c.secret(o.place, "client_secret", o.ClientSecretFile, o.ClientSecretEnv),
		RefreshToken: c.secret(o.place, "refresh_token", o.RefreshTokenFile, o.RefreshTokenEnv),
	}
}

func (c *checker) salesforce(s salesforceYAML) *Salesforce {
	org := &Salesforce{InstanceURL: c.instanceURL(s), APIVersion: DefaultSalesforceVersion}
	switch {
	case s.ClientCredentials.set() && s.JWT.set():
		c.add(s.JWT.place, "cannot be combined with client_credentials", "keep one of them")
	case s.ClientCredentials.usable():
		org.ClientCredentials = c.clientCredentials(s.ClientCredentials)
	case s.JWT.usable():
		org.JWT = c.jwt(s.JWT)
	case !s.ClientCredentials.set() && !s.JWT.set():
		c.lacks(s.place, "needs client_credentials or jwt", "")
	}
	if version := s.APIVersion; version.usable() {
		match := salesforceVersion.FindStringSubmatch(version.text)
		if match == nil {
			c.add(version.place, quote(version.text)+" is not a Salesforce API version", `write it like "66.0"`)
		} else if n, _ := strconv.Atoi(match[1]); n < oldestSalesforceVersion {
			c.add(version.place, quote(version.text)+" is too old", `use "58.0" or later`)
		}
		org.APIVersion = version.text
	}
	return org
}

func (c *checker) clientCredentials(y clientCredentialsYAML) *SalesforceClientCredentials {
	c.need(y.place, "client_id", y.ClientID.place)
	return &SalesforceClientCredentials{
		ClientID:     c.text(y.ClientID, "", maxText),
		ClientSecret: c.secret(y.place, "client_secret", y.ClientSecretFile, y.ClientSecretEnv),
	}
}

func (c *checker) jwt(y jwtYAML) *SalesforceJWT {
	c.need(y.place, "client_id", y.ClientID.place)
	c.need(y.place, "username", y.Username.place)
	return &SalesforceJWT{
		ClientID:   c.text(y.ClientID, "", maxText),
		Username:   c.text(y.Username, "", maxText),
		PrivateKey: c.secret(y.place, "private_key", y.PrivateKeyFile, y.PrivateKeyEnv),
	}
}

// instanceURL returns the org's own origin. Hosts that show a web page instead of answering the API are refused here,
// for what they answer looks like a broken API.
func (c *checker) instanceURL(s salesforceYAML) string {
	if !c.need(s.place, "instance_url", s.InstanceURL.place) {
		return ""
	}
	instance := s.InstanceURL
	if !strings.Contains(instance.text, "://") {
		instance.text = "https://" + instance.text // Salesforce's own pages show the bare host.
	}
	base, host := c.url(instance)
	const hint = "use the org's My Domain, such as https://acme.my.salesforce.com"
	switch {
	case strings.HasSuffix(host, ".lightning.force.com"):
		c.add(s.InstanceURL.place, "is the address of the Lightning web app, not of the API", hint)
	case strings.HasSuffix(host, ".salesforce-setup.com"):
		c.add(s.InstanceURL.place, "is the address of the Setup pages, not of the API", hint)
	case host == "login.salesforce.com" || host == "test.salesforce.com":
		c.add(s.InstanceURL.place, "is the shared login host, not an org", hint)
	}
	return base
}

// url reads the origin of an API and returns it without a trailing slash, and its host in lower case. A password in it
// is refused unseen, and so is sending a credential over a network in the clear.
func (c *checker) url(s scalar) (base, host string) {
	const hint = "write it like https://api.example.com"
	u, err := url.Parse(s.text)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		c.add(s.place, "is not a URL", hint)
		return "", ""
	}
	host = strings.ToLower(u.Hostname())
	switch {
	case u.User != nil:
		c.add(s.place, "must not contain a user or password", hint)
	case u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		c.add(s.place, "must be a host only, without path and query", hint)
	case u.Scheme == "http" && !loopback(host):
		c.add(s.place, "would send the credential unencrypted", "use https; http is for simulators on this machine")
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), host
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
