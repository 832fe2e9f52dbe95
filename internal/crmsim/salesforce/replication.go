package salesforce

import (
	"net/http"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
)

// How far back the org remembers deletions and changes.
const (
	deletedLife = 15 * 24 * time.Hour
	updatedLife = 30 * 24 * time.Hour
)

// replicationTime is how replication answers write a time.
const replicationTime = "2006-01-02T15:04:05.000-0700"

func badWindow(message string) answer {
	return refuse(http.StatusBadRequest, "INVALID_REPLICATION_DATE", message)
}

// replicationWindow reads start and end, whose seconds are ignored.
func (h *Handler) replicationWindow(c *call) (t *tables.Table, start, end time.Time, refusal answer) {
	t = h.schema.Load().Table(c.arguments[0])
	if t == nil {
		return nil, start, end, notFound()
	}
	query := c.URL.Query()
	start, errStart := time.Parse(time.RFC3339, query.Get("start"))
	end, errEnd := time.Parse(time.RFC3339, query.Get("end"))
	start, end = start.Truncate(time.Minute), end.Truncate(time.Minute)
	switch {
	case errStart != nil || errEnd != nil: // a "+" that lost its escape arrives here as a space
		return t, start, end, badWindow("startDate and endDate must be ISO 8601 times with an offset")
	case end.Sub(start) <= time.Minute:
		return t, start, end, badWindow("endDate must be at least one minute greater than startDate")
	}
	return t, start, end, answer{}
}

func (h *Handler) updated(c *call) answer {
	t, start, end, refusal := h.replicationWindow(c)
	if refusal.status != 0 {
		return refusal
	}
	if c.now.Sub(start) > updatedLife {
		return badWindow("startDate cannot be more than 30 days ago")
	}
	ids := []string{}
	for row := range filter(t.Rows(h.view(c.now)), t.Live) {
		if stamp := t.Stamp(row).Truncate(time.Second); !stamp.Before(start) && stamp.Before(end) {
			ids = append(ids, t.ID(row))
		}
	}
	return reply(http.StatusOK, map[string]any{"ids": ids, "latestDateCovered": h.covered(c.now, end)})
}

// deletion is one element of the answer about deleted records.
type deletion struct {
	ID   string `json:"id"`
	Date string `json:"deletedDate"`
}

// deleted lists what was deleted, the records that were purged from the recycle bin included.
func (h *Handler) deleted(c *call) answer {
	t, start, end, refusal := h.replicationWindow(c)
	if refusal.status != 0 {
		return refusal
	}
	earliest := c.now.Add(-deletedLife).Truncate(time.Minute)
	deletions := []deletion{}
	for row := range t.Rows(h.view(c.now)) {
		at := t.Removed(row).Truncate(time.Second)
		if !at.Before(start) && at.Before(end) && !at.Before(earliest) {
			deletions = append(deletions, deletion{t.ID(row), at.UTC().Format(replicationTime)})
		}
	}
	return reply(http.StatusOK, map[string]any{
		"deletedRecords":        deletions,
		"earliestDateAvailable": earliest.UTC().Format(replicationTime),
		"latestDateCovered":     h.covered(c.now, end),
	})
}

// covered is up to when the answer is complete: the start of the oldest transaction that is not committed yet, whatever
// object it changes.
func (h *Handler) covered(now, end time.Time) string {
	if now.Before(end) {
		end = now
	}
	const forever = 100 * 365 * 24 * time.Hour
	present, future := h.view(now), h.view(now.Add(forever))
	for _, t := range h.schema.Load().Tables {
		if t.Kind == "" {
			continue // tells of the set-up, which no transaction changes
		}
		seen := map[string]time.Time{}
		for row := range t.Rows(present) {
			seen[t.ID(row)] = t.Stamp(row)
		}
		for row := range t.Rows(future) {
			stamp := t.Stamp(row)
			if before, known := seen[t.ID(row)]; (!known || !before.Equal(stamp)) && stamp.Before(end) {
				end = stamp
			}
		}
	}
	return end.UTC().Truncate(time.Second).Format(replicationTime)
}
