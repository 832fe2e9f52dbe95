package check

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/tools/boards/stack/promtest"
)

const exposition = `# HELP won Won "revenue{".
# TYPE won gauge
won{source="a",rep="",note="x, fake=\"1\""} 1
won{source="b",rep="",day="01"} 1
up 1
`

func TestExposedLabels(t *testing.T) {
	got, err := exposedLabels(strings.NewReader(exposition))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"won": {"source", "rep", "note", "day"}, "up": nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNames(t *testing.T) {
	exporter := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(exposition))
	}))
	defer exporter.Close()
	p := promtest.Prometheus{
		Names: map[string][]string{
			`{__name__="won"}`:        {"__name__", "source", "note", "day"},
			`{__name__="source:won"}`: {"__name__", "source"},
		},
		Rules: ruleGroups(object{
			"type": "recording", "name": "source:won", "query": "max by (source, day) (won)", "health": "ok",
		}),
	}
	o := Options{API: p.Start(t), Replicas: []string{strings.TrimPrefix(exporter.URL, "http://")}}
	for expr, c := range map[string]struct {
		exceptions []Exception
		problem    string
	}{
		`sum by (source) (won{day="01",segment=""})`: {nil, ""},
		`won{rep="a"}`:                     {nil, ""}, // Prometheus does not know it: it is always empty.
		`source:won{day="01"}`:             {nil, ""}, // Recorded from series that have it.
		`won{dya="01"}`:                    {nil, "there is no label dya of won"},
		`won{segment="a"}`:                 {nil, "there is no label segment of won"},
		`sum by (sorce) (won)`:             {nil, "there is no label sorce of won"},
		`won * on (surce) source:won`:      {nil, "there is no label surce of won, source:won"},
		`lost`:                             {nil, "there is no metric lost"},
		`lost or won`:                      {[]Exception{{Metric: "lost", Reason: "r"}}, ""},
		`won > 0`:                          {[]Exception{{Metric: "lost", Reason: "r"}}, "metric lost is not needed"},
		`won > 1`:                          {[]Exception{{Panel: "lost", Reason: "r"}}, ""},
		`sum(`:                             {nil, "parse sum("},
		`sum by (surce) (lost)`:            {nil, "there is no metric lost"}, // Said once.
		`won{source="a",day="1",note="n"}`: {nil, ""},
	} {
		t.Run(expr, func(t *testing.T) {
			o.Exceptions = c.exceptions
			expectProblem(t, o.names(t.Context(), []string{expr}), c.problem)
		})
	}
	o.Replicas = []string{"127.0.0.1:1"}
	o.Exceptions = nil
	expectProblem(t, o.names(t.Context(), nil), "scrape 127.0.0.1:1")
}
