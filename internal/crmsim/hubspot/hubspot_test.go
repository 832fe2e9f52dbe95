package hubspot_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "pat-na1-simulated"

// clock is a virtual clock that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

// portal is a small account behind its API.
type portal struct {
	t       *testing.T
	clock   *clock
	world   *crmsim.World
	api     *hubspot.Handler
	company int64
	rep     int64
	deals   []int64
}

func unlimited() hubspot.Limits {
	return hubspot.Limits{TenSecondly: -1, SearchSecondly: -1, Daily: -1}
}

// newPortal makes an account with n open deals, one a minute, the last of them a minute ago.
func newPortal(t *testing.T, n int, options hubspot.Options) *portal {
	t.Helper()
	c := &clock{at: time.Date(2026, time.November, 18, 12, 0, 0, 0, time.UTC)}
	w := crmsim.NewWorld(c.now, crmsim.Info{
		Number: 12345678, Currency: "USD", TimeZone: "US/Eastern", Rates: map[string]string{"EUR": "1.0842"},
	})
	w.AddPipeline(crmsim.Pipeline{ID: "default", Label: "Sales Pipeline", Stages: []crmsim.Stage{
		{ID: "qualified", Label: "Qualified", Probability: "0.2", ForecastCategory: crm.ForecastPipeline},
		{ID: "closedwon", Label: "Closed Won", Closed: true, Won: true, Probability: "1.0"},
		{ID: "closedlost", Label: "Closed Lost", Closed: true, Probability: "0.0"},
	}})
	p := &portal{t: t, clock: c, world: w}
	p.company = w.AddAccount(crmsim.Account{
		Head: world.Head{Properties: map[string]string{"industry": "RETAIL"}}, Name: "Granite Foods",
	})
	p.rep = w.AddRep(crmsim.Rep{
		FirstName: "Ada", LastName: "Brandt", Email: "ada@example.test", Team: w.AddTeam("Enterprise"), Active: true,
	})
	for i := range n {
		at := c.at.Add(-time.Duration(n-i) * time.Minute)
		p.deals = append(p.deals, w.AddDeal(crmsim.Deal{
			Head: world.Head{
				Created: at, Modified: at, VisibleAt: at, Properties: map[string]string{"region": "emea", "Region__c": "EMEA"},
			},
			Name: fmt.Sprintf("Deal %d", i), Pipeline: "default", Stage: "qualified", Rep: p.rep, Account: p.company,
			Amount: strconv.Itoa(100*(i+1)) + ".50", StageEntered: at,
			Close: c.at.AddDate(0, 0, i+1),
		}))
	}
	if options.Limits == (hubspot.Limits{}) {
		options.Limits = unlimited()
	}
	options.Tokens = append(options.Tokens, secret)
	p.api = hubspot.NewHandler(w, options)
	return p
}

// answer is a decoded answer.
type answer struct {
	status int
	header http.Header
	raw    string

	ID         string         `json:"id"`
	Total      int            `json:"total"`
	Results    []record       `json:"results"`
	Properties map[string]any `json:"properties"`
	Paging     *struct {
		Next struct {
			After string `json:"after"`
		} `json:"next"`
	} `json:"paging"`
	Status     string `json:"status"`
	Message    string `json:"message"`
	Category   string `json:"category"`
	PolicyName string `json:"policyName"`
	NumErrors  int    `json:"numErrors"`
	Errors     []struct {
		Category    string              `json:"category"`
		SubCategory string              `json:"subCategory"`
		Context     map[string][]string `json:"context"`
	} `json:"errors"`
	Context map[string][]string `json:"context"`
}

type record struct {
	ID           string         `json:"id"`
	Properties   map[string]any `json:"properties"`
	Archived     bool           `json:"archived"`
	ArchivedAt   string         `json:"archivedAt"`
	UpdatedAt    string         `json:"updatedAt"`
	Associations map[string]struct {
		Results []struct{ ID, Type string }
	} `json:"associations"`
	From struct{ ID string } `json:"from"`
	To   []struct {
		ToObjectID json.RawMessage `json:"toObjectId"`
		Types      []struct {
			TypeID int     `json:"typeId"`
			Label  *string `json:"label"`
		} `json:"associationTypes"`
	} `json:"to"`
}

func (a answer) ids() []string {
	ids := []string{}
	for _, r := range a.Results {
		ids = append(ids, r.ID)
	}
	return ids
}

func (a answer) after() string {
	if a.Paging == nil {
		return ""
	}
	return a.Paging.Next.After
}

func (p *portal) do(r *http.Request) answer {
	p.t.Helper()
	recorded := httptest.NewRecorder()
	p.api.ServeHTTP(recorded, r)
	a := answer{status: recorded.Code, header: recorded.Header(), raw: recorded.Body.String()}
	if strings.HasPrefix(recorded.Header().Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(recorded.Body.Bytes(), &a); err != nil {
			p.t.Fatalf("%s %s: %v in %s", r.Method, r.URL, err, a.raw)
		}
	}
	return a
}

func (p *portal) request(method, path string, body any) *http.Request {
	var reader io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(body)
	default:
		encoded, err := json.Marshal(body)
		if err != nil {
			p.t.Fatal(err)
		}
		reader = bytes.NewReader(encoded)
	}
	r := httptest.NewRequest(method, path, reader)
	r.Header.Set("Authorization", "Bearer "+secret)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func (p *portal) get(path string) answer {
	p.t.Helper()
	return p.do(p.request(http.MethodGet, path, nil))
}

func (p *portal) post(path string, body any) answer {
	p.t.Helper()
	return p.do(p.request(http.MethodPost, path, body))
}

// expect fails the test unless the answer has the status and the category.
func (a answer) expect(t *testing.T, status int, category string) {
	t.Helper()
	if a.status != status || a.Category != category {
		t.Errorf("status %d, category %q, want %d, %q: %s", a.status, a.Category, status, category, a.raw)
	}
}

func ids(deals ...int64) []string {
	list := []string{}
	for _, id := range deals {
		list = append(list, hubspot.DealID(id))
	}
	return list
}

func TestSpellingsOfPaths(t *testing.T) {
	p := newPortal(t, 2, hubspot.Options{})
	for _, path := range []string{
		"/crm/objects/2026-03/deals", "/crm/objects/2026-09/deals", "/crm/objects/2026-09/0-3", "/crm/v3/objects/deals",
		"/crm/v3/objects/0-2", "/crm/objects/2026-09/companies",
		"/crm/owners/2026-09", "/crm/v3/owners", "/crm/v3/owners/",
		"/crm/pipelines/2026-03/deals", "/crm/v3/pipelines/deals",
		"/crm/properties/2026-09/deals", "/crm/v3/properties/deals",
		"/account-info/2026-09/details", "/account-info/v3/details",
		"/account-info/2026-09/api-usage/daily/private-apps",
	} {
		if a := p.get(path); a.status != http.StatusOK || a.header.Get("X-HubSpot-Correlation-Id") == "" {
			t.Errorf("GET %s: %d %s", path, a.status, a.raw)
		}
	}
	for _, path := range []string{
		"/crm/objects/2025-09/deals", "/crm/objects/2026-09", "/crm/v2/objects/deals", "/nothing", "/",
	} {
		p.get(path).expect(t, http.StatusNotFound, "OBJECT_NOT_FOUND")
	}
	if a := p.get("/crm/objects/2026-09/widgets"); a.status != 400 || a.Category != "" ||
		a.Message != "Unable to infer object type from: widgets" {
		t.Errorf("unknown object type: %d %s", a.status, a.raw)
	}
}

func TestList(t *testing.T) {
	p := newPortal(t, 25, hubspot.Options{})
	var listed []string
	after, pages := "", 0
	for more := true; more; more = after != "" {
		a := p.get("/crm/objects/2026-09/deals?limit=10&properties=amount,dealstage,nosuch&after=" + orZero(after))
		listed = append(listed, a.ids()...)
		after = a.after()
		pages++
		if after != "" && after != hubspot.DealID(p.deals[pages*10]) {
			t.Errorf("after page %d comes %s, not the next record's id", pages, after)
		}
	}
	if !slices.Equal(listed, ids(p.deals...)) || pages != 3 {
		t.Errorf("%d pages with %v", pages, listed)
	}
	if got := len(p.get("/crm/objects/2026-09/deals").Results); got != 10 {
		t.Errorf("%d results without a limit", got)
	}
	for _, query := range []string{"limit=0", "limit=101", "limit=x", "archived=1", "after=MTA="} {
		p.get("/crm/objects/2026-09/deals?"+query).expect(t, http.StatusBadRequest, "VALIDATION_ERROR")
	}
}

func orZero(after string) string {
	if after == "" {
		return "0"
	}
	return after
}

func TestProperties(t *testing.T) {
	p := newPortal(t, 1, hubspot.Options{})
	deal := p.deals[0]
	if err := p.world.Update(deal, func(d *crmsim.Deal) { d.Amount, d.Currency = "100.50", "EUR" }); err != nil {
		t.Fatal(err)
	}
	asked := "?properties=amount,amount_in_home_currency,region,Region__c,deal_currency_code,hs_is_closed," +
		"hs_is_closed_won,hs_deal_stage_probability,hubspot_owner_id,hubspot_team_id,hs_merged_object_ids,closedate," +
		"hs_v2_date_entered_qualified,hs_v2_date_entered_closedwon,hs_manual_forecast_category,nosuch"
	got := p.get("/crm/objects/2026-09/deals/" + hubspot.DealID(deal) + asked).Properties
	want := map[string]any{
		"hs_object_id": hubspot.DealID(deal), "createdate": "2026-11-18T11:59:00.000Z",
		"hs_lastmodifieddate": "2026-11-18T12:00:00.000Z", "closedate": "2026-11-19T12:00:00.000Z",
		"amount": "100.50", "deal_currency_code": "EUR", "amount_in_home_currency": "108.96210000",
		"region": "emea", "hs_is_closed": "false", "hs_is_closed_won": "false",
		"hs_deal_stage_probability":    "0.200000000000000011102230246251565404236316680908203125",
		"hubspot_owner_id":             hubspot.OwnerID(p.rep),
		"hubspot_team_id":              "368001",
		"hs_merged_object_ids":         nil,
		"hs_v2_date_entered_qualified": "2026-11-18T11:59:00.000Z", "hs_v2_date_entered_closedwon": nil,
		"hs_manual_forecast_category": nil,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("properties\n got %v\nwant %v", got, want)
	}

	if err := p.world.Win(deal); err != nil {
		t.Fatal(err)
	}
	won := p.get("/crm/objects/2026-09/deals/" + hubspot.DealID(deal) + asked).Properties
	if won["hs_is_closed"] != "true" || won["hs_is_closed_won"] != "true" || won["hs_deal_stage_probability"] != "1" {
		t.Errorf("a won deal has %v", won)
	}
	shown := p.get("/crm/objects/2026-09/deals").Results[0].Properties
	if len(shown) != 8 { // five of a deal and three that always come
		t.Errorf("without a request for properties there are %v", shown)
	}
}

func TestAbsentValues(t *testing.T) {
	tests := map[string]struct {
		absent hubspot.Absent
		want   string
	}{
		"null":    {hubspot.AbsentNull, `"amount":null`},
		"empty":   {hubspot.AbsentEmpty, `"amount":""`},
		"omitted": {hubspot.AbsentOmitted, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t, 1, hubspot.Options{Absent: test.absent})
			if err := p.world.SetAmount(p.deals[0], ""); err != nil {
				t.Fatal(err)
			}
			raw := p.get("/crm/objects/2026-09/deals?properties=amount").raw
			if test.want == "" && strings.Contains(raw, "amount") || !strings.Contains(raw, test.want) {
				t.Errorf("%s, want %q", raw, test.want)
			}
		})
	}
}

func TestArchiveMergeAndPurge(t *testing.T) {
	p := newPortal(t, 5, hubspot.Options{BatchFollowsMerges: false})
	const deals = "/crm/objects/2026-09/deals"
	before := p.get(deals + "/" + hubspot.DealID(p.deals[0])).Properties["hs_lastmodifieddate"]
	p.clock.pass(time.Hour)
	if err := p.world.Archive(p.deals[0]); err != nil {
		t.Fatal(err)
	}
	if err := p.world.Purge(p.deals[1]); err != nil {
		t.Fatal(err)
	}
	survivor, err := p.world.Merge(p.deals[2], p.deals[3])
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.get(deals).ids(), ids(p.deals[4], survivor); !slices.Equal(got, want) {
		t.Errorf("list has %v, want %v", got, want)
	}
	if got, want := p.post(deals+"/search", map[string]any{}).ids(), ids(p.deals[4], survivor); !equalSets(got, want) {
		t.Errorf("search finds %v, want %v", got, want)
	}
	bin := p.get(deals + "?archived=true")
	if !slices.Equal(bin.ids(), ids(p.deals[0])) || !bin.Results[0].Archived ||
		bin.Results[0].ArchivedAt != "2026-11-18T13:00:00.000Z" || bin.Results[0].UpdatedAt != before {
		t.Errorf("recycle bin: %s", bin.raw)
	}
	p.get(deals+"/"+hubspot.DealID(p.deals[0])).expect(t, http.StatusNotFound, "OBJECT_NOT_FOUND")
	p.get(deals+"/"+hubspot.DealID(p.deals[0])+"?archived=true").expect(t, http.StatusOK, "")
	p.get(deals+"/"+hubspot.DealID(p.deals[1])).expect(t, http.StatusNotFound, "OBJECT_NOT_FOUND")

	merged := p.get(deals + "/" + hubspot.DealID(p.deals[2]) + "?properties=hs_merged_object_ids")
	if merged.ID != hubspot.DealID(survivor) ||
		merged.Properties["hs_merged_object_ids"] != strings.Join(ids(p.deals[2], p.deals[3]), ";") {
		t.Errorf("a merged-away id answers %s", merged.raw)
	}
	if err := p.world.Restore(p.deals[0]); err != nil {
		t.Fatal(err)
	}
	restored := p.get(deals + "/" + hubspot.DealID(p.deals[0]))
	if restored.status != http.StatusOK || restored.Properties["hs_lastmodifieddate"] != before {
		t.Errorf("restored: %s", restored.raw)
	}
}

func equalSets(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func TestBatchRead(t *testing.T) {
	const path = "/crm/objects/2026-09/deals/batch/read"
	inputs := func(ids ...string) map[string]any {
		list := []map[string]string{}
		for _, id := range ids {
			list = append(list, map[string]string{"id": id})
		}
		return map[string]any{"inputs": list, "properties": []string{"amount"}}
	}
	p := newPortal(t, 4, hubspot.Options{})
	a := p.post(path, inputs(ids(p.deals[2], p.deals[0], p.deals[0])...))
	if a.status != http.StatusOK || !slices.Equal(a.ids(), ids(p.deals[0], p.deals[2])) || a.Status != "COMPLETE" {
		t.Errorf("batch read: %d %s", a.status, a.raw)
	}
	a = p.post(path, inputs(append(ids(p.deals[0]), "999")...))
	if a.status != http.StatusMultiStatus || a.NumErrors != 1 || a.Errors[0].Category != "OBJECT_NOT_FOUND" ||
		!slices.Equal(a.Errors[0].Context["ids"], []string{"999"}) || !slices.Equal(a.ids(), ids(p.deals[0])) {
		t.Errorf("batch read with an unknown id: %d %s", a.status, a.raw)
	}
	p.post(path, inputs(make([]string, 101)...)).expect(t, http.StatusBadRequest, "VALIDATION_ERROR")
	p.post(path, inputs()).expect(t, http.StatusBadRequest, "VALIDATION_ERROR")

	for _, follows := range []bool{false, true} {
		p := newPortal(t, 2, hubspot.Options{BatchFollowsMerges: follows})
		survivor, err := p.world.Merge(p.deals[0], p.deals[1])
		if err != nil {
			t.Fatal(err)
		}
		a := p.post(path, inputs(ids(p.deals[0])...))
		if got := slices.Equal(a.ids(), ids(survivor)); got != follows {
			t.Errorf("follows merges is %t: %s", follows, a.raw)
		}
	}
}

func TestAssociations(t *testing.T) {
	const path = "/crm/associations/2026-09/deals/companies/batch/read"
	p := newPortal(t, 120, hubspot.Options{})
	lonely := p.world.AddDeal(crmsim.Deal{Name: "lonely", Pipeline: "default", Stage: "qualified"})
	a := p.post(path, map[string]any{"inputs": []map[string]any{
		{"id": hubspot.DealID(p.deals[0])}, {"id": hubspot.DealID(lonely)},
	}})
	if a.status != http.StatusMultiStatus || a.NumErrors != 1 || len(a.Results) != 1 ||
		a.Errors[0].SubCategory != "crm.associations.NO_ASSOCIATIONS_FOUND" ||
		!slices.Equal(a.Errors[0].Context["fromObjectId"], ids(lonely)) {
		t.Fatalf("associations: %d %s", a.status, a.raw)
	}
	to := a.Results[0].To[0]
	if string(to.ToObjectID) != hubspot.CompanyID(p.company) { // a JSON number, without quotes
		t.Errorf("toObjectId is %s", to.ToObjectID)
	}
	if to.Types[0].TypeID != 5 || to.Types[0].Label == nil || *to.Types[0].Label != "Primary" {
		t.Errorf("association types: %s", a.raw)
	}
	p.post(path, map[string]any{"inputs": make([]map[string]any, 1001)}).expect(t, 400, "VALIDATION_ERROR")

	inline := p.get("/crm/objects/2026-09/deals?limit=1&associations=companies,unicorns").Results[0].Associations
	if got := inline["companies"].Results; len(got) != 2 || got[0].ID != hubspot.CompanyID(p.company) ||
		got[0].Type != "deal_to_company" {
		t.Errorf("inline associations: %v", inline)
	}
	crowded := p.get("/crm/v3/objects/companies?associations=deals").Results[0].Associations["deals"].Results
	if len(crowded) != 2*100 {
		t.Errorf("%d inline associations of a company with 120 deals", len(crowded))
	}
}

// TestSeveralAssociations gives a deal companies beside its primary one, of which two merge.
func TestSeveralAssociations(t *testing.T) {
	const path = "/crm/associations/2026-09/deals/companies/batch/read"
	p := newPortal(t, 1, hubspot.Options{AssociationPage: 2})
	var companies []int64
	for range 4 {
		companies = append(companies, p.world.AddAccount(crmsim.Account{}))
	}
	deal := p.world.AddDeal(crmsim.Deal{
		Pipeline: "default", Stage: "qualified", Account: companies[2], Further: []int64{companies[3], companies[0], companies[1]},
	})
	read := func() (types map[string][]int, pages int) {
		t.Helper()
		types = map[string][]int{}
		for after, more := "", true; more; pages++ {
			a := p.post(path, map[string]any{"inputs": []map[string]any{{"id": hubspot.DealID(deal), "after": after}}})
			if len(a.Results) != 1 || len(a.Results[0].To) > 2 {
				t.Fatalf("associations: %d %s", a.status, a.raw)
			}
			for _, to := range a.Results[0].To {
				for _, kind := range to.Types {
					types[string(to.ToObjectID)] = append(types[string(to.ToObjectID)], kind.TypeID)
				}
			}
			_, after, more = strings.Cut(a.raw, `"after":"`)
			after, _, _ = strings.Cut(after, `"`)
		}
		return types, pages
	}
	want := map[string][]int{
		hubspot.CompanyID(companies[0]): {341}, hubspot.CompanyID(companies[1]): {341},
		hubspot.CompanyID(companies[2]): {5, 341}, hubspot.CompanyID(companies[3]): {341},
	}
	if got, pages := read(); !maps.EqualFunc(got, want, slices.Equal) || pages != 2 {
		t.Errorf("%v on %d pages, want %v on 2", got, pages, want)
	}
	survivor, err := p.world.MergeAccounts(companies[0], companies[1])
	if err != nil {
		t.Fatal(err)
	}
	delete(want, hubspot.CompanyID(companies[0]))
	delete(want, hubspot.CompanyID(companies[1]))
	want[hubspot.CompanyID(survivor)] = []int{341}
	if got, _ := read(); !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%v after a merge, want %v", got, want)
	}
	back := p.get("/crm/objects/2026-09/companies?limit=100&associations=deals")
	for _, company := range back.Results {
		deals := company.Associations["deals"].Results
		if kinds, ok := want[company.ID]; ok && len(deals) != len(kinds) {
			t.Errorf("company %s has the deals %v", company.ID, deals)
		}
	}
}

func TestReferenceData(t *testing.T) {
	p := newPortal(t, 1, hubspot.Options{})
	for i := range 2 {
		p.world.AddRep(crmsim.Rep{FirstName: "Former", LastName: strconv.Itoa(i), Email: "f@example.test"})
	}
	active := p.get("/crm/owners/2026-09")
	if !slices.Equal(active.ids(), []string{hubspot.OwnerID(p.rep)}) ||
		!strings.Contains(active.raw, `"userId":555001`) ||
		!strings.Contains(active.raw, `"teams":[{"id":"368001","name":"Enterprise","primary":true}]`) {
		t.Errorf("owners: %s", active.raw)
	}
	first := p.get("/crm/owners/2026-09?archived=true&limit=1")
	if len(first.Results) != 1 || !strings.Contains(first.raw, `"userId":null`) || strings.Contains(first.raw, "teams") {
		t.Errorf("archived owners: %s", first.raw)
	}
	if first.after() == "" || strings.Trim(first.after(), "0123456789") == "" {
		t.Errorf("the token of owners looks like a number: %q", first.after())
	}
	second := p.get("/crm/owners/2026-09?archived=true&limit=1&after=" + url.QueryEscape(first.after()))
	if len(second.Results) != 1 || second.Results[0].ID == first.Results[0].ID || second.after() != "" {
		t.Errorf("second page of owners: %s", second.raw)
	}
	if raw := p.get("/crm/pipelines/2026-09/deals").raw; !strings.Contains(raw,
		`"metadata":{"isClosed":"true","probability":"1.0"}`) {
		t.Errorf("pipelines: %s", raw)
	}
	definitions := p.get("/crm/properties/2026-09/deals").raw
	for _, want := range []string{
		`"name":"hs_v2_date_entered_closedwon"`, `"name":"region"`, `"name":"amount","label":"Amount","type":"number"`,
	} {
		if !strings.Contains(definitions, want) {
			t.Errorf("no %s in the properties", want)
		}
	}
	if strings.Contains(definitions, "Region__c") {
		t.Error("HubSpot shows a property of Salesforce")
	}
	if raw := p.get("/account-info/2026-09/details").raw; !strings.Contains(raw, `"timeZone":"US/Eastern"`) ||
		!strings.Contains(raw, `"companyCurrency":"USD"`) || !strings.Contains(raw, `"utcOffsetMilliseconds":-18000000`) {
		t.Errorf("details: %s", raw)
	}
}

func TestAccountChanges(t *testing.T) {
	p := newPortal(t, 1, hubspot.Options{})
	p.world.UpdateInfo(func(i *crmsim.Info) { i.Currency, i.Number = "EUR", 77 })
	if raw := p.get("/account-info/2026-09/details").raw; !strings.Contains(raw, `"companyCurrency":"EUR"`) ||
		!strings.Contains(raw, `"portalId":77`) {
		t.Errorf("details: %s", raw)
	}
}

func TestConcurrentUse(t *testing.T) {
	p := newPortal(t, 50, hubspot.Options{})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 8 {
				if got := len(p.get("/crm/objects/2026-09/deals?limit=50&associations=companies").Results); got != 50 {
					t.Errorf("%d deals", got)
				}
				if total := p.post(searchPath, map[string]any{}).Total; total != 50 {
					t.Errorf("found %d deals", total)
				}
				if err := p.world.SetAmount(p.deals[i], "1"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := p.api.Count(http.MethodPost, "*/search"); got != 32 {
		t.Errorf("%d searches recorded", got)
	}
}
