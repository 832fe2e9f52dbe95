package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// oauthCode is what a code of the token endpoint looks like; anything else is not repeated in an error.
var oauthCode = regexp.MustCompile(`^[a-z_]{1,64}$`)

// oauthRule is one row of the table of login failures: code, a part of the description (in lower case), advice.
type oauthRule struct{ code, says, hint string }

// oauthRules are looked through from the top (crm/salesforce 1.6).
var oauthRules = []oauthRule{
	{"invalid_client_id", "", "check client_id; a new app takes up to 10 minutes to be known everywhere"},
	{"invalid_client", "must be installed", "an administrator has to install or approve the app in the org"},
	{"invalid_client", "", "check the client secret"},
	{"invalid_grant", "no client credentials user", "set a Run As user in the app's client credentials flow"},
	{"invalid_grant", "hasn't approved", "pre-authorize the user: choose admin approved users, and assign a permission set of the app"},
	{"invalid_grant", "expired", "check this machine's clock, and whether the access was revoked"},
	{"invalid_grant", "assertion", "check this machine's clock, the username and the certificate of the app"},
	{"invalid_grant", "audience", "check that instance_url is the org that the user belongs to"},
	{"invalid_grant", "authentication failure", "check the user and that the flow is allowed in the org"},
	{"invalid_grant", "", "check the user, the certificate and the policies of the app"},
	{"unsupported_grant_type", "", "enable the OAuth flow in the app"},
	{"invalid_app_access", "", "an administrator has to assign the user to the app"},
	{"inactive_user", "", "activate the integration user"},
	{"inactive_org", "", "the org is locked or inactive"},
}

// classifyLogin turns an answer of the token endpoint into an Error. Its errors are an object, unlike the API's.
func classifyLogin(status int, _ http.Header, body []byte) *source.Error {
	code, says := parseLoginError(body)
	if code == "" || status >= 500 {
		return nil // A page of a proxy or of a maintenance window: the status says enough.
	}
	failure := &source.Error{Reason: source.ReasonAuth, Err: errors.New(code)}
	switch {
	case strings.Contains(says, "not supported on this domain"):
		failure.Reason, failure.Hint = source.ReasonConfig, hintMyDomain
	case code == "rate_limit_exceeded" || strings.Contains(says, "login rate exceeded"):
		failure.Reason, failure.Wait = source.ReasonRateLimited, 15*time.Minute
		failure.Hint = "too many logins of this user in an hour"
	default:
		for _, rule := range oauthRules {
			if rule.code == code && strings.Contains(says, rule.says) {
				failure.Hint = rule.hint
				break
			}
		}
	}
	return failure
}

// parseLoginError returns the code of a login failure, "" where there is none, and its description in lower case.
func parseLoginError(body []byte) (code, says string) {
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &answer) != nil || !oauthCode.MatchString(answer.Error) {
		return "", ""
	}
	return answer.Error, strings.ToLower(answer.Description)
}
