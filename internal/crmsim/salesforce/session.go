package salesforce

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
)

// session is a login. It ends when nobody used it for a while.
type session struct {
	token    string
	lastUsed time.Time
}

// open starts a session. Sessions that have ended are forgotten, so that a simulator can run for months.
func (h *Handler) open(now time.Time) *session {
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.DeleteFunc(h.sessions, func(_ string, s *session) bool { return h.ended(s, now) })
	h.issued++
	s := &session{
		token:    fmt.Sprintf("%s!%d.%016x%016x", tables.OrganizationID(h.world.Info().Number)[:15], h.issued, h.rand.Uint64(), h.rand.Uint64()),
		lastUsed: now,
	}
	h.sessions[s.token] = s
	return s
}

func (h *Handler) ended(s *session, now time.Time) bool {
	return now.Sub(s.lastUsed) >= h.options.SessionTimeout
}

// authenticate returns the session of a request, or nil; using a session keeps it alive.
func (h *Handler) authenticate(r *http.Request, now time.Time) *session {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "OAuth") {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.sessions[token]
	if s == nil || h.ended(s, now) {
		return nil
	}
	s.lastUsed = now
	return s
}

// KillSessions ends every session. The locators that were handed out in one are of no use to the next.
func (h *Handler) KillSessions() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.sessions)
}

// ExpireLocators forgets the rest of every long answer, as time does.
func (h *Handler) ExpireLocators() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.locators)
}
