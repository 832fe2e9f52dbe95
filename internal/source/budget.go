package source

import (
	"math"
	"sync"
	"time"
)

const (
	// budgetWindow is what a "day" means here. Vendors reset at midnight of a zone that we do not know (HubSpot), or
	// roll (Salesforce). A window of 24 hours from our first call is never more generous than a share of either.
	budgetWindow = 24 * time.Hour
	// reservedShare of the vendor's daily limit is left to others, whoever spent the rest.
	reservedShare = 0.02
	// lookAgain is how often one call is risked to learn whether an account that was nearly spent has recovered: its
	// reset cannot be known, and only an answer tells.
	lookAgain = time.Hour
)

// Budget holds a source's spending against the vendor's daily allowance. It is safe for concurrent use. It lives in
// memory: a restart forgets our own spending, but not the vendor's count of what is left.
type Budget struct {
	share float64
	now   func() time.Time

	mu     sync.Mutex
	start  time.Time // of our window: its first call
	spent  float64   // our calls in the window
	limit  float64   // the vendor's, 0 while unknown
	left   float64   // what the vendor last said, negative while unknown
	since  float64   // our calls since the vendor said so; not every answer tells
	looked time.Time // when the vendor said so, or when we last tried to learn it
}

// NewBudget returns a Budget that spends at most share (0..1) of the daily limit, once the limit is known.
func NewBudget(share float64, now func() time.Time) *Budget {
	if now == nil {
		now = time.Now
	}
	return &Budget{share: share, now: now, left: -1}
}

// Spend takes one call out of the budget. It returns a ReasonQuota error, with the time to wait, if there is none
// left, and the call must not be made. A nil Budget spends freely.
func (b *Budget) Spend() error {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.roll(now)
	if b.limit > 0 && b.spent+1 > b.share*b.limit {
		e := Errorf(ReasonQuota, "the exporter's share of the daily API calls is used up: %.0f of %.0f", b.spent, b.share*b.limit)
		e.Wait = b.start.Add(budgetWindow).Sub(now)
		if b.start.IsZero() {
			e.Wait = budgetWindow
		}
		e.Hint = "raise the daily share of the source, or its interval"
		return e
	}
	if b.nearlySpent() {
		if wait := b.looked.Add(lookAgain).Sub(now); wait > 0 {
			e := Errorf(ReasonQuota, "the account's daily API calls are nearly used up; the rest is left for other integrations")
			e.Wait = wait
			return e
		}
		b.looked = now
	}
	if b.start.IsZero() {
		b.start = now
	}
	b.spent++
	b.since++
	return nil
}

// nearlySpent reports whether what the account has left is the part that we leave to others.
func (b *Budget) nearlySpent() bool {
	return b.limit > 0 && b.left >= 0 && b.left-b.since < max(1, reservedShare*b.limit)
}

// roll ends a window that is over. What the vendor said in it is forgotten too: it was about another day.
func (b *Budget) roll(now time.Time) {
	if b.start.IsZero() || now.Sub(b.start) < budgetWindow {
		return
	}
	b.start, b.spent = time.Time{}, 0
	b.left, b.since = -1, 0
}

// Observe tells what the vendor said of the allowance: the whole account's daily limit and what is left of it.
// Figures that make no sense are ignored.
func (b *Budget) Observe(limit, remaining float64) {
	if b == nil || !(limit > 0) || math.IsInf(limit, 0) || math.IsNaN(remaining) || math.IsInf(remaining, 0) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.limit, b.left, b.since = limit, max(remaining, 0), 0
	b.looked = b.now()
}

// Quotas implements QuotaReporter: "daily" (the vendor's figures) and "daily_share" (ours), once known.
func (b *Budget) Quotas() []Quota {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.roll(b.now())
	var quotas []Quota
	if b.limit > 0 && b.left >= 0 {
		quotas = append(quotas, Quota{Name: "daily", Limit: b.limit, Remaining: b.left})
	}
	if b.limit > 0 {
		own := b.share * b.limit
		quotas = append(quotas, Quota{Name: "daily_share", Limit: own, Remaining: max(0, own-b.spent)})
	}
	return quotas
}
