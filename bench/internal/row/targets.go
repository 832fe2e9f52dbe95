package row

import (
	"context"
	"fmt"
	"time"

	"github.com/sales-exporter/sales_exporter/bench/internal/measure"
	"github.com/sales-exporter/sales_exporter/bench/internal/world"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

const (
	yearlyTargets = 1000
	dailyTargets  = 365
)

// targetsRow compares a Compute with many targets that have no scope with the same one without targets.
func targetsRow(_ context.Context, s *Setting) ([]Comparison, error) {
	deals := s.Deals / 10
	facts := world.Facts(deals)
	side := func(in kpi.Input) measure.Side {
		return measure.Side{Run: func() error {
			kpi.Compute(facts, in)
			return nil
		}}
	}
	with := world.Input()
	with.Targets = targets()
	figures, err := measure.Alternate(s.few(), side(with), side(world.Input()))
	if err != nil {
		return nil, err
	}
	return []Comparison{{
		ID: fmt.Sprintf("targets/%d/unscoped", deals), Part: partCompute, Unit: "ms CPU",
		What: fmt.Sprintf("Compute, %s deals, %d yearly and %d one-day targets without scope",
			count(deals), yearlyTargets, dailyTargets),
		Ours: figures[0], Peer: "the same without targets", Peers: figures[1], Limit: true,
	}}, nil
}

func targets() []crm.Target {
	var all []crm.Target
	add := func(kind string, i int, period crm.TargetPeriod) {
		all = append(all, crm.Target{
			Name: fmt.Sprintf("%s %d", kind, i), KPI: "revenue_won", Value: 1e6, Period: period, Scope: map[string]string{},
		})
	}
	for i := range yearlyTargets {
		add("yearly", i, crm.TargetPeriod{Unit: crm.PeriodYear, Every: true})
	}
	for i := range dailyTargets {
		add("daily", i, oneDay(world.Now().AddDate(0, 0, -i)))
	}
	return all
}

func oneDay(t time.Time) crm.TargetPeriod {
	day := value.Date(t.Year(), t.Month(), t.Day())
	return crm.TargetPeriod{Unit: crm.PeriodCustom, From: day, To: day}
}
