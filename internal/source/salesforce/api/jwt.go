package api

import (
	"crypto/rsa"
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// assertionLife is how long an assertion may be used: long enough for clocks that differ, too short to be worth
// stealing.
const assertionLife = 3 * time.Minute

// audience returns the login server that the assertion is meant for.
func audience(host string) string {
	if isSandbox(host) {
		return "https://test.salesforce.com"
	}
	return "https://login.salesforce.com"
}

// signAssertion returns the signed claim to be a user of an app (RFC 7523, RS256).
func signAssertion(key, issuer, subject, audience string, now time.Time) (string, error) {
	private, err := parsePrivateKey(key)
	if err != nil {
		return "", err
	}
	// Not jwt.RegisteredClaims, which writes one audience as a list.
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": issuer, "sub": subject, "aud": audience, "exp": now.Add(assertionLife).Unix(),
	}).SignedString(private)
	if err != nil {
		return "", ConfigError("use an RSA key of 2048 bits or more", "sign the assertion with the private key")
	}
	return assertion, nil
}

// parsePrivateKey reads an RSA key in PEM, PKCS#8 or PKCS#1. Its errors never quote the key.
func parsePrivateKey(text string) (*rsa.PrivateKey, error) {
	const hint = "put the RSA private key of the app's certificate there, as unencrypted PEM"
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(text))
	switch {
	case err == nil:
		return key, nil
	case errors.Is(err, jwt.ErrKeyMustBePEMEncoded):
		return nil, ConfigError(hint, "the private key is not PEM")
	case errors.Is(err, jwt.ErrNotRSAPrivateKey):
		return nil, ConfigError(hint, "the private key is not an RSA key")
	default:
		return nil, ConfigError(hint, "the private key cannot be read")
	}
}
