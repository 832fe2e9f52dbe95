package cube

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// TestLaneAgreesWithSums adds random rows to lanes of every form, by several workers, and compares each cell with what a
// map of rationals holds.
func TestLaneAgreesWithSums(t *testing.T) {
	buckets := NewBuckets([]float64{1, 2, 3, 4}, []int64{0, 7, 1 << 20, 1 << 62})
	measures := []Measure{
		{Where: 1, Value: Rows}, {Value: 0}, {Where: 3, Value: 0}, {Where: 2, Value: 1, Buckets: &buckets},
	}
	for name, test := range map[string]struct {
		width, classes, owns int
		bound                int64
		rows                 int
	}{
		"dense":           {5, 7, 1, 1 << 40, 5000},
		"own label":       {5, 7, 2, 1 << 40, 5000},
		"sparse":          {500, 700, 2, 1 << 40, 5000},
		"wide":            {5, 7, 1, 1<<63 - 1, 5000},
		"wide and sparse": {500, 700, 2, 1<<63 - 1, 5000},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 7))
			slots := []int32{-1}
			for slot := range test.width {
				slots = append(slots, int32(slot))
			}
			lane := NewLane(Spec{
				Slots: slots, Width: test.width, Count: test.classes, Owns: test.owns, Measures: measures,
				Bounds: []uint64{uint64(test.bound), uint64(test.bound)}, Rows: test.rows,
			})
			workers := []*Lane{lane, lane.Fork(), lane.Fork()}
			want := map[string]*big.Int{}
			count := func(slot int32, class uint32, own uint8, measure string, value int64) {
				key := fmt.Sprint(slot, class, own, measure)
				if want[key] == nil {
					want[key] = new(big.Int)
				}
				want[key].Add(want[key], big.NewInt(value))
			}
			s := NewSelection(1, 2)
			for range test.rows {
				i := s.Len
				s.Len++
				place := int32(r.IntN(len(slots)+1)) - 1
				s.Groups[i], s.Atoms[i], s.Axes[0][i] = uint32(r.IntN(test.classes)), Atoms(r.IntN(4)), place
				s.Owns[i], s.Values[1][i] = uint8(r.IntN(test.owns)), r.Int64N(test.bound)
				s.Values[0][i] = s.Values[1][i] - r.Int64N(test.bound)
				if place > 0 {
					slot, class, own, atoms := place-1, s.Groups[i], s.Owns[i], s.Atoms[i]
					count(slot, class, own, "rows", 1)
					count(slot, class, own, "0", int64(atoms&1))
					count(slot, class, own, "1", s.Values[0][i])
					count(slot, class, own, "number", int64(atoms+1)/4)
					if atoms == 3 {
						count(slot, class, own, "2", s.Values[0][i])
					}
					if atoms&2 != 0 {
						count(slot, class, own, "3", s.Values[1][i])
						bucket := 0
						for bucket < 4 && buckets.Limits[bucket] < s.Values[1][i] {
							bucket++
						}
						count(slot, class, own, fmt.Sprint("bucket", bucket), 1)
					}
				}
				s.Any |= s.Atoms[i]
				if s.Len == BlockRows {
					workers[r.IntN(3)].Add(s)
					s.Len, s.Any = 0, 0
				}
			}
			workers[1].Add(s)
			lane.Merge(workers[1])
			lane.Merge(workers[2])
			compareLane(t, lane, want)
			compareRunning(t, lane)
		})
	}
}

func compareLane(t *testing.T, lane *Lane, want map[string]*big.Int) {
	t.Helper()
	seen := 0
	check := func(slot int, class uint32, own int, measure string, got Total) {
		value := want[fmt.Sprint(slot, class, own, measure)]
		if value == nil {
			value = new(big.Int)
		} else {
			seen++
		}
		exact := new(big.Int).Lsh(big.NewInt(got.high), 64)
		if exact.Add(exact, new(big.Int).SetUint64(got.low)); exact.Cmp(value) != 0 {
			t.Fatalf("slot %d, class %d, own %d, %s: %v, want %v", slot, class, own, measure, exact, value)
		}
	}
	lane.Each(Period{0, lane.Width}, func(slot int, class uint32, cell []int64) {
		for own := range lane.Owns {
			check(slot, class, own, "rows", lane.Sum(cell, own, Rows))
			check(slot, class, own, "0", totalOf(lane.Number(cell, own, 0)))
			check(slot, class, own, "number", totalOf(lane.Number(cell, own, 2)))
			for measure := 1; measure < 4; measure++ {
				check(slot, class, own, strconv.Itoa(measure), lane.Sum(cell, own, measure))
			}
			tally := lane.Tally(cell, own, 3)
			for bucket, n := range tally.counts {
				check(slot, class, own, fmt.Sprint("bucket", bucket), totalOf(n))
			}
		}
	})
	if seen != len(want) {
		t.Errorf("%d sums are in some cell, want %d", seen, len(want))
	}
}

// compareRunning compares running sums with the sums of the cells.
func compareRunning(t *testing.T, lane *Lane) {
	t.Helper()
	classes := []uint32{0, 3}
	running := NewRunning(lane, classes)
	for _, p := range []Period{{0, lane.Width}, {1, 4}, {2, 2}} {
		want := make([]int64, lane.record)
		lane.Each(p, func(_ int, class uint32, cell []int64) {
			for i, v := range cell {
				if slices.Contains(classes, class) {
					want[i] += v
				}
			}
		})
		if got := running.Sum(p); !slices.Equal(got, want) {
			t.Errorf("%v adds up to %v, want %v", p, got, want)
		}
	}
}

func TestBuckets(t *testing.T) {
	b := NewBuckets(nil, []int64{1000, 3000, 3001, 1 << 40})
	for value, want := range map[int64]int{0: 0, 1000: 0, 1001: 1, 3000: 1, 3001: 2, 3002: 3, 1 << 40: 3, 1<<40 + 1: 4, 1<<63 - 1: 4} {
		if got := b.of(value); got != want {
			t.Errorf("%d is in bucket %d, want %d", value, got, want)
		}
	}
	many := make([]int64, 300)
	for i := range many {
		many[i] = int64(i)
	}
	b = NewBuckets(nil, many)
	if got := b.of(299); got != 299 {
		t.Errorf("299 is in bucket %d", got)
	}
}
