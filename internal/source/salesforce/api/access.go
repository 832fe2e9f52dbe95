package api

import "github.com/sales-exporter/sales_exporter/internal/config/secret"

// Access is how an org is reached. Exactly one of ClientCredentials and JWT is set.
type Access struct {
	InstanceURL       string
	ClientCredentials *ClientCredentials
	JWT               *JWT
	APIVersion        string // "66.0"
}

// ClientCredentials is the OAuth client-credentials flow.
type ClientCredentials struct {
	ClientID     string
	ClientSecret secret.Secret
}

// JWT is the OAuth JWT-bearer flow.
type JWT struct {
	ClientID   string
	Username   string
	PrivateKey secret.Secret // PEM
}
