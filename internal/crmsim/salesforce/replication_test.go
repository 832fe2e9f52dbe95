package salesforce

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

type replicated struct {
	IDs      []string   `json:"ids"`
	Deleted  []deletion `json:"deletedRecords"`
	Earliest string     `json:"earliestDateAvailable"`
	Latest   string     `json:"latestDateCovered"`
}

func (o *org) replication(what string, from, to time.Time) *httptest.ResponseRecorder {
	return o.replicationOf("Opportunity", what, from, to)
}

func (o *org) replicationOf(object, what string, from, to time.Time) *httptest.ResponseRecorder {
	const layout = "2006-01-02T15:04:05-07:00"
	query := url.Values{"start": {from.Format(layout)}, "end": {to.Format(layout)}}
	return o.do("GET", "/services/data/v66.0/sobjects/"+object+"/"+what+"?"+query.Encode(), "")
}

func opportunityID(n int64) string { return tables.ID("006", n) }

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestDeletedOpportunities(t *testing.T) {
	o := newOrg(t, Options{}).login()
	o.addDeals(8)
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	o.clock = at(10)
	must(t, o.world.Archive(1), o.world.Archive(2), o.world.Archive(3))
	o.clock = at(20)
	must(t, o.world.Restore(2), o.world.Purge(3), o.world.Purge(4))
	o.clock = at(30)
	if _, err := o.world.Merge(5, 6); err != nil {
		t.Fatal(err)
	}
	o.clock = at(40)
	o.login()

	ids := func(resource, soql string) []any { return valuesOf(o.all(resource, soql), "Id") }
	live := []any{opportunityID(2), opportunityID(7), opportunityID(8), opportunityID(9)}
	if diff := cmp.Diff(live, ids("query", "SELECT Id FROM Opportunity")); diff != "" {
		t.Errorf("query (-want +got):\n%s", diff)
	}
	binned := []any{opportunityID(1), opportunityID(5), opportunityID(6)}
	if diff := cmp.Diff(binned, ids("queryAll", "SELECT Id FROM Opportunity WHERE IsDeleted = true")); diff != "" {
		t.Errorf("queryAll (-want +got):\n%s", diff)
	}
	stamps := valuesOf(o.all("queryAll",
		"SELECT SystemModstamp FROM Opportunity WHERE LastModifiedDate < 2026-03-18T15:30:00Z"), "SystemModstamp")
	wantStamps := []any{}
	for _, stamp := range []time.Time{
		at(10), at(20), at(30), at(30), // archived, restored, merged, merged
		start.Add(-2 * time.Second), start.Add(-time.Second),
	} {
		wantStamps = append(wantStamps, stamp.Format(replicationTime))
	}
	if diff := cmp.Diff(wantStamps, stamps); diff != "" {
		t.Errorf("stamps (-want +got):\n%s", diff)
	}

	var got replicated
	o.decode(o.replication("deleted", at(0), at(60)), http.StatusOK, &got)
	want := []deletion{
		{opportunityID(1), at(10).Format(replicationTime)},
		{opportunityID(3), at(10).Format(replicationTime)},
		{opportunityID(4), at(20).Format(replicationTime)},
		{opportunityID(5), at(30).Format(replicationTime)},
		{opportunityID(6), at(30).Format(replicationTime)},
	}
	if diff := cmp.Diff(want, got.Deleted); diff != "" {
		t.Errorf("deleted (-want +got):\n%s", diff)
	}
	if got.Latest != at(40).Format(replicationTime) || got.Earliest != at(40).Add(-deletedLife).Format(replicationTime) {
		t.Errorf("covers %s to %s", got.Earliest, got.Latest)
	}

	o.clock = at(15).Add(deletedLife) // the log forgets
	o.login()
	o.decode(o.replication("deleted", at(0), at(60)), http.StatusOK, &got)
	if len(got.Deleted) != 3 || got.Deleted[0].ID != opportunityID(4) {
		t.Errorf("got %v", got.Deleted)
	}
}

func TestUpdatedIsHeldBackByAnOpenTransaction(t *testing.T) {
	o := newOrg(t, Options{}).login()
	o.addDeals(3)
	must(t, o.world.Update(2, func(d *crmsim.Deal) {
		d.Name, d.Modified, d.VisibleAt = "Late", start.Add(-30*time.Second), start.Add(time.Minute)
	}))
	o.world.AddDeal(crmsim.Deal{
		Head:     world.Head{Modified: start.Add(-10 * time.Second), VisibleAt: start.Add(time.Minute)},
		Pipeline: "default", Stage: "s1",
	})
	names := func() []any { return valuesOf(o.all("query", "SELECT Name FROM Opportunity ORDER BY Id"), "Name") }
	if diff := cmp.Diff([]any{"Deal", "Deal", "Deal"}, names()); diff != "" {
		t.Errorf("before the commit (-want +got):\n%s", diff)
	}
	var got replicated
	o.decode(o.replication("updated", start.Add(-time.Hour), start.Add(time.Hour)), http.StatusOK, &got)
	if diff := cmp.Diff([]string{opportunityID(1), opportunityID(2), opportunityID(3)}, got.IDs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if want := start.Add(-30 * time.Second).Format(replicationTime); got.Latest != want {
		t.Errorf("covered up to %s, want %s", got.Latest, want)
	}
	var accounts replicated
	o.decode(o.replicationOf("Account", "updated", start.Add(-time.Hour), start.Add(time.Hour)), http.StatusOK, &accounts)
	if accounts.Latest != got.Latest {
		t.Errorf("a transaction that changes deals holds deals back to %s, accounts to %s", got.Latest, accounts.Latest)
	}

	o.clock = start.Add(time.Minute)
	if diff := cmp.Diff([]any{"Deal", "Late", "Deal", nil}, names()); diff != "" {
		t.Errorf("after the commit (-want +got):\n%s", diff)
	}
	o.decode(o.replication("updated", start.Add(-time.Hour), start.Add(time.Hour)), http.StatusOK, &got)
	if want := o.clock.Format(replicationTime); got.Latest != want || len(got.IDs) != 4 {
		t.Errorf("covered up to %s, want %s; %v", got.Latest, want, got.IDs)
	}
}

func TestReplicationWindows(t *testing.T) {
	o := newOrg(t, Options{}).login()
	const path = "/services/data/v66.0/sobjects/Opportunity/updated"
	for _, query := range []string{
		"",
		"?start=2026-03-18T00:00:00Z",
		"?start=2026-03-18T00:00:00Z&end=2026-03-18T00:01:59Z", // seconds are ignored: one minute
		"?start=2026-03-18T00:00:00Z&end=2026-03-17T00:00:00Z",
		"?start=2026-02-01T00:00:00Z&end=2026-03-18T00:00:00Z",
		"?start=2026-03-18T00:00:00+00:00&end=2026-03-18T01:00:00+00:00", // "+" is a space
	} {
		o.wantFailure(o.do("GET", path+query, ""), http.StatusBadRequest, "INVALID_REPLICATION_DATE")
	}
	o.wantFailure(o.do("GET", "/services/data/v66.0/sobjects/Nope/deleted", ""), http.StatusNotFound, "NOT_FOUND")
}

// TestKeysetOverOneSecond reads more rows of one identical second than a page holds, from one to the next by keyset.
func TestKeysetOverOneSecond(t *testing.T) {
	o := newOrg(t, Options{PageSize: 100}).login()
	o.addDeals(250)
	var ids []int64
	for _, d := range o.world.Deals() {
		ids = append(ids, d.ID)
	}
	must(t, o.world.BulkTouch(ids))
	seen := map[any]bool{}
	stamp := start.Format("2006-01-02T15:04:05.000Z")
	for last := "006xx0000000000"; ; {
		page := o.query("query", "SELECT Id FROM Opportunity WHERE (SystemModstamp = "+stamp+" AND Id > '"+last+
			"') OR SystemModstamp > "+stamp+" ORDER BY SystemModstamp ASC, Id ASC LIMIT 100").Records
		if len(page) == 0 {
			break
		}
		for _, r := range page {
			seen[r["Id"]] = true
		}
		last, _ = page[len(page)-1]["Id"].(string)
	}
	if len(seen) != 250 {
		t.Errorf("saw %d of 250", len(seen))
	}
}
