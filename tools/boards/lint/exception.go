package lint

import "fmt"

// Exception accepts findings, for a reason that a reader can check.
type Exception struct {
	Rule string
	// File is the board's or the rule file's name, "dashboards" for findings about all boards.
	File string
	// Subject is the panel's title, or the metric, that the finding names.
	Subject string
	Reason  string
}

// Exceptions returns the accepted findings of this repository's boards and rules.
func Exceptions() []Exception {
	return []Exception{
		{
			Rule: "metric-unused", File: allBoards, Subject: "sales_kpi_info",
			Reason: "it describes the KPIs to programs; boards are generated from the same catalogue",
		},
		{
			Rule: "metric-unused", File: allBoards, Subject: "sales_target_matched",
			Reason: "the log and the landing page name the target and what it may mean; on a board it would be 1 for ever",
		},
		{
			Rule: "metric-unused", File: allBoards, Subject: "sales_target_missing_sources",
			Reason: "it says why a target is absent; the operations board shows which source is down",
		},
		{
			Rule: "counter-in-rate", File: "sales-exporter.rules.yaml", Subject: "source:sales_exporter_sync_refusals:sum",
			Reason: "compared for equality with its own value at the last good sync; a restart makes them differ, as it should",
		},
	}
}

// matches reports whether an exception is about a finding.
func (e Exception) matches(f Finding) bool {
	return e.Rule == f.Rule && e.File == f.File && mentions(f.Where+" "+f.Text, e.Subject)
}

// except removes accepted findings. An exception that accepts nothing any more is a finding itself: it would hide the
// next mistake.
func except(exceptions []Exception, findings []Finding) []Finding {
	var left []Finding
	used := make([]bool, len(exceptions))
	for _, f := range findings {
		accepted := false
		for i, e := range exceptions {
			if e.matches(f) {
				accepted, used[i] = true, true
			}
		}
		if !accepted {
			left = append(left, f)
		}
	}
	for i, e := range exceptions {
		if !used[i] {
			left = append(left, Finding{File: e.File, Rule: "exceptions", Text: fmt.Sprintf(
				"nothing breaks %s for %s any more; remove the exception", e.Rule, e.Subject)})
		}
	}
	return left
}
