package api

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

const (
	headerDailyLimit     = "X-HubSpot-RateLimit-Daily"
	headerDailyRemaining = "X-HubSpot-RateLimit-Daily-Remaining"
	headerTenLimit       = "X-HubSpot-RateLimit-Max"
	headerTenRemaining   = "X-HubSpot-RateLimit-Remaining"

	// ShortWindow is that of the general API.
	ShortWindow = 10 * time.Second
	// lowShare is how much of the ten-second allowance must be left before calls slow down to one per SlowPause.
	lowShare = 0.1
	// SlowPause is what lies between two calls then.
	SlowPause = time.Second
)

// pacer is the token bucket of the general API. It slows down before the ten-second allowance is used up, because
// another integration with the same credential spends from it too, and refused calls count against the account.
type pacer struct {
	bucket *rate.Limiter
	now    func() time.Time

	mu               sync.Mutex
	limit, remaining float64
	seen             time.Time
}

func newPacer(perSecond float64, now func() time.Time) *pacer {
	return &pacer{bucket: rate.NewLimiter(rate.Limit(perSecond), 1), now: now}
}

// Wait implements source.Waiter.
func (p *pacer) Wait(ctx context.Context) error {
	if err := p.bucket.Wait(ctx); err != nil {
		return err
	}
	if !p.low() {
		return nil
	}
	pause := time.NewTimer(SlowPause)
	defer pause.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-pause.C:
		return nil
	}
}

func (p *pacer) low() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.limit > 0 && p.remaining < lowShare*p.limit && p.current()
}

// current reports whether the window of the last answer is still running. The caller holds the lock.
func (p *pacer) current() bool {
	age := p.now().Sub(p.seen)
	return age >= 0 && age < ShortWindow
}

// observe learns what is left from an answer. Answers of searches carry no such headers.
func (p *pacer) observe(header http.Header) {
	limit, remaining, ok := allowance(header, headerTenLimit, headerTenRemaining)
	if !ok {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.limit, p.remaining, p.seen = limit, remaining, p.now()
}

// quotas returns the allowance of ten seconds: all of it, once those of the last answer are over.
func (p *pacer) quotas() []source.Quota {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.limit == 0:
		return nil
	case !p.current():
		return []source.Quota{{Name: "ten_seconds", Limit: p.limit, Remaining: p.limit}}
	}
	return []source.Quota{{Name: "ten_seconds", Limit: p.limit, Remaining: p.remaining}}
}

// allowance reads a limit and what remains of it; ok is false where either is missing or no number.
func allowance(header http.Header, limitName, remainingName string) (limit, remaining float64, ok bool) {
	l, errLimit := strconv.ParseUint(header.Get(limitName), 10, 32)
	r, errRemaining := strconv.ParseUint(header.Get(remainingName), 10, 32)
	if errLimit != nil || errRemaining != nil || l == 0 {
		return 0, 0, false
	}
	return float64(l), float64(r), true
}
