package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simhubspot "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	simsalesforce "github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// branch is one of two accounts that a credential may open.
type branch struct {
	world   *crmsim.World
	handler http.Handler
	secret  string
}

// branches are two accounts behind one address. The credential in the file decides whose records are read: HubSpot by
// its token, Salesforce by the org that lives behind the address at present, as after a refresh of a sandbox.
type branches struct {
	t      *testing.T
	kind   string
	clock  *testClock
	file   string
	url    string
	a, b   branch
	moved  atomic.Bool // Salesforce: b lives behind the address
	before atomic.Pointer[func(w http.ResponseWriter, r *http.Request) bool]
}

// newBranches makes account 1111 with 60 won deals of 1,000 and account 2222 with 30 of 77 (case C7).
func newBranches(t *testing.T, kind string) *branches {
	t.Helper()
	x := &branches{t: t, kind: kind, clock: &testClock{}, file: filepath.Join(t.TempDir(), "secret")}
	x.a = x.branch("1111-secret", crmsim.Info{Number: 1111, Currency: "USD", TimeZone: "UTC"}, 60, "1000")
	x.b = x.branch("2222-secret", crmsim.Info{Number: 2222, Currency: "USD", TimeZone: "UTC"}, 30, "77")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", x.clock.now().UTC().Format(http.TimeFormat))
		if before := x.before.Load(); before != nil && (*before)(w, r) {
			return
		}
		present := x.a
		if x.moved.Load() || strings.Contains(r.Header.Get("Authorization"), x.b.secret) {
			present = x.b
		}
		present.handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	x.url = server.URL
	x.use(x.a.secret)
	return x
}

func (x *branches) branch(secret string, info crmsim.Info, won int, amount string) branch {
	now := x.clock.now().UTC()
	w := crmsim.NewWorld(x.clock.now, info)
	w.AddPipeline(crmsim.Pipeline{ID: "default", Number: 1, Label: "Sales", Stages: []crmsim.Stage{
		{ID: "open", Label: "Open", Probability: "0.2", ForecastCategory: crm.ForecastPipeline},
		{ID: "won", Label: "Won", Closed: true, Won: true, Probability: "1.0", ForecastCategory: crm.ForecastClosed},
	}})
	rep := w.AddRep(crmsim.Rep{FirstName: "Ann", LastName: "Ames", Active: true})
	for range won {
		w.AddDeal(crmsim.Deal{
			Name: "Deal", Pipeline: "default", Stage: "won", Rep: rep, Amount: amount, Close: now.Add(-time.Hour),
			Head: world.Head{Created: now.AddDate(0, -1, 0), Modified: now.Add(-2 * time.Hour)}, StageEntered: now,
		})
	}
	b := branch{world: w, secret: secret}
	if x.kind == "hubspot" {
		b.handler = simhubspot.NewHandler(w, simhubspot.Options{
			Tokens: []string{secret, secret + "-rotated"}, Limits: simhubspot.Limits{TenSecondly: 1 << 20, SearchSecondly: 1 << 20},
		})
	} else {
		b.handler = simsalesforce.NewHandler(w, simsalesforce.Options{Clients: map[string]string{"key": secret}})
	}
	return b
}

// use puts a credential into the file, and where it is that of b, b behind the address.
func (x *branches) use(secret string) {
	writeFile(x.t, x.file, secret+"\n")
	x.moved.Store(x.kind == "salesforce" && secret == x.b.secret)
}

// intercept looks at every request first; nil ends that.
func (x *branches) intercept(before func(w http.ResponseWriter, r *http.Request) bool) {
	if before == nil {
		x.before.Store(nil)
		return
	}
	x.before.Store(&before)
}

// refuseIdentity answers the call that asks for the account's id as a missing permission is answered.
func (x *branches) refuseIdentity(w http.ResponseWriter, r *http.Request) bool {
	if !strings.HasSuffix(r.URL.Path, "/details") {
		return false
	}
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write([]byte(`{"status":"error","category":"MISSING_SCOPES"}`))
	return true
}

// withoutID answers it without the id.
func withoutID(w http.ResponseWriter, r *http.Request) bool {
	if !strings.HasSuffix(r.URL.Path, "/details") {
		return false
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(`{"companyCurrency":"USD","timeZone":"UTC"}`))
	return true
}

func (x *branches) yaml(extra string) string {
	connect := fmt.Sprintf("hubspot: {token_file: %q, base_url: %s}", x.file, x.url)
	if x.kind == "salesforce" {
		connect = fmt.Sprintf("salesforce: {instance_url: %s, client_credentials: {client_id: key, client_secret_file: %q}}",
			x.url, x.file)
	}
	return fmt.Sprintf(`
timezone: UTC
dimensions: [rep, territory, segment]
histogram_dimensions: []
windows: [all_time]
rollups: [[]]
sources:
  - name: crm
    %s
    full_sync_interval: 24h
    api_budget: {daily_share: 1, requests_per_second: 1000}
    %s
`, connect, extra)
}

func (x *branches) harness(extra string) *harness {
	return newHarness(x.t, x.yaml(extra), x.clocked)
}

func (x *branches) clocked(o *Options) { o.Now = x.clock.now }

// shows holds the page to a number of won deals and their money.
func (h *harness) shows(when string, won, revenue float64) {
	h.t.Helper()
	p := h.page()
	if n, money := p.sum("sales_deals_won"), p.sum("sales_revenue_won_amount"); n != won || money != revenue {
		h.t.Errorf("%s the page shows %v won, %v; want %v won, %v", when, n, money, won, revenue)
	}
}

// refuses syncs and demands that another account is refused by a message with both ids.
func (h *harness) refuses(when, pinned, got string) {
	h.t.Helper()
	err := h.sync()
	if err == nil {
		h.t.Fatalf("%s the sync succeeded", when)
	}
	for _, want := range []string{"config: ", "belongs to account " + got, "account " + pinned, `account: "` + got + `"`} {
		if !strings.Contains(err.Error(), want) {
			h.t.Errorf("%s the error does not say %q: %v", when, want, err)
		}
	}
	if up := h.page().sum("sales_exporter_source_up"); up != 0 {
		h.t.Errorf("%s source_up is %v", when, up)
	}
	if n := h.page().sum("sales_exporter_sync_errors_total", "reason", "config"); n == 0 {
		h.t.Errorf("%s no error of reason config is counted", when)
	}
}

// account returns the account that the mirror is pinned to.
func (h *harness) account() record.AccountIdentity {
	h.t.Helper()
	syncer := h.app.engine.syncers[0]
	var account record.AccountIdentity
	for i, st := range syncer.streams {
		state, err := h.app.engine.store.State(h.t.Context(), st.key)
		if err != nil {
			h.t.Fatal(err)
		}
		if i > 0 && state.Account != account {
			h.t.Errorf("stream %s is of account %+v, the one before it of %+v", st.key, state.Account, account)
		}
		account = state.Account
	}
	return account
}

func bothCRMs(t *testing.T, play func(t *testing.T, x *branches)) {
	for _, kind := range []string{"hubspot", "salesforce"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			play(t, newBranches(t, kind))
		})
	}
}

// otherID returns what account 2222 calls itself.
func (x *branches) otherID(pinned string) string {
	if x.kind == "hubspot" {
		return "2222"
	}
	server := httptest.NewServer(x.b.handler)
	defer server.Close()
	answer, err := http.PostForm(server.URL+"/services/oauth2/token", map[string][]string{
		"grant_type": {"client_credentials"}, "client_id": {"key"}, "client_secret": {x.b.secret},
	})
	if err != nil {
		x.t.Fatal(err)
	}
	defer answer.Body.Close()
	text := make([]byte, 4096)
	n, _ := answer.Body.Read(text)
	id := regexp.MustCompile(`00D\w{15}`).FindString(string(text[:n]))
	if id == "" || id == pinned {
		x.t.Fatalf("the other org calls itself %q", id)
	}
	return id
}

// TestC7Running swaps the credential of a running exporter for that of another account.
func TestC7Running(t *testing.T) {
	t.Parallel()
	bothCRMs(t, func(t *testing.T, x *branches) {
		h := x.harness("")
		h.mustSync()
		h.shows("at first", 60, 60_000)
		a := h.account()
		if a.Currency == "" && x.kind == "hubspot" || a.TimeZone != "UTC" || x.kind == "salesforce" && a.FiscalYearStart != 1 {
			t.Errorf("the account is %+v", a)
		}
		b := x.otherID(a.ID)
		if n := h.page().sum("sales_exporter_api_requests_total", "code", "400"); n != 0 {
			t.Errorf("%v calls of a healthy account look like a fault", n)
		}

		x.use(x.b.secret)
		h.refuses("with the other credential", a.ID, b)
		h.shows("with the other credential", 60, 60_000)
		x.clock.advance(5 * time.Minute)
		h.refuses("five minutes later", a.ID, b)
		x.clock.advance(2 * time.Hour) // references are due
		h.refuses("two hours later", a.ID, b)
		x.clock.advance(48 * time.Hour) // a full pass is due
		h.refuses("two days later", a.ID, b)
		h.shows("two days later", 60, 60_000)

		x.use(x.a.secret)
		x.a.world.AddDeal(x.won("1000"))
		h.mustSync()
		h.shows("with the first credential again", 61, 61_000)
		if up := h.page().sum("sales_exporter_source_up"); up != 1 {
			t.Errorf("source_up is %v", up)
		}
	})
}

// won returns a deal that was won just now.
func (x *branches) won(amount string) crmsim.Deal {
	return crmsim.Deal{
		Name: "Deal", Pipeline: "default", Stage: "won", Rep: 1, Amount: amount, Close: x.clock.now().UTC().Add(-time.Minute),
	}
}

// TestC7Restart swaps the credential while the exporter is down.
func TestC7Restart(t *testing.T) {
	t.Parallel()
	bothCRMs(t, func(t *testing.T, x *branches) {
		h := x.harness("")
		h.mustSync()
		a := h.account()
		h.close()
		x.use(x.b.secret)
		for _, pause := range []time.Duration{0, 2 * time.Hour, 48 * time.Hour} {
			x.clock.advance(pause)
			h.open(x.yaml(""), x.clocked)
			h.shows("after the restart", 60, 60_000)
			h.refuses("after the restart", a.ID, x.otherID(a.ID))
			h.shows("after a sync", 60, 60_000)
			h.close()
		}
		x.use(x.a.secret)
		h.open(x.yaml(""), x.clocked)
		h.mustSync()
		h.shows("with the first credential again", 60, 60_000)
	})
}

// TestC7WithinASync swaps the credential at each call of a first sync, and of a full pass, in turn.
func TestC7WithinASync(t *testing.T) {
	t.Parallel()
	bothCRMs(t, func(t *testing.T, x *branches) {
		for call, swapped := 1, true; swapped; call++ {
			x.use(x.a.secret)
			h := x.harness("")
			swapped = x.swapAt(call, func() { _ = h.sync() })
			for range 2 { // Whatever came of it, the next syncs read one account or none.
				_ = h.sync()
				p := h.page()
				won, revenue := p.sum("sales_deals_won"), p.sum("sales_revenue_won_amount")
				nothing, first, other := won == 0 && revenue == 0, won == 60 && revenue == 60_000, won == 30 && revenue == 2_310
				if !nothing && !first && !other {
					t.Errorf("swapped at call %d of the first sync, the page shows %v won, %v", call, won, revenue)
				}
			}
			h.close()
		}
		for call, swapped := 1, true; swapped; call++ {
			x.use(x.a.secret)
			h := x.harness("")
			h.mustSync()
			x.clock.advance(25 * time.Hour)
			swapped = x.swapAt(call, func() { _ = h.sync() })
			h.shows(fmt.Sprintf("swapped at call %d of a pass", call), 60, 60_000)
			x.use(x.a.secret)
			h.mustSync()
			h.shows(fmt.Sprintf("swapped back after call %d of a pass", call), 60, 60_000)
			h.close()
		}
	})
}

// swapAt puts the other credential into the file at a call of the sync, and reports whether there was such a call.
func (x *branches) swapAt(call int, sync func()) bool {
	n := 0
	x.intercept(func(http.ResponseWriter, *http.Request) bool {
		if n++; n == call {
			x.use(x.b.secret)
		}
		return false
	})
	defer x.intercept(nil)
	sync()
	return n >= call
}

// TestC7Quiet has an account behind the other credential in which nothing happens: there is no page to refuse, and what
// happens in the first account meanwhile is still found.
func TestC7Quiet(t *testing.T) {
	t.Parallel()
	bothCRMs(t, func(t *testing.T, x *branches) {
		h := x.harness("")
		h.mustSync()
		a := h.account()
		x.use(x.b.secret)
		x.a.world.AddDeal(x.won("5"))
		for range 3 {
			x.clock.advance(20 * time.Minute)
			h.refuses("with a quiet account", a.ID, x.otherID(a.ID))
		}
		x.use(x.a.secret)
		h.mustSync()
		h.shows("with the first credential again", 61, 60_005)
	})
}

// TestAccountChangedOnPurpose states the other account: its mirror is read anew, and nothing of the first one is left.
func TestAccountChangedOnPurpose(t *testing.T) {
	t.Parallel()
	bothCRMs(t, func(t *testing.T, x *branches) {
		h := x.harness("")
		h.mustSync()
		b := x.otherID(h.account().ID)
		h.close()
		x.use(x.b.secret)
		stated := fmt.Sprintf("account: %q", b)
		h.open(x.yaml(stated), x.clocked)
		h.shows("before the first sync", 0, 0)
		h.mustSync()
		h.shows("after it", 30, 2_310)
		if got := h.account().ID; got != b {
			t.Errorf("pinned to %s, want %s", got, b)
		}
		h.close()
		h.open(x.yaml(stated), x.clocked)
		h.shows("after a restart", 30, 2_310)
		x.use(x.a.secret)
		if err := h.sync(); err == nil || !strings.Contains(err.Error(), "sets account "+b) {
			t.Errorf("the first account's credential ended with %v", err)
		}
		h.shows("with the first account's credential", 30, 2_310)
	})
}

// TestAccountStatedWrong states another account than the credential's: nothing is read at all.
func TestAccountStatedWrong(t *testing.T) {
	t.Parallel()
	bothCRMs(t, func(t *testing.T, x *branches) {
		stated := "3333"
		if x.kind == "salesforce" {
			stated = "00D000000000001"
		}
		h := x.harness(fmt.Sprintf("account: %q", stated))
		err := h.sync()
		if err == nil || !strings.Contains(err.Error(), "sets account "+stated) || !strings.Contains(err.Error(), "config: ") {
			t.Errorf("the sync ended with %v", err)
		}
		h.shows("afterwards", 0, 0)
		if got := h.account(); got != (record.AccountIdentity{}) {
			t.Errorf("pinned to %+v", got)
		}
	})
}

// TestAccountStated states a Salesforce org that is known, by the short form of its id, which is what Setup shows, and by
// the long one.
func TestAccountStated(t *testing.T) {
	t.Parallel()
	x := newBranches(t, "salesforce")
	h := x.harness("")
	h.mustSync()
	long := h.account().ID
	h.close()
	for _, stated := range []string{long[:15], long} { // To state what is known changes nothing.
		h.open(x.yaml(fmt.Sprintf("account: %q", stated)), x.clocked)
		h.shows("stated as "+stated, 60, 60_000)
		h.mustSync()
		h.shows("synced as "+stated, 60, 60_000)
		h.close()
	}
}

// TestCredentialRotated replaces a token by another one of the same portal, as good practice has it twice a year.
func TestCredentialRotated(t *testing.T) {
	t.Parallel()
	x := newBranches(t, "hubspot")
	h := x.harness("")
	h.mustSync()
	x.use(x.a.secret + "-rotated")
	x.a.world.AddDeal(x.won("7"))
	h.mustSync()
	h.shows("with the rotated token", 61, 60_007)
}

// TestAccountUnreadable has a portal that does not tell its id.
func TestAccountUnreadable(t *testing.T) {
	t.Parallel()
	t.Run("from the start", func(t *testing.T) {
		x := newBranches(t, "hubspot")
		x.intercept(x.refuseIdentity)
		h := x.harness("")
		h.mustSync()
		x.clock.advance(2 * time.Hour)
		h.mustSync()
		h.shows("without an id", 60, 60_000)
		if n := strings.Count(h.log.String(), "the account's id cannot be read"); n != 1 {
			t.Errorf("%d warnings, want 1:\n%s", n, h.log)
		}
	})
	t.Run("later on", func(t *testing.T) {
		x := newBranches(t, "hubspot")
		h := x.harness("")
		h.mustSync()
		x.intercept(x.refuseIdentity)
		x.clock.advance(2 * time.Hour)
		x.a.world.AddDeal(x.won("7"))
		h.mustSync() // The credential is the same, so is its account.
		h.shows("with the same token", 61, 60_007)
		x.use(x.b.secret)
		if err := h.sync(); err == nil || !strings.Contains(err.Error(), "not the one of account 1111") {
			t.Errorf("another token ended with %v", err)
		}
		h.shows("with another token", 61, 60_007)
	})
	for name, hide := range map[string]func(w http.ResponseWriter, r *http.Request) bool{
		"refused": (*branches)(nil).refuseIdentity, "without an id": withoutID,
	} {
		t.Run("over a restart, "+name, func(t *testing.T) {
			x := newBranches(t, "hubspot")
			h := x.harness("")
			h.mustSync()
			h.close()
			x.intercept(hide)
			x.use(x.b.secret)
			h.open(x.yaml(""), x.clocked)
			if err := h.sync(); err == nil || !strings.Contains(err.Error(), "those of account 1111") {
				t.Errorf("another token ended with %v", err)
			}
			h.shows("with another token", 60, 60_000)
			x.use(x.a.secret)
			x.intercept(nil)
			x.a.world.AddDeal(x.won("7"))
			h.mustSync()
			h.shows("with its own token", 61, 60_007)
		})
	}
	t.Run("never, and another token", func(t *testing.T) {
		x := newBranches(t, "hubspot")
		x.intercept(x.refuseIdentity)
		h := x.harness("")
		h.mustSync()
		x.use(x.b.secret)
		if err := h.sync(); err == nil || !strings.Contains(err.Error(), "the credential has changed") {
			t.Errorf("another token ended with %v", err)
		}
		h.shows("with another token", 60, 60_000)
	})
	t.Run("stated", func(t *testing.T) {
		x := newBranches(t, "hubspot")
		x.intercept(x.refuseIdentity)
		h := x.harness(`account: "1111"`)
		if err := h.sync(); err == nil || !strings.Contains(err.Error(), "sets account 1111") {
			t.Errorf("the sync ended with %v", err)
		}
		h.shows("afterwards", 0, 0)
	})
}
