package salesforce

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// changeAll modifies deals 1..n in one second.
func (x *tester) changeAll(n int) {
	for i := range n {
		row := x.org.deal(i + 1)
		row["StageName"] = "Closed Won"
		x.org.put("Opportunity", row)
	}
	time.Sleep(time.Minute)
}

// changed fails unless each of the deals 1..n arrived, and arrived `times` times in the last Sync.
func (x *tester) changed(n, times int) {
	x.Helper()
	for i := range n {
		id := fakeID("006", i+1)
		if x.mirror.deals[id].Stage != "Closed Won" {
			x.Errorf("the change of deal %d is lost", i+1)
		}
		if times > 0 && x.mirror.applied[id] != times {
			x.Errorf("deal %d arrived %d times, want %d", i+1, x.mirror.applied[id], times)
		}
	}
}

// onNextPage runs fault at the nth call of a next page, once.
func (o *fakeOrg) onNextPage(n int, fault func()) {
	seen := 0
	o.fault = func(path, soql string) (int, string) {
		if strings.Contains(path, "/query/") {
			if seen++; seen == n {
				fault()
				return o.fault(path, soql) // it may have been replaced
			}
		}
		return 0, ""
	}
}

func TestLostLocatorResumes(t *testing.T) {
	losses := map[string]func(o *fakeOrg){
		"locators expire":  func(o *fakeOrg) { clear(o.locators) },
		"session is ended": func(o *fakeOrg) { o.session = "" },
	}
	for name, lose := range losses {
		t.Run(name+" in an increment", func(t *testing.T) {
			scenario(t, 7, func(x *tester) {
				x.mustSync()
				time.Sleep(10 * time.Minute)
				x.changeAll(7)
				x.org.pageSize = 2
				x.org.onNextPage(2, func() { lose(x.org) })
				x.mustSync()
				x.changed(7, 1)
				if n := x.org.count("queryAll"); n != 3 { // the window, the keyset, nothing behind it
					x.Errorf("%d queries: %q", n, x.org.calls)
				}
			})
		})
		t.Run(name+" in a full pass", func(t *testing.T) {
			scenario(t, 7, func(x *tester) {
				x.org.pageSize = 2
				x.org.onNextPage(3, func() { lose(x.org) }) // the first is of the users
				x.mustSync()
				diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
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
	scenario(t, deals, func(x *tester) {
		x.mustSync()
		diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
		time.Sleep(10 * time.Minute)
		x.changeAll(deals)
		x.org.pageSize = 500
		x.org.onNextPage(2, func() { clear(x.org.locators) }) // so that the keyset has to go on within the second
		x.mustSync()
		x.changed(deals, 1)
	})
}

func TestInterruptedSyncGoesOn(t *testing.T) {
	for _, failing := range []int{1, 2, 3} {
		t.Run(fmt.Sprintf("page %d", failing), func(t *testing.T) {
			scenario(t, 7, func(x *tester) {
				x.mustSync()
				time.Sleep(10 * time.Minute)
				x.changeAll(7)
				x.org.pageSize = 2
				x.org.onNextPage(failing, func() {
					x.org.fault = func(string, string) (int, string) { return http.StatusBadGateway, "<html>proxy</html>" }
				})
				if err := x.sync(); source.ReasonOf(err) != source.ReasonServer {
					x.Fatalf("sync through a broken proxy: %v", err)
				}
				late := x.org.deal(8)
				late["SystemModstamp"] = x.org.now().Add(-4 * time.Minute).Truncate(time.Second)
				time.Sleep(time.Hour)
				x.org.put("Opportunity", late) // committed behind what the first Sync had read
				x.org.fault = nil
				x.mustSync()
				x.changed(7, 0)
				if x.mirror.deals[fakeID("006", 8)].ID == "" {
					x.Error("a late commit within the interrupted window is lost")
				}
				if query := x.org.calls[len(x.org.calls)-3]; x.org.count("queryAll") < 2 {
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
	scenario(t, 7, func(x *tester) {
		x.org.pageSize = 2
		x.org.onNextPage(2, func() {
			x.org.fault = func(string, string) (int, string) { return http.StatusServiceUnavailable, "" }
		})
		if err := x.sync(); source.ReasonOf(err) != source.ReasonServer {
			x.Fatalf("sync: %v", err)
		}
		number, read := x.state().Pass.Number, len(x.mirror.deals)
		if read == 0 || read == 7 {
			x.Fatalf("%d deals before the interruption", read)
		}
		x.org.fault = nil
		x.restart()
		x.mustSync()
		diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
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
		{"role of users", true, "User.UserRole", "the teams of reps"},
		{"stage order", true, "OpportunityStage.SortOrder", "the order of stages"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			scenario(t, 3, func(x *tester) {
				for _, row := range x.org.tables["Opportunity"] {
					row["Region__c"] = "EMEA"
				}
				x.org.noDescribe, x.org.hidden[c.hidden] = c.noDescribe, true
				for range 3 {
					x.mustSync()
					time.Sleep(time.Hour)
				}
				diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
				object, field, _ := strings.Cut(c.hidden, ".")
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
			scenario(t, 3, func(x *tester) {
				x.org.noDescribe, x.org.hidden["Opportunity.Probability"] = noDescribe, true
				x.mustSync()
				if x.mirror.deals[fakeID("006", 1)].Probability != value.ProbabilityUnknown {
					x.Fatal("read a hidden field")
				}
				time.Sleep(time.Hour)
				delete(x.org.hidden, "Opportunity.Probability")
				x.org.noDescribe = false
				x.mustSync() // within the process, nothing changes before the next full pass
				if x.mirror.deals[fakeID("006", 1)].Probability != value.ProbabilityUnknown {
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
	scenario(t, 3, func(x *tester) {
		x.org.hidden["Opportunity.Probability"] = true
		x.mustSync()
		time.Sleep(time.Hour)
		delete(x.org.hidden, "Opportunity.Probability")
		x.restart()
		x.org.fault = func(_, soql string) (int, string) {
			if soql != "" {
				return http.StatusServiceUnavailable, ""
			}
			return 0, ""
		}
		if err := x.sync(); source.ReasonOf(err) != source.ReasonServer {
			x.Fatalf("got %v", err)
		}
		x.org.fault = nil
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
				scenario(t, 3, func(x *tester) {
					x.org.noDescribe, x.org.hidden["Opportunity."+field] = noDescribe, true
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
		scenario(t, 3, func(x *tester) {
			delete(x.org.tables, "RecordType")
			x.mustSync()
			diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
			if !strings.Contains(x.log.String(), "Record types cannot be read") {
				x.Error("did not warn")
			}
		})
	})
	t.Run("users are not", func(t *testing.T) {
		scenario(t, 3, func(x *tester) {
			delete(x.org.tables, "User")
			if err := x.sync(); source.ReasonOf(err) != source.ReasonScope {
				x.Errorf("got %v", err)
			}
		})
	})
}

func TestQueryTimeoutHalvesWindow(t *testing.T) {
	scenario(t, 0, func(x *tester) {
		x.org.put("Opportunity", x.org.deal(1))
		x.mustSync()
		for n := range 40 {
			time.Sleep(time.Minute)
			x.org.put("Opportunity", x.org.deal(n+2))
		}
		refused := 0
		x.org.fault = func(_, soql string) (int, string) {
			m := fakeQuery.FindStringSubmatch(soql)
			if m == nil {
				return 0, ""
			}
			span := fakeSpan.FindStringSubmatch(m[3])
			if span == nil {
				return 0, ""
			}
			low, errLow := time.Parse(time.RFC3339, span[1])
			high, errHigh := time.Parse(time.RFC3339, span[2])
			if errLow != nil || errHigh != nil || high.Sub(low) < time.Minute && refused == 0 {
				x.Errorf("window %s", m[3])
			}
			if high.Sub(low) > 4*time.Minute {
				refused++
				return http.StatusBadRequest, apiRefusal("QUERY_TIMEOUT", "Your query request was running for too long.")
			}
			return 0, ""
		}
		x.mustSync()
		diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
		if refused == 0 {
			x.Error("no query timed out")
		}
	})
}

func TestQueryTimeoutForeverFails(t *testing.T) {
	scenario(t, 3, func(x *tester) {
		x.mustSync()
		before := string(x.mirror.cursors[dealStream])
		time.Sleep(30 * time.Minute)
		x.org.fault = func(_, soql string) (int, string) {
			if strings.Contains(soql, "FROM Opportunity ") {
				return http.StatusBadRequest, apiRefusal("QUERY_TIMEOUT", "Your query request was running for too long.")
			}
			return 0, ""
		}
		if err := x.sync(); source.ReasonOf(err) != source.ReasonTimeout {
			x.Errorf("got %v", err)
		}
		if n := x.org.count("queryAll"); n > 10 {
			x.Errorf("%d queries", n)
		}
		diff(x.T, "cursor", before, string(x.mirror.cursors[dealStream]))
	})
}

func TestShortAnswerIsNoSync(t *testing.T) {
	for _, inPass := range []bool{true, false} {
		t.Run(fmt.Sprintf("in a full pass: %t", inPass), func(t *testing.T) {
			scenario(t, 7, func(x *tester) {
				if !inPass {
					x.mustSync()
					time.Sleep(10 * time.Minute)
					x.changeAll(7)
				}
				x.org.pageSize = 2
				x.org.fault = func(_, soql string) (int, string) {
					x.org.totalOffset = strings.Count(soql, "FROM Opportunity ") // one row never comes
					return 0, ""
				}
				if err := x.sync(); source.ReasonOf(err) != source.ReasonDecode {
					x.Fatalf("a query without its last row: %v", err)
				}
				x.org.fault, x.org.totalOffset = nil, 0
				x.mustSync()
				if n := x.mirror.applied[fakeID("006", 1)]; n < 1 {
					x.Errorf("the first row of the short answer was read again %d times", n)
				}
				diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
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
			scenario(t, 3, func(x *tester) {
				x.org.fault = func(path, soql string) (int, string) {
					if strings.Contains(soql, "FROM Opportunity ") || strings.HasSuffix(path, next) {
						return http.StatusOK, answer
					}
					return 0, ""
				}
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
	scenario(t, 20, func(x *tester) {
		x.org.edit("Opportunity", fakeID("006", 3), fakeRow{"Amount": "a lot"})
		x.org.edit("Opportunity", fakeID("006", 5), fakeRow{"CloseDate": "soon"})
		x.mustSync()
		if len(x.mirror.deals) != 18 || x.mirror.quarantined[record.BadAmount] == 0 || x.mirror.quarantined[record.BadDate] == 0 {
			x.Errorf("%d deals, quarantined %v", len(x.mirror.deals), x.mirror.quarantined)
		}
	})
}

func TestPageOfBadRecordsFails(t *testing.T) {
	scenario(t, 20, func(x *tester) {
		x.mustSync()
		time.Sleep(10 * time.Minute)
		before := string(x.mirror.cursors[dealStream])
		for n := range 20 {
			x.org.edit("Opportunity", fakeID("006", n+1), fakeRow{"IsWon": "maybe"})
		}
		if err := x.sync(); source.ReasonOf(err) != source.ReasonDecode {
			x.Errorf("got %v", err)
		}
		diff(x.T, "cursor", before, string(x.mirror.cursors[dealStream]))
	})
}

func TestSinkFailureEndsSync(t *testing.T) {
	scenario(t, 7, func(x *tester) {
		x.org.pageSize = 2
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
		diff(x.T, "deals", x.org.liveIDs(), x.mirror.dealIDs())
	})
}

func TestLongQueryIsRefused(t *testing.T) {
	scenario(t, 1, func(x *tester) {
		x.org.noDescribe = true
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
