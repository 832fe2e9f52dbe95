package salesforce

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// TestIdentities holds that a stream is read anew where its own records come to say something else, and no other one.
func TestIdentities(t *testing.T) {
	compiled := func(text string) *expression.Expression {
		e, err := expression.Compile(text, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	mapped := func(of ...string) map[string]config.Mapping {
		mapping := map[string]config.Mapping{
			"segment":   {Object: "deal", Property: "Account.Industry"},
			"territory": {Object: "deal", Property: "Owner.Department"},
			"channel":   {Object: "deal", Property: "Channel__c"},
		}
		for _, name := range of {
			m := mapping[name]
			m.Values = map[string]string{"a": "b"}
			mapping[name] = m
		}
		return mapping
	}
	identities := func(change func(*config.Source)) map[string]source.Identity {
		x := newSimulation(t, func(c *config.Source) { c.Map = mapped() }, change)
		found := map[string]source.Identity{}
		for _, s := range x.source.Streams() {
			identity := s.Identity()
			identity.Former = nil
			found[s.Name()] = identity
		}
		return found
	}
	before := identities(func(*config.Source) {})
	if got, want := slices.Sorted(maps.Keys(before)), []string{"accounts", "deals", "references"}; !slices.Equal(got, want) {
		t.Fatalf("streams are %q, want %q", got, want)
	}
	for name, test := range map[string]struct {
		change func(*config.Source)
		anew   []string
	}{
		"nothing that matters":  {func(c *config.Source) { c.FullSyncInterval = time.Hour }, nil},
		"a label of accounts":   {func(c *config.Source) { c.Map = mapped("segment") }, []string{"accounts"}},
		"a label of reps":       {func(c *config.Source) { c.Map = mapped("territory") }, []string{"references"}},
		"a label of deals":      {func(c *config.Source) { c.Map = mapped("channel") }, []string{"deals"}},
		"what is excluded":      {func(c *config.Source) { c.Exclude = compiled(`amount == 0 && segment == "SMB"`) }, nil},
		"excluded by name":      {func(c *config.Source) { c.Exclude = compiled(`name contains "TEST"`) }, []string{"deals"}},
		"pipelines":             {func(c *config.Source) { c.Pipelines = []string{"New Business"} }, nil},
		"the currency":          {func(c *config.Source) { c.Currency = "EUR" }, []string{"deals"}},
		"the field of amounts":  {func(c *config.Source) { c.Amount = "ARR__c" }, []string{"deals"}},
		"a label is not mapped": {func(c *config.Source) { delete(c.Map, "segment") }, []string{"accounts"}},
	} {
		t.Run(name, func(t *testing.T) {
			after := identities(test.change)
			var anew []string
			for stream := range before {
				if !reflect.DeepEqual(after[stream], before[stream]) {
					anew = append(anew, stream)
				}
			}
			slices.Sort(anew)
			if !slices.Equal(anew, test.anew) {
				t.Errorf("read anew are %q, want %q", anew, test.anew)
			}
		})
	}
}

// TestStrangerIsCommittedByItsStream has a deal name a rep who came after the reps were read. The reps are read once
// more for it, and their stream hands them over in the same cycle without a call. In a process that dies in between
// they are read again.
func TestStrangerIsCommittedByItsStream(t *testing.T) {
	for _, killed := range []bool{false, true} {
		t.Run(map[bool]string{false: "in one cycle", true: "killed in between"}[killed], func(t *testing.T) {
			simulate(t, 3, func(x *simulation) {
				x.mustSync()
				time.Sleep(5 * time.Minute)
				rep := x.addRep("New Rep", "West")
				x.must(x.world.Reassign(1, rep))
				time.Sleep(2 * time.Second)
				streams := x.source.Streams()
				references, deals := streams[0].(source.Follower), streams[1]
				x.calls = nil
				if err := x.mirror.sync(x.Context(), deals); err != nil {
					x.Fatal(err)
				}
				if !references.Behind() || x.mirror.reps[repID(rep)].ID != "" {
					x.Error("the reps were not left to their stream")
				}
				if killed {
					x.restart()
					x.mustSync()
				} else {
					calls := len(x.calls)
					if err := x.mirror.sync(x.Context(), streams[0]); err != nil {
						x.Fatal(err)
					}
					if n := len(x.calls) - calls; n != 0 || references.Behind() {
						x.Errorf("their stream made %d calls, behind: %v", n, references.Behind())
					}
				}
				if got := x.mirror.reps[repID(rep)].Name; got != "New Rep" {
					x.Errorf("the new rep is %q", got)
				}
			})
		})
	}
}

// TestRefusedReferencesAreForgotten lets the mirror refuse reps, as it does with those of another account: they must not
// be handed over later, when the credential is put back.
func TestRefusedReferencesAreForgotten(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mirror.refuse = func(b record.Batch) error {
			if slices.Contains(b.Sweep, crm.Reps.Name()) {
				return errRefused
			}
			return nil
		}
		if err := x.sync(); err == nil {
			x.Fatal("sync succeeded although the mirror refused")
		}
		x.vanish(crmsim.KindRep, 1)
		x.vanish(crmsim.KindRep, 2)
		other := x.addRep("Other Rep", "West")
		x.mirror.refuse = nil
		x.mustSync()
		if _, found := x.mirror.reps[repID(1)]; found || x.mirror.reps[repID(other)].ID == "" {
			x.Errorf("reps are %v", x.mirror.reps)
		}
	})
}

// TestAccountsFailAlone breaks the accounts while the deals are read: the deals go on from where they were.
func TestAccountsFailAlone(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.refuseQueries(objectAccount, http.StatusServiceUnavailable, "")
		if err := x.sync(); source.ReasonOf(err) != source.ReasonServer {
			x.Fatalf("sync without accounts: %v", err)
		}
		if c := x.state(); c.Full == 0 || c.Pass != nil {
			x.Errorf("the deals stand at %+v", c)
		}
		x.faults.Clear()
		time.Sleep(5 * time.Minute)
		x.mustSync()
		if n := x.mirror.applied[dealID(1)]; n != 0 {
			x.Errorf("deals that had not changed were read %d times again", n)
		}
		diff(x.T, "accounts", 3, len(x.mirror.accounts))
	}, mapIndustry)
}

// TestLongTransactionHoldsAccountsBack has a transaction that changes an account and is open for hours.
func TestLongTransactionHoldsAccountsBack(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.mustSync()
		commit := time.Now().Add(3*time.Hour + time.Second)
		x.must(x.world.UpdateAccount(1, func(a *crmsim.Account) {
			a.Properties, a.VisibleAt = map[string]string{"Industry": "Energy"}, commit
		}))
		for range 36 + 13 {
			time.Sleep(5 * time.Minute)
			x.mustSync()
		}
		if got := x.mirror.accounts[accountID(1)].Dimensions["segment"]; got != "Energy" {
			x.Errorf("the account is mirrored as of before the transaction: %q", got)
		}
	}, mapIndustry)
}

// TestHiddenFieldOfRepsIsTriedAgain hides the teams of reps. It is not asked for in every sync, and is found again within
// a full pass's time and an hour.
func TestHiddenFieldOfRepsIsTriedAgain(t *testing.T) {
	simulate(t, 3, func(x *simulation) {
		x.org.Hide("User.UserRoleId")
		x.mustSync()
		x.restart()
		time.Sleep(time.Hour)
		x.mustSync()
		for _, call := range x.calls {
			if strings.Contains(call, "FROM User") && strings.Contains(call, "UserRole") {
				x.Errorf("a new process asks for what is hidden: %s", call)
			}
		}
		x.org.Show("User.UserRoleId")
		for range 25 {
			time.Sleep(time.Hour)
			x.mustSync()
		}
		if got := x.mirror.reps[repID(1)].Team; got != "East" {
			x.Errorf("the team is %q after a day", got)
		}
	})
}

// TestEveryKill kills the connector after each page of a first pass, of an increment and of a full pass, with accounts.
func TestEveryKill(t *testing.T) {
	change := func(x *simulation) {
		x.changeAll(5)
		for n := range 5 {
			x.must(x.world.UpdateAccount(int64(n+1), func(a *crmsim.Account) {
				a.Properties = map[string]string{"Industry": "Energy"}
			}))
		}
	}
	for name, prepare := range map[string]func(x *simulation){
		"first pass": func(*simulation) {},
		"increment":  func(x *simulation) { x.mustSync(); time.Sleep(10 * time.Minute); change(x) },
		"full pass":  func(x *simulation) { x.mustSync(); time.Sleep(25 * time.Hour); change(x) },
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, 7, func(x *simulation) {
				x.page(2)
				prepare(x)
				kills := 0
				for {
					committed := 0
					x.mirror.refuse = func(record.Batch) error {
						if committed++; committed > 1+kills {
							return errRefused
						}
						return nil
					}
					if err := x.sync(); err == nil {
						break
					}
					x.restart()
					if kills++; kills > 200 {
						x.Fatal("the connector does not get on")
					}
				}
				x.mirror.refuse = nil
				x.mustSync()
				synctest.Wait()
				x.holdsTheTruth("deals")
				for _, d := range x.world.Truth() {
					stage, _ := x.world.StageOf(&d)
					if got := x.mirror.deals[dealID(d.ID)].Stage; got != stage.Label {
						x.Errorf("deal %d is in stage %q, want %q", d.ID, got, stage.Label)
					}
				}
				for _, a := range x.world.Accounts() {
					if got := x.mirror.accounts[accountID(a.ID)].Dimensions["segment"]; got != a.Properties["Industry"] {
						x.Errorf("account %d is of %q, want %q", a.ID, got, a.Properties["Industry"])
					}
				}
				if kills < 3 {
					x.Errorf("only %d kills", kills)
				}
			}, mapIndustry)
		})
	}
}
