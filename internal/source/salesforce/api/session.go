package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

const (
	loginPath     = "/services/oauth2/token"
	loginEndpoint = "oauth2/token"
	bearer        = "Bearer "
)

// session holds the access token. Answers carry no expires_in: a session ends by inactivity, so the token is used until
// an answer refuses it (crm/salesforce 1.7). An oauth2.TokenSource cannot be told of that.
type session struct {
	access Access
	origin *url.URL
	client *source.Client // of the token endpoint, which never moves
	now    func() time.Time
	moved  func(origin string) error
	use    func(credential string)

	mu    sync.Mutex
	token string
}

// authorize sets the credential of one request.
func (s *session) authorize(ctx context.Context, r *http.Request) error {
	if err := s.ensure(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Header.Set("Authorization", bearer+s.token)
	return nil
}

// ensure gets a token if there is none.
func (s *session) ensure(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != "" {
		return nil
	}
	return s.fetch(ctx)
}

// renew gets a new token after the old one was refused, unless another call has done so.
func (s *session) renew(ctx context.Context, refused string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != "" && bearer+s.token != refused {
		return true, nil
	}
	s.token = ""
	err := s.fetch(ctx)
	return err == nil, err
}

// fetch logs in. The lock is held, so that two calls without a token make one login.
func (s *session) fetch(ctx context.Context) error {
	flow, err := s.flow()
	if err != nil {
		return err
	}
	token, err := s.client.FetchToken(ctx, loginEndpoint, flow.Token)
	if errors.Is(err, source.ErrNoToken) || err == nil && !isHeaderSafe(token.AccessToken) {
		return source.Errorf(source.ReasonAuth, "%w", source.ErrNoToken)
	}
	if err != nil {
		return s.explain(err)
	}
	instance, err := extraText(token, "instance_url")
	if err != nil {
		return err
	}
	user, err := extraText(token, "id")
	if err != nil {
		return err
	}
	origin, err := grantedOrigin(s.origin, instance)
	if err != nil {
		return err
	}
	if err := s.moved(origin); err != nil {
		return err
	}
	s.token = token.AccessToken
	s.use(orgOf(user, s.token))
	return nil
}

// extraText returns a field of the token answer that is Salesforce's own, "" where the answer lacks it.
func extraText(token *oauth2.Token, name string) (string, error) {
	value := token.Extra(name)
	if value == nil {
		return "", nil
	}
	text, ok := value.(string)
	if !ok {
		return "", source.Errorf(source.ReasonDecode, "%s of the token answer is not a text", name)
	}
	return text, nil
}

// explain says where the credential is kept that Salesforce refused.
func (s *session) explain(err error) error {
	if e, ok := errors.AsType[*source.Error](err); ok && e.Reason == source.ReasonAuth && e.Hint != "" {
		if jwt := s.access.JWT; jwt != nil {
			e.Hint += " (private key in " + jwt.PrivateKey.Place() + ")"
		} else {
			e.Hint += " (client secret in " + s.access.ClientCredentials.ClientSecret.Place() + ")"
		}
	}
	return err
}

// orgOf returns the org that a token answer names by the URL of its user, .../id/<org>/<user>; else the token, which no
// other login shares. Sessions end every few hours: not each of them is reason to ask the org who it is.
func orgOf(user, token string) string {
	steps := strings.Split(user, "/")
	if len(steps) < 2 {
		return token
	}
	if org, ok := source.LongRecordID(steps[len(steps)-2]); ok {
		return org
	}
	return token
}

// flow returns the flow that asks for a token. Secrets are read anew each time, so that a rotated file is noticed.
func (s *session) flow() (*clientcredentials.Config, error) {
	flow := &clientcredentials.Config{
		TokenURL: s.client.Base() + loginPath, AuthStyle: oauth2.AuthStyleInParams,
	}
	if jwt := s.access.JWT; jwt != nil {
		key, err := jwt.PrivateKey.Read()
		if err != nil {
			return nil, source.Errorf(source.ReasonConfig, "read the private key: %w", err)
		}
		assertion, err := signAssertion(key, jwt.ClientID, jwt.Username, audience(s.origin.Hostname()), s.now())
		if err != nil {
			return nil, err
		}
		// The assertion stands for the client and its secret. The jwt package of x/oauth2 would sign it with claims of
		// Google's own, and by this machine's clock.
		flow.EndpointParams = url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
			"assertion":  {assertion},
		}
		return flow, nil
	}
	credentials := s.access.ClientCredentials
	secret, err := source.ReadCredential(credentials.ClientSecret, source.IsVisible)
	if err != nil {
		return nil, err
	}
	flow.ClientID, flow.ClientSecret = credentials.ClientID, secret
	return flow, nil
}

// isHeaderSafe reports whether a token can stand in a header: visible ASCII, and not absurdly long.
func isHeaderSafe(token string) bool {
	return token != "" && len(token) <= 16<<10 && !strings.ContainsFunc(token, func(r rune) bool {
		return r <= ' ' || r > '~'
	})
}
