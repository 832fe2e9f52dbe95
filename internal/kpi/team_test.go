package kpi

import (
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestTeamOfDeal holds that a deal which names its team counts there, and any other one in the team of its rep (B23). A
// rep without deals in any window stands in her own team.
func TestTeamOfDeal(t *testing.T) {
	facts := NewFacts(Options{
		Sources: []string{"ledger"}, Currency: "USD", Dimensions: []string{"rep", "team"}, Rollups: [][]string{{}},
		Windows: []calendar.Window{calendar.QuarterToDate}, RepLabel: crm.RepLabelName,
	})
	won := func(id, rep, team string, amount value.Money, year int) crm.Deal {
		d := crm.Deal{
			Head: record.Head{ID: id}, Rep: rep, Outcome: crm.OutcomeWon, Amount: amount * value.MoneyScale, AmountKnown: true,
			Closed: value.Date(year, time.August, 1), Probability: value.ProbabilityUnknown,
		}
		if team != "" {
			d.Dimensions = value.Dimensions{"team": team}
		}
		return d
	}
	source := facts.Source("ledger")
	source.Apply(record.Batch{
		Rows: record.Rows{crm.Reps.Of(
			crm.Rep{Head: record.Head{ID: "ann"}, Name: "Ann", Active: true},
			crm.Rep{Head: record.Head{ID: "bo"}, Name: "Bo", Team: "North", Active: true},
			crm.Rep{Head: record.Head{ID: "cy"}, Name: "Cy", Team: "South", Active: true},
		), crm.Deals.Of(
			won("1", "ann", "East", 100, 2024), won("2", "ann", "West", 30, 2024), won("3", "ann", "", 5, 2024),
			won("4", "bo", "", 7, 2024), won("5", "bo", "East", 2, 2024), won("6", "", "West", 1, 2024),
			won("7", "cy", "South", 9, 2020),
		)},
	})
	source.MarkReady()
	now := time.Date(2024, 9, 15, 12, 0, 0, 0, time.UTC)
	got := map[string]float64{}
	for _, family := range Compute(facts, Input{Calendar: calendar.New(calendar.Options{}), Now: now}).Families {
		if family.Metric.Name != metricRevenueWon {
			continue
		}
		for _, s := range family.Samples {
			values := map[string]string{}
			for i, label := range s.Labels {
				values[label] = s.Values[i]
			}
			got[values["rep"]+"@"+values["team"]] += s.Value
		}
	}
	want := map[string]float64{"Ann@East": 100, "Ann@West": 30, "Ann@": 5, "Bo@North": 7, "Bo@East": 2, "@West": 1, "Cy@South": 0}
	for key, value := range want {
		if sum, there := got[key]; !there || sum != value {
			t.Errorf("%s: got %v, %v, want %v", key, sum, there, value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
