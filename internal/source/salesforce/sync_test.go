package salesforce

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestFirstSync(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.edit(2, func(d *crmsim.Deal) {
			d.Stage, d.Rep, d.ForecastCategory = "won", 2, crm.ForecastCommit
			d.Created = time.Date(2026, 1, 14, 8, 2, 11, 0, time.UTC)
			d.Close = time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)
			d.StageEntered = time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC)
			d.Properties = map[string]string{"Type": "New Customer"}
		})
		edited := time.Now()
		x.mustSync()
		x.holdsTheTruth("deals")
		want := crm.Deal{
			Head: record.Head{
				ID: dealID(2), Version: edited.UnixMilli(), Dimensions: value.Dimensions{"business_type": "new"},
			},
			Pipeline: pipelineID(1), Stage: "Closed Won", Rep: repID(2), Account: accountID(1), Outcome: crm.OutcomeWon,
			Amount: 10_005_000, AmountKnown: true, Probability: 1_000_000, ForecastCategory: crm.ForecastCommit,
			Created:      value.Moment(time.Date(2026, 1, 14, 8, 2, 11, 0, time.UTC)),
			Closed:       value.Date(2026, 3, 31),
			StageEntered: value.Moment(time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC)),
		}
		diff(x.T, "deal", want, x.mirror.deals[want.ID], cmpopts.EquateComparable(value.Instant{}))
		diff(x.T, "rep", crm.Rep{Head: record.Head{ID: repID(1)}, Name: "Ann Ray", Team: "East", Active: true},
			x.mirror.reps[repID(1)])
		diff(x.T, "stage", crm.Stage{Head: record.Head{ID: "Closed Won"}, Label: "Closed Won", Position: 2, Probability: 1_000_000},
			x.mirror.stages["Closed Won"])
		diff(x.T, "pipeline", crm.Pipeline{Head: record.Head{ID: pipelineID(1)}, Label: "New Business", APIName: "New_Business"},
			x.mirror.pipelines[pipelineID(1)])
		for _, call := range x.calls {
			if strings.Contains(call, "FROM Opportunity ") && strings.Contains(call, " Name,") {
				x.Errorf("asks for the names of deals, which nothing needs: %s", call)
			}
			if strings.Contains(call, "Email") {
				x.Errorf("asks for personal data: %s", call)
			}
		}
	}, mapType)
}

func mapType(c *config.Source) {
	c.Map = map[string]config.Mapping{
		"business_type": {Object: "deal", Property: "type", Values: map[string]string{"New Customer": "new"}},
	}
}

func TestIdleSyncIsCheap(t *testing.T) {
	simulate(t, 5, func(x *simulation) {
		x.mustSync()
		x.mustSync() // at once
		if n := len(x.calls); n > 4 {
			x.Errorf("second sync at once made %d calls: %q", n, x.calls)
		}
		for range 10 {
			time.Sleep(5 * time.Minute)
			x.mustSync()
			if n := len(x.calls); n != 1 {
				x.Errorf("idle sync made %d calls: %q", n, x.calls)
			}
		}
		time.Sleep(15 * time.Minute) // references and deletions are due
		x.mustSync()
		if n := len(x.calls); n > 6 {
			x.Errorf("hourly sync made %d calls: %q", n, x.calls)
		}
	})
}

func TestChangeShowsAtNextSync(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mustSync()
		for range 3 {
			time.Sleep(5*time.Minute + 700*time.Millisecond)
			x.edit(2, func(d *crmsim.Deal) { d.Stage = "won" })
			x.mustSync()
			if got := x.mirror.deals[dealID(2)].Outcome; got != crm.OutcomeWon {
				x.Errorf("won just now, mirrored as %s", got)
			}
			x.edit(2, func(d *crmsim.Deal) { d.Stage = "prospecting" })
			x.mustSync()
			if got := x.mirror.deals[dealID(2)].Outcome; got != crm.OutcomeOpen {
				x.Errorf("reopened just now, mirrored as %s", got)
			}
		}
	})
}

func TestClocksMove(t *testing.T) {
	for _, jump := range []time.Duration{time.Hour, -time.Hour, 2 * time.Minute} {
		t.Run(jump.String(), func(t *testing.T) {
			simulate(t, 3, func(x *simulation) {
				x.mustSync()
				time.Sleep(5 * time.Minute)
				x.ahead = jump
				added := x.add(x.world.Now())
				x.mustSync()
				if jump > 0 && x.mirror.deals[dealID(added)].ID == "" {
					x.Error("a record is missing after the org's clock moved")
				}
				time.Sleep(5 * time.Minute)
				added = x.add(x.world.Now())
				x.mustSync()
				if jump > 0 && x.mirror.deals[dealID(added)].ID == "" {
					x.Error("a later record is missing")
				}
				if low := x.state().Window.Low; low > x.world.Now().UnixMilli() {
					x.Error("the window moved into the future")
				}
			})
		})
	}
}

func TestFullPassIsDaily(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mustSync()
		x.vanish(crmsim.KindDeal, 1)
		time.Sleep(23 * time.Hour)
		x.mustSync()
		if len(x.mirror.deals) != 3 || x.count("sobjects/Opportunity/describe") != 0 {
			x.Error("a full pass ran before it was due")
		}
		time.Sleep(time.Hour)
		x.mustSync()
		x.holdsTheTruth("deals")
		if x.count("sobjects/Opportunity/describe") != 1 {
			x.Error("the full pass did not describe the fields anew")
		}
	})
}

func TestPassSeesWhatChangesMeanwhile(t *testing.T) {
	simulate(t, 7, func(x *simulation) {
		x.mustSync()
		time.Sleep(24 * time.Hour)
		x.page(2)
		x.onNextPage(1, func() { // while the pass pages, every deal moves on
			for n := range 7 {
				x.edit(int64(n+1), func(d *crmsim.Deal) { d.Amount = "" })
			}
		})
		x.mustSync()
		x.holdsTheTruth("deals")
		for id, d := range x.mirror.deals {
			if d.AmountKnown {
				x.Errorf("deal %s is mirrored as it was before the pass", id)
			}
		}
	})
}

func TestRemovals(t *testing.T) {
	simulate(t, 4, func(x *simulation) {
		x.mustSync()
		time.Sleep(5 * time.Minute)
		x.must(x.world.Archive(1))
		x.mustSync()
		x.holdsTheTruth("after a soft delete")
		time.Sleep(5 * time.Minute)
		x.must(x.world.Restore(1))
		x.mustSync()
		x.holdsTheTruth("after an undelete")
		x.must(x.world.Purge(2))
		time.Sleep(time.Hour)
		x.mustSync()
		x.holdsTheTruth("after a hard delete")
		if n := len(x.mirror.quarantined); n != 0 {
			x.Errorf("quarantined: %v", x.mirror.quarantined)
		}
		if n := x.count("sobjects/Opportunity/deleted"); n != 1 {
			x.Errorf("deletions were asked for %d times in an hour", n)
		}
	})
}

func TestDeletionsOutOfReachForceFullPass(t *testing.T) {
	cases := map[string]func(x *simulation){
		"log begins too late": func(x *simulation) {
			x.faults.Add(wire.Rule{Path: "*/deleted/", Fault: wire.Rewrite(func(answer map[string]any) {
				answer["earliestDateAvailable"] = time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
			})})
		},
		"too long ago": func(*simulation) { time.Sleep(16 * 24 * time.Hour) },
		"refused span": func(x *simulation) {
			x.refuse("*/deleted/", http.StatusBadRequest, apiRefusal("INVALID_REPLICATION_DATE", "too early"))
		},
	}
	for name, prepare := range cases {
		t.Run(name, func(t *testing.T) {
			simulate(t, 3, func(x *simulation) {
				x.mustSync()
				x.vanish(crmsim.KindDeal, 1)
				time.Sleep(2 * time.Hour)
				prepare(x)
				x.mustSync()
				x.holdsTheTruth("deals")
			}, func(c *config.Source) { c.FullSyncInterval = 1000 * time.Hour })
		})
	}
}

func TestDeletionAfterFailedFirstSync(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.refuseQueries(objectOpportunity, http.StatusServiceUnavailable, "")
		if err := x.sync(); err == nil {
			x.Fatal("sync succeeded without opportunities")
		}
		x.faults.Clear()
		x.mustSync()
		x.must(x.world.Purge(2))
		for range 15 {
			time.Sleep(5 * time.Minute)
			x.mustSync()
		}
		x.holdsTheTruth("deals")
	})
}

func TestDeletionsRefusedDoNotStopSync(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mustSync()
		covered := x.state().Deleted
		x.refuse("*/deleted/", http.StatusForbidden, apiRefusal("INSUFFICIENT_ACCESS", "no"))
		for range 3 {
			time.Sleep(time.Hour)
			x.mustSync()
		}
		if x.state().Deleted != covered {
			x.Error("the covered span moved although nothing was learned")
		}
		if n := strings.Count(x.log.String(), "Deletions cannot be read"); n != 1 {
			x.Errorf("warned %d times", n)
		}
	})
}

func mapIndustry(c *config.Source) {
	c.Map = map[string]config.Mapping{
		"segment":   {Object: "deal", Property: "Account.Industry"},
		"territory": {Object: "deal", Property: "Owner.Department"},
	}
}

func TestAccountsAndOwnersAreMirrored(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mustSync()
		diff(x.T, "account", value.Dimensions{"segment": "Retail"}, x.mirror.accounts[accountID(2)].Dimensions)
		diff(x.T, "rep", value.Dimensions{"territory": "DAnn Ray"}, x.mirror.reps[repID(1)].Dimensions)
		time.Sleep(5 * time.Minute)
		x.mustSync()
		if n := len(x.calls); n != 2 {
			x.Errorf("idle sync made %d calls: %q", n, x.calls)
		}
		survivor, err := x.world.MergeAccounts(1, 2)
		x.must(err)
		x.must(x.world.Do(func(tx world.Tx) error { return tx.Delete(crmsim.KindAccount, 3) }))
		stamp := time.Now().Truncate(time.Second).UnixMilli()
		x.mustSync()
		diff(x.T, "merged", record.Removal{
			Kind: crm.Accounts.Name(), ID: accountID(2), Reason: record.RemovedMerged, Version: stamp,
			MergedInto: accountID(survivor),
		}, x.mirror.tombstones[accountID(2)])
		if got := x.mirror.tombstones[accountID(3)].Reason; got != record.RemovedDeleted {
			x.Errorf("deleted account is %q", got)
		}
	}, mapIndustry)
}

func TestStrangersAreLookedUpOnce(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mustSync()
		time.Sleep(5 * time.Minute)
		rep := x.addRep("New Rep", "West")
		x.must(x.world.Reassign(1, rep))
		x.must(x.world.Reassign(2, 999)) // visible to nobody
		time.Sleep(2 * time.Second)
		x.mustSync()
		if got := x.mirror.reps[repID(rep)].Name; got != "New Rep" {
			x.Errorf("new owner is %q", got)
		}
		if n := x.count("query SELECT Id, Name, IsActive"); n != 1 {
			x.Errorf("owners were read %d times", n)
		}
		time.Sleep(time.Minute)
		x.mustSync() // reads the same deals again
		if n := x.count("query SELECT Id, Name, IsActive"); n != 0 {
			x.Error("an owner that cannot be found was looked for again")
		}
	})
}

// TestSelection holds that the mirror has what decides which deals count, and that a pipeline which nobody has is refused.
func TestSelection(t *testing.T) {
	secret, err := expression.Compile(`name contains "Secret" && amount > 2000`, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		pipelines []string
		exclude   *expression.Expression
		named     bool
		refused   bool
	}{
		"no filter":      {},
		"label":          {pipelines: []string{"new business"}},
		"developer name": {pipelines: []string{"New_Business"}},
		"long id":        {pipelines: []string{pipelineID(1)}},
		"short id":       {pipelines: []string{pipelineID(1)[:15]}},
		"no pipeline":    {pipelines: []string{"Renewal"}, refused: true},
		"expression":     {exclude: secret, named: true},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, 2, func(x *simulation) {
				if c.refused {
					if err := x.sync(); source.ReasonOf(err) != source.ReasonConfig {
						x.Errorf("got %v, want a config error", err)
					}
					return
				}
				x.mustSync()
				if d := x.mirror.deals[dealID(1)]; strings.Contains(d.Name, "Secret") != c.named {
					x.Errorf("the deal's name is %q", d.Name)
				}
				if p := x.mirror.pipelines[pipelineID(1)]; p.Label != "New Business" || p.APIName != "New_Business" {
					x.Errorf("got %+v", p)
				}
			}, func(s *config.Source) { s.Pipelines, s.Exclude = c.pipelines, c.exclude })
		})
	}
}

func TestUnreadableCursorStartsAnew(t *testing.T) {
	for _, stored := range []string{"{", `{"version":99}`, `{"version":2,"full":1}`, `[]`} {
		simulate(t, 3, func(x *simulation) {
			x.mirror.cursors[dealStream] = []byte(stored)
			x.mustSync()
			x.holdsTheTruth("deals")
			if !strings.Contains(x.log.String(), "cursor cannot be read") {
				x.Error("did not warn")
			}
		})
	}
}

func TestPassNumbersGrowAfterLostCursor(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mustSync()
		before := x.state().Passes
		time.Sleep(time.Hour)
		clear(x.mirror.cursors)
		x.mustSync()
		if after := x.state().Passes; after <= before {
			x.Errorf("pass %d follows pass %d", after, before)
		}
	})
}

func TestRefusedSweepIsReadAgain(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mirror.refuse = func(b record.Batch) error {
			if len(b.Sweep) > 0 && b.Sweep[0] == crm.Deals.Name() {
				return errRefused
			}
			return nil
		}
		if err := x.sync(); !errors.Is(err, errRefused) {
			x.Fatalf("sync with a refused sweep: %v", err)
		}
		first := x.state().Pass.Number
		time.Sleep(5 * time.Minute)
		if err := x.sync(); !errors.Is(err, errRefused) {
			x.Fatalf("second sync with a refused sweep: %v", err)
		}
		if n := x.count("queryAll"); n != 0 {
			x.Errorf("%d queries for a pass that was read", n)
		}
		time.Sleep(time.Hour)
		x.mirror.refuse = nil
		x.mustSync()
		if second := x.state().Passes; second <= first {
			x.Errorf("the pass was not read again: %d, %d", first, second)
		}
		x.holdsTheTruth("deals")
	})
}
