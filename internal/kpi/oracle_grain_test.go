package kpi

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// defaultGrain is what docs/metrics.md promises of each metric: of rollups, several sets of dimensions.
func defaultGrain(metric string) ([][]string, bool) {
	grains := map[string][][]string{
		"sales_pipeline_weighted_amount":          {{"pipeline", "team"}},
		"sales_pipeline_forecast_category_amount": {{"pipeline", "team"}},
		"sales_deal_size_amount":                  {{"pipeline", "team"}},
		"sales_cycle_seconds":                     {{"pipeline", "team"}},
		"sales_deal_age_seconds":                  {{"pipeline"}},
		"sales_deal_time_in_stage_seconds":        {{"pipeline"}},
		"sales_revenue_won_cumulative_amount":     {{"team"}},
		"sales_growth_ratio":                      {{}, {"team"}},
	}
	grain, ok := grains[metric]
	return grain, ok
}

func oracleShape(metric string) string {
	switch {
	case slices.Contains([]string{
		"sales_deal_size_amount", "sales_cycle_seconds", "sales_deal_age_seconds", "sales_deal_time_in_stage_seconds",
		"sales_revenue_won_cumulative_amount",
	}, metric):
		return "histogram"
	case slices.Contains([]string{
		"sales_win_ratio", "sales_deal_size_mean_amount", "sales_deal_size_median_amount", "sales_cycle_mean_seconds",
		"sales_cycle_median_seconds", "sales_growth_ratio", "sales_revenue_per_rep_amount",
	}, metric):
		return "rollup"
	default:
		return "base"
	}
}

// grains returns the sets of dimensions of a metric, none where it is switched off.
func (o *oracle) grains(metric string) [][]string {
	shape := oracleShape(metric)
	if slices.Contains(o.options.Metrics.Disabled, metric) {
		return nil
	}
	if dims, ok := o.options.Metrics.Grain[metric]; ok {
		if shape != "rollup" {
			return [][]string{dims}
		}
		sets := [][]string{{}}
		for _, dim := range dims {
			sets = append(sets, []string{dim})
		}
		return sets
	}
	if shape == "histogram" && o.options.HistogramDimensions != nil {
		return [][]string{o.options.HistogramDimensions}
	}
	if shape == "rollup" && o.options.Rollups != nil {
		return o.options.Rollups
	}
	sets, ok := defaultGrain(metric)
	switch {
	case !ok && shape == "rollup":
		sets = [][]string{{}, {"team"}, {"rep"}, {"pipeline"}}
	case !ok:
		return [][]string{o.options.Dimensions}
	}
	var possible [][]string // What is not configured is left out: of a set, or as a rollup.
	for _, set := range sets {
		dims := slices.DeleteFunc(slices.Clone(set), func(d string) bool { return !slices.Contains(o.options.Dimensions, d) })
		if shape != "rollup" || len(dims) == len(set) {
			possible = append(possible, dims)
		}
	}
	return possible
}

// windows returns the windows of a metric that is broken down by some dimensions.
func (o *oracle) windows(source, metric string, dims []string) []calendar.Window {
	return slices.DeleteFunc(slices.Clone(o.chosenWindows(metric, dims)), func(w calendar.Window) bool {
		return o.unread(source, o.spans[w].Start)
	})
}

// unread reports whether a window began after the last complete read of its source.
func (o *oracle) unread(source string, start time.Time) bool {
	read := o.sources[source].read
	return !o.in.AsOf && !read.IsZero() && start.After(read)
}

func (o *oracle) chosenWindows(metric string, dims []string) []calendar.Window {
	if windows, ok := o.options.Metrics.Windows[metric]; ok {
		return windows
	}
	if o.options.Windows != nil {
		return o.options.Windows
	}
	byRep := oracleShape(metric) == "rollup" && slices.Contains(dims, "rep")
	if byRep || metric == "sales_deal_size_amount" || metric == "sales_cycle_seconds" {
		return []calendar.Window{"quarter_to_date", "previous_quarter", "trailing_90d"}
	}
	return []calendar.Window{
		"month_to_date", "quarter_to_date", "year_to_date", "previous_quarter", "trailing_30d", "trailing_90d", "trailing_365d",
	}
}

// zeros makes the series of a metric that are 0 in every window: one for each active rep who owns deals and for each
// scope of a target, where no series speaks of it. shown are the combinations that have a series, by their labels.
func (o *oracle) zeros(source, metric string, dims []string, shown map[string]bool) {
	for _, all := range [][]spoken{o.activeReps(source), o.scopes(source)} {
		o.zerosOf(source, metric, dims, shown, all)
	}
}

func (o *oracle) zerosOf(source, metric string, dims []string, shown map[string]bool, all []spoken) {
	before := maps.Clone(shown)
	for _, s := range all {
		if o.told(&s, dims, before) || shown[labelKey(s.zero, dims)] {
			continue
		}
		shown[labelKey(s.zero, dims)] = true
		for _, w := range o.windows(source, metric, dims) {
			labels := pairs(source, dims, s.zero, "window", string(w))
			if strings.HasSuffix(metric, "_amount") {
				labels = append(labels, "currency", "USD")
			}
			o.set(metric, labels, new(big.Rat))
		}
	}
}

// told reports whether a series has the labels that something is about, or none could have them.
func (o *oracle) told(s *spoken, dims []string, shown map[string]bool) bool {
	for _, dim := range s.about {
		if !slices.Contains(dims, dim) || o.folded[dim][s.zero.raw[dim]] {
			return true
		}
	}
	for combination, there := range shown {
		values, same := strings.Split(combination, "\x00"), there
		for _, dim := range s.about {
			same = same && s.equal(values[slices.Index(dims, dim)], s.zero.labels[dim])
		}
		if same {
			return true
		}
	}
	return false
}

// spoken is something that a page must speak of.
type spoken struct {
	about []string // dimensions
	equal func(a, b string) bool
	zero  *oracleDeal // with the labels of its zero
}

func (o *oracle) activeReps(source string) (all []spoken) {
	for repID, rep := range o.sources[source].reps {
		own := where(o.included(source), func(d *oracleDeal) bool { return d.rep == repID })
		if rep.Active && len(own) > 0 && slices.Contains(o.options.Dimensions, "rep") {
			all = append(all, spoken{[]string{"rep"}, func(a, b string) bool { return a == b }, o.empty(source, repID)})
		}
	}
	return all
}

// scopes returns what the targets that match are about.
func (o *oracle) scopes(source string) (all []spoken) {
	for _, t := range o.in.Targets {
		isMoney := slices.Contains([]string{"revenue_won", "revenue_lost", "pipeline_created"}, t.KPI)
		names, _ := o.covers(t.Scope, isMoney)
		if slices.Contains(names, source) && o.matches(t.Scope, isMoney) {
			if zero := o.standFor(source, t.Scope); zero != nil {
				s := spoken{equal: strings.EqualFold, zero: zero}
				for dim := range t.Scope {
					if dim != "source" {
						s.about = append(s.about, dim)
					}
				}
				all = append(all, s)
			}
		}
	}
	return all
}

// standFor returns a deal with the labels of a scope's zero, nil where the scope is about another source.
func (o *oracle) standFor(source string, scope map[string]string) *oracleDeal {
	values, repID := map[string]string{}, ""
	own := where(o.counted(source), func(d *oracleDeal) bool { return carries(d.raw, scope) })
	slices.SortFunc(own, func(a, b *oracleDeal) int {
		for _, dim := range o.options.Dimensions {
			if c := cmp.Compare(a.raw[dim], b.raw[dim]); c != 0 {
				return c
			}
		}
		return cmp.Compare(a.rep, b.rep)
	})
	for dim, want := range scope {
		held := slices.DeleteFunc(o.values([]string{source}, dim), func(v string) bool {
			return !strings.EqualFold(v, strings.TrimSpace(want))
		})
		switch {
		case dim == "source":
		case len(own) > 0:
			values[dim] = own[0].raw[dim]
		case len(held) == 0:
			return nil
		default:
			values[dim] = slices.Min(held)
		}
	}
	if scope["rep"] != "" && len(own) > 0 {
		repID = own[0].rep
	} else if scope["rep"] != "" {
		for _, candidate := range slices.Sorted(maps.Keys(o.sources[source].reps)) {
			if repName(candidate, true, o.sources[source].reps[candidate]) == values["rep"] {
				repID = candidate
				break
			}
		}
	}
	zero := o.empty(source, repID)
	for dim, value := range values {
		zero.raw[dim], zero.labels[dim] = value, value
		if o.folded[dim][value] {
			zero.labels[dim] = "other"
		}
	}
	return zero
}

// empty returns a deal with no labels but those that a rep determines.
func (o *oracle) empty(source, repID string) *oracleDeal {
	d := &oracleDeal{labels: map[string]string{}, raw: map[string]string{}, Deal: crm.Deal{}}
	rep, known := o.sources[source].reps[repID]
	for _, dim := range o.options.Dimensions {
		d.raw[dim] = clean(rep.Dimensions[dim])
	}
	d.raw["pipeline"], d.raw["rep"], d.raw["team"] = "", repName(repID, known, rep), clean(rep.Team)
	if repID != "" {
		d.raw["team"] = cmp.Or(d.raw["team"], o.none(source, "team"))
	}
	for dim, value := range d.raw {
		d.labels[dim] = value
		if o.folded[dim][value] {
			d.labels[dim] = "other"
		}
	}
	return d
}

func labelKey(d *oracleDeal, dims []string) string {
	var values []string
	for _, dim := range dims {
		values = append(values, d.labels[dim])
	}
	return strings.Join(values, "\x00")
}
