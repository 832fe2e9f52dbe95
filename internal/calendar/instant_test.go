package calendar

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestLocalDays(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, zone := range []string{"UTC", "America/New_York", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Apia"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		c := New(Options{Location: location})
		days := NewDays(c)
		for range 20_000 {
			// From 1951 to 2100, beyond both ends of the tables.
			milli := r.Int64N(150*365*milliPerDay) - 19*365*milliPerDay
			date := c.DateOf(time.UnixMilli(milli))
			want := floorDiv(dateMilli(date), milliPerDay)
			if got := days.date(Pack(value.MomentMilli(milli))); got != want {
				t.Fatalf("%s: %v is on day %d, want %d", zone, time.UnixMilli(milli), got, want)
			}
			bare := Pack(value.Date(date.Year, date.Month, date.Day))
			if got, want := days.Moment(bare), c.Start(date).UnixMilli(); got != want {
				t.Fatalf("%s: %v starts at %d, want %d", zone, date, got, want)
			}
		}
	}
}
