package crmsim_test

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

var noon = time.Date(2026, time.November, 18, 12, 0, 0, 0, time.UTC)

func fixed() time.Time { return noon }

func generate(seed uint64, deals int) *crmsim.World {
	return crmsim.Generate(crmsim.GenerateOptions{Seed: seed, Deals: deals, Now: fixed})
}

// same reports a difference. Comparing first is a hundred times faster than looking for one.
func same(t *testing.T, what string, a, b any) {
	t.Helper()
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%s:\n%s", what, cmp.Diff(a, b))
	}
}

func TestGenerateIsDeterministic(t *testing.T) {
	a, b := generate(1, 800), generate(1, 800)
	same(t, "equal seeds gave different deals", a.Truth(), b.Truth())
	same(t, "equal seeds gave different reps", a.Reps(), b.Reps())
	same(t, "equal seeds gave different accounts", a.Accounts(), b.Accounts())
	if reflect.DeepEqual(a.Truth(), generate(2, 800).Truth()) {
		t.Error("different seeds gave equal deals")
	}
}

func TestGenerateIsPlausible(t *testing.T) {
	const n = 3000
	w := generate(1, n)
	truth := w.Truth()
	if got := len(truth); got < n*95/100 || got > n {
		t.Errorf("%d live deals of %d", got, n)
	}
	won, lost, open, overdue, cents, missing := 0, 0, 0, 0, 0, 0
	wonIn := map[int]float64{}
	monthOfQuarter := [3]int{}
	for _, d := range truth {
		stage, ok := w.StageOf(&d)
		if !ok {
			t.Fatalf("deal %d is in no stage of its pipeline", d.ID)
		}
		if d.Modified.After(noon) || d.StageEntered.After(d.Modified) || d.Created.After(d.StageEntered) {
			t.Fatalf("deal %d: created %v, stage %v, modified %v", d.ID, d.Created, d.StageEntered, d.Modified)
		}
		amount, _ := strconv.ParseFloat(d.Amount, 64)
		switch {
		case d.Amount == "":
			missing++
		case amount != math.Trunc(amount):
			cents++
		}
		switch {
		case !stage.Closed:
			open++
			if d.Close.Before(noon) {
				overdue++
			}
			continue
		case d.Close.After(noon) || d.Close.Before(d.Created):
			t.Fatalf("deal %d closed at %v, created at %v", d.ID, d.Close, d.Created)
		case !stage.Won:
			lost++
			continue
		}
		won++
		wonIn[d.Close.Year()*4+int(d.Close.Month()-1)/3] += amount
		monthOfQuarter[(d.Close.Month()-1)%3]++
	}
	thisQuarter := noon.Year()*4 + int(noon.Month()-1)/3
	for q := thisQuarter - 8; q <= thisQuarter; q++ {
		if wonIn[q] <= 0 {
			t.Errorf("nothing won in quarter %d of %d", q%4+1, q/4)
		}
	}
	if ratio := float64(won) / float64(won+lost); ratio < 0.2 || ratio > 0.8 {
		t.Errorf("win ratio %.2f", ratio)
	}
	if !slices.IsSorted(monthOfQuarter[:]) {
		t.Errorf("wins by month of the quarter are not back-loaded: %v", monthOfQuarter)
	}
	for name, count := range map[string]int{"open": open, "overdue": overdue, "without amount": missing} {
		if count == 0 || count > n/3 {
			t.Errorf("%d deals %s", count, name)
		}
	}
	if cents < n/2 {
		t.Errorf("only %d amounts have cents", cents)
	}
	archived, merged := 0, 0
	for _, d := range w.Deals() {
		if d.Archived {
			archived++
		}
		if len(d.MergedIDs) > 0 {
			merged++
		}
	}
	if archived == 0 || merged == 0 {
		t.Errorf("%d deals archived, %d merged", archived, merged)
	}
	inactive := 0
	for _, r := range w.Reps() {
		if !r.Active {
			inactive++
		}
	}
	if inactive == 0 || inactive > len(w.Reps())/2 {
		t.Errorf("%d of %d reps are inactive", inactive, len(w.Reps()))
	}
}

func TestAdvance(t *testing.T) {
	atOnce, inSteps := generate(1, 3000), generate(1, 3000)
	before := atOnce.Truth()
	end := noon.AddDate(0, 0, 8)
	atOnce.Advance(end)
	for at := noon; at.Before(end); at = at.Add(7*time.Hour + 13*time.Second) {
		inSteps.Advance(at)
	}
	inSteps.Advance(end)
	after := atOnce.Truth()
	same(t, "the steps of Advance made a difference", after, inSteps.Truth())
	if reflect.DeepEqual(before, after) {
		t.Error("nothing happened in eight days")
	}
	atOnce.Advance(end)
	atOnce.Advance(noon)
	same(t, "Advance is not idempotent", after, atOnce.Truth())
	created, won := 0, 0
	for _, d := range after {
		stage, _ := atOnce.StageOf(&d)
		if d.Created.After(noon) {
			created++
		}
		if stage.Won && d.Close.After(noon) {
			won++
		}
		if d.Modified.After(end) {
			t.Errorf("deal %d was modified at %v, after the end", d.ID, d.Modified)
		}
	}
	if created < 10 || created > 100 || won < 1 || won > created {
		t.Errorf("%d deals created and %d won in eight days", created, won)
	}
}

func TestReadersCatchUpWithTheClock(t *testing.T) {
	for _, still := range []bool{false, true} {
		c := &clock{at: noon}
		w := crmsim.Generate(crmsim.GenerateOptions{Seed: 1, Deals: 3000, Now: c.now, Still: still})
		before := w.Truth()
		c.pass(5 * 24 * time.Hour)
		after := w.Deals()
		if grew := len(after) > int(before[len(before)-1].ID); grew == still {
			t.Errorf("still is %t, and of %d deals there are %d five days later", still, len(before), len(after))
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		generate(1, 3000)
	}
}

// TestHistoryEnd keeps replicas of a demo equal: when a world was made must not show in it.
func TestHistoryEnd(t *testing.T) {
	first := time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
	end := noon.AddDate(0, 0, 1)
	var truths [2][]crmsim.Deal
	for i, start := range []time.Time{noon, noon.Add(7 * time.Hour)} {
		w := crmsim.Generate(crmsim.GenerateOptions{
			Seed: 1, Deals: 800, Now: func() time.Time { return start }, HistoryEnd: first,
		})
		w.Advance(end)
		truths[i] = w.Truth()
	}
	same(t, "worlds with one history end differ", truths[0], truths[1])
	if !slices.ContainsFunc(truths[0], func(d crmsim.Deal) bool { return d.Created.After(first) }) {
		t.Error("nothing was created since the history ended")
	}
}
