package salesforce

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
)

const loginPath = "/services/oauth2/token"

const instance = "https://acme.my.salesforce.com"

// simulation is a connector, the simulated org that it reads and the mirror that it fills.
type simulation struct {
	*testing.T

	world  *crmsim.World
	org    *simulator.Handler
	faults *wire.Script
	source *Source
	cfg    config.Source
	mirror *memory
	log    *bytes.Buffer

	ahead time.Duration // of the org's clock
	host  string        // of the last call
	calls []string      // since the last Sync began: endpoint, and the query if there is one
}

// simulate runs a test on a clock of its own, in an org with some open deals of two hours ago.
func simulate(t *testing.T, deals int, play func(x *simulation), change ...func(*config.Source)) {
	t.Helper()
	t.Setenv("TEST_CLIENT_SECRET", canarySecret)
	synctest.Test(t, func(t *testing.T) {
		x := newSimulation(t, change...)
		for range deals {
			x.world.AddAccount(crmsim.Account{Head: world.Head{Properties: map[string]string{"Industry": "Retail"}}})
			x.add(time.Now())
		}
		time.Sleep(2 * time.Hour) // longer ago than every increment reads again
		play(x)
	})
}

func newSimulation(t *testing.T, change ...func(*config.Source)) *simulation {
	t.Helper()
	x := &simulation{
		T: t, mirror: newMemory(), log: &bytes.Buffer{}, faults: wire.NewScript(),
		cfg: config.Source{
			Budget:           config.Budget{DailyShare: 0.5, RequestsPerSecond: 1000},
			FullSyncInterval: 24 * time.Hour,
			Settings: &Settings{
				InstanceURL: instance, APIVersion: "66.0",
				ClientCredentials: &api.ClientCredentials{
					ClientID: "3MVG9key", ClientSecret: secret.Env("TEST_CLIENT_SECRET"),
				},
			},
		},
	}
	for _, c := range change {
		c(&x.cfg)
	}
	x.world = crmsim.NewWorld(func() time.Time { return time.Now().Add(x.ahead) }, crmsim.Info{
		Number: 7, Currency: "USD", TimeZone: "UTC",
	})
	x.world.AddPipeline(crmsim.Pipeline{ID: "default", Label: "New Business", Stages: []crmsim.Stage{
		crmsim.OpenStage("prospecting", "Prospecting", "0.1", "pipeline"),
		crmsim.WonStage("won", "Closed Won"), crmsim.LostStage("lost", "Closed Lost"),
	}})
	x.addRep("Ann Ray", "East")
	x.world.AddRep(crmsim.Rep{FirstName: "Bob", LastName: "Poe", Active: true})
	x.reopen(simulator.Options{})
	x.restart()
	return x
}

// reopen puts another org in front of the world. Its fields of currencies are hidden, as in an org with one currency.
func (x *simulation) reopen(options simulator.Options) {
	options.Clients, options.Faults = map[string]string{"3MVG9key": canarySecret}, x.faults
	options.MultiCurrency, options.Hidden = true, []string{
		"Opportunity.CurrencyIsoCode", "Organization.DefaultCurrencyIsoCode",
	}
	x.org = simulator.NewHandler(x.world, options)
}

// restart makes a new connector, as a new process would.
func (x *simulation) restart() {
	x.Helper()
	s, err := New("acme", x.cfg, source.Environment{
		Transport: x, Currency: "USD", Logger: slog.New(slog.NewTextHandler(x.log, nil)), Now: time.Now,
	})
	if err != nil {
		x.Fatal(err)
	}
	// The tests count calls, and know these streams: each further object is one more of the same.
	s.streams = slices.DeleteFunc(s.streams, func(of source.Stream) bool {
		return !slices.Contains([]string{"references", "deals", "accounts"}, of.Name())
	})
	x.source = s
}

// RoundTrip implements http.RoundTripper, so that no socket stands between a test and its clock. The login tells the
// address of the org, which is that of the request.
func (x *simulation) RoundTrip(r *http.Request) (*http.Response, error) {
	inbound := r.Clone(r.Context())
	inbound.RequestURI, inbound.Host, inbound.TLS = r.URL.RequestURI(), r.URL.Host, &tls.ConnectionState{}
	if inbound.Body == nil {
		inbound.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	x.org.ServeHTTP(w, inbound)
	answer := w.Result()
	answer.Request = r
	x.host = r.URL.Host
	endpoint := strings.TrimPrefix(strings.TrimSuffix(r.URL.Path, "/"), "/services/data/v66.0/")
	x.calls = append(x.calls, strings.TrimSpace(endpoint+" "+soqlOf(r)))
	return answer, nil
}

// sync runs one cycle and returns its error. It begins with no calls counted.
func (x *simulation) sync() error {
	x.org.Forget()
	x.calls = nil
	return x.mirror.cycle(x.Context(), x.source)
}

func (x *simulation) mustSync() {
	x.Helper()
	if err := x.sync(); err != nil {
		x.Fatal(err)
	}
}

// logins counts the logins since the last Sync began.
func (x *simulation) logins() int { return x.org.Count("", loginPath) }

// state returns the stored cursor of the deals.
func (x *simulation) state() cursor { return x.mirror.dealCursor(x) }

// add makes an open deal that is stamped now and seen from a time on, and returns its number.
func (x *simulation) add(seen time.Time) int64 {
	now := time.Now()
	return x.world.AddDeal(crmsim.Deal{
		Head: world.Head{Created: now, Modified: now, VisibleAt: seen},
		Name: "Secret Deal", Pipeline: "default", Stage: "prospecting", Rep: 1, Account: 1, Amount: "1000.5",
		Close: now.AddDate(0, 1, 0), ForecastCategory: crm.ForecastPipeline,
	})
}

// addRep makes a rep of a new team and returns its number.
func (x *simulation) addRep(name, team string) int64 {
	first, last, _ := strings.Cut(name, " ")
	return x.world.AddRep(crmsim.Rep{
		Head:      world.Head{Properties: map[string]string{"Department": "D" + name}},
		FirstName: first, LastName: last, Team: x.world.AddTeam(team), Active: true,
	})
}

// edit changes a deal now.
func (x *simulation) edit(number int64, change func(*crmsim.Deal)) {
	x.Helper()
	x.must(x.world.Update(number, change))
}

// vanish takes a record away without a trace: neither queryAll nor the deleted resource shows it.
func (x *simulation) vanish(kind string, number int64) {
	x.Helper()
	x.must(x.world.Do(func(tx world.Tx) error { return tx.Hide(kind, number, true) }))
}

func (x *simulation) must(err error) {
	x.Helper()
	if err != nil {
		x.Fatal(err)
	}
}

// page makes the pages of queries for records short.
func (x *simulation) page(size int) {
	for _, kind := range []string{crmsim.KindDeal, crmsim.KindAccount, crmsim.KindRep} {
		x.org.Spoil(kind, wire.Listing{Size: size})
	}
}

// count returns how many calls of the last Sync begin so.
func (x *simulation) count(prefix string) int {
	n := 0
	for _, call := range x.calls {
		if strings.HasPrefix(call, prefix) {
			n++
		}
	}
	return n
}

// soqlOf returns the query of a call, "" where there is none.
func soqlOf(r *http.Request) string { return r.URL.Query().Get("q") }

// refuse answers the calls of a path with a refusal.
func (x *simulation) refuse(path string, status int, body string) {
	x.faults.Add(wire.Rule{Path: path, Fault: wire.Answer(status, nil, body)})
}

// refuseQueries answers the queries that read an object with a refusal.
func (x *simulation) refuseQueries(object string, status int, body string) {
	x.faults.Add(wire.Rule{Path: "*/query*", Fault: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if strings.Contains(soqlOf(r)+" ", " FROM "+object+" ") {
			next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { wire.Answer(status, nil, body)(w, r, nil) })
		}
		next.ServeHTTP(w, r)
	}})
}

// noDescribe refuses to describe objects.
func (x *simulation) noDescribe() {
	x.refuse("*/describe*", http.StatusForbidden, apiRefusal("INSUFFICIENT_ACCESS", "insufficient access rights"))
}

// onNextPage runs something before the nth call of a next page is answered.
func (x *simulation) onNextPage(n int, do func()) {
	x.faults.Add(wire.Rule{Path: nextPages, From: n, Fault: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		do()
		next.ServeHTTP(w, r)
	}})
}

// refuseNextPages answers the nth call of a next page and all later ones with a refusal.
func (x *simulation) refuseNextPages(n, status int, body string) {
	x.faults.Add(wire.Rule{Path: nextPages, From: n, To: 1000, Fault: wire.Answer(status, nil, body)})
}

const nextPages = "*/query/*"

// rewrite edits every record of the answers to queries.
func (x *simulation) rewrite(edit func(fields map[string]any)) {
	x.faults.Add(wire.Rule{Path: "*/query*", Fault: wire.Rewrite(func(answer map[string]any) {
		for _, r := range answer["records"].([]any) {
			edit(r.(map[string]any))
		}
	})})
}

// apiRefusal is the body of a refusal of the data API.
func apiRefusal(code, message string) string {
	body, _ := json.Marshal([]map[string]string{{"message": message, "errorCode": code}}) // texts can always be encoded
	return string(body)
}

// The ids of records of the world.
func dealID(number int64) string    { return tables.ID("006", number) }
func accountID(number int64) string { return tables.ID("001", number) }
func repID(number int64) string     { return tables.ID("005", number) }

// pipelineID is the id of a record type.
func pipelineID(number int64) string { return tables.ID(tables.PrefixRecordType, number) }

// holdsTheTruth holds that the mirror has the live deals of the org and no other.
func (x *simulation) holdsTheTruth(when string) {
	x.Helper()
	var live []string
	for _, d := range x.world.Truth() {
		if !d.Hidden {
			live = append(live, dealID(d.ID))
		}
	}
	slices.Sort(live)
	diff(x.T, when, live, x.mirror.dealIDs())
}
