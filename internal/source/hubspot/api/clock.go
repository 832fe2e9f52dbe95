package api

import (
	"net/http"
	"sync"
	"time"
)

// Clock compares our clock with HubSpot's. Neither is trusted alone: a search window that ends too early or a next one
// that begins too late loses changes, so windows take the later clock for their end and the earlier one for the
// beginning of the next.
type Clock struct {
	Now func() time.Time

	mu   sync.Mutex
	skew time.Duration // what to add to our clock to get HubSpot's, as of its last answer
	zone *time.Location
}

func newClock(now func() time.Time) *Clock {
	if now == nil {
		now = time.Now
	}
	return &Clock{Now: now, zone: time.UTC}
}

// observe learns HubSpot's clock from an answer.
func (c *Clock) observe(header http.Header) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew = date.Sub(c.Now())
}

// Locate sets the time zone of the account. An unknown one leaves the last.
func (c *Clock) Locate(name string) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.zone = zone
}

// Earlier returns the present by the slower of both clocks.
func (c *Clock) Earlier() time.Time { return c.Now().Add(min(0, c.difference())) }

// Later returns the present by the faster of both clocks. HubSpot's is cut to seconds.
func (c *Clock) Later() time.Time { return c.Now().Add(max(0, c.difference()+time.Second)) }

func (c *Clock) difference() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.skew
}

// untilMidnight returns the time left of the account's day, when HubSpot counts the daily calls anew.
func (c *Clock) untilMidnight() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.Now().Add(c.skew).In(c.zone)
	midnight := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, c.zone)
	return midnight.Sub(now)
}
