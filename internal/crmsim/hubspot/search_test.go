package hubspot_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
)

const searchPath = "/crm/objects/2026-09/deals/search"

// filter is a filter of a search body.
type filter map[string]any

func where(property, operator, value string) filter {
	return filter{"propertyName": property, "operator": operator, "value": value}
}

func group(filters ...filter) map[string]any { return map[string]any{"filters": filters} }

func TestSearchOperators(t *testing.T) {
	p := newPortal(t, 5, hubspot.Options{})
	change := func(i int, edit func(*crmsim.Deal)) {
		t.Helper()
		if err := p.world.Update(p.deals[i], edit); err != nil {
			t.Fatal(err)
		}
	}
	// The values below are what the cases tell apart; every deal was modified a minute after the one before.
	start := p.clock.at
	for i, region := range []string{"emea", "EMEA", "amer", "", "apac"} {
		p.clock.at = start.Add(time.Duration(i)*time.Minute + 500*time.Microsecond)
		change(i, func(d *crmsim.Deal) { d.Properties["region"] = region })
	}
	p.clock.at = start.Add(5 * time.Minute)
	change(3, func(d *crmsim.Deal) { d.Amount = "N/A" })
	ms := func(minute int) string {
		return strconv.FormatInt(start.Add(time.Duration(minute)*time.Minute).UnixMilli(), 10)
	}

	tests := map[string]struct {
		groups []map[string]any
		want   []int
	}{
		"all":                       {nil, []int{0, 1, 2, 3, 4}},
		"EQ enumeration keeps case": {[]map[string]any{group(where("region", "EQ", "emea"))}, []int{0}},
		"EQ string ignores case":    {[]map[string]any{group(where("dealname", "EQ", "dEAL 1"))}, []int{1}},
		"NEQ leaves out nulls":      {[]map[string]any{group(where("region", "NEQ", "emea"))}, []int{1, 2, 4}},
		"number, not text":          {[]map[string]any{group(where("amount", "GT", "90"))}, []int{0, 1, 2, 4}},
		"LTE":                       {[]map[string]any{group(where("amount", "LTE", "200.5"))}, []int{0, 1}},
		"LT":                        {[]map[string]any{group(where("amount", "LT", "200.5"))}, []int{0}},
		"GTE":                       {[]map[string]any{group(where("amount", "GTE", "300.50"))}, []int{2, 4}},
		"between ms, inclusive": {[]map[string]any{group(filter{
			"propertyName": "hs_lastmodifieddate", "operator": "BETWEEN", "value": ms(1), "highValue": ms(2),
		})}, []int{1, 2}},
		"finer than ms is cut": {[]map[string]any{group(
			where("hs_lastmodifieddate", "LTE", start.Add(999*time.Microsecond).Format(time.RFC3339Nano)),
		)}, []int{0}},
		"keyset on ids": {[]map[string]any{group(where("hs_object_id", "GT", hubspot.DealID(p.deals[2])))}, []int{3, 4}},
		"IN": {[]map[string]any{group(filter{
			"propertyName": "region", "operator": "IN", "values": []string{"amer", "apac"},
		})}, []int{2, 4}},
		"NOT_IN": {[]map[string]any{group(filter{
			"propertyName": "region", "operator": "NOT_IN", "values": []string{"amer", "apac"},
		})}, []int{0, 1}},
		"IN on strings wants lower case": {[]map[string]any{group(filter{
			"propertyName": "dealname", "operator": "IN", "values": []string{"Deal 1", "deal 2"},
		})}, []int{2}},
		"HAS_PROPERTY": {[]map[string]any{
			group(filter{"propertyName": "region", "operator": "HAS_PROPERTY"}),
		}, []int{0, 1, 2, 4}},
		"NOT_HAS_PROPERTY": {[]map[string]any{
			group(filter{"propertyName": "region", "operator": "NOT_HAS_PROPERTY"}),
		}, []int{3}},
		"CONTAINS_TOKEN":     {[]map[string]any{group(where("dealname", "CONTAINS_TOKEN", "4"))}, []int{4}},
		"CONTAINS_TOKEN *":   {[]map[string]any{group(where("dealname", "CONTAINS_TOKEN", "de*"))}, []int{0, 1, 2, 3, 4}},
		"NOT_CONTAINS_TOKEN": {[]map[string]any{group(where("dealname", "NOT_CONTAINS_TOKEN", "4"))}, []int{0, 1, 2, 3}},
		"groups are ORed, filters ANDed": {[]map[string]any{
			group(where("region", "EQ", "emea"), where("amount", "GT", "1000")),
			group(where("region", "EQ", "amer"), where("amount", "LT", "1000")),
			group(where("region", "EQ", "apac")),
		}, []int{2, 4}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := p.post(searchPath, map[string]any{"filterGroups": test.groups})
			var want []string
			for _, i := range test.want {
				want = append(want, hubspot.DealID(p.deals[i]))
			}
			if a.status != http.StatusOK || !slices.Equal(a.ids(), want) || a.Total != len(want) {
				t.Errorf("found %v, total %d, want %v: %s", a.ids(), a.Total, want, a.raw)
			}
		})
	}
	top := p.post(searchPath, map[string]any{"filters": []filter{where("region", "EQ", "amer")}})
	if !slices.Equal(top.ids(), ids(p.deals[2])) {
		t.Errorf("top-level filters found %v", top.ids())
	}
}

func TestSearchIdsCompareAsNumbers(t *testing.T) {
	p := newPortal(t, 1502, hubspot.Options{}) // the ids grow by a digit on the way
	found := p.post(searchPath, map[string]any{
		"filters": []filter{where("hs_object_id", "GT", hubspot.DealID(1498))},
		"sorts":   []map[string]string{{"propertyName": "hs_object_id", "direction": "ASCENDING"}},
	})
	if want := ids(1499, 1500, 1501, 1502); !slices.Equal(found.ids(), want) {
		t.Errorf("found %v, want %v", found.ids(), want)
	}
}

func TestSearchRefusals(t *testing.T) {
	p := newPortal(t, 3, hubspot.Options{})
	many := func(n int) []filter { return slices.Repeat([]filter{where("amount", "GT", "1")}, n) }
	tests := map[string]any{
		"unknown property":    map[string]any{"filters": []filter{where("nosuch", "EQ", "1")}},
		"unknown operator":    map[string]any{"filters": []filter{where("amount", "LIKE", "1")}},
		"value is missing":    map[string]any{"filters": []filter{{"propertyName": "amount", "operator": "EQ"}}},
		"values are missing":  map[string]any{"filters": []filter{where("amount", "IN", "1")}},
		"no high value":       map[string]any{"filters": []filter{where("amount", "BETWEEN", "1")}},
		"text for a number":   map[string]any{"filters": []filter{where("amount", "GT", "much")}},
		"text for a time":     map[string]any{"filters": []filter{where("closedate", "GT", "soon")}},
		"seven in a group":    map[string]any{"filters": many(7)},
		"six groups":          map[string]any{"filterGroups": slices.Repeat([]map[string]any{group(many(1)...)}, 6)},
		"two sorts":           map[string]any{"sorts": []string{"amount", "closedate"}},
		"unknown sort":        map[string]any{"sorts": []string{"nosuch"}},
		"bad direction":       map[string]any{"sorts": []map[string]string{{"propertyName": "amount", "direction": "UP"}}},
		"limit 0":             map[string]any{"limit": 0},
		"limit 201":           map[string]any{"limit": 201},
		"a token of owners":   map[string]any{"after": "NTAw"},
		"unknown field":       map[string]any{"filterGroup": []any{}},
		"past the ceiling":    map[string]any{"after": 9999, "limit": 2},
		"at the ceiling":      map[string]any{"after": "10000"},
		"not JSON":            "{",
		"two values":          "{} {}",
		"limit is not a size": map[string]any{"limit": "many"},
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			p.post(searchPath, body).expect(t, http.StatusBadRequest, "VALIDATION_ERROR")
		})
	}
	p.post(searchPath, map[string]any{"after": "9990", "limit": 10}).expect(t, http.StatusOK, "")
	low := newPortal(t, 1, hubspot.Options{SearchCeiling: 20})
	low.post(searchPath, map[string]any{"after": "10", "limit": 10}).expect(t, http.StatusOK, "")
	low.post(searchPath, map[string]any{"after": "11", "limit": 10}).expect(t, http.StatusBadRequest, "VALIDATION_ERROR")
	for _, beginning := range []string{"0", "1970-01-01T00:00:00Z", "1970-01-01"} {
		p.post(searchPath, map[string]any{"filters": []filter{where("hs_lastmodifieddate", "GTE", beginning)}}).
			expect(t, http.StatusInternalServerError, "INTERNAL_ERROR")
	}
	form := p.request(http.MethodPost, searchPath, map[string]any{})
	form.Header.Set("Content-Type", "text/plain")
	if got := p.do(form).status; got != http.StatusUnsupportedMediaType {
		t.Errorf("a body that is not declared as JSON: %d", got)
	}
}

func TestSearchPagesAndSorts(t *testing.T) {
	p := newPortal(t, 45, hubspot.Options{})
	var found []string
	for after := any(nil); ; {
		body := map[string]any{"limit": 20, "sorts": []string{"-amount"}}
		if after != nil {
			body["after"] = after
		}
		a := p.post(searchPath, body)
		found = append(found, a.ids()...)
		if a.Total != 45 {
			t.Fatalf("total %d", a.Total)
		}
		if a.after() == "" {
			break
		}
		after = a.after()
		if len(found) == 20 { // offsets may be numbers too
			after = 20
		}
	}
	want := ids(p.deals...)
	slices.Reverse(want)
	if !slices.Equal(found, want) {
		t.Errorf("found %v", found)
	}

	p = newPortal(t, 45, hubspot.Options{ShortPages: true})
	short := p.post(searchPath, map[string]any{"limit": 20})
	if len(short.Results) != 10 || short.after() != "10" {
		t.Errorf("a short page has %d results and goes on at %q", len(short.Results), short.after())
	}
}

func TestSearchLags(t *testing.T) {
	p := newPortal(t, 2, hubspot.Options{IndexLag: 10 * time.Second})
	p.clock.pass(time.Minute)
	if err := p.world.SetAmount(p.deals[0], "7"); err != nil {
		t.Fatal(err)
	}
	fresh := p.world.AddDeal(crmsim.Deal{Pipeline: "default", Stage: "qualified", Amount: "8"})
	look := func() string {
		a := p.post(searchPath, map[string]any{"properties": []string{"amount"}})
		seen := []any{a.Total}
		for _, r := range a.Results {
			seen = append(seen, r.Properties["amount"])
		}
		return strings.TrimSuffix(fmt.Sprintln(seen...), "\n")
	}
	if got, want := look(), "2 100.50 200.50"; got != want {
		t.Errorf("at once search shows %q, want %q", got, want)
	}
	if got := p.get("/crm/objects/2026-09/deals/" + hubspot.DealID(fresh)).status; got != http.StatusOK {
		t.Errorf("reading by id lags: %d", got)
	}
	p.clock.pass(10 * time.Second)
	if got, want := look(), "3 7 200.50 8"; got != want {
		t.Errorf("later search shows %q, want %q", got, want)
	}
}
