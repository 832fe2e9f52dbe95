package salesforce

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// TestLateCommitIsFound is case C3: a record is stamped while its transaction runs and becomes visible when that
// commits, up to an hour later. The next sync finds it.
func TestLateCommitIsFound(t *testing.T) {
	for _, delay := range []time.Duration{
		time.Second, 4 * time.Minute, 8 * time.Minute, 30 * time.Minute, 59 * time.Minute, time.Hour,
	} {
		t.Run(delay.String(), func(t *testing.T) {
			simulate(t, 3, func(x *simulation) {
				x.mustSync()
				commit := time.Now().Add(delay)
				added := x.add(commit)
				err := x.world.Update(2, func(d *crmsim.Deal) { d.Stage, d.VisibleAt = "won", commit })
				if err != nil {
					x.Fatal(err)
				}
				for time.Now().Before(commit) {
					if _, ok := x.mirror.deals[dealID(added)]; ok {
						x.Fatal("a deal is mirrored before it is visible")
					}
					time.Sleep(min(5*time.Minute, time.Until(commit)))
					if time.Now().Before(commit) {
						x.mustSync()
					}
				}
				x.mustSync()
				x.holdsTheTruth("after the commit")
				if got := x.mirror.deals[dealID(2)].Outcome.String(); got != "won" {
					x.Errorf("a win that became visible late is mirrored as %s", got)
				}
			})
		})
	}
}

// TestLateCommitDuringTheFullPass commits behind the place where the pass reads.
func TestLateCommitDuringTheFullPass(t *testing.T) {
	simulate(t, 5, func(x *simulation) {
		x.org.Spoil(crmsim.KindDeal, wire.Listing{Size: 2})
		stamped := time.Now()
		time.Sleep(50 * time.Minute)
		x.faults.Add(wire.Rule{Path: "*/query/*", From: 1, Fault: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			x.world.AddDeal(crmsim.Deal{Head: world.Head{Modified: stamped}, Pipeline: "default", Stage: "prospecting"})
			next.ServeHTTP(w, r)
		}})
		x.mustSync()
		if x.org.Count("", "*/query/*") < 2 {
			x.Error("the pass did not page")
		}
		x.holdsTheTruth("after the pass")
	})
}

// TestLateCommitAfterRestart finds what became visible while no exporter ran.
func TestLateCommitAfterRestart(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mustSync()
		x.add(time.Now().Add(20*time.Minute + time.Second))
		time.Sleep(20 * time.Minute)
		x.mustSync()
		time.Sleep(time.Second)
		x.restart()
		x.mustSync()
		x.holdsTheTruth("after the restart")
	})
}

// TestLateAccountIsFound reads accounts, which have windows of their own.
func TestLateAccountIsFound(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mustSync()
		commit := time.Now().Add(20*time.Minute + time.Second)
		number := x.world.AddAccount(crmsim.Account{
			Head: world.Head{VisibleAt: commit, Properties: map[string]string{"Industry": "Banking"}}, Name: "Late Ltd",
		})
		time.Sleep(20 * time.Minute)
		x.mustSync()
		time.Sleep(time.Second)
		x.mustSync()
		if got := x.mirror.accounts[tables.ID("001", number)].Dimensions["segment"]; got != "Banking" {
			x.Errorf("an account that became visible late has the segment %q", got)
		}
	}, func(c *config.Source) {
		c.Map = map[string]config.Mapping{"segment": {Object: "deal", Property: "Account.Industry"}}
	})
}

// TestBusyOrgReadsTheLateHourOnceAnHour has more changes in an hour than one answer holds. Most syncs then read five
// minutes, and a late record is found within the hour.
func TestBusyOrgReadsTheLateHourOnceAnHour(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		var last string
		x.faults.Add(wire.Rule{Path: "*/queryAll*", Fault: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			last = r.URL.Query().Get("q")
			next.ServeHTTP(w, r)
		}})
		x.mustSync()
		x.org.Spoil(crmsim.KindDeal, wire.Listing{Size: 4})
		for range 10 {
			x.add(time.Now())
		}
		x.add(time.Now().Add(8*time.Minute + time.Second))
		time.Sleep(8 * time.Minute)
		x.mustSync() // learns that an hour is more than one answer
		reads := 0
		for range 12 {
			time.Sleep(5 * time.Minute)
			x.mustSync()
			if x.org.Count("", "*/query/*-*") > 0 {
				reads++
			}
		}
		if reads != 1 {
			x.Errorf("%d of 12 syncs read more than a window of five minutes, want one an hour", reads)
		}
		x.holdsTheTruth("after an hour")
		time.Sleep(time.Hour)
		x.mustSync() // a quiet hour again
		time.Sleep(5 * time.Minute)
		x.mustSync()
		from := moment(time.Now().Add(-late - 5*time.Minute).UnixMilli())[:16]
		if !strings.Contains(last, ">= "+from) {
			x.Errorf("a quiet hour is not read by every sync: %s", last)
		}
	})
}

// TestLongTransactionHoldsTheWindowBack has a transaction that is open for hours. Salesforce tells since when.
func TestLongTransactionHoldsTheWindowBack(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mustSync()
		x.add(time.Now().Add(3*time.Hour + time.Second))
		held := false
		for range 36 {
			time.Sleep(5 * time.Minute)
			x.mustSync()
			held = held || x.state().HeldBack != 0
		}
		if !held {
			x.Error("the window was not held back while the transaction was open")
		}
		time.Sleep(5 * time.Minute)
		x.mustSync()
		x.holdsTheTruth("after the commit")
		for range 24 {
			time.Sleep(5 * time.Minute)
			x.mustSync()
		}
		if x.state().HeldBack != 0 {
			x.Error("the window is held back although the transaction has ended")
		}
	})
}
