// Package portal is a HubSpot account of any size: the listing and the search of deals are answered from memory in the
// time that a page takes, everything else by the simulator, whose listings take longer the larger the account is.
package portal

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sales-exporter/sales_exporter/bench/internal/exporter"
	"github.com/sales-exporter/sales_exporter/bench/internal/world"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Portal is a handler.
type Portal struct {
	rest     http.Handler
	reps     []string // ids by place
	searches atomic.Int64
	listings atomic.Int64

	mu    sync.RWMutex
	deals []world.Deal
}

// New returns the account of the company with so many deals up to now.
func New(deals int, now time.Time) *Portal {
	w := crmsim.NewWorld(time.Now, crmsim.Info{Name: "Bench Ltd", Number: 4711, Currency: "USD", TimeZone: "UTC"})
	p := &Portal{deals: make([]world.Deal, 0, deals)}
	teams := make([]int64, world.Teams)
	for i := range teams {
		teams[i] = w.AddTeam(world.Team(i))
	}
	created := now.AddDate(-world.Years, 0, 0)
	for i := range world.Reps {
		rep := crmsim.Rep{FirstName: "Rep", LastName: strconv.Itoa(1000 + i), Team: teams[i%world.Teams], Active: i%9 != 0}
		rep.Created, rep.Modified, rep.Email = created, created, "rep"+strconv.Itoa(i)+"@example.test"
		id := w.AddRep(rep)
		p.reps = append(p.reps, hubspot.OwnerID(id))
	}
	for i := range world.Pipelines {
		w.AddPipeline(pipeline(i))
	}
	// A deal of the world, which nobody lists, makes its properties known.
	deal := crmsim.Deal{Name: "Known properties", Pipeline: world.PipelineID(0), Stage: world.StageID(0, 0)}
	deal.Created, deal.Modified, deal.Properties = created, created, map[string]string{"region": "x", "dealtype": "new"}
	w.AddDeal(deal)
	p.rest = hubspot.NewHandler(w, hubspot.Options{
		Tokens: []string{exporter.Credential}, Limits: hubspot.Limits{TenSecondly: -1, SearchSecondly: -1, Daily: -1},
	})
	world.Deals(deals, now, func(d world.Deal) { p.deals = append(p.deals, d) })
	return p
}

func pipeline(i int) crmsim.Pipeline {
	p := crmsim.Pipeline{ID: world.PipelineID(i), Label: "Pipeline " + strconv.Itoa(i)}
	for s := range world.Stages {
		p.Stages = append(p.Stages, crmsim.Stage{
			ID: world.StageID(i, s), Label: "Stage " + strconv.Itoa(s), Position: s, Closed: s >= world.Won, Won: s == world.Won,
			Probability: strconv.FormatFloat(float64(world.Probability(s))/1e6, 'f', 1, 64),
		})
	}
	return p
}

// Searches returns how many searches of deals were answered: an idle sync makes one.
func (p *Portal) Searches() int64 { return p.searches.Load() }

// Listings returns how many pages of living deals were listed.
func (p *Portal) Listings() int64 { return p.listings.Load() }

// Raise adds one currency unit to the amount of every so many-th deal from now on, and returns how many these are.
func (p *Portal) Raise(every int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	changed, now := 0, time.Now().Truncate(time.Millisecond)
	for i := every / 2; i < len(p.deals); i += every {
		d := &p.deals[i]
		d.Amount += value.MoneyScale
		d.AmountKnown, d.Modified = true, now
		changed++
	}
	return changed
}

// ServeHTTP implements http.Handler.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	objects, isObjects := strings.CutPrefix(r.URL.Path, "/crm/objects/")
	_, rest, _ := strings.Cut(objects, "/")
	switch {
	case isObjects && rest == "deals" && r.Method == http.MethodGet:
		p.list(w, r)
	case isObjects && rest == "deals/search" && r.Method == http.MethodPost:
		p.search(w, r)
	default:
		p.rest.ServeHTTP(w, r)
	}
}

func (p *Portal) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if query.Get("archived") == "true" {
		write(w, []byte(`{"results":[]}`))
		return
	}
	p.listings.Add(1)
	p.mu.RLock()
	defer p.mu.RUnlock()
	from := 0
	if after, err := strconv.Atoi(query.Get("after")); err == nil {
		from = max(0, after-world.FirstID)
	}
	limit, err := strconv.Atoi(query.Get("limit"))
	if err != nil || limit < 1 || limit > 100 {
		limit = 100
	}
	from = min(from, len(p.deals))
	end := min(from+limit, len(p.deals))
	body := append([]byte(nil), `{"results":[`...)
	properties := strings.Split(query.Get("properties"), ",")
	for i := from; i < end; i++ {
		body = p.appendDeal(body, &p.deals[i], properties, i > from)
	}
	body = append(body, ']')
	if end < len(p.deals) {
		body = append(body, `,"paging":{"next":{"after":"`...)
		body = strconv.AppendInt(body, int64(world.FirstID+end), 10)
		body = append(body, `"}}`...)
	}
	write(w, append(body, '}'))
}

// search answers filters of the modification date and of the id, by ascending id.
func (p *Portal) search(w http.ResponseWriter, r *http.Request) {
	p.searches.Add(1)
	var body struct {
		FilterGroups []struct{ Filters []filter }
		Properties   []string
		Limit        int
		After        json.Number
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || len(body.FilterGroups) != 1 {
		http.Error(w, `{"message":"the portal understands one group of filters"}`, http.StatusBadRequest)
		return
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	var found []*world.Deal
	for i := range p.deals {
		d := &p.deals[i]
		if !slices.ContainsFunc(body.FilterGroups[0].Filters, func(f filter) bool { return !f.keeps(d) }) {
			found = append(found, d)
		}
	}
	from, _ := strconv.Atoi(body.After.String())
	from = min(from, len(found))
	end := min(from+max(1, body.Limit), len(found))
	answer := append([]byte(nil), `{"total":`...)
	answer = append(strconv.AppendInt(answer, int64(len(found)), 10), `,"results":[`...)
	for i, d := range found[from:end] {
		answer = p.appendDeal(answer, d, body.Properties, i > 0)
	}
	answer = append(answer, ']')
	if end < len(found) {
		answer = append(answer, `,"paging":{"next":{"after":"`...)
		answer = append(strconv.AppendInt(answer, int64(end), 10), `"}}`...)
	}
	write(w, append(answer, '}'))
}

type filter struct {
	PropertyName, Operator string
	Value, HighValue       json.Number
}

func (f filter) keeps(d *world.Deal) bool {
	at := d.Modified.UnixMilli()
	if f.PropertyName == "hs_object_id" {
		at = int64(world.FirstID + d.Place)
	}
	bound, _ := f.Value.Int64()
	switch f.Operator {
	case "GT":
		return at > bound
	case "GTE":
		return at >= bound
	case "LT":
		return at < bound
	case "LTE":
		return at <= bound
	case "BETWEEN":
		high, _ := f.HighValue.Int64()
		return at >= bound && at <= high
	}
	return true
}

func (p *Portal) appendDeal(body []byte, d *world.Deal, properties []string, further bool) []byte {
	if further {
		body = append(body, ',')
	}
	body = append(body, `{"id":"`...)
	body = strconv.AppendInt(body, int64(world.FirstID+d.Place), 10)
	body = append(body, `","properties":{`...)
	for i, name := range properties {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(append(append(body, '"'), name...), `":`...)
		if text := p.property(d, name); text == "" {
			body = append(body, "null"...)
		} else {
			body = append(append(append(body, '"'), text...), '"')
		}
	}
	body = append(body, `},"createdAt":"`...)
	body = append(body, stamp(d.Created)...)
	body = append(body, `","updatedAt":"`...)
	body = append(body, stamp(d.Modified)...)
	return append(body, `","archived":false}`...)
}

func (p *Portal) property(d *world.Deal, name string) string {
	switch name {
	case "amount", "amount_in_home_currency":
		if !d.AmountKnown {
			return ""
		}
		return d.Amount.String()
	case "deal_currency_code":
		return "USD"
	case "pipeline":
		return world.PipelineID(d.Pipeline)
	case "dealstage":
		return world.StageID(d.Pipeline, d.Stage)
	case "hubspot_owner_id":
		return p.reps[d.Rep]
	case "createdate":
		return stamp(d.Created)
	case "closedate":
		return stamp(d.Closed)
	case "hs_lastmodifieddate":
		return stamp(d.Modified)
	case "hs_v2_date_entered_current_stage":
		return stamp(d.StageEntered)
	case "hs_is_closed":
		return strconv.FormatBool(d.Stage >= world.Won)
	case "hs_is_closed_won":
		return strconv.FormatBool(d.Stage == world.Won)
	case "hs_deal_stage_probability":
		return strconv.FormatFloat(float64(world.Probability(d.Stage))/1e6, 'f', -1, 64)
	case "region":
		return world.Territory(d.Rep)
	case "dealtype":
		return world.Types()[d.Type]
	}
	return ""
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func write(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a client that left needs no answer
}
