package salesforce

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

func TestOpportunityShape(t *testing.T) {
	o := newOrg(t, Options{FiscalYearStartMonth: time.April}).login()
	o.world.AddDeal(crmsim.Deal{
		Name: `Acme "200" seats`, Pipeline: "default", Stage: "s2", Rep: 1, Account: 1, Amount: "35000.50",
		Head: world.Head{
			Created:    time.Date(2026, 1, 14, 8, 2, 11, 999e6, time.UTC),
			Modified:   time.Date(2026, 3, 1, 0, 10, 5, 999e6, time.UTC),
			Properties: map[string]string{"Region__c": "EMEA", "region": "emea", "Type": "New Business"},
		},
		Close: time.Date(2026, 3, 31, 23, 59, 0, 0, time.UTC), ForecastCategory: "commit",
	})
	got := o.text(o.do("GET", queryPath("query", `select ID, name, stagename, Amount, probability, ExpectedRevenue,
		CloseDate, IsClosed, IsWon, ForecastCategory, ForecastCategoryName, Region__c, Product__c, Type, FiscalYear,
		FiscalQuarter, Fiscal, CreatedDate, SystemModstamp, CampaignId, Owner.Name, Owner.UserRole.Name,
		Account.Industry, RecordType.DeveloperName, IsDeleted FROM opportunity`), ""))
	const data = `/services/data/v66.0/sobjects/`
	want := `{"totalSize":1,"done":true,"records":[{"attributes":{"type":"Opportunity","url":"` + data +
		`Opportunity/006xx0000000001AAA"},"Id":"006xx0000000001AAA","Name":"Acme \"200\" seats",` +
		`"StageName":"Negotiation/Review","Amount":35000.5,"Probability":90.0,"ExpectedRevenue":31500.45,` +
		`"CloseDate":"2026-03-31","IsClosed":false,"IsWon":false,"ForecastCategory":"Forecast",` +
		`"ForecastCategoryName":"Commit","Region__c":"EMEA","Product__c":null,"Type":"New Business",` +
		`"FiscalYear":2026,"FiscalQuarter":4,"Fiscal":"2026 4","CreatedDate":"2026-01-14T08:02:11.000+0000",` +
		`"SystemModstamp":"2026-03-01T00:10:05.000+0000","CampaignId":null,` +
		`"Owner":{"attributes":{"type":"User","url":"` + data + `User/005xx0000000001AAA"},"Name":"Ann Ray",` +
		`"UserRole":{"attributes":{"type":"UserRole","url":"` + data + `UserRole/00Exx0000000001AAE"},` +
		`"Name":"Mid-Market EMEA"}},"Account":{"attributes":{"type":"Account","url":"` + data +
		`Account/001xx0000000001AAA"},"Industry":"Retail"},"RecordType":{"attributes":{"type":"RecordType","url":"` +
		data + `RecordType/012xx0000000001AAA"},"DeveloperName":"Sales_Pipeline"},"IsDeleted":false}]}`
	want = strings.ReplaceAll(want, "00Exx0000000001AAE", tables.ID("00E", 1))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNulls(t *testing.T) {
	o := newOrg(t, Options{}).login()
	o.world.AddDeal(crmsim.Deal{Name: "Bare", Pipeline: "other", Stage: "gone"})
	got := o.query("query", `SELECT Amount, CloseDate, OwnerId, Owner.Name, AccountId, Account.Name, RecordTypeId,
		RecordType.Name, Campaign.Name, Probability, ExpectedRevenue, FiscalYear, Fiscal, ForecastCategory, StageName, IsClosed
		FROM Opportunity WHERE Owner.Name = null AND CloseDate = null AND Amount = null`)
	want := map[string]any{"StageName": "gone", "IsClosed": false}
	for _, name := range []string{
		"Amount", "CloseDate", "OwnerId", "Owner", "AccountId", "Account", "RecordTypeId", "RecordType", "Campaign", "Probability",
		"ExpectedRevenue", "FiscalYear", "Fiscal", "ForecastCategory",
	} {
		want[name] = nil
	}
	if len(got.Records) != 1 {
		t.Fatalf("got %v", got)
	}
	delete(got.Records[0], "attributes")
	if diff := cmp.Diff(want, got.Records[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestIDsKeepTheOrderOfNumbers(t *testing.T) {
	before := ""
	for _, n := range []int64{1, 9, 10, 35, 36, 61, 62, 63, 3843, 3844, 1 << 30, 1 << 40} {
		id := tables.ID("006", n)
		if len(id) != 18 || id[:15] <= before {
			t.Errorf("%d is %s, after %s", n, id, before)
		}
		before = id[:15]
	}
}

func TestPaging(t *testing.T) {
	o := newOrg(t, Options{}).login()
	o.addDeals(4_500)
	soql := "SELECT Id FROM Opportunity ORDER BY Id"
	sizes := func(header ...string) (sizes []int) {
		p := o.query("queryAll", soql, header...)
		for {
			sizes = append(sizes, len(p.Records))
			if p.Total != 4_500 || p.Done != (p.Next == "") {
				t.Fatalf("total %d, done %t, next %q", p.Total, p.Done, p.Next)
			}
			if p.Done {
				return sizes
			}
			if !strings.HasPrefix(p.Next, "/services/data/v66.0/query/0r8") {
				t.Fatalf("next %q", p.Next)
			}
			next := p.Next
			p = answerPage{}
			o.decode(o.do("GET", next, "", header...), http.StatusOK, &p)
		}
	}
	tests := map[string][]int{
		"":               {2000, 2000, 500},
		"batchSize=1500": {1500, 1500, 1500},
		"batchSize=199":  {2000, 2000, 500}, // outside the range: ignored
		"batchSize=9999": {2000, 2000, 500},
	}
	for header, want := range tests {
		if diff := cmp.Diff(want, sizes("Sforce-Query-Options", header)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", header, diff)
		}
	}
	ids := valuesOf(o.all("query", soql), "Id")
	for i, id := range ids {
		if id != tables.ID("006", int64(i+1)) {
			t.Fatalf("row %d is %v", i, id)
		}
	}
	if p := o.query("query", soql+" LIMIT 2001"); p.Total != 2001 || p.Done {
		t.Errorf("LIMIT: total %d, done %t", p.Total, p.Done)
	}
	if p := o.query("query", soql+" OFFSET 100"); p.Total != 2000 || !p.Done || len(p.Records) != 2000 {
		t.Errorf("OFFSET: total %d, done %t", p.Total, p.Done)
	}
	if p := o.query("query", "SELECT COUNT() FROM Opportunity"); p.Total != 4_500 || len(p.Records) != 0 || !p.Done {
		t.Errorf("COUNT: %v", p)
	}
	groups := o.do("GET", queryPath("query", "SELECT COUNT(Id) FROM Opportunity GROUP BY Id"), "")
	o.wantFailure(groups, http.StatusBadRequest, "EXCEEDED_ID_LIMIT")
}

func TestShrunkPagesLoseNothing(t *testing.T) {
	o := newOrg(t, Options{ShrinkPages: true, PageSize: 50, Seed: 7}).login()
	o.addDeals(500)
	ids := map[any]bool{}
	records := o.all("query", "SELECT Id FROM Opportunity")
	for _, id := range valuesOf(records, "Id") {
		ids[id] = true
	}
	if len(ids) != 500 || len(records) != 500 {
		t.Errorf("%d records, %d ids", len(records), len(ids))
	}
	if n := o.Calls(); n < 12 {
		t.Errorf("%d pages: none was shrunk", n)
	}
}

func TestLocators(t *testing.T) {
	o := newOrg(t, Options{PageSize: 10, SessionTimeout: 24 * time.Hour * 10}).login()
	o.addDeals(25)
	p := o.query("query", "SELECT Id, Name, IsDeleted FROM Opportunity ORDER BY Id")
	// The list of rows is frozen, what they say is not.
	if err := o.world.Update(12, func(d *crmsim.Deal) { d.Name = "Renamed" }); err != nil {
		t.Fatal(err)
	}
	if err := o.world.Purge(13); err != nil {
		t.Fatal(err)
	}
	o.addDeals(1)
	var second answerPage
	o.decode(o.do("GET", p.Next, ""), http.StatusOK, &second)
	if second.Total != 25 || len(second.Records) != 9 || second.Records[1]["Name"] != "Renamed" {
		t.Errorf("got %v", second)
	}
	o.decode(o.do("GET", p.Next, ""), http.StatusOK, &second) // the same page can be fetched again

	o.clock = start.Add(48*time.Hour - time.Second)
	o.decode(o.do("GET", p.Next, ""), http.StatusOK, &second)
	o.clock = start.Add(48 * time.Hour)
	o.wantFailure(o.do("GET", p.Next, ""), http.StatusBadRequest, "INVALID_QUERY_LOCATOR")
	o.wantFailure(o.do("GET", strings.Replace(p.Next, "-10", "-25", 1), ""), 400, "INVALID_QUERY_LOCATOR")

	p = o.query("query", "SELECT Id FROM Opportunity")
	o.KillSessions()
	o.login() // a new session does not revive the old one's locators
	o.wantFailure(o.do("GET", p.Next, ""), http.StatusUnauthorized, "INVALID_SESSION_ID")
}

func TestQueryFailures(t *testing.T) {
	o := newOrg(t, Options{QueryTimeout: time.Hour}).login()
	tests := map[string]string{
		"SELECT Id FORM Opportunity":                                              "MALFORMED_QUERY",
		"SELECT Id, Foo FROM Opportunity":                                         "INVALID_FIELD",
		"SELECT Id FROM Opportunityx":                                             "INVALID_TYPE",
		"SELECT Id FROM Opportunity OFFSET 2001":                                  "NUMBER_OUTSIDE_VALID_RANGE",
		"SELECT Id FROM Opportunity WHERE CreatedDate > '2026-01-01T00:00:00Z'":   "INVALID_FIELD",
		"SELECT Id FROM Period WHERE FullyQualifiedLabel = 'FY 2026'":             "INVALID_FIELD",
		"SELECT Id FROM Opportunity WHERE SystemModstamp >= 2026-03-18T14:29:59Z": "QUERY_TIMEOUT",
		"SELECT Id FROM Opportunity WHERE SystemModstamp < 2026-03-18T14:29:59Z":  "QUERY_TIMEOUT",
		"SELECT Id FROM Opportunity WHERE SystemModstamp >= 2026-03-18T14:30:00Z": "",
		"SELECT Id FROM Opportunity WHERE SystemModstamp >= 2026-03-01T00:00:00Z " +
			"AND SystemModstamp < 2026-03-01T01:00:00Z": "",
		"SELECT Id FROM Opportunity WHERE Id > '006xx0000000001' ORDER BY Id LIMIT 2000": "",
	}
	for soql, want := range tests {
		r := o.do("GET", queryPath("query", soql), "")
		if want == "" {
			if r.Code != http.StatusOK {
				t.Errorf("%s: %s", soql, o.text(r))
			}
			continue
		}
		if got := o.failure(r, http.StatusBadRequest); got != want {
			t.Errorf("%s: got %s, want %s", soql, got, want)
		}
	}
}

func TestReferenceData(t *testing.T) {
	o := newOrg(t, Options{FiscalYearStartMonth: time.February}).login()
	tests := []struct {
		soql, field string
		want        []any
	}{
		{
			"SELECT ApiName FROM OpportunityStage ORDER BY SortOrder", "ApiName",
			[]any{"Prospecting", "Negotiation/Review", "Closed Won", "Closed Lost", "Joint Proposal"},
		},
		{"SELECT DefaultProbability FROM OpportunityStage WHERE IsWon = true", "DefaultProbability", []any{100.0}},
		{
			"SELECT ForecastCategoryName FROM OpportunityStage WHERE ApiName = 'negotiation/review'", "ForecastCategoryName",
			[]any{"Commit"},
		},
		{"SELECT Name FROM RecordType WHERE SobjectType = 'Opportunity'", "Name", []any{"Sales Pipeline", "Partner"}},
		{"SELECT Name FROM User WHERE UserType = 'Standard' AND IsActive = false", "Name", []any{"Bob Lee"}},
		{"SELECT Name FROM User WHERE UserRole.Name LIKE 'Mid%'", "Name", []any{"Ann Ray"}},
		{"SELECT DeveloperName FROM UserRole", "DeveloperName", []any{"Mid_Market_EMEA"}},
		{"SELECT FiscalYearStartMonth FROM Organization", "FiscalYearStartMonth", []any{2.0}},
		{"SELECT TimeZoneSidKey FROM Organization", "TimeZoneSidKey", []any{"Europe/Berlin"}},
		{
			"SELECT StartDate FROM Period WHERE Type = 'Year' AND EndDate >= TODAY", "StartDate",
			[]any{"2026-02-01", "2027-02-01"},
		},
		{
			"SELECT EndDate FROM Period WHERE Type = 'Quarter' AND StartDate <= TODAY AND EndDate >= TODAY", "EndDate",
			[]any{"2026-04-30"},
		},
		{
			"SELECT FullyQualifiedLabel FROM Period WHERE Type = 'Month' AND StartDate = THIS_MONTH", "FullyQualifiedLabel",
			[]any{"March FY 2027"},
		},
		{"SELECT BillingCountry, Industry FROM Account", "Industry", []any{"Retail"}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, valuesOf(o.all("query", test.soql), test.field)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.soql, diff)
		}
	}
}

func TestMultiCurrency(t *testing.T) {
	o := newOrg(t, Options{MultiCurrency: true}).login()
	o.addDeals(1)
	o.world.AddDeal(crmsim.Deal{Pipeline: "default", Stage: "s1", Amount: "5", Currency: "EUR"})
	codes := valuesOf(o.all("query", "SELECT CurrencyIsoCode FROM Opportunity"), "CurrencyIsoCode")
	rates := valuesOf(o.all("query", "SELECT ConversionRate FROM CurrencyType ORDER BY IsCorporate"), "ConversionRate")
	if got := fmt.Sprint(codes, rates); got != "[USD EUR] [0.8 1]" {
		t.Errorf("got %s", got)
	}
}
