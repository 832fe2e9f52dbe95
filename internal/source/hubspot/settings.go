package hubspot

import (
	"maps"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
)

// DefaultAPIVersion is the API version that is used unless the configuration says another.
const DefaultAPIVersion = "2026-09"

// Settings are those of a HubSpot account. Exactly one of Token and OAuth is set.
type Settings struct {
	Token      secret.Secret // service key or private-app token
	OAuth      *OAuth
	BaseURL    string
	APIVersion string // "2026-09"
}

// OAuth is the refresh-token flow of a HubSpot app.
type OAuth = api.OAuth

// access returns how the account is reached.
func (s *Settings) access() api.Access {
	return api.Access{Token: s.Token, OAuth: s.OAuth, BaseURL: s.BaseURL, Version: s.APIVersion}
}

// Address implements config.Settings.
func (s *Settings) Address() any { return Key + " " + s.BaseURL }

// Secrets implements config.Settings.
func (s *Settings) Secrets() []secret.Secret {
	secrets := []secret.Secret{s.Token}
	if s.OAuth != nil {
		secrets = append(secrets, s.OAuth.ClientSecret, s.OAuth.RefreshToken)
	}
	return secrets
}

// Files implements config.Settings.
func (s *Settings) Files() []string { return nil }

// Traits implements config.Settings. Every deal is in a pipeline.
func (s *Settings) Traits(mapped map[string]config.Mapping) config.Traits {
	return config.Traits{Dimensions: append(slices.Collect(maps.Keys(mapped)), "rep", "team", "pipeline")}
}

// settingsOf returns the settings of a source, nil where they are those of another connector.
func settingsOf(cfg config.Source) *Settings {
	settings, _ := cfg.Settings.(*Settings)
	return settings
}
