package hubspot

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// company is an entry of an association answer; the id is a number or a string, as HubSpot has it both ways.
func company(id any, types ...any) any {
	return map[string]any{"toObjectId": id, "associationTypes": types}
}

func associated(typeID int, label any) any {
	return map[string]any{"category": "HUBSPOT_DEFINED", "typeId": typeID, "label": label}
}

func TestAccountOfADeal(t *testing.T) {
	any341 := associated(341, nil)
	tests := map[string]struct {
		companies []any
		silent    bool
		want      string
	}{
		"none":                      {want: ""},
		"not mentioned":             {silent: true, want: ""},
		"a number":                  {companies: []any{company(29022297485, any341)}, want: "29022297485"},
		"a string":                  {companies: []any{company("29022297485", any341)}, want: "29022297485"},
		"primary by type":           {companies: []any{company(7, any341), company(9, any341, associated(5, nil))}, want: "9"},
		"primary by label":          {companies: []any{company(7, any341), company(9, associated(99, "Primary"))}, want: "9"},
		"lowest without a primary":  {companies: []any{company(10, any341), company(9, any341)}, want: "9"},
		"primary on a further page": {companies: []any{company(7), company(8), company(9, associated(5, nil))}, want: "9"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				f.put(1000)
				f.put(1001)
				f.companies[1000], f.silent[1000] = test.companies, test.silent
				m := newMemory()
				m.mustSync(t, newSource(t, f, mapCompany))
				if got := m.deals["1000"].Account; got != test.want || m.deals["1001"].Account != "" {
					t.Errorf("accounts %q and %q, want %q and none", got, m.deals["1001"].Account, test.want)
				}
			})
		})
	}
}

func TestAssociationsThatFail(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.put(1000)
		f.intercept = func(w http.ResponseWriter, r *fakeRequest) bool {
			if r.is("/batch/read") {
				writeJSON(w, 207, `{"results":[],"errors":[{"category":"INTERNAL_ERROR","message":"Canary GmbH"}]}`)
			}
			return r.is("/batch/read")
		}
		m := newMemory()
		err := m.sync(t, newSource(t, f, mapCompany))
		if source.ReasonOf(err) != source.ReasonServer || len(m.deals) != 0 {
			t.Errorf("got %v and %d deals, want a server error and none", err, len(m.deals))
		}
	})
}

func TestCompanies(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.putCompany(7, map[string]any{"industry": ";BANKING;RETAIL"})
		f.putCompany(8, map[string]any{"industry": nil, "hs_merged_object_ids": "5"})
		f.putCompany(9, map[string]any{"industry": "RETAIL", "hs_lastmodifieddate": "unreadable"})
		m := newMemory()
		s := newSource(t, f, mapCompany)
		m.mustSync(t, s)
		f.putCompany(10, map[string]any{"industry": "RETAIL", "hs_lastmodifieddate": f.changed()})
		f.records[objectCompanies][9].properties["hs_lastmodifieddate"] = fakeTime
		m.mustSync(t, s)
		got := map[string]value.Dimensions{}
		for id, a := range m.accounts {
			got[id] = a.Dimensions
		}
		want := map[string]value.Dimensions{
			"7": {"segment": "BANKING;RETAIL"}, "8": nil, "10": {"segment": "RETAIL"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("accounts (-want +got):\n%s", diff)
		}
		if q := m.quarantined["9"]; q.Reason != record.BadDate || q.Kind != crm.Accounts.Name() {
			t.Errorf("quarantined %+v", q)
		}
		if r := m.removals["5"]; r.MergedInto != "8" || r.Kind != crm.Accounts.Name() {
			t.Errorf("removal %+v", r)
		}
		if diff := cmp.Diff([]record.Name{crm.Deals.Name(), crm.Accounts.Name()}, m.swept); diff != "" {
			t.Errorf("swept (-want +got):\n%s", diff)
		}
	})
}

func TestCompaniesAreLeftAloneWithoutAMapping(t *testing.T) {
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.put(1000)
		f.putCompany(7, map[string]any{})
		newMemory().mustSync(t, newSource(t, f))
		if got := f.calls("companies") + f.calls("/batch/read"); got != 0 {
			t.Errorf("%d calls for companies, want none", got)
		}
	})
}
