package cube

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// visits is a table that is no table of deals: a day, a kind of visitor as own label, and minutes.
type visits struct {
	days    []int32
	kinds   []uint8
	minutes []int64
}

const atomLong Atoms = 1 // longer than ten minutes

func (v *visits) Rows() int        { return len(v.days) }
func (v *visits) Bounds() []uint64 { return []uint64{60} }
func (v *visits) Axes() int        { return 1 }

func (v *visits) Fill(from, to int, s *Selection) {
	for row := from; row < to; row++ {
		if v.days[row] < 0 {
			continue // It does not count.
		}
		n := s.Len
		s.Axes[0][n], s.Owns[n], s.Values[0][n], s.Groups[n], s.Atoms[n] = v.days[row], v.kinds[row], v.minutes[row], 0, 0
		if v.minutes[row] > 10 {
			s.Atoms[n] = atomLong
		}
		s.Any |= s.Atoms[n]
		s.Len++
	}
}

// TestTable adds up a table of any kind and compares with the obvious sums, whatever the number of workers.
func TestTable(t *testing.T) {
	const days, kinds, rows = 5, 2, 5000
	r := rand.New(rand.NewPCG(3, 4))
	v := &visits{}
	var count, long, minutes [days][kinds]int64
	for range rows {
		day, kind, length := int32(r.IntN(days+1))-1, uint8(r.IntN(kinds)), r.Int64N(60)
		v.days, v.kinds, v.minutes = append(v.days, day), append(v.kinds, kind), append(v.minutes, length)
		if day < 0 {
			continue
		}
		count[day][kind]++
		minutes[day][kind] += length
		if length > 10 {
			long[day][kind]++
		}
	}
	for _, workers := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d workers", workers), func(t *testing.T) {
			plan := PlanOf(v, &Scratch{})
			spec := Spec{Count: 1, Owns: kinds, Measures: []Measure{{Where: atomLong, Value: Rows}, {Value: 0}}}
			lane := plan.Lane(0, spec.OnAll(0, days))
			plan.Read(v, workers)
			defer plan.Release()
			for day := range days {
				cell := lane.Get(day, 0)
				for kind := range kinds {
					if got := lane.Number(cell, kind, Rows); got != count[day][kind] {
						t.Errorf("day %d, kind %d: %d rows, want %d", day, kind, got, count[day][kind])
					}
					if got := lane.Number(cell, kind, 0); got != long[day][kind] {
						t.Errorf("day %d, kind %d: %d long ones, want %d", day, kind, got, long[day][kind])
					}
					if got := lane.Sum(cell, kind, 1); got != totalOf(minutes[day][kind]) {
						t.Errorf("day %d, kind %d: sum is %v, want %d", day, kind, got, minutes[day][kind])
					}
				}
			}
		})
	}
}
