package kpi

import (
	"fmt"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/cube"
)

// daily cuts the present and the previous quarter, and with them the months, into days.
type daily struct {
	days    []calendar.Span // all of them, up to now
	cut     *cube.Cut
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

func newDaily(in Input) daily {
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

func (d *daily) add(in Input, name string, span calendar.Span) {
	course := course{name: name}
	for i, day := range daysOf(in, span) {
		course.days = append(course.days, courseDay{name: fmt.Sprintf("%02d", i+1), span: day})
	}
	d.courses = append(d.courses, course)
}

// place cuts the timeline for the days.
func (d *daily) place(line *cube.Timeline) {
	d.cut = cube.NewCut(line, d.days)
	for _, course := range d.courses {
		for i := range course.days {
			course.days[i].period = d.cut.Period(course.days[i].span)
		}
	}
}

// daysOf returns the days of a span up to today, which ends now: a deal that closes later today is not won yet.
func daysOf(in Input, span calendar.Span) []calendar.Span {
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
func (s *scan) layCumulative() {
	won := s.byShape()
	won.Where = atomWon
	s.daily = s.lane(selectClosed, won.On(axisInterval, s.c.daily.cut.Slots(), s.c.daily.cut.Width()), 1,
		amountMeasures(0, columnAmount))
}

// emitCumulative makes the won revenue by day of the period of one source. A combination has either every day of every
// period, up to the last complete read, or none: lines begin at the left, and at 0 on the first morning of a quarter.
func (s *scan) emitCumulative() {
	g, on := s.c.grainOf(metricRevenueCumulative)
	if !on {
		return
	}
	family, p := s.c.out.family(metricRevenueCumulative), s.shapesBy(g.breakdown)
	rows, labels := family.rows(), s.labels(g.labels, "period", "day", "currency")
	for combination, intervals := range s.wonByDay(p) {
		if intervals == nil {
			continue
		}
		head := rows.join([]string{s.source.Name}, p.labels[combination]...)
		for _, course := range s.c.daily.courses {
			var sum amountSum
			for _, day := range course.days {
				if s.c.unread(s.source, day.span.Start) {
					break
				}
				for k := day.period.From; k < day.period.To; k++ {
					sum.plus(&intervals[k])
				}
				if !sum.has.unknown() {
					values := rows.join(head, course.name, day.name, s.c.options.Currency)
					family.gauge(labels, values, units(sum.sum))
				}
			}
		}
	}
	in := s.daily.Present(len(p.of))
	family.countFolded(p, func(shape uint32) bool { return in[shape] })
}

// wonByDay returns the won amounts by combination and interval, nil for a combination without any.
func (s *scan) wonByDay(p *projection) [][]amountSum {
	won := make([][]amountSum, len(p.labels))
	s.daily.Each(cube.Period{To: s.daily.Width}, func(interval int, shape uint32, words []int64) {
		cell := amountOf(s.daily, words, 0, 0)
		combination := p.of[shape]
		if won[combination] == nil {
			won[combination] = make([]amountSum, s.daily.Width)
		}
		won[combination][interval].plus(&cell)
	})
	for combination, intervals := range won {
		if !slices.ContainsFunc(intervals, func(c amountSum) bool { return c.sum != cube.Total{} }) {
			won[combination] = nil
		}
	}
	return won
}
