package config

import "fmt"

// Warnings returns what is allowed but unwise, a line each: secrets that everybody on the machine can read.
func (v *Validated) Warnings() []string {
	var out []string
	for _, s := range v.config.Sources {
		for _, secret := range s.secrets() {
			if warning := secret.Permissions(); warning != "" {
				out = append(out, fmt.Sprintf("source %s: %s", s.Name, warning))
			}
		}
	}
	if warning := v.config.RepHashKey.Permissions(); warning != "" {
		out = append(out, "rep_label: "+warning)
	}
	return out
}

// secrets returns the credentials of a source.
func (s *Source) secrets() []Secret {
	var out []Secret
	if h := s.HubSpot; h != nil {
		out = append(out, h.Token)
		if h.OAuth != nil {
			out = append(out, h.OAuth.ClientSecret, h.OAuth.RefreshToken)
		}
	}
	if f := s.Salesforce; f != nil {
		if f.ClientCredentials != nil {
			out = append(out, f.ClientCredentials.ClientSecret)
		}
		if f.JWT != nil {
			out = append(out, f.JWT.PrivateKey)
		}
	}
	return out
}
