package hubspot

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// Limits are the account's. Each is HubSpot's own for a Professional account where it is 0, and off below 0.
type Limits struct {
	TenSecondly    int // calls of one token in any ten seconds, search exempt; 190
	SearchSecondly int // searches of the account in any second; 5
	Daily          int // calls of the account from midnight to midnight in its time zone; 625,000
}

// gate holds the rolling limits.
type gate struct {
	calls    *crmsim.Window
	searches *crmsim.Window
	daily    int
}

func newGate(l Limits) *gate {
	or := func(limit, standard int) int {
		if limit == 0 {
			return standard
		}
		return limit
	}
	return &gate{
		calls:    crmsim.NewWindow(or(l.TenSecondly, 190), 10*time.Second),
		searches: crmsim.NewWindow(or(l.SearchSecondly, 5), time.Second),
		daily:    or(l.Daily, 625_000),
	}
}

// dailyCount is the account's spending since its midnight. Calls beyond the limit do not count.
type dailyCount struct {
	mu   sync.Mutex
	day  string
	used int
}

// spend counts a call and returns what is left, or reports false.
func (c *dailyCount) spend(limit int, local time.Time) (remaining int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if day := local.Format(time.DateOnly); day != c.day {
		c.day, c.used = day, 0
	}
	if limit >= 0 && c.used >= limit {
		return 0, false
	}
	c.used++
	return limit - c.used, true
}

// current returns the spending without adding to it.
func (c *dailyCount) current(local time.Time) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if local.Format(time.DateOnly) != c.day {
		return 0
	}
	return c.used
}

// limit counts a call against the limits and tells of them in the header, which search answers never do.
func (h *Handler) limit(header http.Header, token string, search bool, now time.Time) *failure {
	const account = ""
	local := now.In(h.location())
	if search {
		if _, ok := h.gate.searches.Allow(account, now); !ok {
			return &failure{
				status: http.StatusTooManyRequests, violation: "search_rate_limit",
				Message: "You have reached your secondly limit.", Category: "RATE_LIMITS",
			}
		}
		if _, ok := h.daily.spend(h.gate.daily, local); !ok {
			return rateLimited("daily_limit", "DAILY", "You have reached your daily limit.")
		}
		return nil
	}
	remaining, ok := h.gate.calls.Allow(token, now)
	if limit := h.gate.calls.Limit(); limit >= 0 {
		header.Set("X-HubSpot-RateLimit-Max", strconv.Itoa(limit))
		header.Set("X-HubSpot-RateLimit-Remaining", strconv.Itoa(remaining))
		header.Set("X-HubSpot-RateLimit-Interval-Milliseconds", "10000")
	}
	if !ok {
		return rateLimited("rate_limit", "TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.")
	}
	remaining, ok = h.daily.spend(h.gate.daily, local)
	// Public apps have no daily limit of their own, so that OAuth answers do not tell of it.
	if h.gate.daily >= 0 && h.options.OAuth == nil {
		header.Set("X-HubSpot-RateLimit-Daily", strconv.Itoa(h.gate.daily))
		header.Set("X-HubSpot-RateLimit-Daily-Remaining", strconv.Itoa(remaining))
	}
	if !ok {
		return rateLimited("daily_limit", "DAILY", "You have reached your daily limit.")
	}
	return nil
}

func rateLimited(violation, policy, message string) *failure {
	return &failure{
		status: http.StatusTooManyRequests, violation: violation,
		Message: message, ErrorType: "RATE_LIMIT", PolicyName: policy,
	}
}

// location is the account's time zone, UTC where the machine does not know it.
func (h *Handler) location() *time.Location {
	location, err := time.LoadLocation(h.world.Info().TimeZone)
	if err != nil {
		return time.UTC
	}
	return location
}
