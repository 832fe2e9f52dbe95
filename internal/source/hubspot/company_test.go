package hubspot

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/objects"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// company is an entry of an association answer; the id is a number or a string, as HubSpot has it both ways.
func company(id any, types ...any) any {
	return map[string]any{"toObjectId": id, "associationTypes": types}
}

func associated(typeID int, label any) any {
	return map[string]any{"category": "HUBSPOT_DEFINED", "typeId": typeID, "label": label}
}

// silence leaves a deal out of the next so many answers about companies.
func (p *simulation) silence(deal int64, times int) {
	id := simulator.DealID(deal)
	p.rewrite("/companies/batch/read", func(answer map[string]any) {
		if times--; times < 0 {
			return
		}
		answer["results"] = slices.DeleteFunc(answer["results"].([]any), func(result any) bool {
			return result.(map[string]any)["from"].(map[string]any)["id"] == id
		})
		failures, _ := answer["errors"].([]any)
		answer["errors"] = slices.DeleteFunc(failures, func(failure any) bool {
			return slices.Contains(failure.(map[string]any)["context"].(map[string]any)["fromObjectId"].([]any), any(id))
		})
	})
}

func TestAccountOfADeal(t *testing.T) {
	any341 := associated(341, nil)
	tests := map[string]struct {
		account int64   // of the deal
		further []int64 // beside it
		told    []any   // instead of what the account holds
		silent  int     // answers that leave it out
		want    string
	}{
		"none":                      {want: ""},
		"not mentioned":             {account: 1, silent: 100, want: ""},
		"not mentioned at first":    {account: 1, silent: 1, want: simulator.CompanyID(1)},
		"a number":                  {account: 1, want: simulator.CompanyID(1)},
		"a string":                  {account: 1, told: []any{company("29022297485", any341)}, want: "29022297485"},
		"primary by type":           {account: 2, further: []int64{1}, want: simulator.CompanyID(2)},
		"primary by label":          {account: 1, told: []any{company(7, any341), company(9, associated(99, "Primary"))}, want: "9"},
		"without a primary":         {further: []int64{2, 3}, want: simulator.CompanyID(2)},
		"lowest without a primary":  {account: 1, told: []any{company(10, any341), company(9, any341)}, want: "9"},
		"primary on a further page": {account: 3, further: []int64{1, 2}, want: simulator.CompanyID(3)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				for range 3 {
					p.company("RETAIL")
				}
				deal := p.put(func(d *crmsim.Deal) { d.Account, d.Further = test.account, test.further })
				other := simulator.DealID(p.put())
				p.silence(deal, test.silent)
				p.rewrite("/companies/batch/read", func(answer map[string]any) {
					results := answer["results"].([]any)
					if test.told != nil && len(results) > 0 {
						results[0].(map[string]any)["to"] = test.told
					}
				})
				m := newMemory()
				m.mustSync(t, p.source(mapCompany))
				if got := m.deals[simulator.DealID(deal)].Account; got != test.want || m.deals[other].Account != "" {
					t.Errorf("accounts %q and %q, want %q and none", got, m.deals[other].Account, test.want)
				}
			}, func(o *simulator.Options) { o.AssociationPage = 1 })
		})
	}
}

// TestAnswersAboutCompaniesNeedNotLineUp turns the answers around.
func TestAnswersAboutCompaniesNeedNotLineUp(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		var deals []int64
		for range 5 {
			account := p.company("RETAIL")
			deals = append(deals, p.put(func(d *crmsim.Deal) { d.Account = account }))
		}
		p.rewrite("/companies/batch/read", func(answer map[string]any) { slices.Reverse(answer["results"].([]any)) })
		m := newMemory()
		m.mustSync(t, p.source(mapCompany))
		for _, id := range deals {
			if got := m.deals[simulator.DealID(id)].Account; got != simulator.CompanyID(id) {
				t.Errorf("deal %d has the company %q", id, got)
			}
		}
	})
}

func TestAssociationsThatFail(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.put()
		p.refuse(100, "/batch/read", 207, `{"results":[],"errors":[{"category":"INTERNAL_ERROR","message":"Canary GmbH"}]}`)
		m := newMemory()
		err := m.sync(t, p.source(mapCompany))
		if source.ReasonOf(err) != source.ReasonServer || len(m.deals) != 0 {
			t.Errorf("got %v and %d deals, want a server error and none", err, len(m.deals))
		}
	})
}

func TestCompanies(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.company(";BANKING;RETAIL")
		p.show(objects.Companies, simulator.CompanyID(p.company("")), "hs_merged_object_ids", "5")
		undated := simulator.CompanyID(p.company("RETAIL"))
		p.rewriteOne(objects.Companies, undated, func(entry map[string]any) {
			delete(entry, "updatedAt")
			entry["properties"].(map[string]any)["hs_lastmodifieddate"] = "unreadable"
		})
		m := newMemory()
		s := p.source(mapCompany)
		m.mustSync(t, s)
		fresh := p.company("RETAIL")
		p.must(p.world.UpdateAccount(fresh, func(*crmsim.Account) {}))
		m.mustSync(t, s)
		got := map[string]value.Dimensions{}
		for id, a := range m.accounts {
			got[id] = a.Dimensions
		}
		want := map[string]value.Dimensions{
			simulator.CompanyID(1): {"segment": "BANKING;RETAIL"}, simulator.CompanyID(2): nil,
			simulator.CompanyID(fresh): {"segment": "RETAIL"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("accounts (-want +got):\n%s", diff)
		}
		if q := m.quarantined[undated]; q.Reason != record.BadDate || q.Kind != crm.Accounts.Name() {
			t.Errorf("quarantined %+v", q)
		}
		if r := m.removals["5"]; r.MergedInto != simulator.CompanyID(2) || r.Kind != crm.Accounts.Name() {
			t.Errorf("removal %+v", r)
		}
		if diff := cmp.Diff([]record.Name{crm.Deals.Name(), crm.Accounts.Name()}, m.swept[3:]); diff != "" {
			t.Errorf("swept (-want +got):\n%s", diff)
		}
	})
}

func TestCompaniesAreLeftAloneWithoutAMapping(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.put()
		p.company("RETAIL")
		newMemory().mustSync(t, p.source())
		if got := p.calls("companies") + p.calls("/batch/read"); got != 0 {
			t.Errorf("%d calls for companies, want none", got)
		}
	})
}
