package config

import (
	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

const periodHint = "write 2026-10, 2026-Q4, 2026, or {from: 2026-10-01, to: 2026-12-15}"

// targetPeriod reads when a target runs: a named period, one of its own, or whichever month, quarter or year it is.
func (c *checker) targetPeriod(t targetYAML) crm.TargetPeriod {
	switch {
	case t.Every.set() && t.Period.set():
		c.add(t.Every.place, "cannot be combined with period", "keep one of them")
	case t.Every.set():
		unit := choice(c, t.Every, "", crm.PeriodMonth, crm.PeriodQuarter, crm.PeriodYear)
		return crm.TargetPeriod{Unit: unit, Every: true}
	case !c.need(t.place, "period or every", t.Period.place):
	case t.Period.From.set() || t.Period.To.set() || !t.Period.Name.set():
		return c.customPeriod(t.Period)
	default:
		period, ok := parsePeriod(t.Period.Name.text)
		if !ok {
			c.add(t.Period.Name.place, notPeriod(t.Period.Name.text), periodHint)
		}
		return period
	}
	return crm.TargetPeriod{}
}

func (c *checker) customPeriod(p periodYAML) crm.TargetPeriod {
	period := crm.TargetPeriod{Unit: crm.PeriodCustom}
	if p.Name.set() {
		c.add(p.Name.place, "cannot be combined with from and to", "keep one of them")
		return period
	}
	if !p.From.set() || !p.To.set() {
		c.lacks(p.place, "needs both from and to", "")
		return period
	}
	from, readFrom := c.date(p.From)
	to, readTo := c.date(p.To)
	if readFrom && readTo && from.Compare(to) > 0 {
		c.add(p.To.place, "is before from", "to is the last day of the period")
	}
	period.From, period.To = instant(from), instant(to)
	return period
}

func instant(d calendar.Date) value.Instant { return value.Date(d.Year, d.Month, d.Day) }
