package salesforce

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
)

const grantJWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// oauthError is an error answer of the token endpoint: an object, where the data API sends an array.
type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func refuseGrant(code, description string) answer {
	a := reply(http.StatusBadRequest, oauthError{code, description})
	a.code = code
	return a
}

// grant is a successful answer of the token endpoint. There is no expires_in: a session dies of inactivity.
type grant struct {
	AccessToken string `json:"access_token"`
	Signature   string `json:"signature,omitempty"`
	Scope       string `json:"scope"`
	InstanceURL string `json:"instance_url"`
	ID          string `json:"id"`
	TokenType   string `json:"token_type"`
	IssuedAt    string `json:"issued_at,omitempty"`
}

// token answers POST /services/oauth2/token. Credentials in the query string are not looked at.
func (h *Handler) token(r *http.Request, now time.Time) answer {
	if r.Method != http.MethodPost {
		return refuseGrant("invalid_request", "must use HTTP POST")
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil ||
		kind != "application/x-www-form-urlencoded" || r.ParseForm() != nil {
		return refuseGrant("unsupported_grant_type", "grant type not supported")
	}
	if _, ok := h.logins.Allow("", now); !ok {
		return refuseGrant("rate_limit_exceeded", "login rate exceeded")
	}
	switch r.PostForm.Get("grant_type") {
	case "client_credentials":
		return h.clientCredentials(r, now)
	case grantJWT:
		return h.jwt(r, now)
	default:
		return refuseGrant("unsupported_grant_type", "grant type not supported")
	}
}

func (h *Handler) clientCredentials(r *http.Request, now time.Time) answer {
	if strings.HasPrefix(r.Host, "login.") || strings.HasPrefix(r.Host, "test.") {
		return refuseGrant("invalid_grant", "request not supported on this domain")
	}
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		id, secret = user, password
	}
	known, registered := h.options.Clients[id]
	switch {
	case id == "" || h.options.Clients != nil && !registered:
		return refuseGrant("invalid_client_id", "client identifier invalid")
	case secret == "" || h.options.Clients != nil && secret != known:
		return refuseGrant("invalid_client", "invalid client credentials")
	}
	g := h.grant(r, now)
	g.IssuedAt = strconv.FormatInt(now.UnixMilli(), 10)
	signature := sha256.Sum256([]byte(g.ID + g.IssuedAt))
	g.Signature = base64.StdEncoding.EncodeToString(signature[:])
	return reply(http.StatusOK, g)
}

func (h *Handler) grant(r *http.Request, now time.Time) grant {
	return grant{
		AccessToken: h.open(now).token,
		Scope:       "api id",
		InstanceURL: base(r),
		ID:          "https://login.salesforce.com/id/" + tables.OrganizationID(h.world.Info().Number) + "/" + tables.IntegrationUserID(),
		TokenType:   "Bearer",
	}
}

// base is the address under which the caller reached the org.
func base(r *http.Request) string {
	origin := url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		origin.Scheme = "https"
	}
	return origin.String()
}

// assertion is the claims of the JWT bearer flow. Some clients send exp as a text.
type assertion struct {
	Issuer   string      `json:"iss"`
	Subject  string      `json:"sub"`
	Audience string      `json:"aud"`
	Expires  json.Number `json:"exp"`
}

// jwt answers the JWT bearer flow, whose answer lacks the signature and the time of the other flow.
func (h *Handler) jwt(r *http.Request, now time.Time) answer {
	if h.options.JWTKey == nil {
		return refuseGrant("unsupported_grant_type", "grant type not supported")
	}
	claims, ok := verify(r.PostForm.Get("assertion"), h.options.JWTKey)
	if !ok {
		return refuseGrant("invalid_grant", "invalid assertion")
	}
	_, registered := h.options.Clients[claims.Issuer]
	expires, err := claims.Expires.Int64()
	audiences := []string{"https://login.salesforce.com", "https://test.salesforce.com", base(r)}
	switch {
	case claims.Issuer == "" || h.options.Clients != nil && !registered:
		return refuseGrant("invalid_client_id", "client identifier invalid")
	case !slices.Contains(audiences, claims.Audience):
		return refuseGrant("invalid_grant", "audience is invalid")
	case err != nil || expires <= now.Unix():
		return refuseGrant("invalid_grant", "expired assertion")
	case claims.Subject == "" || h.options.Username != "" && claims.Subject != h.options.Username:
		return refuseGrant("invalid_grant", "user hasn't approved this consumer")
	}
	return reply(http.StatusOK, h.grant(r, now))
}

// verify checks the RS256 signature of a token and decodes its claims.
func verify(token string, key *rsa.PublicKey) (assertion, bool) {
	var header struct {
		Algorithm string `json:"alg"`
	}
	var claims assertion
	parts := strings.Split(token, ".")
	if len(parts) != 3 || !decodePart(parts[0], &header) || header.Algorithm != "RS256" {
		return claims, false
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return claims, false
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) != nil {
		return claims, false
	}
	return claims, decodePart(parts[1], &claims)
}

func decodePart(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}
