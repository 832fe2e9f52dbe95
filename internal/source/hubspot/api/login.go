package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// renewEarly is how long before its end an access token is replaced, so that no request is under way with a dead one.
const renewEarly = 2 * time.Minute

// login holds the access token of a HubSpot app and renews it by the refresh-token flow. It keeps the token itself: an
// oauth2.TokenSource would use the context of its first caller for every fetch, read the secrets once, measure lifetimes
// by this machine's clock and never replace a token without a lifetime.
type login struct {
	config OAuth
	path   string
	client *source.Client
	now    func() time.Time
	use    func(credential string)

	// expired counts the answers that say so and were not acted on: a 401 alone is no reason to ask for another token
	// (crm/hubspot 1.2). Two calls at a time may both be told.
	expired atomic.Int64

	mu      sync.Mutex // held while a token is fetched, so that there is never more than one fetch
	access  string
	until   time.Time
	stored  string // the configured refresh token that rotated was given for
	rotated string // what HubSpot gave instead of stored; lives as long as this process
}

func newLogin(
	access Access, calls config.Budget, env source.Environment, now func() time.Time, use func(string),
) (*login, error) {
	l := &login{config: *access.OAuth, path: "/oauth/" + access.Version + "/token", now: now, use: use}
	client, err := source.NewClient(source.ClientOptions{
		Base:              access.BaseURL,
		Classify:          classifyLogin,
		RequestsPerSecond: calls.RequestsPerSecond,
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

// renew replaces a token that HubSpot called expired, and reports whether it did.
func (l *login) renew(ctx context.Context, refused string) (bool, error) {
	if l.expired.Add(-1) < 0 {
		l.expired.Add(1)
		return false, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.access != "" && "Bearer "+l.access != refused {
		return true, nil // another call has replaced it
	}
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
	flow := oauth2.Config{
		ClientID: l.config.ClientID, ClientSecret: secret,
		Endpoint: oauth2.Endpoint{TokenURL: l.client.Base() + l.path, AuthStyle: oauth2.AuthStyleInParams},
	}
	token, err := l.client.FetchToken(ctx, "oauth/token", func(ctx context.Context) (*oauth2.Token, error) {
		return flow.TokenSource(ctx, &oauth2.Token{RefreshToken: refresh}).Token()
	})
	if err != nil {
		return l.explain(err)
	}
	if token.RefreshToken != refresh {
		l.rotated = token.RefreshToken
	}
	if strings.ContainsFunc(token.AccessToken, func(c rune) bool { return !source.IsVisible(c) }) {
		return source.Errorf(source.ReasonDecode, "the token answer holds characters that no token has")
	}
	// Refresh tokens rotate and belong to one account each: only another one in the file may be another account's.
	l.use(l.stored)
	l.access, l.until = token.AccessToken, l.now().Add(lifetime(token.ExpiresIn))
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
func lifetime(seconds int64) time.Duration {
	if seconds <= 0 || seconds >= 1e6 {
		return 0
	}
	whole := time.Duration(seconds) * time.Second
	return whole - min(renewEarly, whole/2)
}

// loginCode is the form of the token endpoint's codes. Secrets have another form, so an answer that repeats the request
// puts none into an error.
var loginCode = regexp.MustCompile(`^[A-Z][A-Z_]{0,63}$`)

// classifyLogin reads the refusal of a token. Its code is in status, where other answers say "error". The correlation id
// of the body is not shown: a client secret has the same form. The Client shows that of the header.
func classifyLogin(status int, header http.Header, body []byte) *source.Error {
	var said, shown refusal
	_ = json.Unmarshal(body, &said) // What is no JSON, such as the HTML of a proxy, says nothing.
	if loginCode.MatchString(string(said.Status)) {
		shown.Category = said.Status
	}
	if loginCode.MatchString(string(said.PolicyName)) {
		shown.PolicyName = said.PolicyName
	}
	e := source.Errorf(reasonOf(status), "%w", shown.describe(status, header))
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		e.Reason = source.ReasonAuth
		e.Hint = "the app's access was revoked, or client id, client secret and refresh token do not belong together"
	}
	return e
}
