// Package access is who is let into a simulated HubSpot account, and how often.
package access

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/refusal"
)

// OAuth is an app that one account has installed.
type OAuth struct {
	ClientID     string
	ClientSecret string
	RefreshToken string
	// Rotates makes each refresh hand out another refresh token, the last one's use being its end.
	Rotates bool
}

// AccessTokenLife is what HubSpot gives an access token.
const AccessTokenLife = 30 * time.Minute

// Credentials are the tokens that open the account. It is safe for concurrent use.
type Credentials struct {
	oauth *OAuth

	mu      sync.Mutex
	issued  int
	refresh map[string]bool      // tokens that were handed out and not used up
	tokens  map[string]time.Time // expiry; the zero time never expires
	revoked map[string]bool
}

// NewCredentials returns static tokens that never expire, and those of an app, which may be nil.
func NewCredentials(static []string, oauth *OAuth) *Credentials {
	c := &Credentials{
		oauth: oauth, refresh: map[string]bool{}, tokens: map[string]time.Time{}, revoked: map[string]bool{},
	}
	if oauth != nil {
		c.refresh[oauth.RefreshToken] = true
	}
	for _, token := range static {
		c.tokens[token] = time.Time{}
	}
	return c
}

// Check returns the token of a call that is let in.
func (c *Credentials) Check(r *http.Request, now time.Time) (string, *refusal.Refusal) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if ok && strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", &refusal.Refusal{Code: 530, HTML: true} // the edge cannot read it
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	expires, known := c.tokens[token]
	switch {
	case !ok || !known || c.revoked[token]:
		return "", &refusal.Refusal{
			Code: http.StatusUnauthorized, Category: "INVALID_AUTHENTICATION",
			Message: "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can " +
				"find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
		}
	case !expires.IsZero() && !now.Before(expires):
		return "", &refusal.Refusal{
			Code: http.StatusUnauthorized, Category: "EXPIRED_AUTHENTICATION",
			Message: fmt.Sprintf("The OAuth token used to make this call expired %d second(s) ago.",
				int(now.Sub(expires).Seconds())),
		}
	}
	return token, nil
}

// Revoke ends a token of any kind: static, access or refresh.
func (c *Credentials) Revoke(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.revoked[token] = true
}

// Install hands out one more refresh token: the app was installed again.
func (c *Credentials) Install(refresh string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refresh[refresh] = true
}

// Refresh issues an access token and the next refresh token for a refresh token: the grant of a form. Its errors carry the code in "status", not in
// the "error" of RFC 6749.
func (c *Credentials) Refresh(form url.Values, now time.Time) (access, refresh string, f *refusal.Refusal) {
	refused := func(status, message string) (string, string, *refusal.Refusal) {
		return "", "", &refusal.Refusal{
			Code: http.StatusBadRequest, Violation: "authentication", Status: status, Message: message,
		}
	}
	if c.oauth == nil || form.Get("client_id") != c.oauth.ClientID {
		return refused("BAD_CLIENT_ID", "missing or unknown client id")
	}
	if form.Get("client_secret") != c.oauth.ClientSecret {
		return refused("BAD_CLIENT_SECRET", "missing or wrong client secret")
	}
	if form.Get("grant_type") != "refresh_token" {
		return refused("BAD_GRANT_TYPE", "this app refreshes tokens only")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	refresh = form.Get("refresh_token")
	if !c.refresh[refresh] || c.revoked[refresh] {
		return refused("BAD_REFRESH_TOKEN", "missing or unknown refresh token")
	}
	c.issued++
	access = fmt.Sprintf("CJsimulated%06d", c.issued)
	c.tokens[access] = now.Add(AccessTokenLife)
	if c.oauth.Rotates {
		delete(c.refresh, refresh)
		refresh = fmt.Sprintf("na1-simulated-%06d", c.issued)
		c.refresh[refresh] = true
	}
	return access, refresh, nil
}
