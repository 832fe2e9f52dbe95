package kpi

import (
	"fmt"
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
)

// daily cuts the present and the previous quarter, and with them the months, into days. It has a timeline of its own:
// two hundred days more in the other one would be two hundred intervals for every target and window to add up.
type daily struct {
	span    calendar.Span // all of it, up to now
	line    *timeline
	courses []course // in order of their names
}

// course is one period whose won revenue is shown as it adds up.
type course struct {
	name string
	days []courseDay
}

type courseDay struct {
	name   string // "01"
	start  time.Time
	period period
}

func newDaily(in Input) daily {
	c := in.Calendar
	month, quarter := c.Month(in.Now), c.Quarter(in.Now)
	before := c.Quarter(quarter.Start.Add(-1))
	d := daily{span: calendar.Span{Start: before.Start, End: in.Now}}
	d.line = newTimeline(c, daysOf(in, d.span))
	d.add(in, "month", month)
	d.add(in, "previous_month", c.Month(month.Start.Add(-1)))
	d.add(in, "previous_quarter", before)
	d.add(in, "quarter", quarter)
	return d
}

func (d *daily) add(in Input, name string, span calendar.Span) {
	course := course{name: name}
	for i, day := range daysOf(in, span) {
		course.days = append(course.days, courseDay{fmt.Sprintf("%02d", i+1), day.Start, d.line.period(day)})
	}
	d.courses = append(d.courses, course)
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

// addDaily adds a won deal of the last two quarters to its day.
func (s *scan) addDaily(row int, group uint32, flags dealFlags) {
	cell := s.daily.at(s.c.daily.line.locate(s.source.deals.closed[row]), s.groups.shape[group])
	cell.has |= flags.amounts()
	if flags.priced() {
		cell.amount.add(int64(s.source.deals.amount[row]))
	}
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
		head := rows.join([]string{s.source.name}, p.labels[combination]...)
		for _, course := range s.c.daily.courses {
			var sum moneyCell
			for _, day := range course.days {
				if s.c.unread(s.source, day.start) {
					break
				}
				for k := day.period.from; k < day.period.to; k++ {
					sum.plus(&intervals[k])
				}
				if !sum.has.unknown() {
					values := rows.join(head, course.name, day.name, s.c.options.Currency)
					family.gauge(labels, values, sum.amount.money())
				}
			}
		}
	}
	in := s.daily.present(len(p.of))
	family.countFolded(p, func(shape uint32) bool { return in[shape] })
}

// wonByDay returns the won amounts by combination and interval, nil for a combination without any.
func (s *scan) wonByDay(p *projection) [][]moneyCell {
	won := make([][]moneyCell, len(p.labels))
	s.daily.each(s.daily.all(), func(interval int, shape uint32, cell *moneyCell) {
		combination := p.of[shape]
		if won[combination] == nil {
			won[combination] = make([]moneyCell, s.c.daily.line.intervals())
		}
		won[combination][interval].plus(cell)
	})
	for combination, intervals := range won {
		if !slices.ContainsFunc(intervals, func(c moneyCell) bool { return c.amount != total{} }) {
			won[combination] = nil
		}
	}
	return won
}
