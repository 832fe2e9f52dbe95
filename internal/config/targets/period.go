package targets

import (
	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

const periodHint = "write 2026-10, 2026-Q4, 2026, or {from: 2026-10-01, to: 2026-12-15}"

// targetPeriod reads when a target runs: a named period, one of its own, or whichever month, quarter or year it is.
func (c *Checker) targetPeriod(t Target) crm.TargetPeriod {
	switch {
	case t.Every.Set() && t.Period.Set():
		c.Add(t.Every.Position, "cannot be combined with period", "keep one of them")
	case t.Every.Set():
		unit := document.Choice(c.Checker, t.Every, "", crm.PeriodMonth, crm.PeriodQuarter, crm.PeriodYear)
		return crm.TargetPeriod{Unit: unit, Every: true}
	case !c.Need(t.Position, "period or every", t.Period.Position):
	case t.Period.From.Set() || t.Period.To.Set() || !t.Period.Name.Set():
		return c.customPeriod(t.Period)
	default:
		period, ok := parsePeriod(t.Period.Name.Text)
		if !ok {
			c.Add(t.Period.Name.Position, notPeriod(t.Period.Name.Text), periodHint)
		}
		return period
	}
	return crm.TargetPeriod{}
}

func (c *Checker) customPeriod(p periodYAML) crm.TargetPeriod {
	period := crm.TargetPeriod{Unit: crm.PeriodCustom}
	if p.Name.Set() {
		c.Add(p.Name.Position, "cannot be combined with from and to", "keep one of them")
		return period
	}
	if !p.From.Set() || !p.To.Set() {
		c.Lacks(p.Position, "needs both from and to", "")
		return period
	}
	from, readFrom := c.Date(p.From)
	to, readTo := c.Date(p.To)
	if readFrom && readTo && from.Compare(to) > 0 {
		c.Add(p.To.Position, "is before from", "to is the last day of the period")
	}
	period.From, period.To = instant(from), instant(to)
	return period
}

func instant(d calendar.Date) value.Instant { return value.Date(d.Year, d.Month, d.Day) }

func (p periodYAML) Shape() document.Shape {
	return document.MappingShape(&p, document.KindMappingOrScalar)
}

// periodYAML is a period by name ("2026-Q4") or by its first and last day.
type periodYAML struct {
	document.Position
	Name document.Scalar
	From document.Scalar `yaml:"from"`
	To   document.Scalar `yaml:"to"`
}

func (p *periodYAML) Decode(d *document.Decoder, n *yaml.Node, at document.Position) {
	if n.Kind == yaml.MappingNode {
		d.Structure(n, at, p)
		return
	}
	d.DecodeAt(n, at, &p.Name)
	p.Position = p.Name.Position
}
