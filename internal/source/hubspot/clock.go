package hubspot

import (
	"net/http"
	"sync"
	"time"
)

// clock compares our clock with HubSpot's. Neither is trusted alone: a search window that ends too early or a next one
// that begins too late loses changes, so windows take the later clock for their end and the earlier one for the
// beginning of the next.
type clock struct {
	now func() time.Time

	mu   sync.Mutex
	skew time.Duration // what to add to our clock to get HubSpot's, as of its last answer
	zone *time.Location
}

func newClock(now func() time.Time) *clock {
	if now == nil {
		now = time.Now
	}
	return &clock{now: now, zone: time.UTC}
}

// observe learns HubSpot's clock from an answer.
func (c *clock) observe(header http.Header) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew = date.Sub(c.now())
}

// locate sets the time zone of the account. An unknown one leaves the last.
func (c *clock) locate(name string) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.zone = zone
}

// earlier and later return the present by the slower and by the faster of both clocks. HubSpot's is cut to seconds.
func (c *clock) earlier() time.Time { return c.now().Add(min(0, c.difference())) }
func (c *clock) later() time.Time   { return c.now().Add(max(0, c.difference()+time.Second)) }

func (c *clock) difference() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.skew
}

// untilMidnight returns the time left of the account's day, when HubSpot counts the daily calls anew.
func (c *clock) untilMidnight() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now().Add(c.skew).In(c.zone)
	midnight := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, c.zone)
	return midnight.Sub(now)
}
