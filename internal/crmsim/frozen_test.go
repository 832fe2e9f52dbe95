package crmsim_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
)

// TestFrozen holds what both façades say of worlds with given seeds, byte for byte: pages of metrics rest on it, and
// demos that run for weeks. The sums were taken before kinds were declared as data. A new kind must not change them:
// it draws from a source of its own.
func TestFrozen(t *testing.T) {
	generated := func(o crmsim.GenerateOptions) func(*testing.T, *clock) *crmsim.World {
		return func(_ *testing.T, c *clock) *crmsim.World {
			o.Now = c.now
			return crmsim.Generate(o)
		}
	}
	tests := map[string]struct {
		world               func(*testing.T, *clock) *crmsim.World
		hubspot, salesforce string
	}{
		"generated": {
			generated(crmsim.GenerateOptions{Seed: 1, Deals: 1500}),
			"afc21e6057863128", "07316f621f9c1a3d",
		},
		"another seed and currency": {
			generated(crmsim.GenerateOptions{Seed: 7, Deals: 300, Currency: "EUR", TimeZone: "Europe/Berlin", Still: true}),
			"9d9fcabc8e036f4e", "4ef878a2dec8ab50",
		},
		"ten days of life": {
			func(_ *testing.T, c *clock) *crmsim.World {
				w := crmsim.Generate(crmsim.GenerateOptions{Seed: 3, Deals: 3000, Now: c.now, HistoryEnd: noon.AddDate(0, 0, -3)})
				c.pass(7 * 24 * time.Hour)
				return w
			},
			"bf2f14f42f6d78d8", "99b4f576c32d37e4",
		},
		"edited": {edited, "17e78261d9630229", "6941ab7dbe55cac5"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := &clock{at: noon}
			w := test.world(t, c)
			if got := sum(hubspotTranscript(t, w)); got != test.hubspot {
				t.Errorf("HubSpot answers %s, want %s", got, test.hubspot)
			}
			if got := sum(salesforceTranscript(t, w)); got != test.salesforce {
				t.Errorf("Salesforce answers %s, want %s", got, test.salesforce)
			}
		})
	}
}

// edited is a small world to which everything has happened that can.
func edited(t *testing.T, c *clock) *crmsim.World {
	t.Helper()
	w := crmsim.Generate(crmsim.GenerateOptions{Seed: 5, Deals: 60, Now: c.now, Still: true})
	var live []int64
	for _, d := range w.Truth() {
		live = append(live, d.ID)
	}
	c.pass(time.Hour)
	rep := w.AddRep(crmsim.Rep{FirstName: "Zoe", LastName: "Zorn", Email: "zoe@example.test", Team: w.AddTeam("New"), Active: true})
	account := w.AddAccount(crmsim.Account{Name: "Late Ltd"})
	w.AddDeal(crmsim.Deal{
		Name: "Foreign", Pipeline: "default", Stage: "contractsent", Rep: rep, Account: account, Amount: "99.99", Currency: "GBP",
	})
	c.pass(time.Minute)
	_, merged := w.Merge(live[0], live[1])
	must(t, errors.Join(
		merged, w.Win(live[2]), w.Lose(live[3]), w.Reopen(live[2]), w.Archive(live[4]), w.Archive(live[5]), w.Purge(live[6]),
		w.SetAmount(live[7], ""), w.Redate(live[8], time.Time{}), w.Reassign(live[9], rep), w.BulkTouch(live[10:20]),
		w.EditStageProbability("default", "contractsent", "0.95"), w.RenameRep(rep, "Zoe", "Zander"),
		w.UpdateAccount(account, func(a *crmsim.Account) { a.Name = "Later Ltd" }),
		w.Update(live[20], func(d *crmsim.Deal) { d.Name, d.VisibleAt = "Not yet", c.at.Add(time.Hour) }),
	))
	c.pass(10 * time.Minute)
	must(t, w.Restore(live[5]))
	c.pass(10 * time.Minute)
	return w
}

func sum(transcript string) string {
	h := sha256.Sum256([]byte(transcript))
	return hex.EncodeToString(h[:8])
}

// transcript is a conversation with a façade.
type transcript struct {
	t      *testing.T
	api    http.Handler
	header http.Header
	text   strings.Builder
}

func (s *transcript) call(method, target, body string) []byte {
	s.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header = s.header.Clone()
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	if w.Code >= 300 {
		s.t.Fatalf("%s %s: %d %s", method, target, w.Code, w.Body)
	}
	fmt.Fprintf(&s.text, "%s %s\n%s\n", method, target, w.Body)
	return w.Body.Bytes()
}

func hubspotTranscript(t *testing.T, w *crmsim.World) string {
	t.Helper()
	off := hubspot.Limits{TenSecondly: -1, SearchSecondly: -1, Daily: -1}
	s := &transcript{
		t: t, header: http.Header{"Authorization": {"Bearer x"}},
		api: hubspot.NewHandler(w, hubspot.Options{Tokens: []string{"x"}, Limits: off}),
	}
	for _, path := range []string{
		"/account-info/2026-09/details", "/crm/owners/2026-09?limit=500", "/crm/owners/2026-09?archived=true",
		"/crm/pipelines/2026-09/deals", "/crm/pipelines/2026-09/companies",
	} {
		s.call(http.MethodGet, path, "")
	}
	s.object("deals", "companies")
	s.object("companies", "deals")
	return s.text.String()
}

// object reads everything of one type.
func (s *transcript) object(object, other string) {
	var answer struct {
		Results []struct {
			ID   string
			Name string
		}
		Paging struct{ Next struct{ After string } }
	}
	ask := func(method, target, body string) {
		answer.Results, answer.Paging.Next.After = nil, ""
		must(s.t, json.Unmarshal(s.call(method, target, body), &answer))
	}
	ask(http.MethodGet, "/crm/properties/2026-09/"+object, "")
	var names []string
	for _, p := range answer.Results {
		names = append(names, p.Name)
	}
	var inputs []string
	for _, archived := range []string{"false", "true"} {
		for after := "0"; after != ""; after = answer.Paging.Next.After {
			ask(http.MethodGet, "/crm/objects/2026-09/"+object+"?limit=100&archived="+archived+"&properties="+
				strings.Join(names, ",")+"&associations="+other+"&after="+after, "")
			for _, r := range answer.Results {
				inputs = append(inputs, `{"id":"`+r.ID+`"}`)
			}
		}
	}
	asked, err := json.Marshal(names)
	must(s.t, err)
	ask(http.MethodPost, "/crm/objects/2026-09/"+object+"/batch/read",
		fmt.Sprintf(`{"inputs":[%s],"properties":%s}`, strings.Join(inputs[:min(100, len(inputs))], ","), asked))
	ask(http.MethodPost, "/crm/associations/2026-09/"+object+"/"+other+"/batch/read",
		fmt.Sprintf(`{"inputs":[%s]}`, strings.Join(inputs[:min(1000, len(inputs))], ",")))
	for after := "0"; after != ""; after = answer.Paging.Next.After {
		ask(http.MethodPost, "/crm/objects/2026-09/"+object+"/search", fmt.Sprintf(`{"limit":200,"after":%q,"properties":%s,
			"filterGroups":[{"filters":[{"propertyName":"hs_lastmodifieddate","operator":"GTE","value":"1700000000000"}]}],
			"sorts":[{"propertyName":"hs_lastmodifieddate","direction":"DESCENDING"}]}`, after, asked))
	}
}

func salesforceTranscript(t *testing.T, w *crmsim.World) string {
	t.Helper()
	// An org lists its objects: those of later kinds are left out.
	founding := slices.DeleteFunc(tables.All(), func(n tables.Naming) bool {
		return !slices.Contains([]string{"Opportunity", "Account", "User", "UserRole"}, n.Object)
	})
	api := salesforce.NewHandler(w, salesforce.Options{
		MultiCurrency: true, FiscalYearStartMonth: time.February, Namings: founding,
	})
	login := httptest.NewRequest(http.MethodPost, "/services/oauth2/token",
		strings.NewReader("grant_type=client_credentials&client_id=k&client_secret=s"))
	login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorded := httptest.NewRecorder()
	api.ServeHTTP(recorded, login)
	body, err := io.ReadAll(recorded.Body)
	must(t, err)
	var grant struct {
		Token string `json:"access_token"`
	}
	must(t, json.Unmarshal(body, &grant))

	s := &transcript{t: t, api: api, header: http.Header{"Authorization": {"Bearer " + grant.Token}}}
	const data = "/services/data/v66.0/"
	s.call(http.MethodGet, data+"sobjects", "")
	for _, object := range []string{
		"Opportunity", "Account", "User", "UserRole", "OpportunityStage", "RecordType", "Organization", "Period", "Campaign",
		"CurrencyType",
	} {
		var description struct{ Fields []struct{ Name string } }
		must(t, json.Unmarshal(s.call(http.MethodGet, data+"sobjects/"+object+"/describe", ""), &description))
		var fields []string
		for _, f := range description.Fields {
			fields = append(fields, f.Name)
		}
		s.query("query", "SELECT "+strings.Join(fields, ",")+" FROM "+object+" ORDER BY Id")
		s.query("queryAll", "SELECT "+strings.Join(fields, ",")+" FROM "+object+" ORDER BY Id DESC")
	}
	s.query("query", "SELECT Id, Name, Owner.Name, Owner.UserRole.Name, Account.Name, Account.Industry, RecordType.Name, "+
		"Campaign.Name FROM Opportunity WHERE SystemModstamp >= 2026-01-01T00:00:00Z ORDER BY SystemModstamp, Id")
	s.query("query", "SELECT Owner.Name, COUNT(Id), SUM(Amount) FROM Opportunity GROUP BY Owner.Name ORDER BY Owner.Name")
	window := "?start=" + url.QueryEscape(w.Now().AddDate(0, 0, -14).Format(time.RFC3339)) +
		"&end=" + url.QueryEscape(w.Now().Add(time.Hour).Format(time.RFC3339))
	for _, object := range []string{"Opportunity", "Account", "User"} {
		s.call(http.MethodGet, data+"sobjects/"+object+"/updated"+window, "")
		s.call(http.MethodGet, data+"sobjects/"+object+"/deleted"+window, "")
	}
	return s.text.String()
}

// query reads every page of an answer.
func (s *transcript) query(resource, soql string) {
	var page struct{ NextRecordsURL string }
	next := "/services/data/v66.0/" + resource + "?q=" + url.QueryEscape(soql)
	for ; next != ""; next = page.NextRecordsURL {
		page.NextRecordsURL = ""
		must(s.t, json.Unmarshal(s.call(http.MethodGet, next, ""), &page))
	}
}
