package hubspot

import (
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/access"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/naming"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/refusal"
)

// OAuth is an app that one account has installed.
type OAuth = access.OAuth

// Limits are the account's.
type Limits = access.Limits

// Revoke ends a token of any kind: static, access or refresh.
func (h *Handler) Revoke(token string) { h.credentials.Revoke(token) }

// Install hands out one more refresh token: the app was installed again.
func (h *Handler) Install(refresh string) { h.credentials.Install(refresh) }

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

// token is the refresh grant.
func (h *Handler) token(r *http.Request) (int, any, *refusal.Refusal) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil ||
		media != "application/x-www-form-urlencoded" {
		return 0, nil, &refusal.Refusal{Code: http.StatusUnsupportedMediaType, Message: "Unsupported media type"}
	}
	if err := r.ParseForm(); err != nil {
		return 0, nil, &refusal.Refusal{
			Code: http.StatusBadRequest, Violation: "authentication", Status: "BAD_REQUEST", Message: "unreadable form",
		}
	}
	form := r.PostForm // never the query, where a secret would end up in logs
	token, refresh, f := h.credentials.Refresh(form, h.world.Now())
	if f != nil {
		return 0, nil, f
	}
	return http.StatusOK, tokenAnswer{
		TokenType: "bearer", TokenUse: "access_token", AccessToken: token, RefreshToken: refresh,
		ExpiresIn: int(access.AccessTokenLife.Seconds()), HubID: h.world.Info().Number, UserID: 555_001,
		Scopes: h.scopes(),
	}, nil
}

func (h *Handler) scopes() []string {
	if h.options.Scopes != nil {
		return h.options.Scopes
	}
	all := map[string]bool{"crm.objects.owners.read": true}
	for _, n := range h.options.Namings {
		all[n.Scope] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// objectScopes are those of the types that a path names.
func (h *Handler) objectScopes(r *http.Request) [][]string {
	var groups [][]string
	for _, name := range []string{r.PathValue("type"), r.PathValue("to")} {
		if n, ok := naming.Find(h.options.Namings, name); ok {
			groups = append(groups, []string{n.Scope})
		}
	}
	return groups
}

func ownerScopes(*http.Request) [][]string { return [][]string{{"crm.objects.owners.read"}} }

// schemaScopes lets in whoever may read the object or its schema.
func (h *Handler) schemaScopes(r *http.Request) [][]string {
	n, ok := naming.Find(h.options.Namings, r.PathValue("type"))
	if !ok {
		return nil
	}
	return [][]string{{n.Scope, strings.Replace(n.Scope, "crm.objects", "crm.schemas", 1)}}
}
