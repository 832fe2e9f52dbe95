// Package promtest stands in for Prometheus in tests.
package promtest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// Prometheus answers the part of the HTTP API that boards and checks use, with what is prepared. What is not prepared
// is empty.
type Prometheus struct {
	// Vectors and Matrices are results by query.
	Vectors  map[string]model.Vector
	Matrices map[string]model.Matrix
	// Values are label values by label and selector: "team of sales_deals_won".
	Values map[string][]string
	// Names are label names by selector.
	Names map[string][]string
	// Alerts, Targets and Rules are the data of their endpoints.
	Alerts, Targets, Rules any
	// Asked are the queries that were received, with their times.
	Asked chan<- string
}

// Start serves until the test is over.
func (p Prometheus) Start(t *testing.T) v1.API {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/api/v1/query", func(w http.ResponseWriter, r *http.Request) {
		p.ask(r, "query", "time")
		vector := p.Vectors[r.FormValue("query")]
		if vector == nil {
			vector = model.Vector{}
		}
		reply(w, map[string]any{"resultType": "vector", "result": vector})
	})
	mux.HandleFunc("/api/v1/query_range", func(w http.ResponseWriter, r *http.Request) {
		p.ask(r, "query", "start", "end", "step")
		matrix := p.Matrices[r.FormValue("query")]
		if matrix == nil {
			matrix = model.Matrix{}
		}
		reply(w, map[string]any{"resultType": "matrix", "result": matrix})
	})
	mux.HandleFunc("/api/v1/label/{label}/values", func(w http.ResponseWriter, r *http.Request) {
		reply(w, list(p.Values[r.PathValue("label")+" of "+r.FormValue("match[]")]))
	})
	mux.HandleFunc("/api/v1/labels", func(w http.ResponseWriter, r *http.Request) {
		reply(w, list(p.Names[r.FormValue("match[]")]))
	})
	for path, data := range map[string]any{"alerts": p.Alerts, "targets": p.Targets, "rules": p.Rules} {
		mux.HandleFunc("/api/v1/"+path, func(w http.ResponseWriter, _ *http.Request) { reply(w, data) })
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	client, err := api.NewClient(api.Config{Address: server.URL, Client: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	return v1.NewAPI(client)
}

func (p Prometheus) ask(r *http.Request, parameters ...string) {
	if p.Asked == nil {
		return
	}
	asked := make([]string, len(parameters))
	for i, parameter := range parameters {
		asked[i] = parameter + "=" + r.FormValue(parameter)
	}
	p.Asked <- strings.Join(asked, " ")
}

func list(values []string) []string { return append([]string{}, values...) }

func reply(w http.ResponseWriter, data any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": data}) // The client notices.
}
