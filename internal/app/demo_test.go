package app

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// readAnew is what the log says where a mirror is thrown away.
const readAnew = "its mirror is rebuilt"

// at stops the clock of an exporter.
func at(now time.Time) func(*Options) {
	return func(o *Options) { o.Now = func() time.Time { return now } }
}

// silent is a network in which nobody answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// midMonth has a month behind it that the simulated accounts have lived in.
func midMonth() time.Time { return time.Date(2026, 5, 14, 15, 0, 0, 0, time.UTC) }

// TestDemoServesItsMirrorAfterARestart: the simulated accounts listen on another port at every start,
// which made each of them another account, and its mirror was read anew.
func TestDemoServesItsMirrorAfterARestart(t *testing.T) {
	h := newHarness(t, demoConfig, at(midMonth()))
	h.mustSync()
	want := h.page().business()
	if !hasDeals(want) {
		t.Fatal("the first start has no numbers")
	}
	h.close()

	mute := func(o *Options) { o.ConfigFile, o.Transport = h.file, silent{} }
	r := run(t, demoConfig, at(midMonth()), mute)
	if diff := cmp.Diff(want, r.page().business()); diff != "" {
		t.Errorf("the first page of the second start (-first start +second):\n%s", diff)
	}
	if strings.Contains(r.log.String(), readAnew) {
		t.Errorf("the second start forgets the mirror:\n%s", r.log)
	}
	r.stop()

	// The simulated history is the same one: what a sync brings is neither mixed with the mirror nor doubled.
	h.open(demoConfig, at(midMonth()))
	h.mustSync()
	if diff := cmp.Diff(want, h.page().business()); diff != "" {
		t.Errorf("after a sync of the third start (-first start +third):\n%s", diff)
	}
}

// TestDemoGoesOnAfterARestart lets a week pass while the exporter is away: it catches up with what a new mirror says.
func TestDemoGoesOnAfterARestart(t *testing.T) {
	h := newHarness(t, demoConfig, at(midMonth()))
	h.mustSync()
	h.close()
	later := at(midMonth().AddDate(0, 0, 7))
	h.open(demoConfig, later)
	h.mustSync()
	fresh := newHarness(t, demoConfig, later)
	fresh.mustSync()
	if diff := cmp.Diff(fresh.page().business(), h.page().business()); diff != "" {
		t.Errorf("-new mirror +old mirror:\n%s", diff)
	}
	if strings.Contains(h.log.String(), readAnew) {
		t.Errorf("the mirror is forgotten:\n%s", h.log)
	}
}

// TestAnotherDemoIsReadAnew shows when a simulated account is another one: rows of two must not mix.
func TestAnotherDemoIsReadAnew(t *testing.T) {
	for name, c := range map[string]struct {
		replace []string
		now     time.Time
	}{
		"seed":  {replace: []string{"seed: 1", "seed: 7"}},
		"deals": {replace: []string{"hubspot, seed: 1, deals: 50", "hubspot, seed: 1, deals: 60"}},
		"crm":   {replace: []string{"crm: hubspot", "crm: salesforce"}},
		"month": {now: midMonth().AddDate(0, 1, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, demoConfig, at(midMonth()))
			h.mustSync()
			h.close()
			now := midMonth()
			if !c.now.IsZero() {
				now = c.now
			}
			changed := strings.NewReplacer(c.replace...).Replace(demoConfig)
			h.open(changed, at(now))
			if !strings.Contains(h.log.String(), readAnew) {
				t.Error("the mirror of the other account is kept")
			}
			h.mustSync()
			fresh := newHarness(t, changed, at(now))
			fresh.mustSync()
			if diff := cmp.Diff(fresh.page().business(), h.page().business()); diff != "" {
				t.Errorf("-new mirror +old mirror:\n%s", diff)
			}
		})
	}
}
