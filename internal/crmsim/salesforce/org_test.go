package salesforce

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

var start = time.Date(2026, 3, 18, 15, 30, 0, 0, time.UTC)

// org is a handler over a small world whose clock the test moves.
type org struct {
	*testing.T
	*Handler
	world *crmsim.World
	clock time.Time
	token string
}

func newOrg(t *testing.T, options Options) *org {
	t.Helper()
	o := &org{T: t, clock: start}
	o.world = crmsim.NewWorld(func() time.Time { return o.clock }, crmsim.Info{
		Name: "Acme", Currency: "USD", TimeZone: "Europe/Berlin", Rates: map[string]string{"EUR": "1.25"},
	})
	o.world.AddPipeline(crmsim.Pipeline{ID: "default", Label: "Sales Pipeline", Stages: []crmsim.Stage{
		{ID: "s1", Label: "Prospecting", Probability: "0.1", ForecastCategory: crm.ForecastPipeline},
		{ID: "s2", Label: "Negotiation/Review", Probability: "0.9", ForecastCategory: crm.ForecastCommit},
		{ID: "s3", Label: "Closed Won", Closed: true, Won: true, Probability: "1.0", ForecastCategory: crm.ForecastClosed},
		{ID: "s4", Label: "Closed Lost", Closed: true, Probability: "0.0", ForecastCategory: crm.ForecastOmitted},
	}})
	o.world.AddPipeline(crmsim.Pipeline{ID: "partner", Label: "Partner", Stages: []crmsim.Stage{
		{ID: "p1", Label: "Prospecting", Probability: "0.1", ForecastCategory: crm.ForecastPipeline},
		{ID: "p2", Label: "Joint Proposal", Probability: "0.5", ForecastCategory: crm.ForecastBestCase},
	}})
	team := o.world.AddTeam("Mid-Market EMEA")
	o.world.AddRep(crmsim.Rep{FirstName: "Ann", LastName: "Ray", Email: "ann@example.test", Team: team, Active: true})
	o.world.AddRep(crmsim.Rep{FirstName: "Bob", LastName: "Lee", Email: "bob@example.test"})
	o.world.AddAccount(crmsim.Account{
		Head: world.Head{Properties: map[string]string{"Industry": "Retail", "region": "emea"}}, Name: "Globex",
	})
	o.Handler = NewHandler(o.world, options)
	return o
}

// addDeals adds open deals that are modified a second apart.
func (o *org) addDeals(n int) {
	for i := range n {
		o.world.AddDeal(crmsim.Deal{
			Name: "Deal", Pipeline: "default", Stage: "s1", Rep: 1, Account: 1, Amount: "100",
			Head:  world.Head{Created: start.Add(-time.Hour), Modified: start.Add(time.Duration(i-n) * time.Second)},
			Close: start.AddDate(0, 1, 0), ForecastCategory: crm.ForecastPipeline,
		})
	}
}

// do sends a request to the handler, logged in if the org has logged in before.
func (o *org) do(method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(o.Context(), method, target, strings.NewReader(body))
	r.Host = "acme.my.salesforce.com"
	if o.token != "" {
		r.Header.Set("Authorization", "Bearer "+o.token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	w := httptest.NewRecorder()
	o.ServeHTTP(w, r)
	return w
}

// login opens a session with the client credentials flow.
func (o *org) login() *org {
	o.Helper()
	r := o.do("POST", "/services/oauth2/token", "grant_type=client_credentials&client_id=k&client_secret=s",
		"Content-Type", "application/x-www-form-urlencoded")
	var g grant
	o.decode(r, http.StatusOK, &g)
	o.token = g.AccessToken
	return o
}

// text returns the body of an answer, decompressed.
func (o *org) text(r *httptest.ResponseRecorder) string {
	o.Helper()
	body := io.Reader(r.Body)
	if r.Header().Get("Content-Encoding") == "gzip" {
		var err error
		if body, err = gzip.NewReader(r.Body); err != nil {
			o.Fatal(err)
		}
	}
	text, err := io.ReadAll(body)
	if err != nil {
		o.Fatal(err)
	}
	return string(text)
}

func (o *org) decode(r *httptest.ResponseRecorder, status int, into any) {
	o.Helper()
	text := o.text(r)
	if r.Code != status {
		o.Fatalf("status %d, want %d: %s", r.Code, status, text)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		o.Fatalf("%v in %s", err, text)
	}
}

// failure returns the error code of a refused call.
func (o *org) failure(r *httptest.ResponseRecorder, status int) string {
	o.Helper()
	var errors []apiError
	o.decode(r, status, &errors)
	return errors[0].Code
}

func (o *org) wantFailure(r *httptest.ResponseRecorder, status int, code string) {
	o.Helper()
	if got := o.failure(r, status); got != code {
		o.Errorf("got %s, want %s", got, code)
	}
}

type answerPage struct {
	Total   int              `json:"totalSize"`
	Done    bool             `json:"done"`
	Next    string           `json:"nextRecordsUrl"`
	Records []map[string]any `json:"records"`
}

func queryPath(resource, soql string) string {
	return "/services/data/v66.0/" + resource + "?q=" + url.QueryEscape(soql)
}

// query runs a query and returns its first page.
func (o *org) query(resource, soql string, header ...string) answerPage {
	o.Helper()
	var p answerPage
	o.decode(o.do("GET", queryPath(resource, soql), "", header...), http.StatusOK, &p)
	return p
}

// all runs a query and follows its pages.
func (o *org) all(resource, soql string, header ...string) []map[string]any {
	o.Helper()
	p := o.query(resource, soql, header...)
	records := p.Records
	for !p.Done {
		next := p.Next
		p = answerPage{}
		o.decode(o.do("GET", next, "", header...), http.StatusOK, &p)
		records = append(records, p.Records...)
	}
	return records
}

// valuesOf returns one value of every record.
func valuesOf(records []map[string]any, name string) []any {
	values := []any{}
	for _, r := range records {
		values = append(values, r[name])
	}
	return values
}
