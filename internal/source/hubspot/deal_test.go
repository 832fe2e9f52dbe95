package hubspot

import (
	"testing"

	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
)

func TestOneBadRecordDoesNotFailThePage(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		bad := p.put(amount("N/A"))
		p.put()
		p.put()
		m := newMemory()
		s := p.source()
		m.mustSync(t, s)
		quarantined := m.quarantined[simulator.DealID(bad)]
		if len(m.deals) != 2 || quarantined.Reason != record.BadAmount || quarantined.Version == 0 {
			t.Errorf("%d deals, quarantined %+v", len(m.deals), m.quarantined)
		}
		p.change(amount("1500.00"), bad)
		m.mustSync(t, s)
		if len(m.deals) != 3 || len(m.quarantined) != 0 {
			t.Errorf("%d deals, quarantined %+v after the repair", len(m.deals), m.quarantined)
		}
	})
}

// FuzzPages has pages of an account that may hold anything.
func FuzzPages(f *testing.F) {
	f.Add([]byte(`{"id":1,"properties":{"amount":1e999,"hs_lastmodifieddate":"-1"},"archived":true}`))
	f.Add([]byte(`[[[[[[`))
	r := dealsOf(newSimulation(f).source()).resume(nil, newMemory())
	f.Fuzz(func(t *testing.T, raw []byte) {
		page := []api.Record{api.ReadRecord(string(raw))}
		batch, err := r.removals(t.Context(), page)
		if n := len(batch.Removals) + len(batch.Quarantined); n > 1 || err == nil && n != 1 {
			t.Errorf("one record became %d, %v", n, err)
		}
		if last, err := lastID("5", page); err == nil && api.Number(api.Text(last)) <= 5 {
			t.Errorf("%s is behind 5", last)
		}
	})
}
