package row

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"time"

	"github.com/sales-exporter/sales_exporter/bench/internal/exporter"
	"github.com/sales-exporter/sales_exporter/bench/internal/measure"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
)

const (
	partSync  = "A first sync"
	peerFetch = "a script: net/http, encoding/json, SQLite"

	// The difference of two accounts is what deals cost, without start, computing and page.
	fewDeals, moreDeals = 5_000, 25_000
)

// vendor is a simulated CRM and how it is reached.
type vendor struct {
	id, name, peer, dimensions string
	handler                    func(*crmsim.World) http.Handler
	connect                    func(base string) string
}

func vendors() []vendor {
	return []vendor{
		{
			"hubspot", "HubSpot, simulated", "fetch-hubspot", dimensions,
			func(w *crmsim.World) http.Handler {
				return hubspot.NewHandler(w, hubspot.Options{
					Tokens: []string{exporter.Credential}, Limits: hubspot.Limits{TenSecondly: -1, SearchSecondly: -1, Daily: -1},
				})
			}, exporter.HubSpot,
		},
		{
			"salesforce", "Salesforce, simulated", "fetch-salesforce",
			"territory: {property: Region__c}, business_type: {property: Type}",
			func(w *crmsim.World) http.Handler {
				return salesforce.NewHandler(w, salesforce.Options{
					Clients: map[string]string{exporter.Credential: exporter.Credential}, DailyLimit: 1_000_000,
				})
			}, exporter.Salesforce,
		},
	}
}

// syncRow compares what a deal of a first sync costs the exporter with what it costs a script.
func syncRow(ctx context.Context, s *Setting) ([]Comparison, error) {
	var out []Comparison
	for _, v := range vendors() {
		var took [2][2]time.Duration // by size, then ours and the peer's
		for i, deals := range []int{fewDeals, moreDeals} {
			var err error
			if took[i], err = v.read(ctx, s, deals); err != nil {
				return nil, fmt.Errorf("%s: %w", v.id, err)
			}
		}
		each := func(side int) measure.Figure {
			return measure.Of(float64((took[1][side] - took[0][side]).Microseconds()) / (moreDeals - fewDeals))
		}
		out = append(out, Comparison{
			ID: "sync/" + v.id, Part: partSync, What: v.name + ", each deal", Unit: "µs CPU",
			Ours: each(0), Peer: peerFetch, Peers: each(1),
		})
	}
	return out, nil
}

// read returns what it takes the exporter and the script to read an account of so many deals.
func (v vendor) read(ctx context.Context, s *Setting, deals int) (took [2]time.Duration, err error) {
	world := crmsim.Generate(crmsim.GenerateOptions{Seed: 1, Deals: deals, Still: true})
	account := httptest.NewServer(v.handler(world))
	defer account.Close()
	name := filepath.Join(s.Folder, fmt.Sprintf("%s%d", v.id, deals))
	err = exporter.Config{
		Connect: v.connect(account.URL), Map: v.dimensions, Interval: time.Hour, Mirror: name + ".db", Series: series,
	}.Write(name + ".yaml")
	if err != nil {
		return took, err
	}
	if took[0], err = s.Program.Run(ctx, name+".yaml", "once"); err != nil {
		return took, err
	}
	took[1], err = exporter.RunPeer(ctx, v.peer, account.URL, name+"-peer.db")
	return took, err
}
