package salesforce

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
)

// Key is that of the section in a source.
const Key = "salesforce"

// NewSection returns an empty section.
func NewSection() config.Section { return &section{} }

// section is the part of a source under `salesforce`, as it is written.
type section struct {
	document.Position
	InstanceURL       document.Scalar       `yaml:"instance_url"`
	ClientCredentials clientCredentialsKeys `yaml:"client_credentials"`
	JWT               jwtKeys               `yaml:"jwt"`
	APIVersion        document.Scalar       `yaml:"api_version"`
}

type clientCredentialsKeys struct {
	document.Position
	ClientID         document.Scalar `yaml:"client_id"`
	ClientSecretFile document.Scalar `yaml:"client_secret_file"`
	ClientSecretEnv  document.Scalar `yaml:"client_secret_env"`
}

type jwtKeys struct {
	document.Position
	ClientID       document.Scalar `yaml:"client_id"`
	Username       document.Scalar `yaml:"username"`
	PrivateKeyFile document.Scalar `yaml:"private_key_file"`
	PrivateKeyEnv  document.Scalar `yaml:"private_key_env"`
}

// oldestVersion is the oldest API version that the connector reads. Older ones are being retired.
const oldestVersion = 58

var (
	versionPattern  = regexp.MustCompile(`^(\d{2,3})\.0$`)
	orgPattern      = regexp.MustCompile(`^00D[0-9A-Za-z]{12}([0-9A-Za-z]{3})?$`)
	propertyPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*$`)
)

// Rules are those for names of fields.
func Rules() config.PropertyRules {
	return config.PropertyRules{
		Property: propertyPattern,
		Amount:   "Amount",
		Example:  "write the API name or a path, such as Type or Account.Industry",
		Objects:  []string{"deal"},
		Defaults: map[string]string{"business_type": "Type", "channel": "LeadSource"},
	}
}

// Read implements config.Section.
func (f *section) Read(c *config.SectionChecker, keys *config.SourceKeys, s *config.Source) {
	s.Settings = f.settings(c)
	s.Account = orgID(c, keys.Account)
	s.Map = c.Mappings(keys.Map, Rules())
	s.Amount = c.Amount(keys.Amount, Rules())
}

// orgID reads the id of a Salesforce org, of 15 or of 18 characters, and returns it with 18.
func orgID(c *config.SectionChecker, s document.Scalar) string {
	if s.Usable() && !orgPattern.MatchString(s.Text) {
		c.Add(s.Position, document.Quote(s.Text)+" is not the id of a Salesforce org",
			"use the Organization ID of Setup, Company Information: 15 or 18 characters that begin with 00D")
	}
	if long, ok := source.LongRecordID(s.Text); ok {
		return long // People see the short form, the API answers with the long one.
	}
	return s.Text
}

func (f *section) settings(c *config.SectionChecker) *Settings {
	org := &Settings{InstanceURL: f.instanceURL(c), APIVersion: DefaultAPIVersion}
	switch {
	case f.ClientCredentials.Set() && f.JWT.Set():
		c.Add(f.JWT.Position, "cannot be combined with client_credentials", "keep one of them")
	case f.ClientCredentials.Usable():
		org.ClientCredentials = f.ClientCredentials.settings(c)
	case f.JWT.Usable():
		org.JWT = f.JWT.settings(c)
	case !f.ClientCredentials.Set() && !f.JWT.Set():
		c.Lacks(f.Position, "needs client_credentials or jwt", "")
	}
	if version := f.APIVersion; version.Usable() {
		match := versionPattern.FindStringSubmatch(version.Text)
		if match == nil {
			c.Add(version.Position, document.Quote(version.Text)+" is not a Salesforce API version", `write it like "66.0"`)
		} else if n, _ := strconv.Atoi(match[1]); n < oldestVersion {
			c.Add(version.Position, document.Quote(version.Text)+" is too old", `use "58.0" or later`)
		}
		org.APIVersion = version.Text
	}
	return org
}

func (y *clientCredentialsKeys) settings(c *config.SectionChecker) *api.ClientCredentials {
	c.Need(y.Position, "client_id", y.ClientID.Position)
	return &api.ClientCredentials{
		ClientID:     c.Text(y.ClientID, "", document.MaxText),
		ClientSecret: c.Secret(y.Position, "client_secret", y.ClientSecretFile, y.ClientSecretEnv),
	}
}

func (y *jwtKeys) settings(c *config.SectionChecker) *api.JWT {
	c.Need(y.Position, "client_id", y.ClientID.Position)
	c.Need(y.Position, "username", y.Username.Position)
	return &api.JWT{
		ClientID:   c.Text(y.ClientID, "", document.MaxText),
		Username:   c.Text(y.Username, "", document.MaxText),
		PrivateKey: c.Secret(y.Position, "private_key", y.PrivateKeyFile, y.PrivateKeyEnv),
	}
}

// instanceURL returns the org's own origin. Hosts that show a web page instead of answering the API are refused here,
// for what they answer looks like a broken API.
func (f *section) instanceURL(c *config.SectionChecker) string {
	if !c.Need(f.Position, "instance_url", f.InstanceURL.Position) {
		return ""
	}
	instance := f.InstanceURL
	if !strings.Contains(instance.Text, "://") {
		instance.Text = "https://" + instance.Text // Salesforce's own pages show the bare host.
	}
	base, host := c.URL(instance)
	const hint = "use the org's My Domain, such as https://acme.my.salesforce.com"
	switch {
	case strings.HasSuffix(host, ".lightning.force.com"):
		c.Add(f.InstanceURL.Position, "is the address of the Lightning web app, not of the API", hint)
	case strings.HasSuffix(host, ".salesforce-setup.com"):
		c.Add(f.InstanceURL.Position, "is the address of the Setup pages, not of the API", hint)
	case host == "login.salesforce.com" || host == "test.salesforce.com":
		c.Add(f.InstanceURL.Position, "is the shared login host, not an org", hint)
	}
	return base
}
