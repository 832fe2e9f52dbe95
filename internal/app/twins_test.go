package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// TestOneAccountTwice warns of two sources that read one account, once, and not of two that share its pipelines out.
func TestOneAccountTwice(t *testing.T) {
	for extra, want := range map[string]int{
		"": 1, "    pipelines: [%s]\n": 0,
	} {
		clock := &testClock{}
		world := crmsim.Generate(crmsim.GenerateOptions{Seed: 7, Deals: 50, Now: clock.now})
		a := serve(t, "hubspot", world, clock.now)
		file, pipelines := secretFile(t), world.Pipelines()
		yaml := []string{changesConfig}
		for i, name := range []string{"acme", "again"} {
			yaml = append(yaml, a.yaml(name, file))
			if extra != "" {
				yaml = append(yaml, fmt.Sprintf(extra, pipelines[i].Label))
			}
		}
		h := newHarness(t, strings.Join(yaml, ""), func(o *Options) { o.Now = clock.now })
		for range 2 {
			for _, s := range h.app.engine.syncers {
				h.app.engine.sync(t.Context(), s)
			}
			clock.advance(time.Minute)
		}
		if got := strings.Count(h.log.String(), "Two sources read the same account"); got != want {
			t.Errorf("with %q: %d warnings, want %d:\n%s", extra, got, want, h.log)
		}
	}
}
