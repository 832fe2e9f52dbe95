package salesforce

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// changeAll wins deals 1..n in one second.
func (x *simulation) changeAll(n int) {
	x.Helper()
	for i := range n {
		x.edit(int64(i+1), func(d *crmsim.Deal) { d.Stage = "won" })
	}
	time.Sleep(time.Minute)
}

// changed fails unless each of the deals 1..n arrived, and arrived `times` times in the last Sync.
func (x *simulation) changed(n, times int) {
	x.Helper()
	for i := range n {
		id := dealID(int64(i + 1))
		if x.mirror.deals[id].Stage != "Closed Won" {
			x.Errorf("the change of deal %d is lost", i+1)
		}
		if times > 0 && x.mirror.applied[id] != times {
			x.Errorf("deal %d arrived %d times, want %d", i+1, x.mirror.applied[id], times)
		}
	}
}

func TestLostLocatorResumes(t *testing.T) {
	losses := map[string]func(*simulator.Handler){
		"locators expire":  (*simulator.Handler).ExpireLocators,
		"session is ended": (*simulator.Handler).KillSessions,
	}
	for name, lose := range losses {
		t.Run(name+" in an increment", func(t *testing.T) {
			simulate(t, 7, func(x *simulation) {
				x.mustSync()
				time.Sleep(10 * time.Minute)
				x.changeAll(7)
				x.page(2)
				x.onNextPage(2, func() { lose(x.org) })
				x.mustSync()
				x.changed(7, 1)
				if n := x.count("queryAll"); n != 3 { // the window, the keyset, nothing behind it
					x.Errorf("%d queries: %q", n, x.calls)
				}
			})
		})
		t.Run(name+" in a full pass", func(t *testing.T) {
			simulate(t, 7, func(x *simulation) {
				x.page(2)
				x.onNextPage(2, func() { lose(x.org) })
				x.mustSync()
				x.holdsTheTruth("deals")
				for id, n := range x.mirror.applied {
					if n != 1 {
						x.Errorf("deal %s arrived %d times", id, n)
					}
				}
			})
		})
	}
}

func TestManyRecordsInOneSecond(t *testing.T) {
	const deals = 2100
	simulate(t, deals, func(x *simulation) {
		x.mustSync()
		x.holdsTheTruth("deals")
		time.Sleep(10 * time.Minute)
		x.changeAll(deals)
		x.page(500)
		x.onNextPage(2, x.org.ExpireLocators) // so that the keyset has to go on within the second
		x.mustSync()
		x.changed(deals, 1)
	})
}

func TestInterruptedSyncGoesOn(t *testing.T) {
	for _, failing := range []int{1, 2, 3} {
		t.Run(fmt.Sprintf("page %d", failing), func(t *testing.T) {
			simulate(t, 7, func(x *simulation) {
				x.mustSync()
				time.Sleep(10 * time.Minute)
				x.changeAll(7)
				x.page(2)
				x.refuseNextPages(failing, http.StatusBadGateway, "<html>proxy</html>")
				if err := x.sync(); source.ReasonOf(err) != source.ReasonServer {
					x.Fatalf("sync through a broken proxy: %v", err)
				}
				stamped := time.Now().Add(-4 * time.Minute)
				time.Sleep(time.Hour)
				// A deal that is committed behind what the first Sync had read.
				late := x.world.AddDeal(crmsim.Deal{Head: world.Head{Modified: stamped}, Pipeline: "default", Stage: "prospecting"})
				x.faults.Clear()
				x.mustSync()
				x.changed(7, 0)
				if x.mirror.deals[dealID(late)].ID == "" {
					x.Error("a late commit within the interrupted window is lost")
				}
				if query := x.calls[len(x.calls)-3]; x.count("queryAll") < 2 {
					x.Errorf("the interrupted window was not continued: %s", query)
				}
				if c := x.state(); c.Window.High != 0 || c.Window.After != "" {
					x.Errorf("the window is still open: %+v", c.Window)
				}
			})
		})
	}
}

func TestInterruptedPassGoesOn(t *testing.T) {
	simulate(t, 7, func(x *simulation) {
		x.page(2)
		x.refuseNextPages(2, http.StatusServiceUnavailable, "")
		if err := x.sync(); source.ReasonOf(err) != source.ReasonServer {
			x.Fatalf("sync: %v", err)
		}
		number, read := x.state().Pass.Number, len(x.mirror.deals)
		if read == 0 || read == 7 {
			x.Fatalf("%d deals before the interruption", read)
		}
		x.faults.Clear()
		x.restart()
		x.mustSync()
		x.holdsTheTruth("deals")
		for id, pass := range x.mirror.seen {
			if strings.HasPrefix(id, "006") && pass != number {
				x.Errorf("deal %s was seen in pass %d, want %d", id, pass, number)
			}
		}
	})
}

func TestHiddenFieldDegrades(t *testing.T) {
	cases := []struct {
		name       string
		noDescribe bool
		hidden     string
		lost       string
	}{
		{"by describe", false, "Opportunity.Probability", "the probabilities of deals"},
		{"by INVALID_FIELD", true, "Opportunity.Probability", "the probabilities of deals"},
		{"mapped", true, "Opportunity.Region__c", "the dimension territory"},
		{"role of users", true, "User.UserRoleId", "the teams of reps"},
		{"stage order", true, "OpportunityStage.SortOrder", "the order of stages"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			simulate(t, 3, func(x *simulation) {
				x.org.Hide(c.hidden)
				if c.noDescribe {
					x.noDescribe()
				}
				for range 3 {
					x.mustSync()
					time.Sleep(time.Hour)
				}
				x.holdsTheTruth("deals")
				object, field, _ := strings.Cut(strings.TrimSuffix(c.hidden, "Id"), ".")
				log := x.log.String()
				if strings.Count(log, c.lost) != 1 || !strings.Contains(log, object) || !strings.Contains(log, field) {
					x.Errorf("want one warning of %s:\n%s", c.hidden, log)
				}
			}, func(s *config.Source) {
				s.Map = map[string]config.Mapping{"territory": {Object: "deal", Property: "Region__c"}}
			})
		})
	}
}

func TestReturnedFieldIsReadInFull(t *testing.T) {
	for _, noDescribe := range []bool{false, true} {
		t.Run(fmt.Sprintf("no describe before: %t", noDescribe), func(t *testing.T) {
			simulate(t, 3, func(x *simulation) {
				x.org.Hide("Opportunity.Probability")
				if noDescribe {
					x.noDescribe()
				}
				x.mustSync()
				if x.mirror.deals[dealID(1)].Probability != value.ProbabilityUnknown {
					x.Fatal("read a hidden field")
				}
				time.Sleep(time.Hour)
				x.org.Show("Opportunity.Probability")
				x.faults.Clear()
				x.mustSync() // within the process, nothing changes before the next full pass
				if x.mirror.deals[dealID(1)].Probability != value.ProbabilityUnknown {
					x.Error("the field came back for some deals only")
				}
				x.restart()
				x.mustSync()
				for id, d := range x.mirror.deals {
					if d.Probability == value.ProbabilityUnknown {
						x.Errorf("deal %s has no probability after the field came back", id)
					}
				}
			})
		})
	}
}

func TestReturnedFieldSurvivesFailure(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.org.Hide("Opportunity.Probability")
		x.mustSync()
		time.Sleep(time.Hour)
		x.org.Show("Opportunity.Probability")
		x.restart()
		x.refuse("*/query*", http.StatusServiceUnavailable, "")
		if err := x.sync(); source.ReasonOf(err) != source.ReasonServer {
			x.Fatalf("got %v", err)
		}
		x.faults.Clear()
		x.mustSync()
		for id, d := range x.mirror.deals {
			if d.Probability == value.ProbabilityUnknown {
				x.Errorf("deal %s has no probability after the field came back", id)
			}
		}
	})
}

func TestRequiredFieldHidden(t *testing.T) {
	for _, noDescribe := range []bool{false, true} {
		for _, field := range []string{
			"StageName", "Amount", "CloseDate", "IsClosed", "IsWon", "IsDeleted", "CreatedDate", "SystemModstamp",
		} {
			t.Run(fmt.Sprintf("%s/%t", field, noDescribe), func(t *testing.T) {
				simulate(t, 3, func(x *simulation) {
					x.org.Hide("Opportunity." + field)
					if noDescribe {
						x.noDescribe()
					}
					err := x.sync()
					if source.ReasonOf(err) != source.ReasonScope || !strings.Contains(err.Error(), field) ||
						!strings.Contains(err.Error(), "field-level security") {
						x.Errorf("got %v", err)
					}
				})
			})
		}
	}
}

func TestUnavailableObjects(t *testing.T) {
	t.Run("record types are optional", func(t *testing.T) {
		simulate(t, 3, func(x *simulation) {
			x.org.Hide("RecordType")
			x.mustSync()
			x.holdsTheTruth("deals")
			if !strings.Contains(x.log.String(), "Record types cannot be read") {
				x.Error("did not warn")
			}
		})
	})
	t.Run("users are not", func(t *testing.T) {
		simulate(t, 3, func(x *simulation) {
			x.org.Hide("User")
			if err := x.sync(); source.ReasonOf(err) != source.ReasonScope {
				x.Errorf("got %v", err)
			}
		})
	})
}

func TestQueryTimeoutHalvesWindow(t *testing.T) {
	simulate(t, 1, func(x *simulation) {
		x.reopen(simulator.Options{QueryTimeout: 4 * time.Minute})
		x.mustSync()
		for range 40 {
			time.Sleep(time.Minute)
			x.add(time.Now())
		}
		x.mustSync()
		x.holdsTheTruth("deals")
		if x.org.Violations()["query_timeout"] == 0 {
			x.Error("no query timed out")
		}
	})
}

func TestQueryTimeoutForeverFails(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mustSync()
		before := string(x.mirror.cursors[dealStream])
		time.Sleep(30 * time.Minute)
		x.refuseQueries(objectOpportunity, http.StatusBadRequest,
			apiRefusal("QUERY_TIMEOUT", "Your query request was running for too long."))
		if err := x.sync(); source.ReasonOf(err) != source.ReasonTimeout {
			x.Errorf("got %v", err)
		}
		if n := x.count("queryAll"); n > 10 {
			x.Errorf("%d queries", n)
		}
		diff(x.T, "cursor", before, string(x.mirror.cursors[dealStream]))
	})
}

func TestShortAnswerIsNoSync(t *testing.T) {
	for _, inPass := range []bool{true, false} {
		t.Run(fmt.Sprintf("in a full pass: %t", inPass), func(t *testing.T) {
			simulate(t, 7, func(x *simulation) {
				if !inPass {
					x.mustSync()
					time.Sleep(10 * time.Minute)
					x.changeAll(7)
				}
				x.org.Spoil(crmsim.KindDeal, wire.Listing{Size: 2, EndsAfter: 6}) // one row never comes
				if err := x.sync(); source.ReasonOf(err) != source.ReasonDecode {
					x.Fatalf("a query without its last row: %v", err)
				}
				x.page(2)
				x.mustSync()
				if n := x.mirror.applied[dealID(1)]; n < 1 {
					x.Errorf("the first row of the short answer was read again %d times", n)
				}
				x.holdsTheTruth("deals")
			})
		})
	}
}

func TestBrokenPaging(t *testing.T) {
	const next = "/services/data/v66.0/query/0r8-2"
	cases := map[string]string{
		"same page again":   `{"totalSize":9,"done":false,"nextRecordsUrl":"` + next + `","records":[]}`,
		"other origin":      `{"totalSize":9,"done":false,"nextRecordsUrl":"https://evil.example` + next + `","records":[]}`,
		"no next page":      `{"totalSize":9,"done":false,"records":[]}`,
		"no done":           `{"totalSize":0,"records":[]}`,
		"no total":          `{"done":true,"records":[]}`,
		"fewer rows":        `{"totalSize":1,"done":true,"records":[]}`,
		"an error with 200": apiRefusal("UNKNOWN_EXCEPTION", "oops"),
		"cut":               `{"totalSize":0,"done":true,"rec`,
	}
	for name, answer := range cases {
		t.Run(name, func(t *testing.T) {
			simulate(t, 3, func(x *simulation) {
				x.refuse("*"+next, http.StatusOK, answer)
				x.refuseQueries(objectOpportunity, http.StatusOK, answer)
				err := x.sync()
				want := source.ReasonDecode
				if name == "other origin" {
					want = source.ReasonClient
				}
				if source.ReasonOf(err) != want {
					x.Errorf("got %v", err)
				}
			})
		})
	}
}

func TestBadRecordsAreQuarantined(t *testing.T) {
	simulate(t, 20, func(x *simulation) {
		x.rewrite(func(fields map[string]any) {
			switch fields["Id"] {
			case dealID(3):
				fields["Amount"] = "a lot"
			case dealID(5):
				fields["CloseDate"] = "soon"
			}
		})
		x.mustSync()
		if len(x.mirror.deals) != 18 || x.mirror.quarantined[record.BadAmount] == 0 || x.mirror.quarantined[record.BadDate] == 0 {
			x.Errorf("%d deals, quarantined %v", len(x.mirror.deals), x.mirror.quarantined)
		}
	})
}

func TestPageOfBadRecordsFails(t *testing.T) {
	simulate(t, 20, func(x *simulation) {
		x.mustSync()
		time.Sleep(10 * time.Minute)
		before := string(x.mirror.cursors[dealStream])
		x.changeAll(20)
		x.rewrite(func(fields map[string]any) {
			if fields["IsWon"] != nil {
				fields["IsWon"] = "maybe"
			}
		})
		if err := x.sync(); source.ReasonOf(err) != source.ReasonDecode {
			x.Errorf("got %v", err)
		}
		diff(x.T, "cursor", before, string(x.mirror.cursors[dealStream]))
	})
}

func TestSinkFailureEndsSync(t *testing.T) {
	simulate(t, 7, func(x *simulation) {
		x.page(2)
		x.mirror.refuse = func(record.Batch) error {
			if len(x.mirror.deals) >= 4 {
				return errRefused
			}
			return nil
		}
		if err := x.sync(); err == nil {
			x.Fatal("sync succeeded although the mirror refused")
		}
		x.mirror.refuse = nil
		x.mustSync()
		x.holdsTheTruth("deals")
	})
}

func TestLongQueryIsRefused(t *testing.T) {
	simulate(t, 1, func(x *simulation) {
		x.noDescribe()
		if err := x.sync(); source.ReasonOf(err) != source.ReasonConfig {
			x.Errorf("got %v", err)
		}
	}, func(s *config.Source) {
		s.Map = map[string]config.Mapping{}
		for _, name := range crm.DimensionNames() {
			s.Map[name] = config.Mapping{Object: "deal", Property: name + strings.Repeat("x", 1000) + "__c"}
		}
	})
}
