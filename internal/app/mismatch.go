package app

import (
	"log/slog"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/metric"
)

// mismatches logs the targets whose scope matches nothing, each once until it matches again: KPIs are computed every
// minute.
type mismatches struct {
	logged map[string]bool // by target and cause
	shown  []string        // of the last Compute, a line each
}

func (m *mismatches) report(logger *slog.Logger, found []metric.Mismatch) {
	still := map[string]bool{}
	m.shown = nil
	for _, f := range found {
		key := f.Target + "\x00" + f.Cause
		still[key] = true
		hint := "correct the target's scope; write values as on /metrics, and reps as in the CRM"
		if f.LeftOut {
			hint = "change exclude or pipelines of the source to keep these deals, or remove the target"
		}
		if len(f.Near) > 0 {
			hint = "did you mean " + strings.Join(f.Near, " or ") + "?"
		}
		m.shown = append(m.shown, f.Target+": "+f.Cause+"; "+hint)
		if m.logged[key] {
			continue
		}
		logger.Warn("The scope of a target matches nothing; its actual is absent", "target", f.Target, "cause", f.Cause,
			"hint", hint)
	}
	m.logged = still
}
