package source

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	firstBackoff = 500 * time.Millisecond
	// maxPause is the longest wait inside one call. A vendor that asks for more wants the whole sync postponed, which
	// the engine does.
	maxPause = 60 * time.Second
	// maxRetryAfter bounds what a broken server can make us wait.
	maxRetryAfter = 24 * time.Hour
	// noticeable is the shortest wait worth reporting; a token that is at hand takes microseconds.
	noticeable = time.Millisecond
)

// retryPlan counts the attempts of one call.
type retryPlan struct {
	left int
	done int
}

// next reports whether to try again after a failure, and the most to wait before.
func (p *retryPlan) next(failure *Error) (ceiling time.Duration, again bool) {
	if p.left <= 0 || failure.Wait > maxPause {
		return 0, false
	}
	switch failure.Reason {
	case ReasonServer, ReasonDecode, ReasonRateLimited:
	default: // A timeout too: whoever said nothing for so long is not asked again before the next sync.
		return 0, false
	}
	ceiling = min(firstBackoff<<min(p.done, 10), maxPause)
	p.left--
	p.done++
	return ceiling, true
}

// pause waits before the next attempt.
func (c *Client) pause(ctx context.Context, call *call, delay time.Duration) *Error {
	start := time.Now()
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	c.throttled(time.Since(start))
	if ctx.Err() != nil {
		return call.interrupted(ctx, "waiting to try again")
	}
	return nil
}

// throttle waits for the rate limiter.
func (c *Client) throttle(ctx context.Context, call *call) *Error {
	start := time.Now()
	err := call.limiter.Wait(ctx)
	c.throttled(time.Since(start))
	if err != nil {
		return call.interrupted(ctx, "waiting for the rate limit")
	}
	return nil
}

func (c *Client) throttled(took time.Duration) {
	if took >= noticeable {
		c.observer.Throttled(took)
	}
}

// retryAfter reads the Retry-After header: seconds or a date. A date is compared with the server's own clock where the
// answer has one, because ours may differ by minutes.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Duration(min(max(seconds, 0), int64(maxRetryAfter/time.Second))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		now = date
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}
