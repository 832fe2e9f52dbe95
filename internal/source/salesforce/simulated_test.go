package salesforce

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

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
}

// simulate runs a test on a clock of its own, in an org with some open deals of two hours ago.
func simulate(t *testing.T, deals int, play func(x *simulation), change ...func(*config.Source)) {
	t.Helper()
	t.Setenv("TEST_CLIENT_SECRET", canarySecret)
	synctest.Test(t, func(t *testing.T) {
		x := newSimulation(t, change...)
		for range deals {
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
		world: crmsim.NewWorld(time.Now, crmsim.Info{Number: 7, Currency: "USD", TimeZone: "UTC"}),
		cfg: config.Source{
			Budget:           config.Budget{DailyShare: 0.5, RequestsPerSecond: 1000},
			FullSyncInterval: 24 * time.Hour,
			Settings: &Settings{
				InstanceURL: fakeInstance, APIVersion: "66.0",
				ClientCredentials: &ClientCredentials{
					ClientID: "3MVG9key", ClientSecret: secret.Env("TEST_CLIENT_SECRET"),
				},
			},
		},
	}
	for _, c := range change {
		c(&x.cfg)
	}
	x.world.AddPipeline(crmsim.Pipeline{ID: "default", Label: "New Business", Stages: []crmsim.Stage{
		crmsim.OpenStage("prospecting", "Prospecting", "0.1", "pipeline"),
		crmsim.WonStage("won", "Closed Won"), crmsim.LostStage("lost", "Closed Lost"),
	}})
	x.world.AddRep(crmsim.Rep{FirstName: "Ann", LastName: "Ray", Team: x.world.AddTeam("East"), Active: true})
	x.org = simulator.NewHandler(x.world, simulator.Options{
		Clients: map[string]string{"3MVG9key": canarySecret}, Faults: x.faults,
	})
	x.restart()
	return x
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
	return answer, nil
}

// sync runs one cycle and returns its error. It begins with no calls counted.
func (x *simulation) sync() error {
	x.org.Forget()
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
		Name: "Secret Deal", Pipeline: "default", Stage: "prospecting", Rep: 1, Amount: "1000.5", Close: now.AddDate(0, 1, 0),
	})
}

// dealID is the id of a deal of the world.
func dealID(number int64) string { return tables.ID("006", number) }

// holdsTheTruth holds that the mirror has the live deals of the org and no other.
func (x *simulation) holdsTheTruth(when string) {
	x.Helper()
	var live []string
	for _, d := range x.world.Truth() {
		live = append(live, dealID(d.ID))
	}
	slices.Sort(live)
	diff(x.T, when, live, x.mirror.dealIDs())
}
