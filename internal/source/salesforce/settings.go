package salesforce

import (
	"maps"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
)

// DefaultAPIVersion is the API version that is used unless the configuration says another.
const DefaultAPIVersion = "66.0"

// Settings are those of a Salesforce org. Exactly one of ClientCredentials and JWT is set.
type Settings struct {
	InstanceURL       string
	ClientCredentials *api.ClientCredentials
	JWT               *api.JWT
	APIVersion        string // "66.0"
}

// Address implements config.Settings.
func (s *Settings) Address() any { return Key + " " + s.InstanceURL }

// Secrets implements config.Settings.
func (s *Settings) Secrets() []secret.Secret {
	var secrets []secret.Secret
	if s.ClientCredentials != nil {
		secrets = append(secrets, s.ClientCredentials.ClientSecret)
	}
	if s.JWT != nil {
		secrets = append(secrets, s.JWT.PrivateKey)
	}
	return secrets
}

// Files implements config.Settings.
func (s *Settings) Files() []string { return nil }

// Traits implements config.Settings. An org has pipelines where it has record types, which its records tell.
func (s *Settings) Traits(mapped map[string]config.Mapping) config.Traits {
	return config.Traits{Dimensions: append(slices.Collect(maps.Keys(mapped)), "rep", "team"), StagesByName: true}
}

// settingsOf returns the settings of a source, nil where they are those of another connector.
func settingsOf(cfg config.Source) *Settings {
	settings, _ := cfg.Settings.(*Settings)
	return settings
}
