package crmsim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
)

// portalTalk calls HubSpot.
type portalTalk struct {
	t   *testing.T
	api *hubspot.Handler
}

func (p portalTalk) call(method, target, body string) said {
	p.t.Helper()
	return say(p.t, p.api, "x", method, target, body)
}

// ids reads every page of a list, or one of a search.
func (p portalTalk) ids(method, target, body string) []string {
	p.t.Helper()
	var ids []string
	for after := ""; ; {
		a := p.call(method, target+after, body)
		if a.status != http.StatusOK {
			p.t.Fatalf("%s %s: %d %s", method, target, a.status, a.raw)
		}
		for _, r := range a.Results {
			ids = append(ids, r.ID)
		}
		if a.Paging.Next.After == "" || method == http.MethodPost {
			return ids
		}
		after = "&after=" + a.Paging.Next.After
	}
}

// orgTalk calls Salesforce in a session.
type orgTalk struct {
	t     *testing.T
	api   *salesforce.Handler
	token string
}

func newOrgTalk(t *testing.T, api *salesforce.Handler) orgTalk {
	t.Helper()
	login := httptest.NewRequest(http.MethodPost, "/services/oauth2/token",
		strings.NewReader("grant_type=client_credentials&client_id=k&client_secret=s"))
	login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	api.ServeHTTP(w, login)
	var grant struct {
		Token string `json:"access_token"`
	}
	must(t, json.Unmarshal(w.Body.Bytes(), &grant))
	return orgTalk{t, api, grant.Token}
}

func (o orgTalk) get(resource string) said {
	o.t.Helper()
	return say(o.t, o.api, o.token, http.MethodGet, "/services/data/v66.0/"+resource, "")
}

// ids reads every page of a query.
func (o orgTalk) ids(resource, soql string) []string {
	o.t.Helper()
	var ids []string
	for next := resource + "?q=" + url.QueryEscape(soql); next != ""; {
		a := o.get(next)
		if a.status != http.StatusOK {
			o.t.Fatalf("%s: %d %s", soql, a.status, a.raw)
		}
		for _, r := range a.Records {
			ids = append(ids, r.ID)
		}
		next = strings.TrimPrefix(a.NextRecordsURL, "/services/data/v66.0/")
	}
	return ids
}
