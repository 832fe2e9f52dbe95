package app

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// reportWriter writes a Report as lines of a topic and what was found.
type reportWriter struct {
	out   strings.Builder
	topic string
}

// line writes one finding. A topic stands before its first one only.
func (w *reportWriter) line(topic, format string, args ...any) {
	shown := topic
	if topic == w.topic {
		shown = ""
	}
	w.topic = topic
	fmt.Fprintf(&w.out, "  %-12s  %s\n", shown, fmt.Sprintf(format, args...))
}

// writeFindings writes what a Check found below the line of its source.
func writeFindings(out io.Writer, r source.Report, loc *time.Location) error {
	w := &reportWriter{}
	w.account(r)
	w.file(r.File, loc)
	w.pipelines(r)
	if r.Reps != (source.RepReport{}) {
		w.line("reps", "%d active, %d inactive", r.Reps.Active, r.Reps.Inactive)
	}
	for _, p := range r.Properties {
		found := "found"
		if !p.Found {
			found = "MISSING"
		}
		w.line("properties", "%s: %s of %s, %s", p.Dimension, p.Property, p.Object, found)
	}
	for _, q := range r.Quotas {
		w.line("quota", "%s: %.0f of %.0f API calls left", q.Name, q.Remaining, q.Limit)
	}
	_, err := io.WriteString(out, w.out.String())
	return err
}

func (w *reportWriter) account(r source.Report) {
	if a := r.Account; a != nil {
		w.line("account", "%s", cmp.Or(a.ID, "the id cannot be read"))
		w.line("currency", "%s", cmp.Or(a.Currency, "unknown: the account has one currency, and its API does not show it"))
		w.line("time zone", "%s", cmp.Or(a.TimeZone, "unknown"))
		if a.FiscalYearStart != 0 {
			w.line("fiscal year", "begins in %s", time.Month(a.FiscalYearStart))
		}
	}
	for _, difference := range r.Differences {
		w.line("warning", "%s", difference)
	}
}

func (w *reportWriter) file(f *source.FileReport, loc *time.Location) {
	if f == nil {
		return
	}
	if f.Modified.IsZero() {
		w.line("file", "%s", f.Path)
	} else {
		w.line("file", "%s, modified %s", f.Path, clock(f.Modified, loc))
	}
	w.line("rows", "%d read, %d in quarantine", f.Rows, f.Quarantined)
	for _, r := range f.Reasons {
		w.line("quarantine", "%s: %d, the first is %s", r.Reason, r.Count, r.First)
	}
	for _, warning := range f.Warnings {
		w.line("warning", "%s", warning)
	}
	w.line("columns read", "%s", strings.Join(f.Columns, ", "))
}

// pipelines writes each pipeline with its stages, and stages that all pipelines share by themselves.
func (w *reportWriter) pipelines(r source.Report) {
	chosen := slices.ContainsFunc(r.Pipelines, func(p source.PipelineReport) bool { return !p.Selected })
	for _, p := range r.Pipelines {
		name := p.Label
		if !strings.EqualFold(p.ID, p.Label) {
			name = fmt.Sprintf("%s (%s)", p.Label, p.ID)
		}
		switch {
		case !p.Selected:
			name += ", not selected"
		case chosen:
			name += ", selected"
		}
		if stages := stagesOf(r.Stages, p.ID); stages != "" {
			name += ": " + stages
		}
		w.line("pipelines", "%s", name)
	}
	if stages := stagesOf(r.Stages, ""); stages != "" {
		w.line("stages", "%s", stages)
	}
}

// stagesOf names the stages of a pipeline in their order and what they mean.
func stagesOf(stages []crm.Stage, pipeline string) string {
	var names []string
	byPosition := func(a, b crm.Stage) int { return cmp.Compare(a.Position, b.Position) }
	for _, s := range slices.SortedStableFunc(slices.Values(stages), byPosition) {
		if s.Pipeline != pipeline {
			continue
		}
		name := s.Label
		if s.Outcome != crm.OutcomeUnknown {
			name += fmt.Sprintf(" (%s)", s.Outcome)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}
