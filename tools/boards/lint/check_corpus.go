package lint

import (
	"maps"
	"slices"
)

// corpusChecks are about all files together.
func corpusChecks() []check[*Input] {
	return []check[*Input]{
		{"metric-unused", checkUnused},
	}
}

// checkUnused finds KPIs that nobody sees.
func checkUnused(in, _ *Input, report reporter) {
	if in.Scrape == nil || len(in.Boards) == 0 {
		return
	}
	used := map[string]bool{}
	for _, b := range in.Boards {
		for _, q := range queries(b) {
			for _, name := range q.metrics() {
				used[name] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in.Scrape.families)) {
		shown := used[name] || used[name+"_bucket"] || used[name+"_sum"] || used[name+"_count"]
		if isKPI(name) && !shown {
			report("no board shows %s; add a panel or an exception with the reason", name)
		}
	}
}
