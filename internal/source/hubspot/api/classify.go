package api

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// refusal is the body of a failed answer. Every field is optional, and there may be no JSON at all.
type refusal struct {
	Status        Text           `json:"status"`
	Message       Text           `json:"message"`
	Category      Text           `json:"category"`
	CorrelationID Text           `json:"correlationId"`
	PolicyName    Text           `json:"policyName"`
	Context       refusalContext `json:"context"`
	MissingScopes names          `json:"missingScopes"`
	Errors        []struct {
		Context refusalContext `json:"context"`
	} `json:"errors"`
}

// refusalContext names missing scopes in one of several places (crm/hubspot 1.3).
type refusalContext struct {
	Granular names `json:"requiredGranularScopes"`
	Required names `json:"requiredScopes"`
	Missing  names `json:"missingScopes"`
}

// names is a list of texts; anything else is no names, so that an odd detail does not hide the rest of a refusal.
type names []string

// UnmarshalJSON implements json.Unmarshaler.
func (n *names) UnmarshalJSON(data []byte) error {
	var list []string
	if json.Unmarshal(data, &list) == nil {
		*n = list
	}
	return nil
}

// scopes returns all scopes that the refusal names, sorted.
func (r *refusal) scopes() []string {
	all := slices.Clone(r.MissingScopes)
	contexts := []refusalContext{r.Context}
	for _, e := range r.Errors {
		contexts = append(contexts, e.Context)
	}
	for _, c := range contexts {
		all = slices.Concat(all, c.Granular, c.Required, c.Missing)
	}
	all = slices.DeleteFunc(all, func(s string) bool { return !Plain(s, 100) })
	slices.Sort(all)
	return slices.Compact(all)
}

const (
	categoryExpired = "EXPIRED_AUTHENTICATION"

	statusLocked       = http.StatusLocked
	statusMovingRegion = 477 // the account is moving to another hosting region
	statusMalformed    = 530 // Cloudflare's, for a token that is no token

	lockedWait = 2 * time.Second
	movingWait = time.Minute // where HubSpot does not say
	searchWait = time.Second
)

// classify turns a refused call into an Error (crm/hubspot 1.3, 5.2, 5.3).
func (a *API) classify(status int, header http.Header, body []byte) *source.Error {
	var r refusal
	_ = json.Unmarshal(body, &r) // What is no JSON, such as the HTML of a proxy, says nothing.
	e := source.Errorf(reasonOf(status), "%w", r.describe(status, header))
	switch {
	case status == http.StatusUnauthorized && a.login != nil:
		if r.Category == categoryExpired {
			a.login.expired.Add(1)
		}
	case status == http.StatusUnauthorized, status == statusMalformed:
		e.Hint = "check that the token in " + a.place + " is a HubSpot service key or private-app token, and that it " +
			"was not revoked"
	case status == http.StatusForbidden:
		e.Hint = r.scopeHint()
	case status == http.StatusTooManyRequests:
		a.limited(e, header, r)
	case status == statusLocked:
		e.Wait = lockedWait
	case status == statusMovingRegion && header.Get("Retry-After") == "": // which the Client heeds
		e.Wait = movingWait
	}
	return e
}

func reasonOf(status int) source.Reason {
	switch {
	case status == http.StatusUnauthorized, status == statusMalformed:
		return source.ReasonAuth
	case status == http.StatusForbidden:
		return source.ReasonScope
	case status == http.StatusTooManyRequests:
		return source.ReasonRateLimited
	case status == http.StatusRequestTimeout:
		return source.ReasonTimeout
	case status >= 500, status == statusLocked, status == statusMovingRegion:
		return source.ReasonServer
	}
	return source.ReasonClient
}

// limited tells the kinds of 429 apart: the day's calls, ten seconds of the general API, and a second of the search,
// whose answer names no policy.
func (a *API) limited(e *source.Error, header http.Header, r refusal) {
	policy := strings.ToLower(string(r.PolicyName + " " + r.Message))
	switch {
	case strings.Contains(policy, "daily"):
		e.Reason = source.ReasonQuota
		e.Wait = a.Clock.untilMidnight()
		e.Hint = "the daily API calls of the account are used up by all its integrations together"
	case strings.Contains(policy, "secondly") && !strings.Contains(policy, "ten_secondly"):
		e.Wait = searchWait + rand.N(searchWait/2) //nolint:gosec // jitter is no secret
	default:
		e.Wait = ShortWindow
		if seconds, err := strconv.Atoi(header.Get("Retry-After")); err == nil && seconds >= 1 && seconds <= 60 {
			e.Wait = time.Duration(seconds) * time.Second
		}
	}
}

func (r *refusal) scopeHint() string {
	scopes := r.scopes()
	if len(scopes) == 0 {
		return "check the scopes of the credential, and that the user who made it still has access"
	}
	// An answer names alternatives too, and does not say which they are.
	return "grant the scopes " + strings.Join(scopes, ", ")
}

// describe returns what a refusal says in words of a closed form; its message may quote CRM content and is left out.
func (r *refusal) describe(status int, header http.Header) error {
	var words []string
	for _, word := range []Text{r.Category, r.PolicyName} {
		if Plain(string(word), 64) {
			words = append(words, string(word))
		}
	}
	if len(words) == 0 {
		words = append(words, strings.ToLower(http.StatusText(status)))
	}
	if words[0] == "" {
		words[0] = "refused"
	}
	// The Client names the id of the header.
	if header.Get("X-HubSpot-Correlation-Id") == "" && Plain(string(r.CorrelationID), 64) {
		words = append(words, "(request id "+string(r.CorrelationID)+")")
	}
	return errors.New(strings.Join(words, " "))
}

// Plain reports whether a word of an answer can be shown: an id, a scope or a code, and no content.
func Plain(word string, longest int) bool {
	return word != "" && len(word) <= longest &&
		strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == ""
}
