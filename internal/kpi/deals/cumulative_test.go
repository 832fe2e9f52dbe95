package deals

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/cube"
	"github.com/sales-exporter/sales_exporter/internal/kpi/family"
)

func TestCourses(t *testing.T) {
	berlin, apia := mustLoad(t, "Europe/Berlin"), mustLoad(t, "Pacific/Apia")
	for _, test := range []struct {
		name    string
		options calendar.Options
		now     time.Time
		want    map[string]int // days by period
	}{
		{
			"the middle of a quarter",
			calendar.Options{},
			time.Date(2026, time.May, 20, 12, 0, 0, 0, time.UTC),
			map[string]int{"month": 20, "previous_month": 30, "quarter": 50, "previous_quarter": 90},
		},
		{
			"the first instant of a fiscal year",
			calendar.Options{Location: berlin, FiscalYearStart: time.April},
			time.Date(2028, time.April, 1, 0, 0, 0, 0, berlin),
			map[string]int{"month": 1, "previous_month": 31, "quarter": 1, "previous_quarter": 91},
		},
		{
			"the last instant of a quarter",
			calendar.Options{Location: berlin},
			time.Date(2026, time.December, 31, 23, 59, 59, 999_999_999, berlin),
			map[string]int{"month": 31, "previous_month": 30, "quarter": 92, "previous_quarter": 92},
		},
		{
			"a month with a day that never happened",
			calendar.Options{Location: apia},
			time.Date(2012, time.January, 10, 12, 0, 0, 0, apia),
			map[string]int{"month": 10, "previous_month": 31, "quarter": 10, "previous_quarter": 92},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := map[string]int{}
			c := calendar.New(test.options)
			daily := newDaily(&family.Input{Calendar: c, Now: test.now})
			daily.place(cube.NewCut(cube.NewTimeline(c, daily.days), daily.days))
			for _, course := range daily.courses {
				got[course.name] = len(course.days)
				for i, day := range course.days {
					if i > 0 && day.period.From != course.days[i-1].period.To {
						t.Errorf("%s: day %s does not begin where the one before ends", course.name, day.name)
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("days (-want +got)\n%s", diff)
			}
		})
	}
}

func mustLoad(t *testing.T, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return location
}
