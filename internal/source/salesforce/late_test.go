package salesforce

import (
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
)

// TestLateCommitIsFound is case C3: a record is stamped while its transaction runs and becomes visible when that
// commits, up to an hour later. The next sync finds it.
func TestLateCommitIsFound(t *testing.T) {
	for _, delay := range []time.Duration{
		time.Second, 4 * time.Minute, 8 * time.Minute, 30 * time.Minute, 59 * time.Minute, time.Hour,
	} {
		t.Run(delay.String(), func(t *testing.T) {
			scenario(t, 3, func(x *tester) {
				x.mustSync()
				added, edited := x.org.deal(9), x.org.deal(2)
				edited["IsWon"], edited["IsClosed"] = true, true
				for end := time.Now().Add(delay); time.Now().Before(end); {
					time.Sleep(min(5*time.Minute, time.Until(end)))
					x.mustSync()
				}
				x.org.put("Opportunity", added)
				x.org.put("Opportunity", edited)
				x.mustSync()
				if _, ok := x.mirror.deals[fakeID("006", 9)]; !ok {
					x.Error("a deal that became visible late is missing")
				}
				if got := x.mirror.deals[fakeID("006", 2)].Outcome.String(); got != "won" {
					x.Errorf("a win that became visible late is mirrored as %s", got)
				}
			})
		})
	}
}

// TestLateCommitDuringTheFullPass commits behind the place where the pass reads.
func TestLateCommitDuringTheFullPass(t *testing.T) {
	scenario(t, 5, func(x *tester) {
		x.org.pageSize = 2
		stamped := x.org.deal(0)
		time.Sleep(50 * time.Minute)
		x.org.onNextPage(1, func() { x.org.put("Opportunity", stamped) })
		x.mustSync()
		diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
	})
}

// TestLateCommitAfterRestart finds what became visible while no exporter ran.
func TestLateCommitAfterRestart(t *testing.T) {
	scenario(t, 3, func(x *tester) {
		x.mustSync()
		stamped := x.org.deal(9)
		time.Sleep(20 * time.Minute)
		x.mustSync()
		x.org.put("Opportunity", stamped)
		x.restart()
		x.mustSync()
		diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
	})
}

// TestLateAccountIsFound reads accounts, which have windows of their own.
func TestLateAccountIsFound(t *testing.T) {
	scenario(t, 3, func(x *tester) {
		x.mustSync()
		stamped := fakeRow{
			"Id": fakeID("001", 9), "IsDeleted": false, "MasterRecordId": nil, "Industry": "Banking",
			"SystemModstamp": time.Now().Truncate(time.Second),
		}
		time.Sleep(20 * time.Minute)
		x.mustSync()
		x.org.put("Account", stamped)
		x.mustSync()
		if got := x.mirror.accounts[fakeID("001", 9)].Dimensions["segment"]; got != "Banking" {
			x.Errorf("an account that became visible late has the segment %q", got)
		}
	}, func(c *config.Source) {
		c.Map = map[string]config.Mapping{"segment": {Object: "deal", Property: "Account.Industry"}}
	})
}

// TestBusyOrgReadsTheLateHourOnceAnHour has more changes in an hour than one answer holds. Most syncs then read five
// minutes, and a late record is found within the hour.
func TestBusyOrgReadsTheLateHourOnceAnHour(t *testing.T) {
	scenario(t, 3, func(x *tester) {
		x.mustSync()
		x.org.pageSize = 4
		for n := range 10 {
			x.org.put("Opportunity", x.org.deal(100+n))
		}
		stamped := x.org.deal(9)
		time.Sleep(8 * time.Minute)
		x.mustSync() // learns that an hour is more than one answer
		x.org.put("Opportunity", stamped)
		reads := 0
		for range 12 {
			time.Sleep(5 * time.Minute)
			x.mustSync()
			if calls := x.org.count("query/"); calls > 0 {
				reads++
			}
		}
		if reads != 1 {
			x.Errorf("%d of 12 syncs read more than a window of five minutes, want one an hour", reads)
		}
		diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
		time.Sleep(time.Hour)
		x.mustSync() // a quiet hour again
		time.Sleep(5 * time.Minute)
		x.mustSync()
		from := moment(time.Now().Add(-late - 5*time.Minute).UnixMilli())[:16]
		if last := x.org.calls[len(x.org.calls)-1]; !strings.Contains(last, ">= "+from) {
			x.Errorf("a quiet hour is not read by every sync: %s", last)
		}
	})
}

// TestLongTransactionHoldsTheWindowBack has a transaction that is open for hours. Salesforce tells since when.
func TestLongTransactionHoldsTheWindowBack(t *testing.T) {
	scenario(t, 3, func(x *tester) {
		x.mustSync()
		stamped := x.org.deal(9)
		x.org.covered = time.Now()
		for range 36 {
			time.Sleep(5 * time.Minute)
			x.mustSync()
		}
		x.org.covered = time.Time{}
		x.org.put("Opportunity", stamped)
		time.Sleep(5 * time.Minute)
		x.mustSync()
		diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
		for range 24 {
			time.Sleep(5 * time.Minute)
			x.mustSync()
		}
		if x.state().HeldBack != 0 {
			x.Error("the window is held back although the transaction has ended")
		}
	})
}
