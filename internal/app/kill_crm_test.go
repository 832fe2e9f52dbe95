package app

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simhubspot "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	simsalesforce "github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// livingCRM is a simulated account in which people work.
type livingCRM struct {
	t         *testing.T
	kind      string
	world     *crmsim.World
	url       string
	countdown atomic.Pointer[countdown]
	rand      *rand.Rand
	changed   int

	stop chan struct{}
	done sync.WaitGroup
}

// countdown closes reached when so many calls have come in.
type countdown struct {
	mu      sync.Mutex
	left    int
	reached chan struct{}
}

func (c *countdown) count() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left == 0 {
		close(c.reached)
	}
}

func newLivingCRM(t *testing.T, kind string, seed uint64, now func() time.Time) *livingCRM {
	t.Helper()
	c := &livingCRM{
		t: t, kind: kind,
		world: crmsim.Generate(crmsim.GenerateOptions{Seed: seed, Deals: 180, Now: now, Still: true}),
		rand:  rand.New(rand.NewPCG(seed, 1)),
	}
	// Small pages and no limits: what is tested is what happens between two pages.
	var api http.Handler
	if kind == "hubspot" {
		api = simhubspot.NewHandler(c.world, simhubspot.Options{
			Tokens: []string{secret}, ShortPages: true,
			Limits: simhubspot.Limits{TenSecondly: -1, SearchSecondly: -1, Daily: -1},
		})
	} else {
		api = simsalesforce.NewHandler(c.world, simsalesforce.Options{
			Clients: map[string]string{"key": secret}, PageSize: 40, DailyLimit: 10_000_000,
		})
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if left := c.countdown.Load(); left != nil {
			left.count()
		}
		w.Header().Set("Date", now().UTC().Format(http.TimeFormat))
		api.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// property returns the name that the CRM has for a property of the world.
func (c *livingCRM) property(name string) string {
	if c.kind == "hubspot" {
		return name
	}
	return map[string]string{"region": "Region__c", "industry": "Industry"}[name]
}

// yaml is the account's entry in a configuration. Something is mapped from companies, so that they are read too.
func (c *livingCRM) yaml(secretFile string) string {
	connect := fmt.Sprintf("hubspot: {token_file: %q, base_url: %s}", secretFile, c.url)
	segment := "{property: industry, object: company}"
	if c.kind == "salesforce" {
		connect = fmt.Sprintf("salesforce: {instance_url: %s, client_credentials: {client_id: key, client_secret_file: %q}}",
			c.url, secretFile)
		segment = "{property: Account.Industry}"
	}
	return fmt.Sprintf(`
  - name: %s
    %s
    interval: 10s
    full_sync_interval: 1h
    api_budget: {daily_share: 1, requests_per_second: 1000}
    map: {territory: {property: %s}, segment: %s}
`, c.kind, connect, c.property("region"), segment)
}

// work lets people work until rest.
func (c *livingCRM) work() {
	c.stop = make(chan struct{})
	c.done.Go(func() {
		for {
			select {
			case <-c.stop:
				return
			case <-time.After(time.Duration(c.rand.Int64N(int64(50 * time.Millisecond)))):
			}
			if err := c.change(); err != nil {
				c.t.Error(err)
			}
		}
	})
}

func (c *livingCRM) rest() {
	close(c.stop)
	c.done.Wait()
}

func (k *killer) changes() (n int) {
	for _, c := range k.crms {
		n += c.changed
	}
	return n
}

// change does something that people do.
func (c *livingCRM) change() error {
	w := c.world
	c.changed++
	deal := c.live()
	switch draw := c.rand.IntN(100); {
	case draw < 12:
		return w.Win(deal.ID)
	case draw < 20:
		return w.Lose(deal.ID)
	case draw < 25:
		return w.Reopen(deal.ID)
	case draw < 35:
		return w.MoveStage(deal.ID, c.stage(deal.Pipeline))
	case draw < 45:
		reps := w.Reps()
		return w.Reassign(deal.ID, reps[c.rand.IntN(len(reps))].ID)
	case draw < 58:
		return w.SetAmount(deal.ID, strconv.FormatFloat(float64(c.rand.IntN(10_000_000))/100, 'f', 2, 64))
	case draw < 66:
		return w.Redate(deal.ID, w.Now().UTC().AddDate(0, 0, c.rand.IntN(90)-45).Truncate(time.Millisecond))
	case draw < 76:
		w.AddDeal(crmsim.Deal{
			Name: deal.Name, Pipeline: deal.Pipeline, Stage: c.stage(deal.Pipeline), Rep: deal.Rep, Account: deal.Account,
			Amount: deal.Amount, Close: deal.Close, StageEntered: deal.StageEntered,
			Head: world.Head{Properties: deal.Properties},
		})
		return nil
	case draw < 80:
		accounts := w.Accounts()
		return w.UpdateAccount(accounts[c.rand.IntN(len(accounts))].ID, func(a *crmsim.Account) {
			a.Properties[c.property("industry")] = "industry " + strconv.Itoa(c.rand.IntN(5))
		})
	case draw < 82:
		return w.BulkTouch([]int64{deal.ID, c.live().ID, c.live().ID})
	default:
		return c.end(draw, deal)
	}
}

// end lets a deal go, or come back.
func (c *livingCRM) end(draw int, deal *crmsim.Deal) error {
	// What a merge took away is told by the survivor only, so an archived survivor would take the news with it.
	plain := func(d *crmsim.Deal) bool { return d.Live() && len(d.MergedIDs) == 0 }
	archived := func(d *crmsim.Deal) bool { return d.Archived && !d.Purged && d.MergedInto == 0 }
	var to func(id int64) error
	fits := plain
	switch {
	case draw < 90:
		to = c.world.Archive
	case draw < 94:
		to, fits = c.world.Restore, archived
	case draw < 96:
		to = c.world.Purge
	case c.kind == "salesforce":
		return nil // Opportunities cannot be merged.
	default:
		fits = func(d *crmsim.Deal) bool { return d.Live() && d.ID != deal.ID }
		to = func(other int64) error {
			_, err := c.world.Merge(deal.ID, other)
			return err
		}
	}
	if other := c.deal(fits); other != nil {
		return to(other.ID)
	}
	return nil
}

// deal draws one of the deals that fit, nil where none does.
func (c *livingCRM) deal(fits func(*crmsim.Deal) bool) *crmsim.Deal {
	deals := c.world.Deals()
	from := c.rand.IntN(len(deals))
	for i := range deals {
		if d := deals[(from+i)%len(deals)]; fits(d) {
			return d
		}
	}
	return nil
}

func (c *livingCRM) live() *crmsim.Deal { return c.deal((*crmsim.Deal).Live) }

// stage draws a stage of a pipeline.
func (c *livingCRM) stage(pipeline string) string {
	for _, p := range c.world.Pipelines() {
		if p.ID == pipeline {
			return p.Stages[c.rand.IntN(len(p.Stages))].ID
		}
	}
	return ""
}
