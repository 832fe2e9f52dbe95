package hubspot

import (
	"regexp"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
)

// Key is that of the section in a source.
const Key = "hubspot"

// NewSection returns an empty section.
func NewSection() config.Section { return &section{} }

// section is the part of a source under `hubspot`, as it is written.
type section struct {
	document.Position
	TokenFile  document.Scalar `yaml:"token_file"`
	TokenEnv   document.Scalar `yaml:"token_env"`
	OAuth      oauthKeys       `yaml:"oauth"`
	BaseURL    document.Scalar `yaml:"base_url"`
	APIVersion document.Scalar `yaml:"api_version"`
}

type oauthKeys struct {
	document.Position
	ClientID         document.Scalar `yaml:"client_id"`
	ClientSecretFile document.Scalar `yaml:"client_secret_file"`
	ClientSecretEnv  document.Scalar `yaml:"client_secret_env"`
	RefreshTokenFile document.Scalar `yaml:"refresh_token_file"`
	RefreshTokenEnv  document.Scalar `yaml:"refresh_token_env"`
}

var (
	versionPattern  = regexp.MustCompile(`^\d{4}-(03|09)$`)
	portalPattern   = regexp.MustCompile(`^[1-9]\d{0,17}$`)
	propertyPattern = regexp.MustCompile(`^[a-z0-9_]+$`)
)

// Rules are those for names of properties.
func Rules() config.PropertyRules {
	return config.PropertyRules{
		Property: propertyPattern,
		Amount:   "amount",
		Example:  "write the internal name, in lower case, such as dealtype",
		Objects:  []string{"deal", "company", "owner"},
		Defaults: map[string]string{"business_type": "dealtype", "channel": "hs_analytics_source"},
	}
}

// Read implements config.Section.
func (h *section) Read(c *config.SectionChecker, keys *config.SourceKeys, s *config.Source) {
	s.Settings = h.settings(c)
	s.Account = portalID(c, keys.Account)
	s.Map = c.Mappings(keys.Map, Rules())
	s.Amount = c.Amount(keys.Amount, Rules())
}

// portalID reads the number of a HubSpot account.
func portalID(c *config.SectionChecker, s document.Scalar) string {
	if s.Usable() && !portalPattern.MatchString(s.Text) {
		c.Add(s.Position, document.Quote(s.Text)+" is not the number of a HubSpot account",
			`use the Hub ID that HubSpot shows beside the account's name, such as "12345678"`)
	}
	return s.Text
}

func (h *section) settings(c *config.SectionChecker) *Settings {
	account := &Settings{BaseURL: "https://api.hubapi.com", APIVersion: DefaultAPIVersion}
	token := h.TokenFile.Set() || h.TokenEnv.Set()
	switch {
	case token && h.OAuth.Set():
		c.Add(h.OAuth.Position, "cannot be combined with token_file or token_env", "keep one of them")
	case h.OAuth.Set():
		account.OAuth = h.OAuth.settings(c)
	case !token:
		c.Lacks(h.Position, "needs token_file, token_env or oauth", "")
	default:
		account.Token = c.Secret(h.Position, "token", h.TokenFile, h.TokenEnv)
	}
	if h.BaseURL.Usable() {
		account.BaseURL = apiURL(c, h.BaseURL)
	}
	if version := h.APIVersion; version.Usable() {
		if !versionPattern.MatchString(version.Text) {
			c.Add(version.Position, document.Quote(version.Text)+" is not a HubSpot API version", `write it like "2026-09"`)
		}
		account.APIVersion = version.Text
	}
	return account
}

// apiURL reads the origin of HubSpot's API. Hosts that show screens answer with a page, which looks like a broken
// API.
func apiURL(c *config.SectionChecker, s document.Scalar) string {
	base, host := c.URL(s)
	if strings.HasPrefix(host, "app") && strings.HasSuffix(host, ".hubspot.com") || host == "hubspot.com" ||
		host == "www.hubspot.com" {
		c.Add(s.Position, "is the address of the HubSpot web app, not of the API",
			"leave base_url out, or use https://api.hubapi.com")
	}
	return base
}

func (o *oauthKeys) settings(c *config.SectionChecker) *OAuth {
	if !o.Usable() {
		return nil
	}
	c.Need(o.Position, "client_id", o.ClientID.Position)
	return &OAuth{
		ClientID:     c.Text(o.ClientID, "", document.MaxText),
		ClientSecret: c.Secret(o.Position, "client_secret", o.ClientSecretFile, o.ClientSecretEnv),
		RefreshToken: c.Secret(o.Position, "refresh_token", o.RefreshTokenFile, o.RefreshTokenEnv),
	}
}
