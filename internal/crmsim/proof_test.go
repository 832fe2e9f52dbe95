package crmsim_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/naming"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// toyWorld has thirty toys: of the first two one is archived and one purged, the third and the fourth became one.
func toyWorld(t *testing.T) (*crmsim.World, world.Table[Toy], *clock) {
	t.Helper()
	c := &clock{at: noon}
	w := crmsim.Generate(crmsim.GenerateOptions{Seed: 1, Deals: 40, Now: c.now, Still: true, Kinds: kindsWithToy()})
	table := world.TableOf[Toy](w.World, "toy")
	c.pass(time.Minute)
	_, err := table.Merge(3, 4)
	must(t, errors.Join(table.Delete(1), table.Purge(2), err))
	must(t, table.Update(5, func(toy *Toy) { toy.Title, toy.Urgent, toy.Due = "Robot", true, noon }))
	c.pass(time.Minute)
	return w, table, c
}

// TestToyOnHubSpot reads a kind that no code of the façade knows.
func TestToyOnHubSpot(t *testing.T) {
	w, _, _ := toyWorld(t)
	p := portalTalk{t, portalOf(w, typesWithToy())}
	if got, want := p.ids("GET", "/crm/v3/objects/toys?limit=100", ""), numbers(5, 31); !slices.Equal(got, want) {
		t.Errorf("the list has %v, want %v", got, want)
	}
	if got := p.ids("GET", "/crm/objects/2026-09/2-77?archived=true", ""); !slices.Equal(got, numbers(1, 1)) {
		t.Errorf("the recycle bin has %v", got)
	}
	for body, want := range map[string][]string{
		`{"filters":[{"propertyName":"urgent","operator":"EQ","value":"true"}]}`: numbers(5, 5),
		`{"query":"robot"}`: numbers(5, 5),
		`{"filters":[{"propertyName":"hs_merged_object_ids","operator":"HAS_PROPERTY"}]}`:             numbers(31, 31),
		`{"filters":[{"propertyName":"hs_object_id","operator":"LTE","value":"770006"}],"limit":100}`: numbers(5, 6),
	} {
		if got := p.ids("POST", "/crm/v3/objects/toys/search", body); !slices.Equal(got, want) {
			t.Errorf("search %s finds %v, want %v", body, got, want)
		}
	}
	read := p.call("POST", "/crm/v3/objects/toys/batch/read",
		`{"inputs":[{"id":"770005"},{"id":"770001"}],"properties":["title","due","urgent","colour","hubspot_owner_id"]}`)
	toy := read.Results[0].Properties
	if read.status != http.StatusMultiStatus || len(read.Results) != 1 || toy["title"] != "Robot" || toy["urgent"] != "true" ||
		toy["due"] != "2026-11-18T12:00:00.000Z" || toy["colour"] != "red" || toy["hubspot_owner_id"] != "41000001" {
		t.Errorf("batch read: %s", read.raw)
	}
	if raw := p.call("GET", "/crm/v3/properties/toys", "").raw; !strings.Contains(raw, `"name":"price","label":"Price","type":"number"`) {
		t.Errorf("definitions: %s", raw)
	}
	there := p.call("POST", "/crm/v4/associations/toys/deals/batch/read", `{"inputs":[{"id":"770005"}]}`).raw
	back := p.call("POST", "/crm/v4/associations/deals/toys/batch/read", `{"inputs":[{"id":"9999998502"}]}`).raw
	if !strings.Contains(there, `"toObjectId":9999998502`) || !strings.Contains(there, `"typeId":901`) ||
		!strings.Contains(back, `"toObjectId":770005`) || !strings.Contains(back, `"typeId":904`) {
		t.Errorf("associations:\n%s\n%s", there, back)
	}
	if raw := p.call("GET", "/crm/v3/objects/deals?limit=2&associations=companies,toys", "").raw; !strings.Contains(raw,
		`{"id":"770005","type":"deal_to_toy"}`) || !strings.Contains(raw, `"type":"deal_to_company"`) {
		t.Errorf("inline associations: %s", raw)
	}
}

// TestToyOnSalesforce reads a kind that no code of the façade knows.
func TestToyOnSalesforce(t *testing.T) {
	w, _, c := toyWorld(t)
	o := newOrgTalk(t, orgOf(w, objectsWithToy()))
	if got, want := o.ids("query", "SELECT Id FROM Toy__c ORDER BY Id"), toyIDs(5, 31); !slices.Equal(got, want) {
		t.Errorf("the query has %v, want %v", got, want)
	}
	all := slices.Concat(toyIDs(1, 1), toyIDs(3, 31))
	if got := o.ids("queryAll", "SELECT Id FROM Toy__c ORDER BY Id"); !slices.Equal(got, all) {
		t.Errorf("queryAll has %v, want %v", got, all)
	}
	raw := o.get("query?q=" + url.QueryEscape("SELECT Name, Urgent__c, Due__c, Colour__c, Owner.Name, Deal__r.Owner.UserRole.Name, "+
		"Deal__r.StageName FROM Toy__c WHERE Due__c = 2026-11-18 AND IsDeleted = false")).raw
	for _, want := range []string{
		`"Name":"Robot","Urgent__c":true,"Due__c":"2026-11-18","Colour__c":"Red","Owner":{"attributes":{"type":"User"`,
		`"Deal__r":{"attributes":{"type":"Opportunity"`, `"UserRole":{"attributes"`,
	} {
		if !strings.Contains(raw, want) {
			t.Errorf("no %s in %s", want, raw)
		}
	}
	if raw := o.get("sobjects/Toy__c/describe").raw; !strings.Contains(raw, `"replicateable":true`) ||
		!strings.Contains(raw, `"referenceTo":["Opportunity"],"relationshipName":"Deal__r"`) {
		t.Errorf("description: %s", raw)
	}
	window := "?start=" + url.QueryEscape(c.at.Add(-time.Hour).Format(time.RFC3339)) +
		"&end=" + url.QueryEscape(c.at.Add(time.Hour).Format(time.RFC3339))
	deleted, updated := o.get("sobjects/Toy__c/deleted"+window), o.get("sobjects/Toy__c/updated"+window)
	var gone []string
	for _, d := range deleted.Deleted {
		gone = append(gone, d.ID)
	}
	if !slices.Equal(gone, toyIDs(1, 4)) {
		t.Errorf("deleted: %s", deleted.raw)
	}
	if want := []string{tables.ID("a07", 5), tables.ID("a07", 31)}; !slices.Equal(updated.IDs, want) {
		t.Errorf("updated: %s", updated.raw)
	}
}

// TestToyNeedsItsLines takes each line out of its list: the proof above holds because of it and of nothing else.
func TestToyNeedsItsLines(t *testing.T) {
	w, _, _ := toyWorld(t)
	if a := (portalTalk{t, portalOf(w, naming.All())}).call("GET", "/crm/v3/objects/toys", ""); a.status != http.StatusBadRequest {
		t.Errorf("without a naming HubSpot answers %d %s", a.status, a.raw)
	}
	a := newOrgTalk(t, orgOf(w, tables.All())).get("query?q=" + url.QueryEscape("SELECT Id FROM Toy__c"))
	if a.status != http.StatusBadRequest || !strings.Contains(a.raw, "INVALID_TYPE") {
		t.Errorf("without a naming Salesforce answers %d %s", a.status, a.raw)
	}
	without := crmsim.Generate(crmsim.GenerateOptions{Seed: 1, Deals: 40, Now: fixed, Still: true})
	for name, use := range map[string]func(){
		"HubSpot":    func() { portalTalk{t, portalOf(without, typesWithToy())}.call("GET", "/crm/v3/objects/toys", "") },
		"Salesforce": func() { orgOf(without, objectsWithToy()) },
		"a table":    func() { world.TableOf[Toy](without.World, "toy") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s does without the kind", name)
				}
			}()
			use()
		}()
	}
}

// TestAKindMoreChangesNothing holds that a kind draws from a source of its own, in the past and as time goes on.
func TestAKindMoreChangesNothing(t *testing.T) {
	options := crmsim.GenerateOptions{Seed: 1, Deals: 400, Now: fixed}
	without := crmsim.Generate(options)
	options.Kinds = kindsWithToy()
	with := crmsim.Generate(options)
	for _, w := range []*crmsim.World{with, without} {
		w.Advance(noon.AddDate(0, 0, 5))
	}
	same(t, "deals", without.Truth(), with.Truth())
	same(t, "accounts", without.Accounts(), with.Accounts())
	if got := len(world.TableOf[Toy](with.World, "toy").Truth()); got != 30+5*24 {
		t.Errorf("%d toys after five days", got)
	}
}

// TestHooksOfAKind lets the lists of one kind go wrong, and hides records and fields of it.
func TestHooksOfAKind(t *testing.T) {
	w, table, _ := toyWorld(t)
	p := portalTalk{t, portalOf(w, typesWithToy())}
	org := orgOf(w, objectsWithToy())
	o := newOrgTalk(t, org)
	const listing, soql = "/crm/v3/objects/toys?limit=10", "SELECT Id FROM Toy__c ORDER BY Id"
	deals := len(p.ids("GET", "/crm/v3/objects/deals?limit=10", ""))

	p.api.Spoil("toy", wire.Listing{EndsAfter: 12})
	org.Spoil("toy", wire.Listing{EndsAfter: 12})
	if got := p.ids("GET", listing, ""); !slices.Equal(got, numbers(5, 16)) {
		t.Errorf("a list that ends early has %v", got)
	}
	if got := o.ids("query", soql); !slices.Equal(got, toyIDs(5, 16)) {
		t.Errorf("a query that ends early has %v", got)
	}
	p.api.Spoil("toy", wire.Listing{Repeats: 2})
	org.Spoil("toy", wire.Listing{Repeats: 2})
	if got, want := p.ids("GET", listing, ""), slices.Concat(numbers(5, 14), numbers(13, 24), numbers(23, 31)); !slices.Equal(got, want) {
		t.Errorf("a list that repeats has %v, want %v", got, want)
	}
	if got, want := o.ids("query", soql), slices.Concat(toyIDs(5, 14), toyIDs(13, 24), toyIDs(23, 31)); !slices.Equal(got, want) {
		t.Errorf("a query that repeats has %v, want %v", got, want)
	}
	const search = `{"sorts":["hs_object_id"],"limit":10`
	if got, want := p.ids("POST", "/crm/v3/objects/toys/search", search+`,"after":"10"}`), numbers(13, 24); !slices.Equal(got, want) {
		t.Errorf("a search that repeats has %v, want %v", got, want)
	}
	p.api.Spoil("toy", wire.Listing{Size: 4})
	org.Spoil("toy", wire.Listing{Size: 4})
	if got := len(p.call("GET", listing, "").Results) + len(p.call("POST", "/crm/v3/objects/toys/search", search+"}").Results) +
		len(o.get("query?q="+url.QueryEscape(soql)).Records); got != 3*4 {
		t.Errorf("three pages of four have %d records", got)
	}
	if len(p.ids("GET", listing, "")) != 27 || len(o.ids("query", soql)) != 27 {
		t.Error("short pages lose records")
	}
	p.api.Spoil("toy", wire.Listing{})
	org.Spoil("toy", wire.Listing{})

	must(t, w.HideShare("toy", 40))
	must(t, table.Hide(31, true))
	shown := len(p.ids("GET", listing, ""))
	if shown < 10 || shown > 20 || shown != len(o.ids("query", soql)) {
		t.Errorf("of 27 toys %d are shown with 40 %% and one more hidden", shown)
	}
	if got := p.call("GET", "/crm/v3/objects/toys/770031", "").status; got != http.StatusNotFound {
		t.Errorf("a hidden toy answers %d", got)
	}
	if len(table.Truth()) != 27 {
		t.Error("hiding changed the truth")
	}
	must(t, errors.Join(w.HideShare("toy", 0), table.Hide(31, false)))
	if got := p.ids("GET", listing, ""); !slices.Equal(got, numbers(5, 31)) {
		t.Errorf("shown again are %v", got)
	}

	p.api.Hide("toys.price")
	org.Hide("Toy__c.Price__c")
	if raw := p.call("GET", "/crm/v3/objects/toys?properties=price,title", "").raw; strings.Contains(raw, `"price":`) {
		t.Errorf("a hidden property shows: %s", raw)
	}
	filter := `{"filters":[{"propertyName":"price","operator":"GT","value":"1"}]}`
	if got := p.call("POST", "/crm/v3/objects/toys/search", filter).status; got != http.StatusBadRequest {
		t.Errorf("a filter on a hidden property: %d", got)
	}
	if a := o.get("query?q=" + url.QueryEscape("SELECT Price__c FROM Toy__c")); !strings.Contains(a.raw, "INVALID_FIELD") {
		t.Errorf("a hidden field: %s", a.raw)
	}
	p.api.Show("toys.price")
	org.Show("Toy__c.Price__c")
	if p.call("POST", "/crm/v3/objects/toys/search", filter).status != http.StatusOK ||
		o.get("query?q="+url.QueryEscape("SELECT Price__c FROM Toy__c")).status != http.StatusOK {
		t.Error("what was hidden stays hidden")
	}
	if got := len(p.ids("GET", "/crm/v3/objects/deals?limit=10", "")); got != deals {
		t.Errorf("%d deals, before %d: hooks of another kind", got, deals)
	}
}

// numbers are HubSpot's ids of toys.
func numbers(from, to int) []string {
	var ids []string
	for n := from; n <= to; n++ {
		ids = append(ids, strconv.Itoa(770_000+n))
	}
	return ids
}

func toyIDs(from, to int64) []string {
	var ids []string
	for n := from; n <= to; n++ {
		ids = append(ids, tables.ID("a07", n))
	}
	return ids
}

// said is what either façade answers.
type said struct {
	status  int
	raw     string
	Results []struct {
		ID         string
		Properties map[string]any
	}
	Paging         struct{ Next struct{ After string } }
	Records        []struct{ ID string }
	NextRecordsURL string
	IDs            []string
	Deleted        []struct{ ID string } `json:"deletedRecords"`
}

func say(t *testing.T, api http.Handler, token, method, target, body string) said {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	a := said{status: w.Code, raw: w.Body.String()}
	if w.Code < 300 {
		must(t, json.Unmarshal(w.Body.Bytes(), &a))
	}
	return a
}
