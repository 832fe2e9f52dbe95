package objects

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// wire returns a deal as HubSpot sends it; properties are pairs on top of the least that a deal needs.
func wire(t testing.TB, properties ...any) json.RawMessage {
	t.Helper()
	p := map[string]any{"hs_lastmodifieddate": "2026-03-09T20:29:45.981Z", "hs_is_closed": "false"}
	for i := 0; i < len(properties); i += 2 {
		p[properties[i].(string)] = properties[i+1]
	}
	raw, err := json.Marshal(map[string]any{"id": "1000", "properties": p})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// decoder reads the deals of an account of a currency.
type decoder struct {
	*Plan
	currency   string
	references References
}

func newDecoder(t testing.TB, currency string, edits ...func(*config.Source)) *decoder {
	t.Helper()
	var cfg config.Source
	for _, edit := range edits {
		edit(&cfg)
	}
	plan, err := NewPlan(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return &decoder{&plan, currency, References{
		Stages: map[StageKey]crm.Stage{{"default", "closedwon"}: {Outcome: crm.OutcomeWon}},
	}}
}

func TestValuesOfADeal(t *testing.T) {
	amount := func(value any) func(crm.Deal) bool {
		return func(d crm.Deal) bool {
			if value == nil {
				return !d.AmountKnown && d.Amount == 0
			}
			return d.AmountKnown && d.Amount.Float() == value
		}
	}
	long := "0.200000000000000011102230246251565404236316680908203125"
	tests := map[string]struct {
		properties []any
		want       func(crm.Deal) bool
	}{
		"amount":                   {[]any{"amount", "12500.00"}, amount(12500.0)},
		"amount null":              {[]any{"amount", nil}, amount(nil)},
		"amount empty":             {[]any{"amount", ""}, amount(nil)},
		"amount zero":              {[]any{"amount", "0"}, amount(0.0)},
		"amount negative":          {[]any{"amount", "-3"}, amount(-3.0)},
		"amount of fifty decimals": {[]any{"amount", long}, amount(0.2)},
		"amount with thousands":    {[]any{"amount", "1,250,000.5"}, amount(1250000.5)},
		"amount as a JSON number":  {[]any{"amount", 1500.5}, amount(1500.5)},
		"amount with blanks":       {[]any{"amount", " 7 "}, amount(7.0)},
		"dates in milliseconds": {
			[]any{"closedate", "1767225600000", "createdate", "1767225600000.0"},
			func(d crm.Deal) bool {
				return d.Closed.Milli() == 1767225600000 && d.Created == d.Closed && !d.Closed.IsDate()
			},
		},
		"date without a time": {
			[]any{"closedate", "2026-01-01"},
			func(d crm.Deal) bool { return d.Closed == value.Date(2026, time.January, 1) },
		},
		"moments with and without milliseconds": {
			[]any{"closedate", "2026-01-01T00:00:00Z", "createdate", "2026-01-01T00:00:00.000Z"},
			func(d crm.Deal) bool { return d.Closed == value.MomentMilli(1767225600000) && d.Created == d.Closed },
		},
		"dates missing": {nil, func(d crm.Deal) bool { return !d.Closed.Known() && !d.Created.Known() }},
		"optional date broken": {
			[]any{"hs_v2_date_entered_current_stage", "N/A"},
			func(d crm.Deal) bool { return !d.StageEntered.Known() },
		},
		"stage entered": {
			[]any{"hs_v2_date_entered_current_stage", "2026-01-01T00:00:00Z"},
			func(d crm.Deal) bool { return d.StageEntered == value.MomentMilli(1767225600000) },
		},
		"probability of fifty decimals": {
			[]any{"hs_deal_stage_probability", long},
			func(d crm.Deal) bool { return d.Probability == 200_000 },
		},
		"probability broken": {
			[]any{"hs_deal_stage_probability", "N/A"},
			func(d crm.Deal) bool { return d.Probability == value.ProbabilityUnknown },
		},
		"probability infinite": {
			[]any{"hs_deal_stage_probability", "Inf"},
			func(d crm.Deal) bool { return d.Probability == value.ProbabilityUnknown },
		},
		"probability out of range": {
			[]any{"hs_deal_stage_probability", "1000"},
			func(d crm.Deal) bool { return d.Probability == value.ProbabilityScale },
		},
		"forecast category": {
			[]any{"hs_manual_forecast_category", "Most likely"},
			func(d crm.Deal) bool { return d.ForecastCategory == crm.ForecastMostLikely },
		},
		"forecast category in capitals": {
			[]any{"hs_manual_forecast_category", "BEST_CASE"},
			func(d crm.Deal) bool { return d.ForecastCategory == crm.ForecastBestCase },
		},
		"forecast category unknown": {
			[]any{"hs_manual_forecast_category", "42"},
			func(d crm.Deal) bool { return d.ForecastCategory == "" },
		},
		"multiple choice": {
			[]any{"region", ";emea;apac"},
			func(d crm.Deal) bool { return d.Dimensions["territory"] == "emea;apac" },
		},
		"mapped value": {
			[]any{"region", "emea "},
			func(d crm.Deal) bool { return d.Dimensions["territory"] == "EMEA" },
		},
		"mapped value empty": {[]any{"region", ""}, func(d crm.Deal) bool { return d.Dimensions == nil }},
		"won": {
			[]any{"hs_is_closed_won", "true", "hs_is_closed", "true"},
			func(d crm.Deal) bool { return d.Outcome == crm.OutcomeWon },
		},
		"lost": {
			[]any{"hs_is_closed_won", "false", "hs_is_closed", "true"},
			func(d crm.Deal) bool { return d.Outcome == crm.OutcomeLost },
		},
		"open": {nil, func(d crm.Deal) bool { return d.Outcome == crm.OutcomeOpen }},
		"only the stage says": {
			[]any{"hs_is_closed", nil, "pipeline", "default", "dealstage", "closedwon"},
			func(d crm.Deal) bool { return d.Outcome == crm.OutcomeUnknown },
		},
		"modified in milliseconds": {
			[]any{"hs_lastmodifieddate", "1767225600000"},
			func(d crm.Deal) bool { return d.Version == 1767225600000 },
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newDecoder(t, "USD", func(cfg *config.Source) {
				cfg.Map = map[string]config.Mapping{
					"territory": {Object: "deal", Property: "region", Values: map[string]string{"emea": "EMEA"}},
				}
			})
			deal, quarantined := readOne(t, r, wire(t, test.properties...))
			if quarantined != nil {
				t.Fatalf("quarantined for its %s", quarantined.Reason)
			}
			if !test.want(*deal) {
				t.Errorf("got %+v", *deal)
			}
		})
	}
}

// readOne decodes and settles one record, which gives either a deal or a quarantined record.
func readOne(t testing.TB, r *decoder, raw json.RawMessage) (*crm.Deal, *record.Quarantined) {
	t.Helper()
	d := r.decode(api.ReadRecord(string(raw)), r.currency)
	d.settle(&r.references, &Oddities{})
	if d.fault.Reason != "" {
		quarantined := d.Quarantined(crm.Deals.Name(), d.fault)
		return nil, &quarantined
	}
	return &d.deal, nil
}

func TestVersionFallsBackToTheRecord(t *testing.T) {
	raw := `{"id":"1000","updatedAt":"2026-01-01T00:00:00Z",` +
		`"properties":{"hs_is_closed":"false","hs_lastmodifieddate":null}}`
	deal, _ := readOne(t, newDecoder(t, "USD"), json.RawMessage(raw))
	if deal == nil || deal.Version != 1767225600000 {
		t.Errorf("got %+v", deal)
	}
}

func TestQuarantine(t *testing.T) {
	tests := map[string]struct {
		raw    string // or
		change []any
		want   record.Reason
		id     string
		place  string // and the value of the change, or
		value  string
	}{
		"amount of words":      {change: []any{"amount", "N/A"}, want: record.BadAmount, id: "1000", place: "amount"},
		"amount of two parts":  {change: []any{"amount", "1;2"}, want: record.BadAmount, id: "1000", place: "amount"},
		"amount with a comma":  {change: []any{"amount", "1,5"}, want: record.BadAmount, id: "1000", place: "amount"},
		"amount too large":     {change: []any{"amount", "1e30"}, want: record.BadAmount, id: "1000", place: "amount"},
		"close date of words":  {change: []any{"closedate", "soon"}, want: record.BadDate, id: "1000", place: "closedate"},
		"create date of words": {change: []any{"createdate", "N/A"}, want: record.BadDate, id: "1000", place: "createdate"},
		"close date in 10000":  {change: []any{"closedate", "10000-01-01"}, want: record.BadDate, id: "1000", place: "closedate"},
		"no modified date":     {change: []any{"hs_lastmodifieddate", ""}, want: record.BadDate, id: "1000", place: "hs_lastmodifieddate"},
		"no outcome": {
			change: []any{"hs_is_closed", nil, "dealstage", "newstage"}, want: record.BadOutcome, id: "1000",
			place: "dealstage", value: "newstage",
		},
		"outcome of words": {
			change: []any{"hs_is_closed", "maybe", "dealstage", "newstage"}, want: record.BadOutcome, id: "1000",
			place: "dealstage", value: "newstage",
		},
		"property an object": {change: []any{"amount", map[string]any{"value": 1}}, want: record.BadShape, id: "1000"},
		"properties a list":  {raw: `{"id":"1000","properties":["amount"]}`, want: record.BadShape, id: "1000"},
		"properties first":   {raw: `{"properties":["amount"],"id":"1000"}`, want: record.BadShape, id: "1000"},
		"no properties":      {raw: `{"id":"1000"}`, want: record.BadShape, id: "1000"},
		"no id":              {raw: `{"properties":{"hs_is_closed":"false"}}`, want: record.BadID},
		"id of words":        {raw: `{"id":"0-3","properties":{}}`, want: record.BadID},
		"id too long":        {raw: `{"id":"100000000000000000000000","properties":{}}`, want: record.BadID},
		"id a float":         {raw: `{"id":9e10,"properties":{}}`, want: record.BadID},
		"null":               {raw: `null`, want: record.BadID},
		"a list":             {raw: `[1000]`, want: record.BadShape},
		"text":               {raw: `"1000"`, want: record.BadShape},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			raw := json.RawMessage(test.raw)
			if test.raw == "" {
				raw = wire(t, test.change...)
			}
			_, got := readOne(t, newDecoder(t, "USD"), raw)
			if got == nil || got.Reason != test.want || got.ID != test.id || got.Kind != crm.Deals.Name() {
				t.Fatalf("got %+v, want %s of %q", got, test.want, test.id)
			}
			if string(got.Raw) != string(raw) {
				t.Errorf("raw %s, want %s", got.Raw, raw)
			}
			value := test.value
			if test.place != "" && value == "" {
				value = test.change[1].(string)
			}
			if got.Place != test.place || got.Value != value {
				t.Errorf("the fault is %q in %q, want %q in %q", got.Value, got.Place, value, test.place)
			}
		})
	}
}

func FuzzDeal(f *testing.F) {
	f.Add([]byte(wire(f, "amount", "1", "closedate", "2026-01-01", "hs_merged_object_ids", "1;2")))
	f.Add([]byte(`{"id":1,"properties":{"amount":1e999,"hs_lastmodifieddate":"-1"},"archived":true}`))
	f.Add([]byte(`{"id":"1000","properties":{"dealstage":null,"hs_is_closed":[]}}`))
	f.Add([]byte(`[[[[[[`))
	f.Add([]byte(`{"id":"\u0000","id":"` + strings.Repeat("9", 5000) + `"}`))
	r := newDecoder(f, "EUR")
	f.Fuzz(func(t *testing.T, raw []byte) {
		deal, quarantined := readOne(t, r, raw)
		if quarantined != nil {
			if quarantined.Reason == "" || len(quarantined.Raw) > record.MaxQuarantineRaw ||
				quarantined.ID != "" && !api.ValidID(api.Text(quarantined.ID)) {
				t.Errorf("quarantined %+v", quarantined)
			}
		} else if !api.ValidID(api.Text(deal.ID)) || deal.Currency != strings.ToUpper(deal.Currency) {
			t.Errorf("deal %+v", deal)
		}
	})
}
