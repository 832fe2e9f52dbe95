package app

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// records runs the export beside the harness's exporter.
func (h *harness) records(what RecordsOptions) string {
	h.t.Helper()
	var out bytes.Buffer
	if err := Records(h.t.Context(), h.app.options, what, &out); err != nil {
		h.t.Fatal(err)
	}
	return out.String()
}

// TestRecords writes every kind in both formats, beside the exporter that holds the mirror.
func TestRecords(t *testing.T) {
	t.Parallel()
	_, _, a, g := twoCRMs(t)
	h := newHarness(t, "windows: [all_time]\nsources:"+a+g)
	h.mustSync()
	page := h.page()
	for _, k := range crm.Kinds() {
		kind := string(k.Name())
		lines, err := csv.NewReader(strings.NewReader(h.records(RecordsOptions{Kind: kind}))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if want := append([]string{"source"}, k.Columns()...); !slices.Equal(lines[0], want) {
			t.Errorf("the columns of %s are %q, want %q", kind, lines[0], want)
		}
		for _, source := range []string{"acme", "globex"} {
			n := 0
			for _, line := range lines[1:] {
				if line[0] == source {
					n++
				}
			}
			if want := int(page.sum("sales_exporter_mirror_records", "source", source, "object", kind)); n != want {
				t.Errorf("%d %s of %s are written, want %d", n, kind, source, want)
			}
		}
		for text := range strings.Lines(h.records(RecordsOptions{Kind: kind, Source: "acme", JSON: true})) {
			var object map[string]string
			if err := json.Unmarshal([]byte(text), &object); err != nil || object["source"] != "acme" ||
				len(object) != len(lines[0]) {
				t.Fatalf("%s: error %v, object %s", kind, err, text)
			}
		}
	}
	for list, what := range map[string]RecordsOptions{
		"deals, accounts": {Kind: "dreams"}, "reps, pipelines": {}, "acme, globex": {Kind: "deals", Source: "initrode"},
	} {
		err := Records(t.Context(), h.app.options, what, &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), list) {
			t.Errorf("%+v: error %v", what, err)
		}
	}
}

// TestRecordsAreHarmless: what somebody has typed into a CRM is no formula in the spreadsheet of who reads the export.
// Numbers stay numbers.
func TestRecordsAreHarmless(t *testing.T) {
	var out bytes.Buffer
	w := newRecordWriter(crm.Deals, false, &out)
	deal := crm.Deal{
		Head:  record.Head{ID: "+1", Dimensions: nil},
		Stage: "=HYPERLINK(\"http://evil\")", Rep: "@x", Account: "-1", Amount: -12_500, AmountKnown: true, Currency: "\t=",
	}
	if err := w.write("acme", crm.Deals.Of(deal)); err != nil {
		t.Fatal(err)
	}
	if err := w.flush(); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i, column := range lines[0] {
		got[column] = lines[1][i]
	}
	for column, want := range map[string]string{
		"id": "'+1", "stage": "'=HYPERLINK(\"http://evil\")", "rep": "'@x", "account": "'-1", "currency": "'\t=",
		"amount": deal.Amount.String(), "pipeline": "",
	} {
		if got[column] != want {
			t.Errorf("%s is %q, want %q", column, got[column], want)
		}
	}
}
