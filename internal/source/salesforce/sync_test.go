package salesforce

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// scenario runs a test on a clock of its own, in an org with some deals.
func scenario(t *testing.T, deals int, play func(x *tester), change ...func(*config.Source)) {
	t.Helper()
	x := newTester(t, change...)
	synctest.Test(t, func(t *testing.T) {
		x.T, x.org.t = t, t
		x.org.earliest = time.Now().Add(-14 * 24 * time.Hour)
		for n := range deals {
			x.org.put("Opportunity", x.org.deal(n+1))
			x.org.put("Account", fakeRow{
				"Id": fakeID("001", n+1), "IsDeleted": false, "MasterRecordId": nil, "Industry": "Retail",
				"SystemModstamp": time.Now().Truncate(time.Second),
			})
		}
		time.Sleep(2 * time.Hour) // longer ago than every increment reads again
		play(x)
	})
}

func TestFirstSync(t *testing.T) {
	scenario(t, 3, func(x *tester) {
		won := fakeRow{
			"StageName": "Closed Won", "IsClosed": true, "IsWon": true, "ForecastCategory": "Forecast",
			"RecordTypeId": nil, "OwnerId": fakeID("005", 2), "LastStageChangeDate": "2026-02-01T10:00:00.000+0000",
		}
		x.org.edit("Opportunity", fakeID("006", 2), won)
		x.mustSync()
		diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
		want := crm.Deal{
			Head: record.Head{ID: fakeID("006", 2), Version: x.org.tables["Opportunity"][1].stamp().UnixMilli(), Dimensions: value.Dimensions{"business_type": "new"}}, Stage: "Closed Won",
			Rep: fakeID("005", 2), Account: fakeID("001", 1), Outcome: crm.OutcomeWon,
			Amount: 10_005_000, AmountKnown: true, Probability: 100_000, ForecastCategory: crm.ForecastCommit,
			Created:      value.Moment(time.Date(2026, 1, 14, 8, 2, 11, 0, time.UTC)),
			Closed:       value.Date(2026, 3, 31),
			StageEntered: value.Moment(time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC)),
		}
		diff(x.T, "deal", want, x.mirror.deals[want.ID], cmpopts.EquateComparable(value.Instant{}))
		diff(x.T, "rep", crm.Rep{Head: record.Head{ID: fakeID("005", 1)}, Name: "Ann Ray", Team: "East", Active: true},
			x.mirror.reps[fakeID("005", 1)])
		diff(x.T, "stage", crm.Stage{Head: record.Head{ID: "Closed Won"}, Label: "Closed Won", Position: 2, Probability: 100_000},
			x.mirror.stages["Closed Won"])
		diff(x.T, "pipeline", crm.Pipeline{Head: record.Head{ID: fakeID("012", 1)}, Label: "New Business"},
			x.mirror.pipelines[fakeID("012", 1)])
		for _, call := range x.org.calls {
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
	scenario(t, 5, func(x *tester) {
		x.mustSync()
		x.mustSync() // at once
		if n := len(x.org.calls); n > 4 {
			x.Errorf("second sync at once made %d calls: %q", n, x.org.calls)
		}
		for range 10 {
			time.Sleep(5 * time.Minute)
			x.mustSync()
			if n := len(x.org.calls); n != 1 {
				x.Errorf("idle sync made %d calls: %q", n, x.org.calls)
			}
		}
		time.Sleep(15 * time.Minute) // references and deletions are due
		x.mustSync()
		if n := len(x.org.calls); n > 6 {
			x.Errorf("hourly sync made %d calls: %q", n, x.org.calls)
		}
	})
}

func TestChangeShowsAtNextSync(t *testing.T) {
	scenario(t, 3, func(x *tester) {
		x.mustSync()
		for range 3 {
			time.Sleep(5*time.Minute + 700*time.Millisecond)
			x.org.edit("Opportunity", fakeID("006", 2), fakeRow{"IsClosed": true, "IsWon": true})
			x.mustSync()
			if got := x.mirror.deals[fakeID("006", 2)].Outcome; got != crm.OutcomeWon {
				x.Errorf("won just now, mirrored as %s", got)
			}
			x.org.edit("Opportunity", fakeID("006", 2), fakeRow{"IsClosed": false, "IsWon": false})
			x.mustSync()
			if got := x.mirror.deals[fakeID("006", 2)].Outcome; got != crm.OutcomeOpen {
				x.Errorf("reopened just now, mirrored as %s", got)
			}
		}
	})
}

func TestClocksMove(t *testing.T) {
	for _, jump := range []time.Duration{time.Hour, -time.Hour, 2 * time.Minute} {
		t.Run(jump.String(), func(t *testing.T) {
			scenario(t, 3, func(x *tester) {
				x.mustSync()
				time.Sleep(5 * time.Minute)
				x.org.now = func() time.Time { return time.Now().Add(jump) }
				x.org.put("Opportunity", x.org.deal(9))
				x.mustSync()
				if jump > 0 && x.mirror.deals[fakeID("006", 9)].ID == "" {
					x.Error("a record is missing after the org's clock moved")
				}
				time.Sleep(5 * time.Minute)
				x.org.put("Opportunity", x.org.deal(10))
				x.mustSync()
				if jump > 0 && x.mirror.deals[fakeID("006", 10)].ID == "" {
					x.Error("a later record is missing")
				}
				if low := x.state().Window.Low; low > x.org.now().UnixMilli() {
					x.Error("the window moved into the future")
				}
			})
		})
	}
}

func TestFullPassIsDaily(t *testing.T) {
	scenario(t, 3, func(x *tester) {
		x.mustSync()
		// A hard delete that the deleted resource does not tell of.
		x.org.tables["Opportunity"] = x.org.tables["Opportunity"][1:]
		time.Sleep(23 * time.Hour)
		x.mustSync()
		if len(x.mirror.deals) != 3 || x.org.count("sobjects/Opportunity/describe") != 0 {
			x.Error("a full pass ran before it was due")
		}
		time.Sleep(time.Hour)
		x.mustSync()
		diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
		if x.org.count("sobjects/Opportunity/describe") != 1 {
			x.Error("the full pass did not describe the fields anew")
		}
	})
}

func TestPassSeesWhatChangesMeanwhile(t *testing.T) {
	scenario(t, 7, func(x *tester) {
		x.mustSync()
		time.Sleep(24 * time.Hour)
		x.org.pageSize = 2
		x.org.fault = func(path, _ string) (int, string) {
			if strings.Contains(path, "/query/") { // while the pass pages, every deal moves on
				for n := range 7 {
					x.org.edit("Opportunity", fakeID("006", n+1), fakeRow{"Amount": nil})
				}
				x.org.fault = nil
			}
			return 0, ""
		}
		x.mustSync()
		diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
		for id, d := range x.mirror.deals {
			if d.AmountKnown {
				x.Errorf("deal %s is mirrored as it was before the pass", id)
			}
		}
	})
}

func TestRemovals(t *testing.T) {
	scenario(t, 4, func(x *tester) {
		x.mustSync()
		time.Sleep(5 * time.Minute)
		id := fakeID("006", 1)
		x.org.edit("Opportunity", id, fakeRow{"IsDeleted": true, "StageName": nil, "Amount": nil})
		x.mustSync()
		diff(x.T, "after a soft delete", x.org.liveIDs(), x.mirror.dealIDs())
		time.Sleep(5 * time.Minute)
		x.org.edit("Opportunity", id, fakeRow{"IsDeleted": false, "StageName": "Prospecting"})
		x.mustSync()
		diff(x.T, "after an undelete", x.org.liveIDs(), x.mirror.dealIDs())
		x.org.purge("Opportunity", fakeID("006", 2))
		time.Sleep(time.Hour)
		x.mustSync()
		diff(x.T, "after a hard delete", x.org.liveIDs(), x.mirror.dealIDs())
		if n := len(x.mirror.quarantined); n != 0 {
			x.Errorf("quarantined: %v", x.mirror.quarantined)
		}
		if n := x.org.count("sobjects/Opportunity/deleted"); n != 1 {
			x.Errorf("deletions were asked for %d times in an hour", n)
		}
	})
}

func TestDeletionsOutOfReachForceFullPass(t *testing.T) {
	cases := map[string]func(x *tester){
		"log begins too late": func(x *tester) { x.org.earliest = time.Now().Add(-time.Minute) },
		"too long ago":        func(*tester) { time.Sleep(16 * 24 * time.Hour) },
		"refused span": func(x *tester) {
			x.org.fault = func(path, _ string) (int, string) {
				if strings.HasSuffix(path, "/deleted/") {
					return http.StatusBadRequest, apiRefusal("INVALID_REPLICATION_DATE", "too early")
				}
				return 0, ""
			}
		},
	}
	for name, prepare := range cases {
		t.Run(name, func(t *testing.T) {
			scenario(t, 3, func(x *tester) {
				x.mustSync()
				x.org.tables["Opportunity"] = x.org.tables["Opportunity"][1:]
				time.Sleep(2 * time.Hour)
				prepare(x)
				x.mustSync()
				diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
			}, func(c *config.Source) { c.FullSyncInterval = 1000 * time.Hour })
		})
	}
}

func TestDeletionAfterFailedFirstSync(t *testing.T) {
	scenario(t, 3, func(x *tester) {
		x.org.fault = func(_, soql string) (int, string) {
			if strings.Contains(soql, "FROM Opportunity ") {
				return http.StatusServiceUnavailable, ""
			}
			return 0, ""
		}
		if err := x.sync(); err == nil {
			x.Fatal("sync succeeded without opportunities")
		}
		x.org.fault = nil
		x.mustSync()
		x.org.purge("Opportunity", fakeID("006", 2))
		for range 15 {
			time.Sleep(5 * time.Minute)
			x.mustSync()
		}
		diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
	})
}

func TestDeletionsRefusedDoNotStopSync(t *testing.T) {
	scenario(t, 3, func(x *tester) {
		x.mustSync()
		covered := x.state().Deleted
		x.org.fault = func(path, _ string) (int, string) {
			if strings.HasSuffix(path, "/deleted/") {
				return http.StatusForbidden, apiRefusal("INSUFFICIENT_ACCESS", "no")
			}
			return 0, ""
		}
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
	scenario(t, 3, func(x *tester) {
		x.mustSync()
		diff(x.T, "account", value.Dimensions{"segment": "Retail"}, x.mirror.accounts[fakeID("001", 2)].Dimensions)
		diff(x.T, "rep", value.Dimensions{"territory": "DAnn Ray"}, x.mirror.reps[fakeID("005", 1)].Dimensions)
		time.Sleep(5 * time.Minute)
		x.mustSync()
		if n := len(x.org.calls); n != 2 {
			x.Errorf("idle sync made %d calls: %q", n, x.org.calls)
		}
		x.org.edit("Account", fakeID("001", 2), fakeRow{"IsDeleted": true, "MasterRecordId": fakeID("001", 1)})
		x.org.edit("Account", fakeID("001", 3), fakeRow{"IsDeleted": true})
		x.mustSync()
		stamp := x.org.tables["Account"][1].stamp().UnixMilli()
		diff(x.T, "merged", record.Removal{
			Kind: crm.Accounts.Name(), ID: fakeID("001", 2), Reason: record.RemovedMerged, Version: stamp,
			MergedInto: fakeID("001", 1),
		}, x.mirror.tombstones[fakeID("001", 2)])
		if got := x.mirror.tombstones[fakeID("001", 3)].Reason; got != record.RemovedDeleted {
			x.Errorf("deleted account is %q", got)
		}
	}, mapIndustry)
}

func TestStrangersAreLookedUpOnce(t *testing.T) {
	scenario(t, 3, func(x *tester) {
		x.mustSync()
		time.Sleep(5 * time.Minute)
		x.org.put("User", fakeUser(7, "New Rep", "West"))
		x.org.edit("Opportunity", fakeID("006", 1), fakeRow{"OwnerId": fakeID("005", 7)})
		x.org.edit("Opportunity", fakeID("006", 2), fakeRow{"OwnerId": fakeID("005", 999)}) // visible to nobody
		time.Sleep(2 * time.Second)
		x.mustSync()
		if got := x.mirror.reps[fakeID("005", 7)].Name; got != "New Rep" {
			x.Errorf("new owner is %q", got)
		}
		if n := x.org.count("query SELECT Id, Name, IsActive"); n != 1 {
			x.Errorf("owners were read %d times", n)
		}
		time.Sleep(time.Minute)
		x.mustSync() // reads the same deals again
		if n := x.org.count("query SELECT Id, Name, IsActive"); n != 0 {
			x.Error("an owner that cannot be found was looked for again")
		}
	})
}

func TestExcluded(t *testing.T) {
	compiled, err := expression.Compile(`name contains "Secret" && amount > 2000`, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name      string
		pipelines []string
		exclude   *expression.Expression
		want      [2]string // of a deal with a record type, and of one without
	}{
		{"no filter", nil, nil, [2]string{"", ""}},
		{"label", []string{"new business"}, nil, [2]string{"", "pipeline"}},
		{"developer name", []string{"New_Business"}, nil, [2]string{"", "pipeline"}},
		{"long id", []string{fakeID("012", 1)}, nil, [2]string{"", "pipeline"}},
		{"short id", []string{fakeID("012", 1)[:15]}, nil, [2]string{"", "pipeline"}},
		{"another", []string{"Renewal"}, nil, [2]string{"pipeline", "pipeline"}},
		{"expression", nil, compiled, [2]string{"", "expression"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			scenario(t, 2, func(x *tester) {
				x.org.tables["RecordType"] = append(x.org.tables["RecordType"], fakeRow{
					"Id": fakeID("012", 2), "Name": "Renewal", "DeveloperName": "Renewal", "SobjectType": "Opportunity",
				})
				x.org.edit("Opportunity", fakeID("006", 2), fakeRow{"RecordTypeId": nil, "Amount": 5000})
				x.mustSync()
				got := [2]string{x.mirror.deals[fakeID("006", 1)].Excluded, x.mirror.deals[fakeID("006", 2)].Excluded}
				diff(x.T, "excluded", c.want, got)
			}, func(s *config.Source) { s.Pipelines, s.Exclude = c.pipelines, c.exclude })
		})
	}
}

func TestUnreadableCursorStartsAnew(t *testing.T) {
	for _, stored := range []string{"{", `{"version":99}`, `{"version":2,"full":1}`, `[]`} {
		scenario(t, 3, func(x *tester) {
			x.mirror.cursors[dealStream] = []byte(stored)
			x.mustSync()
			diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
			if !strings.Contains(x.log.String(), "cursor cannot be read") {
				x.Error("did not warn")
			}
		})
	}
}

func TestPassNumbersGrowAfterLostCursor(t *testing.T) {
	scenario(t, 3, func(x *tester) {
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
	scenario(t, 3, func(x *tester) {
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
		if n := x.org.count("queryAll"); n != 0 {
			x.Errorf("%d queries for a pass that was read", n)
		}
		time.Sleep(time.Hour)
		x.mirror.refuse = nil
		x.mustSync()
		if second := x.state().Passes; second <= first {
			x.Errorf("the pass was not read again: %d, %d", first, second)
		}
		diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
	})
}
