package hubspot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// renewEarly is how long before its end an access token is replaced, so that no request is under way with a dead one.
const renewEarly = 2 * time.Minute

// login is the refresh-token flow of a HubSpot app.
type login struct {
	config config.HubSpotOAuth
	path   string
	client *source.Client
	now    func() time.Time
	use    func(credential string)

	// expired is set by the answer that says so: a 401 alone is no reason to ask for another token (crm/hubspot 1.2).
	expired atomic.Bool

	mu      sync.Mutex // held while a token is fetched, so that there is never more than one fetch
	access  string
	until   time.Time
	stored  string // the configured refresh token that rotated was given for
	rotated string // what HubSpot gave instead of stored; lives as long as this process
}

func newLogin(cfg config.Source, env source.Environment, now func() time.Time, use func(string)) (*login, error) {
	l := &login{config: *cfg.HubSpot.OAuth, path: "/oauth/" + cfg.HubSpot.APIVersion + "/token", now: now, use: use}
	client, err := source.NewClient(source.ClientOptions{
		Base:              cfg.HubSpot.BaseURL,
		Classify:          classifyLogin,
		RequestsPerSecond: cfg.Budget.RequestsPerSecond,
		Environment:       env,
	})
	l.client = client
	return l, err
}

// token returns an access token that is good for a while.
func (l *login) token(ctx context.Context) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.access != "" && l.now().Before(l.until) {
		return l.access, nil
	}
	if err := l.fetch(ctx); err != nil {
		return "", err
	}
	return l.access, nil
}

// renew drops a token that HubSpot called expired, and reports whether it did.
func (l *login) renew(ctx context.Context) (bool, error) {
	if !l.expired.Swap(false) {
		return false, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return true, l.fetch(ctx)
}

func (l *login) fetch(ctx context.Context) error {
	l.access = ""
	secret, err := source.ReadCredential(l.config.ClientSecret, source.IsVisible)
	if err != nil {
		return err
	}
	refresh, err := source.ReadCredential(l.config.RefreshToken, source.IsVisible)
	if err != nil {
		return err
	}
	if refresh != l.stored { // the first time, or somebody put another token in the file
		l.stored, l.rotated = refresh, ""
	}
	if l.rotated != "" {
		refresh = l.rotated
	}
	var answer struct {
		AccessToken  string      `json:"access_token"`
		RefreshToken string      `json:"refresh_token"`
		ExpiresIn    json.Number `json:"expires_in"`
	}
	err = l.client.Do(ctx, source.Request{
		Method: http.MethodPost, Path: l.path, Endpoint: "oauth/token",
		Form: url.Values{
			"grant_type": {"refresh_token"}, "client_id": {l.config.ClientID},
			"client_secret": {secret}, "refresh_token": {refresh},
		},
	}, source.DecodeJSON(&answer))
	if err != nil {
		return l.explain(err)
	}
	if answer.AccessToken == "" {
		return source.Errorf(source.ReasonDecode, "the token answer holds no access token")
	}
	if answer.RefreshToken != "" && answer.RefreshToken != refresh {
		l.rotated = answer.RefreshToken
	}
	if strings.ContainsFunc(answer.AccessToken, func(c rune) bool { return !source.IsVisible(c) }) {
		return source.Errorf(source.ReasonDecode, "the token answer holds characters that no token has")
	}
	// Refresh tokens rotate and belong to one account each: only another one in the file may be another account's.
	l.use(l.stored)
	l.access, l.until = answer.AccessToken, l.now().Add(lifetime(answer.ExpiresIn))
	return nil
}

// explain says where the credentials are kept that HubSpot refused.
func (l *login) explain(err error) error {
	if e, ok := errors.AsType[*source.Error](err); ok && e.Reason == source.ReasonAuth && e.Hint != "" {
		e.Hint += fmt.Sprintf(" (client secret in %s, refresh token in %s)", l.config.ClientSecret.Place(),
			l.config.RefreshToken.Place())
	}
	return err
}

// lifetime returns how long a token is used. One that says nothing of its end is fetched anew at the next request.
func lifetime(expiresIn json.Number) time.Duration {
	seconds, err := expiresIn.Float64()
	if err != nil || !(seconds > 0 && seconds < 1e6) {
		return 0
	}
	whole := time.Duration(seconds * float64(time.Second))
	return whole - min(renewEarly, whole/2)
}

// classifyLogin reads the refusal of a token. Its code is in status, where other answers say "error".
func classifyLogin(status int, header http.Header, body []byte) *source.Error {
	var r refusal
	_ = json.Unmarshal(body, &r) // What is no JSON, such as the HTML of a proxy, says nothing.
	r.Category = r.Status
	e := source.Errorf(reasonOf(status), "%w", r.describe(status, header))
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		e.Reason = source.ReasonAuth
		e.Hint = "the app's access was revoked, or client id, client secret and refresh token do not belong together"
	}
	return e
}
