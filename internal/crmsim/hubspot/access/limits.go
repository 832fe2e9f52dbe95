package access

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/refusal"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
)

// Limits are the account's. Each is HubSpot's own for a Professional account where it is 0, and off below 0.
type Limits struct {
	TenSecondly    int // calls of one token in any ten seconds, search exempt; 190
	SearchSecondly int // searches of the account in any second; 5
	Daily          int // calls of the account from midnight to midnight in its time zone; 625,000
}

// Gate counts calls against the limits. It is safe for concurrent use.
type Gate struct {
	calls    *wire.Window
	searches *wire.Window
	daily    int
	day      dailyCount
	public   bool
}

// NewGate returns a gate at which nobody has called yet. Public apps have no daily limit of their own, so that answers
// to them do not tell of it.
func NewGate(l Limits, public bool) *Gate {
	or := func(limit, standard int) int {
		if limit == 0 {
			return standard
		}
		return limit
	}
	return &Gate{
		calls:    wire.NewWindow(or(l.TenSecondly, 190), 10*time.Second),
		searches: wire.NewWindow(or(l.SearchSecondly, 5), time.Second),
		daily:    or(l.Daily, 625_000),
		public:   public,
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

// Daily returns the calls since the account's midnight and how many are allowed. The time is in the account's zone.
func (g *Gate) Daily(local time.Time) (used, limit int) { return g.day.current(local), g.daily }

// Admit counts a call against the limits and tells of them in the header, which search answers never do. The time is in
// the account's zone.
func (g *Gate) Admit(header http.Header, token string, search bool, local time.Time) *refusal.Refusal {
	const account = ""
	if search {
		if _, ok := g.searches.Allow(account, local); !ok {
			return &refusal.Refusal{
				Code: http.StatusTooManyRequests, Violation: "search_rate_limit",
				Message: "You have reached your secondly limit.", Category: "RATE_LIMITS",
			}
		}
		if _, ok := g.day.spend(g.daily, local); !ok {
			return refusal.RateLimited("daily_limit", "DAILY", "You have reached your daily limit.")
		}
		return nil
	}
	remaining, ok := g.calls.Allow(token, local)
	if limit := g.calls.Limit(); limit >= 0 {
		header.Set("X-HubSpot-RateLimit-Max", strconv.Itoa(limit))
		header.Set("X-HubSpot-RateLimit-Remaining", strconv.Itoa(remaining))
		header.Set("X-HubSpot-RateLimit-Interval-Milliseconds", "10000")
	}
	if !ok {
		return refusal.RateLimited("rate_limit", "TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.")
	}
	remaining, ok = g.day.spend(g.daily, local)
	if g.daily >= 0 && !g.public {
		header.Set("X-HubSpot-RateLimit-Daily", strconv.Itoa(g.daily))
		header.Set("X-HubSpot-RateLimit-Daily-Remaining", strconv.Itoa(remaining))
	}
	if !ok {
		return refusal.RateLimited("daily_limit", "DAILY", "You have reached your daily limit.")
	}
	return nil
}
