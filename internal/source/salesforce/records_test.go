package salesforce

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func testObject() *object {
	o := opportunities(money{field: ownAmount})
	o.mapped = []dimension{
		{name: "business_type", path: "Type", mapping: config.Mapping{Values: map[string]string{"New": "new"}}},
		{name: "product", path: "Campaign.Name"},
	}
	return o
}

// opportunity returns a readable opportunity with changes, as JSON texts by field; "" removes a field.
func opportunity(t *testing.T, changes map[string]string) json.RawMessage {
	t.Helper()
	row := map[string]json.RawMessage{
		"attributes": json.RawMessage(`{"type":"Opportunity"}`), "Id": json.RawMessage(`"006xx0000012abcAAA"`),
		"IsDeleted": json.RawMessage("false"), "StageName": json.RawMessage(`"Prospecting"`),
		"IsClosed": json.RawMessage("false"), "IsWon": json.RawMessage("false"),
		"CloseDate":      json.RawMessage(`"2026-03-31"`),
		"CreatedDate":    json.RawMessage(`"2026-01-14T00:00:00.000+0000"`),
		"SystemModstamp": json.RawMessage(`"2026-03-01T00:10:05.000+0000"`),
	}
	for field, text := range changes {
		row[field] = json.RawMessage(text)
		if text == "" {
			delete(row, field)
		}
	}
	encoded, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func TestDecodeDeal(t *testing.T) {
	base := crm.Deal{
		Head:  record.Head{ID: "006xx0000012abcAAA", Version: time.Date(2026, 3, 1, 0, 10, 5, 0, time.UTC).UnixMilli()},
		Stage: "Prospecting", Outcome: crm.OutcomeOpen, Probability: value.ProbabilityUnknown,
		Created: value.Moment(time.Date(2026, 1, 14, 0, 0, 0, 0, time.UTC)), Closed: value.Date(2026, 3, 31),
	}
	cases := []struct {
		name    string
		changes map[string]string
		want    func(d *crm.Deal)
	}{
		{"least", nil, func(*crm.Deal) {}},
		{"short id", map[string]string{"Id": `"006xx0000012abc"`}, func(*crm.Deal) {}},
		{"lower-case key", map[string]string{"StageName": "", "stagename": `"Prospecting"`}, func(*crm.Deal) {}},
		{"amount in scientific notation", map[string]string{"Amount": "1.64329406E8"}, func(d *crm.Deal) {
			d.Amount, d.AmountKnown = 1_643_294_060_000, true
		}},
		{"amount that a float cannot hold", map[string]string{"Amount": "9007199254740.9931"}, func(d *crm.Deal) {
			d.Amount, d.AmountKnown = 90_071_992_547_409_931, true
		}},
		{"amount zero", map[string]string{"Amount": "0.0"}, func(d *crm.Deal) { d.AmountKnown = true }},
		{"amount null", map[string]string{"Amount": "null"}, func(*crm.Deal) {}},
		{"percent", map[string]string{"Probability": "90.0"}, func(d *crm.Deal) { d.Probability = 900_000 }},
		{"percent beyond", map[string]string{"Probability": "1000"}, func(d *crm.Deal) { d.Probability = 1_000_000 }},
		{"won", map[string]string{"IsWon": "true", "IsClosed": "true"}, func(d *crm.Deal) { d.Outcome = crm.OutcomeWon }},
		{"lost", map[string]string{"IsClosed": "true"}, func(d *crm.Deal) { d.Outcome = crm.OutcomeLost }},
		{"best case", map[string]string{"ForecastCategoryName": `"Best Case"`}, func(d *crm.Deal) {
			d.ForecastCategory = crm.ForecastBestCase
		}},
		{
			"renamed category",
			map[string]string{"ForecastCategory": `"Forecast"`, "ForecastCategoryName": `"Zusage"`},
			func(d *crm.Deal) { d.ForecastCategory = crm.ForecastCommit },
		},
		{"unknown category", map[string]string{"ForecastCategoryName": `"Zusage"`}, func(*crm.Deal) {}},
		{"RFC 3339 times", map[string]string{"SystemModstamp": `"2026-03-01T00:10:05Z"`}, func(*crm.Deal) {}},
		{"times with zone", map[string]string{"CreatedDate": `"2026-01-14T01:00:00.000+0100"`}, func(*crm.Deal) {}},
		{"close date with time", map[string]string{"CloseDate": `"2026-03-31T23:00:00.000-0800"`}, func(*crm.Deal) {}},
		{"no close date", map[string]string{"CloseDate": "null"}, func(d *crm.Deal) { d.Closed = value.Instant{} }},
		{"lookups", map[string]string{
			"OwnerId": `"005xx000001SwiU"`, "AccountId": "null", "RecordTypeId": `"012000000000001AAA"`,
		}, func(d *crm.Deal) { d.Rep, d.Pipeline = "005xx000001SwiUAAS", "012000000000001AAA" }},
		{"master record type", map[string]string{"RecordTypeId": `"012000000000000AAA"`}, func(*crm.Deal) {}},
		{
			"dimensions",
			map[string]string{"Type": `" New "`, "Campaign": `{"attributes":{},"Name":"Spring"}`},
			func(d *crm.Deal) { d.Dimensions = value.Dimensions{"business_type": "new", "product": "Spring"} },
		},
		{"null parent", map[string]string{"Campaign": "null"}, func(*crm.Deal) {}},
		{"dimension number", map[string]string{"Type": "3.0"}, func(d *crm.Deal) {
			d.Dimensions = value.Dimensions{"business_type": "3.0"}
		}},
		{"compound dimension", map[string]string{"Type": `{"city":"Rome"}`}, func(*crm.Deal) {}},
		{"currency", map[string]string{"CurrencyIsoCode": `"EUR"`}, func(d *crm.Deal) { d.Currency = "EUR" }},
		{"stage entered", map[string]string{"LastStageChangeDate": `"2026-02-01T00:00:00.000+0000"`}, func(d *crm.Deal) {
			d.StageEntered = value.Moment(time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC))
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			page, err := testObject().decode([]json.RawMessage{opportunity(t, c.changes)})
			if err != nil {
				t.Fatal(err)
			}
			want := base
			c.want(&want)
			diff(t, "quarantined", 0, len(page.batch.Quarantined))
			diff(t, "deals", []crm.Deal{want}, crm.Deals.In(page.batch.Rows), cmpopts.EquateComparable(value.Instant{}))
		})
	}
}

func TestDecodeBadDeal(t *testing.T) {
	cases := []struct {
		field, text string
		reason      record.Reason
	}{
		{"Id", `"not an id"`, record.BadID},
		{"Id", `"006xx0000012ab'"`, record.BadID},
		{"Id", "null", record.BadID},
		{"SystemModstamp", "null", record.BadDate},
		{"SystemModstamp", `"yesterday"`, record.BadDate},
		{"IsDeleted", "", record.BadShape},
		{"Amount", `"a lot"`, record.BadAmount},
		{"Amount", "true", record.BadAmount},
		{"Amount", "1e30", record.BadAmount},
		{"Amount", "{}", record.BadAmount},
		{"CloseDate", `"31.03.2026"`, record.BadDate},
		{"CloseDate", `"2026-02-30"`, record.BadDate},
		{"CreatedDate", `"10000-01-01T00:00:00.000+0000"`, record.BadDate},
		{"LastStageChangeDate", `"x"`, record.BadDate},
		{"IsWon", "", record.BadOutcome},
		{"IsClosed", "null", record.BadOutcome},
		{"IsClosed", `"yes"`, record.BadOutcome},
		{"StageName", "null", record.BadStage},
		{"OwnerId", `"nobody"`, record.BadShape},
		{"Probability", `"often"`, record.BadShape},
	}
	for _, c := range cases {
		t.Run(c.field+" "+c.text, func(t *testing.T) {
			raw := opportunity(t, map[string]string{c.field: c.text})
			good := opportunity(t, map[string]string{"Id": `"006xx0000012abdAAA"`})
			page, err := testObject().decode([]json.RawMessage{raw, good})
			if err != nil {
				t.Fatal(err)
			}
			if len(crm.Deals.In(page.batch.Rows)) != 1 || len(page.batch.Quarantined) != 1 {
				t.Fatalf("%d deals, %d quarantined", len(crm.Deals.In(page.batch.Rows)), len(page.batch.Quarantined))
			}
			if q := page.batch.Quarantined[0]; q.Reason != c.reason || q.Kind != crm.Deals.Name() || len(q.Raw) == 0 {
				t.Errorf("quarantined as %+v", q)
			}
			value := strings.Trim(strings.NewReplacer("null", "", "{}", "").Replace(c.text), `"`)
			if q := page.batch.Quarantined[0]; q.Place != c.field || q.Value != value {
				t.Errorf("the fault is %q in %q, want %q in %q", q.Value, q.Place, value, c.field)
			}
		})
	}
	t.Run("not an object", func(t *testing.T) {
		page, err := testObject().decode([]json.RawMessage{json.RawMessage("[1]"), json.RawMessage("null")})
		if err != nil || len(page.batch.Quarantined) != 2 || page.batch.Quarantined[0].Reason != record.BadShape {
			t.Errorf("%+v, %v", page.batch, err)
		}
	})
}

func TestDeletedRecordNeedsNothingElse(t *testing.T) {
	raw := opportunity(t, map[string]string{"IsDeleted": "true", "StageName": "null", "IsWon": "null", "Amount": `"x"`})
	page, err := testObject().decode([]json.RawMessage{raw})
	if err != nil || len(page.batch.Removals) != 1 || len(page.batch.Quarantined) != 0 {
		t.Errorf("%+v, %v", page.batch, err)
	}
}

func TestLongID(t *testing.T) {
	// Pairs printed in Salesforce's documentation.
	for _, long := range []string{
		"006xx0000012abcAAA", "00Dxx0000001gPLEAY", "005xx000001SwiUAAS", "750xx000000005LAAQ", "012000000000000AAA",
	} {
		for _, id := range []string{long, long[:15]} {
			if got, ok := source.LongRecordID(id); !ok || got != long {
				t.Errorf("%s became %s", id, got)
			}
		}
	}
	for _, id := range []string{
		"", "006", strings.Repeat("a", 16), strings.Repeat("a", 19), "006xx0000012ab'", "006xx0000012abcÄ",
	} {
		if got, ok := source.LongRecordID(id); ok {
			t.Errorf("%q is taken for the id %s", id, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"Id":"006xx0000012abcAAA","IsDeleted":false,"StageName":"S","IsClosed":true,"IsWon":false,"Amount":1.39E8,` +
			`"CloseDate":"2026-03-31","CreatedDate":"2026-01-14T00:00:00.000+0000",` +
			`"SystemModstamp":"2026-03-01T00:10:05.000+0000"}`,
		`{"Id":"006xx0000012abc","SystemModstamp":"2026-03-01T00:10:05Z","IsDeleted":true,` +
			`"MasterRecordId":"006xx0000012abdAAA"}`,
		`{"Id":1,"Amount":{"a":[1e999]},"CloseDate":"0000-00-00"}`, `null`, `[`,
		`{"id":"\u0000","Campaign":{"Name":"\ud800"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, kind := range []record.Name{crm.Deals.Name(), crm.Accounts.Name()} {
			o := testObject()
			o.kind = kind
			page, err := o.decode([]json.RawMessage{raw})
			if err != nil {
				t.Fatalf("one record failed a page: %v", err)
			}
			b := page.batch
			if n := len(crm.Deals.In(b.Rows)) + len(crm.Accounts.In(b.Rows)) + len(b.Removals) + len(b.Quarantined); n != 1 {
				t.Fatalf("one record became %d", n)
			}
			for _, d := range crm.Deals.In(b.Rows) {
				id, ok := source.LongRecordID(d.ID)
				if !ok || id != d.ID || d.Version == 0 || d.Outcome == crm.OutcomeUnknown || d.Stage == "" {
					t.Fatalf("unfit deal %+v", d)
				}
			}
		}
	})
}
