package cube

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func mustLoad(t *testing.T, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return location
}

func TestTotalIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var sum Total
	want := new(big.Int)
	for range 10_000 {
		v := int64(r.Uint64())
		sum.Add(v)
		want.Add(want, big.NewInt(v))
		exact, _ := new(big.Float).SetInt(want).Float64()
		if got := sum.Float(1); math.Abs(got-exact) > math.Abs(exact)*1e-15 {
			t.Fatalf("sum is %v, want %v", got, exact)
		}
	}
}

// TestTimelineLocates compares with the definition: the spans of the timeline contain an instant or do not.
func TestTimelineLocates(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, zone := range []string{"UTC", "America/New_York", "Asia/Kathmandu", "America/Sao_Paulo"} {
		c := calendar.New(calendar.Options{Location: mustLoad(t, zone)})
		now := time.Date(2018, time.November, 4, 13, 30, 15, 123_456_789, c.Location())
		var spans []calendar.Span
		for _, w := range calendar.Windows() {
			spans = append(spans, c.Window(w, now))
		}
		century := calendar.Span{Start: now.AddDate(-40, 0, 0), End: now.AddDate(60, 0, 0)}
		spans = append(spans, century, calendar.Span{End: now})
		line, all := NewTimeline(c, spans), make([]int32, 1)
		instants := []value.Instant{value.MomentMilli(now.UnixMilli()), value.MomentMilli(now.UnixMilli() + 1)}
		for _, s := range spans {
			for _, bound := range []time.Time{s.Start, s.End} {
				for _, shift := range []time.Duration{-24 * time.Hour, -time.Millisecond, 0, time.Millisecond} {
					d := c.DateOf(bound.Add(shift))
					instants = append(instants, value.Moment(bound.Add(shift)), value.Date(d.Year, d.Month, d.Day))
				}
			}
		}
		for range 2000 {
			instants = append(instants, value.Moment(now.Add(time.Duration(r.Int64N(1<<62))-1<<61)))
		}
		for _, i := range instants {
			at := time.UnixMilli(i.Milli())
			if i.IsDate() {
				y, m, d := at.UTC().Date()
				at = c.Start(calendar.Date{Year: y, Month: m, Day: d})
			}
			interval := line.Locate(calendar.Pack(i))
			if line.LocateAll([]calendar.Instant{calendar.Pack(i)}, all); int(all[0]) != interval {
				t.Fatalf("%s: %v is in interval %d and in %d", zone, at, interval, all[0])
			}
			for _, s := range spans {
				p := line.Period(s)
				if got := p.From <= interval && interval < p.To; got != s.Contains(at) {
					t.Fatalf("%s: %v in %v is %v, want %v", zone, at, s, got, s.Contains(at))
				}
			}
		}
		if p := line.Period(calendar.Span{}); p.To <= line.Locate(calendar.UnknownInstant) {
			t.Error("a deal without a date is not in all of time")
		}
		if p := line.Period(calendar.Span{End: now}); p.To > line.Locate(calendar.UnknownInstant) {
			t.Error("a deal without a date is in a bounded span")
		}
	}
}

func TestTimelineWithoutSpans(t *testing.T) {
	line := NewTimeline(calendar.New(calendar.Options{}), []calendar.Span{{}})
	if got := line.Locate(calendar.Pack(value.Date(2026, 1, 1))); got != 0 {
		t.Errorf("interval is %d, want 0", got)
	}
}

func TestSortMembers(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, spread := range []int64{1, 1 << 10, 1 << 40, math.MaxInt64} {
		members := make([]Member, 1000)
		for i := range members {
			members[i] = Member{Value: r.Int64N(spread), Group: uint32(i)}
			if i%3 == 0 {
				members[i].Value = -members[i].Value
			}
		}
		want := slices.Clone(members)
		slices.SortStableFunc(want, func(a, b Member) int {
			if a.Value < b.Value {
				return -1
			} else if a.Value > b.Value {
				return 1
			}
			return 0
		})
		if got, _ := sortMembers(members, make([]Member, len(members))); !slices.Equal(got, want) {
			t.Errorf("spread %d: not sorted", spread)
		}
	}
}
