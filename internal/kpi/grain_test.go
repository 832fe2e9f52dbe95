package kpi

import (
	"slices"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// TestGrainsAgreeWithOracle computes with the defaults of the catalogue and with what a configuration may choose.
func TestGrainsAgreeWithOracle(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"defaults":                  func(*Options) {},
		"few dimensions":            func(o *Options) { o.Dimensions = []string{"rep", "team"} },
		"explicit windows":          func(o *Options) { o.Windows = []calendar.Window{"today", "all_time"} },
		"no histograms' dimensions": func(o *Options) { o.HistogramDimensions = []string{} },
		"no rollups":                func(o *Options) { o.Rollups = [][]string{} },
		"chosen grain": func(o *Options) {
			o.Metrics.Grain = map[string][]string{
				"sales_deals_won": {"team"}, "sales_revenue_won_amount": {}, "sales_pipeline_weighted_amount": {"rep", "team"},
				"sales_deal_size_amount": {"rep"}, "sales_win_ratio": {"rep", "territory"}, "sales_growth_ratio": {},
				"sales_revenue_won_cumulative_amount": {"pipeline", "rep"}, "sales_deal_age_seconds": {"team"},
				"sales_pipeline_deals": {"pipeline"},
			}
		},
		"chosen windows": func(o *Options) {
			o.Metrics.Windows = map[string][]calendar.Window{
				"sales_deals_won": {"today", "previous_year"}, "sales_cycle_seconds": {"all_time"},
				"sales_cycle_median_seconds": {"week_to_date", "trailing_7d"}, "sales_win_ratio": {"previous_month"},
			}
		},
		"metrics win": func(o *Options) {
			o.Windows, o.Rollups = []calendar.Window{"all_time"}, [][]string{{"rep", "team"}}
			o.HistogramDimensions = []string{"territory"}
			o.Metrics.Windows = map[string][]calendar.Window{"sales_win_ratio": {"today"}, "sales_deal_size_amount": {"year_to_date"}}
			o.Metrics.Grain = map[string][]string{"sales_growth_ratio": {"pipeline"}, "sales_cycle_seconds": {"rep"}}
		},
		"disabled": func(o *Options) {
			o.Metrics.Disabled = []string{
				"sales_growth_ratio", "sales_deals_lost", "sales_revenue_won_cumulative_amount", "sales_deal_age_seconds",
				"sales_pipeline_amount", "sales_cycle_median_seconds",
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(51, oracleDeals(700), calendar.Options{})
			w.options.HistogramDimensions, w.options.Rollups, w.options.Windows = nil, nil, nil
			change(&w.options)
			for _, in := range []Input{
				{Now: w.now()}, {Now: w.now(), ValuesOf: map[string]int{"rep": 3, "team": 1}}, {Now: w.now().AddDate(-1, 0, 0), AsOf: true},
			} {
				in.Calendar, in.Targets = w.calendar, slices.DeleteFunc(oracleTargets(), func(t crm.Target) bool {
					return t.Scope["territory"] != "" && !slices.Contains(w.options.Dimensions, "territory")
				})
				compareWithOracle(t, Compute(w.facts(), in), newOracle(w, in).run())
			}
		})
	}
}
