package portal

import (
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/bench/internal/world"
)

type answer struct {
	Total   int
	Results []struct {
		ID         string
		Properties map[string]*string
	}
	Paging struct{ Next struct{ After string } }
}

func ask(t *testing.T, p *Portal, method, target, body string) answer {
	t.Helper()
	recorder := httptest.NewRecorder()
	p.ServeHTTP(recorder, httptest.NewRequest(method, target, strings.NewReader(body)))
	var a answer
	if err := json.Unmarshal(recorder.Body.Bytes(), &a); err != nil || recorder.Code != 200 {
		t.Fatalf("%s %s: status %d, %v:\n%s", method, target, recorder.Code, err, recorder.Body)
	}
	return a
}

// TestListing walks the listing and meets every deal once, in the order of ids.
func TestListing(t *testing.T) {
	const deals = 250
	p := New(deals, time.Now())
	next, after := 0, ""
	for {
		a := ask(t, p, "GET", "/crm/objects/2026-09/deals?limit=100&properties=amount,region&after="+after, "")
		for _, r := range a.Results {
			if want := strconv.Itoa(world.FirstID + next); r.ID != want {
				t.Fatalf("deal %s, want %s", r.ID, want)
			}
			next++
		}
		if after = a.Paging.Next.After; after == "" {
			break
		}
	}
	if next != deals || p.Listings() != 3 {
		t.Errorf("%d deals by %d pages", next, p.Listings())
	}
}

// TestSearch finds what was raised, page by page, and nothing before.
func TestSearch(t *testing.T) {
	p := New(1000, time.Now())
	since := time.Now().Add(-time.Millisecond).UnixMilli()
	search := func(last string) answer {
		return ask(t, p, "POST", "/crm/objects/2026-09/deals/search", `{"filterGroups":[{"filters":[
			{"propertyName":"hs_lastmodifieddate","operator":"BETWEEN",
				"value":"`+strconv.FormatInt(since, 10)+`","highValue":"99999999999999"},
			{"propertyName":"hs_object_id","operator":"GT","value":"`+last+`"}]}],"properties":["amount"],"limit":6}`)
	}
	if a := search("0"); a.Total != 0 {
		t.Errorf("%d deals before anything changed", a.Total)
	}
	if n := p.Raise(100); n != 10 {
		t.Errorf("%d deals are raised", n)
	}
	first := search("0")
	rest := search(first.Results[len(first.Results)-1].ID)
	if first.Total != 10 || len(first.Results) != 6 || rest.Total != 4 || len(rest.Results) != 4 {
		t.Errorf("pages of %d of %d and %d of %d", len(first.Results), first.Total, len(rest.Results), rest.Total)
	}
}
