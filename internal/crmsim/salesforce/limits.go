package salesforce

import (
	"fmt"
	"net/http"
	"time"
)

// count counts a call against the daily limit and reports whether it was within.
func (h *Handler) count(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	remaining, ok := h.calls.Allow("", now)
	h.used = h.options.DailyLimit - remaining
	return ok
}

// Calls returns how many API calls of the last 24 hours count against the limit, those of others included.
func (h *Handler) Calls() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.used
}

func (h *Handler) limitInfo() string {
	return fmt.Sprintf("api-usage=%d/%d%s", h.Calls(), h.options.DailyLimit, h.options.LimitInfo)
}

// allowance is one entry of the limits resource.
type allowance struct {
	Max       int
	Remaining int
}

func (h *Handler) limits(*call) answer {
	return reply(http.StatusOK, map[string]allowance{
		"DailyApiRequests":     {h.options.DailyLimit, h.options.DailyLimit - h.Calls()},
		"DailyBulkApiBatches":  {15_000, 15_000},
		"DailyBulkV2QueryJobs": {10_000, 10_000},
		"DataStorageMB":        {1_024, 880},
	})
}
