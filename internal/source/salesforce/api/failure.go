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

// The error codes that the connector acts upon (crm/salesforce 5.5).
const (
	CodeExceededIDLimit  = "EXCEEDED_ID_LIMIT"
	CodeInvalidField     = "INVALID_FIELD"
	codeInvalidLocator   = "INVALID_QUERY_LOCATOR"
	codeInvalidSession   = "INVALID_SESSION_ID"
	CodeInvalidType      = "INVALID_TYPE"
	CodeQueryTimeout     = "QUERY_TIMEOUT"
	CodeReplicationDate  = "INVALID_REPLICATION_DATE"
	codeRequestLimit     = "REQUEST_LIMIT_EXCEEDED"
	codeTooComplicated   = "QUERY_TOO_COMPLICATED"
	codeAPIDisabled      = "API_DISABLED_FOR_ORG"
	prefixNoAccess       = "INSUFFICIENT_ACCESS"
	codeNoFunctionality  = "FUNCTIONALITY_NOT_ENABLED"
	codeQueryHasNoAccess = "INVALID_QUERY_SCOPE"
)

// The pauses that Salesforce's limits call for. No header names them.
const (
	pauseDailyLimit = time.Hour
	pauseConcurrent = 30 * time.Second
)

// Refusal is what the API says of a refused call: only parts that are schema, never content.
type Refusal struct {
	status       int
	Code         string
	Column       string // of INVALID_FIELD
	Entity       string // the object of the column
	Relationship string // of INVALID_FIELD on a path
}

// Error implements error.
func (e *Refusal) Error() string {
	switch {
	case e.Column != "":
		return e.Code + " of column " + e.Column
	case e.Relationship != "":
		return e.Code + " of relationship " + e.Relationship
	case e.Code != "":
		return e.Code
	default:
		return "refused"
	}
}

var (
	apiCode             = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,63}$`)
	unknownColumn       = regexp.MustCompile(`No such column '([A-Za-z][\w.]{0,99})'(?: on entity '(\w{1,99})')?`)
	unknownRelationship = regexp.MustCompile(`relationship '([A-Za-z]\w{0,99})'`)
)

// classify turns an answer of the API into an Error. Its errors are an array; proxies answer HTML.
func classify(status int, _ http.Header, body []byte) *source.Error {
	said, message := parseAPIError(body)
	said.status = status
	failure := &source.Error{Err: said}
	failure.Reason, failure.Hint, failure.Wait = judge(said, message)
	return failure
}

func parseAPIError(body []byte) (*Refusal, string) {
	type answer struct {
		Message string `json:"message"`
		Code    string `json:"errorCode"`
	}
	var answers []answer
	if json.Unmarshal(body, &answers) != nil || len(answers) == 0 {
		return &Refusal{}, ""
	}
	e, message := &Refusal{}, answers[0].Message
	if apiCode.MatchString(answers[0].Code) {
		e.Code = answers[0].Code
	}
	if e.Code == CodeInvalidField {
		if m := unknownColumn.FindStringSubmatch(message); m != nil {
			e.Column, e.Entity = m[1], m[2]
		} else if m := unknownRelationship.FindStringSubmatch(message); m != nil {
			e.Relationship = m[1]
		}
	}
	return e, message
}

// judge says what a refusal means: by its code where it has a telling one, else by its status.
func judge(e *Refusal, message string) (reason source.Reason, hint string, wait time.Duration) {
	switch {
	case strings.Contains(message, "not valid for use with the REST API"):
		// A new login would get the same session: it is the app's scope that is missing, so this is not an auth
		// failure, which would be answered by logging in again.
		return source.ReasonScope, `give the app the OAuth scope "api" and the user the permission "API Enabled"`, 0
	case e.status == http.StatusUnauthorized, e.Code == codeInvalidSession:
		return source.ReasonAuth, "", 0
	case e.Code == codeRequestLimit && strings.Contains(message, "Concurrent"):
		return source.ReasonRateLimited, "", pauseConcurrent
	case e.Code == codeRequestLimit:
		return source.ReasonQuota, "the org's API calls of the last 24 hours are used up", pauseDailyLimit
	case e.Code == codeAPIDisabled:
		return source.ReasonScope, "the edition of the org has no API access, or the user lacks API Enabled", 0
	case strings.HasPrefix(e.Code, prefixNoAccess), e.Code == codeNoFunctionality, e.Code == codeQueryHasNoAccess:
		return source.ReasonScope, "grant the integration user read access (View All) to the object", 0
	case e.Code == CodeInvalidType:
		return source.ReasonScope, "grant the integration user read access to the object", 0
	case e.Code == CodeQueryTimeout:
		// It becomes a timeout once it has left the Client, which would ask the same again and wait two more minutes.
		return source.ReasonClient, "", 0
	case e.Code == codeTooComplicated:
		return source.ReasonClient, "map fewer formula fields", 0
	}
	return judgeStatus(e.status)
}

func judgeStatus(status int) (reason source.Reason, hint string, wait time.Duration) {
	switch {
	case status == http.StatusForbidden:
		return source.ReasonScope, "check the permissions and the login IP ranges of the integration user", 0
	case status == http.StatusNotFound:
		return source.ReasonClient, "check that the org knows this api_version", 0
	case status == http.StatusNotAcceptable, status == 420: // seen in passing, at the edge of the network
		return source.ReasonServer, "", 0
	case status == http.StatusRequestTimeout:
		return source.ReasonTimeout, "", 0
	case status == http.StatusGone:
		return source.ReasonConfig, "API version retired: raise api_version", 0
	case status == http.StatusRequestURITooLong, status == http.StatusRequestHeaderFieldsTooLarge:
		return source.ReasonConfig, "map fewer properties", 0
	case status == http.StatusTooManyRequests:
		return source.ReasonRateLimited, "", 0
	case status >= 500:
		return source.ReasonServer, "", 0
	default:
		return source.ReasonClient, "", 0
	}
}

// Said returns what the API said, where err is a refusal of it.
func Said(err error) *Refusal {
	if e, ok := errors.AsType[*Refusal](err); ok {
		return e
	}
	return &Refusal{}
}

// ConfigError is a failure that only the user can mend.
func ConfigError(hint, format string, args ...any) *source.Error {
	e := source.Errorf(source.ReasonConfig, format, args...)
	e.Hint = hint
	return e
}
