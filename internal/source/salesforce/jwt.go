package salesforce

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"time"
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
	claims, err := json.Marshal(struct {
		Issuer   string `json:"iss"`
		Subject  string `json:"sub"`
		Audience string `json:"aud"`
		Expires  int64  `json:"exp"`
	}{issuer, subject, audience, now.Add(assertionLife).Unix()})
	if err != nil {
		return "", configError("", "encode the assertion")
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(claims)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, private, crypto.SHA256, digest[:])
	if err != nil {
		return "", configError("use an RSA key of 2048 bits or more", "sign the assertion with the private key")
	}
	return signed + "." + encode(signature), nil
}

// parsePrivateKey reads an RSA key in PEM, PKCS#8 or PKCS#1. Its errors never quote the key.
func parsePrivateKey(text string) (*rsa.PrivateKey, error) {
	const hint = "put the RSA private key of the app's certificate there, as unencrypted PEM"
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, configError(hint, "the private key is not PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, configError(hint, "the private key cannot be read")
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, configError(hint, "the private key is not an RSA key")
	}
	return key, nil
}
