package source

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func spend(t *testing.T, b *Budget, calls int) {
	t.Helper()
	for i := range calls {
		if err := b.Spend(); err != nil {
			t.Fatalf("call %d of %d: %v", i+1, calls, err)
		}
	}
}

func wantSpent(t *testing.T, b *Budget, wait time.Duration) {
	t.Helper()
	err := b.Spend()
	if err == nil || ReasonOf(err) != ReasonQuota || WaitOf(err) != wait {
		t.Errorf("got %v with wait %v, want a quota error with wait %v", err, WaitOf(err), wait)
	}
}

func TestBudgetShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(0.25, time.Now)
		spend(t, b, 10) // the limit is not known yet
		time.Sleep(time.Hour)
		b.Observe(100, 90)
		spend(t, b, 15)
		wantSpent(t, b, 23*time.Hour)
		time.Sleep(23*time.Hour - time.Nanosecond)
		wantSpent(t, b, time.Nanosecond)
		time.Sleep(time.Nanosecond)
		spend(t, b, 25) // a new window, from its first call
		wantSpent(t, b, 24*time.Hour)
	})
}

func TestBudgetWindowStartsWithFirstCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(0.5, time.Now)
		b.Observe(4, 4)
		time.Sleep(40 * time.Hour) // nothing was spent, so nothing is over
		spend(t, b, 1)
		time.Sleep(20 * time.Hour)
		b.Observe(4, 4)
		spend(t, b, 1)
		wantSpent(t, b, 4*time.Hour)
	})
}

func TestBudgetLeavesFloorToOthers(t *testing.T) {
	tests := []struct {
		name             string
		limit, remaining float64
		calls            int
	}{
		{"two per cent", 1000, 23, 4},
		{"exactly the floor is still ours", 1000, 20, 1},
		{"below the floor", 1000, 19, 0},
		{"at least one call", 10, 2, 2},
		{"nothing left", 10, 0, 0},
		{"more used than allowed", 10, -3, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := NewBudget(1, time.Now)
				b.Observe(tt.limit, tt.remaining)
				spend(t, b, tt.calls)
				wantSpent(t, b, time.Hour)
			})
		})
	}
}

func TestBudgetLooksAgainOnceAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(1, time.Now)
		b.Observe(1000, 5)
		wantSpent(t, b, time.Hour)
		time.Sleep(time.Hour)
		spend(t, b, 1)             // one call to learn more,
		wantSpent(t, b, time.Hour) // which its answer did not tell
		time.Sleep(time.Hour)
		spend(t, b, 1)
		b.Observe(1000, 1000) // the account was reset
		spend(t, b, 500)
	})
}

func TestBudgetForgetsRemainingAfterWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(1, time.Now)
		spend(t, b, 1)
		b.Observe(1000, 5)
		wantSpent(t, b, time.Hour)
		time.Sleep(24 * time.Hour)
		spend(t, b, 900) // answers that never tell what is left must not stop the source for ever
	})
}

func TestBudgetQuotas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget(0.5, time.Now)
		spend(t, b, 3)
		if got := b.Quotas(); len(got) != 0 {
			t.Errorf("quotas before the limit is known: %v", got)
		}
		for _, nonsense := range [][2]float64{
			{0, 0}, {-1, 5}, {math.NaN(), 5}, {math.Inf(1), 5}, {10, math.NaN()}, {10, math.Inf(1)},
		} {
			b.Observe(nonsense[0], nonsense[1])
		}
		if got := b.Quotas(); len(got) != 0 {
			t.Errorf("quotas of nonsense: %v", got)
		}
		b.Observe(100, 80)
		spend(t, b, 2)
		want := []Quota{
			{Name: "daily", Limit: 100, Remaining: 80},
			{Name: "daily_share", Limit: 50, Remaining: 45},
		}
		if diff := cmp.Diff(want, b.Quotas()); diff != "" {
			t.Errorf("quotas (-want +got):\n%s", diff)
		}
		time.Sleep(24 * time.Hour)
		if diff := cmp.Diff([]Quota{{Name: "daily_share", Limit: 50, Remaining: 50}}, b.Quotas()); diff != "" {
			t.Errorf("quotas of the next window (-want +got):\n%s", diff)
		}
	})
}

func TestNoBudgetSpendsFreely(t *testing.T) {
	var b *Budget
	b.Observe(1, 0)
	spend(t, b, 100)
	if got := b.Quotas(); got != nil {
		t.Errorf("quotas: %v", got)
	}
}

func TestClientAsksBudgetBeforeEveryAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		budget := NewBudget(0.03, time.Now)
		budget.Observe(100, 100)
		down := replying(500, "")
		network := &answers{list: []exchange{down, down, down, replying(200, "")}}
		observer := &observed{}
		c := newTestClient(t, ClientOptions{Budget: budget, Environment: Environment{Transport: network, Observer: observer}})
		err := get(t.Context(), c) // would be four attempts; three are allowed
		if ReasonOf(err) != ReasonQuota || network.count() != 3 || len(observer.codes) != 3 {
			t.Errorf("error %v after %d calls and %d reports, want quota after 3", err, network.count(), len(observer.codes))
		}
		if want := 24*time.Hour - 3500*time.Millisecond; WaitOf(err) != want {
			t.Errorf("wait %v, want %v", WaitOf(err), want)
		}
		if err := get(t.Context(), c); ReasonOf(err) != ReasonQuota || network.count() != 3 {
			t.Errorf("error %v after %d calls, want quota and no further call", err, network.count())
		}
		time.Sleep(24 * time.Hour)
		if err := get(t.Context(), c); err != nil {
			t.Errorf("after the window: %v", err)
		}
	})
}
