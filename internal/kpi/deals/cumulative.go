package deals

import (
	"fmt"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/cube/groups"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pass"
)

// daily cuts the present and the previous quarter, and with them the months, into days.
type daily struct {
	days    []calendar.Span // all of them, up to now
	asked   *family.Spans
	courses []course // in order of their names
}

// course is one period whose won revenue is shown as it adds up.
type course struct {
	name string
	days []courseDay
}

type courseDay struct {
	name   string // "01"
	span   calendar.Span
	period cube.Period
}

func newDaily(in *family.Input) daily {
	c := in.Calendar
	month, quarter := c.Month(in.Now), c.Quarter(in.Now)
	before := c.Quarter(quarter.Start.Add(-1))
	d := daily{days: daysOf(in, calendar.Span{Start: before.Start, End: in.Now})}
	d.add(in, "month", month)
	d.add(in, "previous_month", c.Month(month.Start.Add(-1)))
	d.add(in, "previous_quarter", before)
	d.add(in, "quarter", quarter)
	return d
}

func (d *daily) add(in *family.Input, name string, span calendar.Span) {
	course := course{name: name}
	for i, day := range daysOf(in, span) {
		course.days = append(course.days, courseDay{name: fmt.Sprintf("%02d", i+1), span: day})
	}
	d.courses = append(d.courses, course)
}

// place finds the slots of the days.
func (d *daily) place(cut *cube.Cut) {
	for _, course := range d.courses {
		for i := range course.days {
			course.days[i].period = cut.Period(course.days[i].span)
		}
	}
}

// daysOf returns the days of a span up to today, which ends now: a deal that closes later today is not won yet.
func daysOf(in *family.Input, span calendar.Span) []calendar.Span {
	var days []calendar.Span
	today := in.Calendar.DateOf(in.Now)
	for date := in.Calendar.DateOf(span.Start); date.Compare(today) <= 0; date = date.AddDays(1) {
		day := in.Calendar.Between(date, date.AddDays(1))
		if !day.Start.Before(span.End) {
			break
		}
		if in.Now.Before(day.End) {
			day.End = in.Now
		}
		days = append(days, day)
	}
	return days
}

// layCumulative declares the won amounts by day.
func (s *source) layCumulative() {
	cut := s.daily.asked.Cut()
	s.daily.place(cut)
	spec := s.ByHistogram()
	spec.Where = pass.AtomWon
	spec.Measures = pass.AmountMeasures(0, pass.ColumnAmount)
	s.days = s.Lane(pass.SelectClosed, spec.On(pass.AxisInterval, cut.Slots(), cut.Width()))
}

// emitCumulative makes the won revenue by day of the period of one source. A combination has either every day of every
// period, up to the last complete read, or none: lines begin at the left, and at 0 on the first morning of a quarter.
func (s *source) emitCumulative() {
	g, on := s.C.GrainOf(s.out[cumulative])
	if !on {
		return
	}
	family, p := s.out[cumulative], s.HistogramCombinations(g.Breakdown)
	rows, labels := family.Rows(), s.Labels(g.Labels, "period", "day", "currency")
	for combination, intervals := range s.wonByDay(p) {
		if intervals == nil {
			continue
		}
		head := rows.Join([]string{s.Source.Name}, p.Labels[combination]...)
		for _, course := range s.daily.courses {
			var sum pass.AmountSum
			for _, day := range course.days {
				if s.C.Unread(s.Source, day.span.Start) {
					break
				}
				for k := day.period.From; k < day.period.To; k++ {
					sum.Plus(&intervals[k])
				}
				if !sum.Has.Unknown() {
					values := rows.Join(head, course.name, day.name, s.C.Options.Currency)
					family.Gauge(labels, values, pass.Units(sum.Sum))
				}
			}
		}
	}
	in := s.days.Present(len(p.Of))
	family.CountFolded(func() int { return p.FoldedAmong(in) })
}

// wonByDay returns the won amounts by combination and interval, nil for a combination without any.
func (s *source) wonByDay(p *groups.Projection) [][]pass.AmountSum {
	won := make([][]pass.AmountSum, len(p.Labels))
	s.days.Each(cube.Period{To: s.days.Width}, func(interval int, class uint32, words []int64) {
		cell := pass.AmountOf(s.days, words, 0, 0)
		combination := p.Of[class]
		if won[combination] == nil {
			won[combination] = make([]pass.AmountSum, s.days.Width)
		}
		won[combination][interval].Plus(&cell)
	})
	for combination, intervals := range won {
		if !slices.ContainsFunc(intervals, func(c pass.AmountSum) bool { return c.Sum != cube.Total{} }) {
			won[combination] = nil
		}
	}
	return won
}
