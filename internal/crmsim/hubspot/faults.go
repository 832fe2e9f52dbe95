package hubspot

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/refusal"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
)

// The faults below are answers in HubSpot's shapes, for a wire.Script. Whatever limits and credentials the account
// has, they let a test meet each answer on the call of its choice.

// TenSecondlyLimited is the 429 of the rolling limit.
func TenSecondlyLimited() wire.Fault {
	return refuse(nil, refusal.RateLimited("", "TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit."))
}

// DailyLimited is the 429 of an account that has spent its day.
func DailyLimited() wire.Fault {
	return refuse(nil, refusal.RateLimited("", "DAILY", "You have reached your daily limit."))
}

// SearchLimited is the 429 of search, which has another shape and names no policy.
func SearchLimited() wire.Fault {
	return refuse(nil, &refusal.Refusal{
		Code: http.StatusTooManyRequests, Message: "You have reached your secondly limit.", Category: "RATE_LIMITS",
	})
}

// Unauthorized is the 401 of a category: "INVALID_AUTHENTICATION" or "EXPIRED_AUTHENTICATION".
func Unauthorized(category string) wire.Fault {
	return refuse(nil, &refusal.Refusal{
		Code: http.StatusUnauthorized, Message: "Authentication failed.", Category: category,
	})
}

// ScopeMissing is the 403 of a token without a scope. Some endpoints name the scope at the top of the error (flat).
func ScopeMissing(scope string, flat bool) wire.Fault {
	return refuse(nil, refusal.MissingScopes([]string{scope}, flat))
}

// Moving is the 477 of an account on its way to another data centre.
func Moving(retryAfterSeconds int) wire.Fault {
	return refuse(http.Header{"Retry-After": {strconv.Itoa(retryAfterSeconds)}},
		&refusal.Refusal{Code: 477, Message: "Portal migration in progress.", Category: "MIGRATION_IN_PROGRESS"})
}

// Locked is the 423 of a bulk write in progress.
func Locked() wire.Fault {
	return refuse(nil, &refusal.Refusal{Code: http.StatusLocked, Message: "Resource is locked.", Category: "LOCKED"})
}

// Unreadable is the 530 of the edge, for a token that is none. It is HTML.
func Unreadable() wire.Fault { return wire.HTML(530) }

func refuse(header http.Header, f *refusal.Refusal) wire.Fault {
	f.Status, f.CorrelationID = "error", "5a1e5000-0000-4000-8000-ffffffffffff"
	if f.ErrorType != "" {
		f.RequestID = f.CorrelationID
	}
	body, err := json.Marshal(f)
	if err != nil { // a refusal is made of strings only
		panic(err)
	}
	return wire.Answer(f.Code, header, string(body))
}
