package wire

import (
	"sync"
	"time"
)

// Window allows a number of calls in any span of time, for each key by itself: a rolling limit. It is safe for
// concurrent use. A call that is refused does not count.
type Window struct {
	limit int
	span  time.Duration

	mu    sync.Mutex
	calls map[string][]time.Time
}

// NewWindow returns a Window; a limit below 0 allows everything.
func NewWindow(limit int, span time.Duration) *Window {
	return &Window{limit: limit, span: span, calls: map[string][]time.Time{}}
}

// Limit returns the number of calls in a span.
func (l *Window) Limit() int { return l.limit }

// Allow counts a call and returns how many more would be allowed at once, or reports false.
func (l *Window) Allow(key string, now time.Time) (remaining int, ok bool) {
	if l.limit < 0 {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	calls := l.calls[key]
	for len(calls) > 0 && now.Sub(calls[0]) >= l.span {
		calls = calls[1:]
	}
	if len(calls) >= l.limit {
		l.calls[key] = calls
		return 0, false
	}
	l.calls[key] = append(calls, now)
	return l.limit - len(calls) - 1, true
}
