package hubspot

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// OAuth is an app that one account has installed.
type OAuth struct {
	ClientID     string
	ClientSecret string
	RefreshToken string
}

// accessTokenLife is what HubSpot gives an access token.
const accessTokenLife = 30 * time.Minute

// credentials are the tokens that open the account.
type credentials struct {
	oauth *OAuth

	mu      sync.Mutex
	issued  int
	tokens  map[string]time.Time // expiry; the zero time never expires
	revoked map[string]bool
}

func newCredentials(o Options) *credentials {
	c := &credentials{oauth: o.OAuth, tokens: map[string]time.Time{}, revoked: map[string]bool{}}
	for _, token := range o.Tokens {
		c.tokens[token] = time.Time{}
	}
	return c
}

// check returns the token of a call that is let in.
func (c *credentials) check(r *http.Request, now time.Time) (string, *failure) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if ok && strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", &failure{status: 530, html: true} // the edge cannot read it
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	expires, known := c.tokens[token]
	switch {
	case !ok || !known || c.revoked[token]:
		return "", &failure{
			status: http.StatusUnauthorized, Category: "INVALID_AUTHENTICATION",
			Message: "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can " +
				"find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
		}
	case !expires.IsZero() && !now.Before(expires):
		return "", &failure{
			status: http.StatusUnauthorized, Category: "EXPIRED_AUTHENTICATION",
			Message: fmt.Sprintf("The OAuth token used to make this call expired %d second(s) ago.",
				int(now.Sub(expires).Seconds())),
		}
	}
	return token, nil
}

// Revoke ends a token of any kind: static, access or refresh.
func (h *Handler) Revoke(token string) {
	h.credentials.mu.Lock()
	defer h.credentials.mu.Unlock()
	h.credentials.revoked[token] = true
}

// tokenAnswer is a fresh access token.
type tokenAnswer struct {
	TokenType    string   `json:"token_type"`
	TokenUse     string   `json:"token_use"`
	AccessToken  string   `json:"access_token"`
	RefreshToken string   `json:"refresh_token"`
	ExpiresIn    int      `json:"expires_in"`
	HubID        int64    `json:"hub_id"`
	UserID       int64    `json:"user_id"`
	Scopes       []string `json:"scopes"`
}

// token is the refresh grant. Its errors carry the code in "status", not in the "error" of RFC 6749.
func (h *Handler) token(r *http.Request) (int, any, *failure) {
	refused := func(status, message string) (int, any, *failure) {
		return 0, nil, &failure{
			status: http.StatusBadRequest, violation: "authentication", Status: status, Message: message,
		}
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil ||
		media != "application/x-www-form-urlencoded" {
		return 0, nil, &failure{status: http.StatusUnsupportedMediaType, Message: "Unsupported media type"}
	}
	if err := r.ParseForm(); err != nil {
		return refused("BAD_REQUEST", "unreadable form")
	}
	c, form := h.credentials, r.PostForm // never the query, where a secret would end up in logs
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
	if form.Get("refresh_token") != c.oauth.RefreshToken || c.revoked[c.oauth.RefreshToken] {
		return refused("BAD_REFRESH_TOKEN", "missing or unknown refresh token")
	}
	c.issued++
	access := fmt.Sprintf("CJsimulated%06d", c.issued)
	c.tokens[access] = h.world.Now().Add(accessTokenLife)
	return http.StatusOK, tokenAnswer{
		TokenType: "bearer", TokenUse: "access_token", AccessToken: access, RefreshToken: c.oauth.RefreshToken,
		ExpiresIn: int(accessTokenLife.Seconds()), HubID: h.world.Info().Number, UserID: 555_001,
		Scopes: h.scopes(),
	}, nil
}

func (h *Handler) scopes() []string {
	if h.options.Scopes != nil {
		return h.options.Scopes
	}
	all := map[string]bool{"crm.objects.owners.read": true}
	for _, k := range kinds() {
		all[k.scope] = true
	}
	return slices.Sorted(maps.Keys(all))
}

func objectScopes(r *http.Request) [][]string {
	var groups [][]string
	for _, name := range []string{r.PathValue("type"), r.PathValue("to")} {
		if k, ok := kindOf(name); ok {
			groups = append(groups, []string{k.scope})
		}
	}
	return groups
}

func ownerScopes(*http.Request) [][]string { return [][]string{{"crm.objects.owners.read"}} }

// schemaScopes lets in whoever may read the object or its schema.
func schemaScopes(r *http.Request) [][]string {
	k, ok := kindOf(r.PathValue("type"))
	if !ok {
		return nil
	}
	return [][]string{{k.scope, strings.Replace(k.scope, "crm.objects", "crm.schemas", 1)}}
}
