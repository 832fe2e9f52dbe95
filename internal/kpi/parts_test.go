package kpi

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestDictionary(t *testing.T) {
	d := newDictionary()
	for round := range 2 {
		for i := range 5000 {
			if code := d.code(strconv.Itoa(i)); int(code) != i {
				t.Fatalf("round %d: %d has code %d", round, i, code)
			}
		}
	}
	if got := string(d.at(4321)); got != "4321" {
		t.Errorf("4321 is %q", got)
	}
	if _, found := d.find("absent"); found {
		t.Error("found what is absent")
	}
	if code := d.code(""); code != 5000 || len(d.at(code)) != 0 {
		t.Errorf("the empty text has code %d", code)
	}
}

func TestTotalDoesNotOverflow(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var sum total
	want := new(big.Int)
	for range 10_000 {
		v := int64(r.Uint64())
		sum.add(v)
		want.Add(want, big.NewInt(v))
		exact, _ := new(big.Float).SetInt(want).Float64()
		if got := sum.float(1); math.Abs(got-exact) > math.Abs(exact)*1e-15 {
			t.Fatalf("sum is %v, want %v", got, exact)
		}
	}
	deals := make([]crm.Deal, 20)
	for i := range deals {
		deals[i] = crm.Deal{
			Head: record.Head{ID: strconv.Itoa(i)}, Outcome: crm.OutcomeWon, Amount: 99_999_999_999_999 * value.MoneyScale, AmountKnown: true,
			Closed: value.Moment(goldenNow.AddDate(0, 0, -1)),
		}
	}
	f := NewFacts(goldenOptions())
	f.Source("acme").Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(deals...)}})
	f.Source("acme").MarkReady()
	snapshot := Compute(f, Input{Calendar: calendar.New(calendar.Options{}), Now: goldenNow})
	wantValue(t, snapshot, 20*99_999_999_999_999.0, "sales_revenue_won_amount", "window", "month_to_date")
	wantValue(t, snapshot, 99_999_999_999_999.0, "sales_deal_size_mean_amount", "rollup", "all", "window", "month_to_date")
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
		line := newTimeline(c, spans)
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
			interval := line.locate(packInstant(i))
			for _, s := range spans {
				p := line.period(s)
				if got := p.from <= interval && interval < p.to; got != s.Contains(at) {
					t.Fatalf("%s: %v in %v is %v, want %v", zone, at, s, got, s.Contains(at))
				}
			}
		}
		if p := line.period(calendar.Span{}); p.to <= line.locate(unknownInstant) {
			t.Error("a deal without a date is not in all of time")
		}
		if p := line.period(calendar.Span{End: now}); p.to > line.locate(unknownInstant) {
			t.Error("a deal without a date is in a bounded span")
		}
	}
}

func TestTimelineWithoutSpans(t *testing.T) {
	line := newTimeline(calendar.New(calendar.Options{}), []calendar.Span{{}})
	if got := line.locate(packInstant(value.Date(2026, 1, 1))); got != 0 {
		t.Errorf("interval is %d, want 0", got)
	}
}

func TestLocalDays(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, zone := range []string{"UTC", "America/New_York", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Apia"} {
		c := calendar.New(calendar.Options{Location: mustLoad(t, zone)})
		days := newLocalDays(c)
		for range 20_000 {
			// From 1951 to 2100, beyond both ends of the tables.
			milli := r.Int64N(150*365*milliPerDay) - 19*365*milliPerDay
			date := c.DateOf(time.UnixMilli(milli))
			want := floorDiv(dateMilli(date), milliPerDay)
			if got := days.date(packInstant(value.MomentMilli(milli))); got != want {
				t.Fatalf("%s: %v is on day %d, want %d", zone, time.UnixMilli(milli), got, want)
			}
			bare := packInstant(value.Date(date.Year, date.Month, date.Day))
			if got, want := days.moment(bare), c.Start(date).UnixMilli(); got != want {
				t.Fatalf("%s: %v starts at %d, want %d", zone, date, got, want)
			}
		}
	}
}

func TestSortMembers(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, spread := range []int64{1, 1 << 10, 1 << 40, math.MaxInt64} {
		members := make([]member, 1000)
		for i := range members {
			members[i] = member{value: r.Int64N(spread), group: uint32(i)}
			if i%3 == 0 {
				members[i].value = -members[i].value
			}
		}
		want := slices.Clone(members)
		slices.SortStableFunc(want, func(a, b member) int {
			if a.value < b.value {
				return -1
			} else if a.value > b.value {
				return 1
			}
			return 0
		})
		if got := sortMembers(members); !slices.Equal(got, want) {
			t.Errorf("spread %d: not sorted", spread)
		}
	}
}

func TestBucketBoundsAreExact(t *testing.T) {
	money := moneyBuckets([]float64{0.1, 0.3, 1e6, 1e300})
	if want := []int64{1000, 3000, 1e10, math.MaxInt64}; !slices.Equal(money.limits, want) {
		t.Errorf("limits are %v, want %v", money.limits, want)
	}
	var sizes tally
	for _, v := range []int64{1000, 1001, 3000, 3001} {
		sizes.observe(&money, v)
	}
	if h := sizes.histogram(&money, value.MoneyScale); !slices.Equal(h.Counts, []uint64{1, 3, 4, 4}) || h.Count != 4 {
		t.Errorf("counts are %v of %d", h.Counts, h.Count)
	}
}
