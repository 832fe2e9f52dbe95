package check

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/tools/boards/stack/promtest"
)

type object = map[string]any

func target(url, health string) object {
	return object{
		"scrapeUrl": url, "health": health, "labels": object{}, "discoveredLabels": object{}, "lastError": "refused",
		"scrapePool": "", "globalUrl": "", "lastScrape": "2026-05-20T14:15:16Z", "lastScrapeDuration": 0.1,
	}
}

func TestTargets(t *testing.T) {
	for name, c := range map[string]struct {
		active  []object
		problem string
	}{
		"up":          {[]object{target("a", "up"), target("b", "up")}, ""},
		"one is down": {[]object{target("a", "up"), target("b", "down")}, "b is down: refused"},
		"unknown yet": {[]object{target("a", "up"), target("b", "unknown")}, "b is unknown"},
		"one is lost": {[]object{target("a", "up")}, "1 targets for 2 exporters"},
	} {
		t.Run(name, func(t *testing.T) {
			api := promtest.Prometheus{Targets: object{"activeTargets": c.active}}.Start(t)
			expectProblem(t, Options{API: api, Replicas: []string{"a", "b"}}.targets(t.Context()), c.problem)
		})
	}
}

func recordedRule(name, health string) object {
	return object{"type": "recording", "name": name, "query": "a", "health": health, "lastError": "many-to-many"}
}

func ruleGroups(rules ...object) object {
	return object{"groups": []object{{"name": "g", "file": "f", "interval": 5, "rules": rules}}}
}

func TestEvaluation(t *testing.T) {
	for name, c := range map[string]struct {
		rules   []object
		problem string
	}{
		"good":        {[]object{recordedRule("a:b:c", "ok")}, ""},
		"failing":     {[]object{recordedRule("a:b:c", "ok"), recordedRule("d:e:f", "err")}, "d:e:f is err: many-to-many"},
		"not yet run": {[]object{recordedRule("a:b:c", "unknown")}, "a:b:c is unknown"},
		"none":        {[]object{}, "no rule"},
	} {
		t.Run(name, func(t *testing.T) {
			api := promtest.Prometheus{Rules: ruleGroups(c.rules...)}.Start(t)
			expectProblem(t, Options{API: api}.evaluation(t.Context()), c.problem)
		})
	}
}

func alert(name, audience, state string) object {
	return object{
		"state": state, "labels": object{"alertname": name, "audience": audience}, "annotations": object{"summary": "s"},
		"activeAt": "2026-05-20T14:15:16Z", "value": "1",
	}
}

func TestAlerts(t *testing.T) {
	good := []object{
		alert("A", "sales", "firing"), alert("A", "sales", "firing"), alert("B", "revops", "firing"),
		alert("C", "sales", "firing"),
	}
	all := []string{"A", "B", "C"}
	for name, c := range map[string]struct {
		alerts            []object
		arrived, notified []string
		problem           string
	}{
		"three":                  {good, all, all, ""},
		"a pending one":          {append(good, alert("Down", "sre", "pending")), all, all, ""},
		"two, one of them twice": {good[:3], all, all, "2 business alerts fire, at least 3 should: A, B"},
		"one is pending":         {append(good[:3:3], alert("C", "sales", "pending")), all, all, "2 business alerts"},
		"the exporter's own":     {append(good, alert("Down", "sre", "firing")), all, all, "Down fires: s"},
		"nobody's":               {append(good, alert("Odd", "", "firing")), all, all, "Odd fires for the audience"},
		"not arrived":            {good, []string{"A", "B"}, all, "C did not reach Alertmanager"},
		"not notified":           {good, all, []string{"B", "C"}, "A reached Alertmanager, but nobody was notified"},
	} {
		t.Run(name, func(t *testing.T) {
			api := promtest.Prometheus{Alerts: object{"alerts": c.alerts}}.Start(t)
			received := func(context.Context) ([]string, []string, error) { return c.arrived, c.notified, nil }
			expectProblem(t, Options{API: api, Received: received}.alerts(t.Context()), c.problem)
		})
	}
	t.Run("Alertmanager is gone", func(t *testing.T) {
		api := promtest.Prometheus{Alerts: object{"alerts": good}}.Start(t)
		received := func(context.Context) ([]string, []string, error) { return nil, nil, errors.New("refused") }
		expectProblem(t, Options{API: api, Received: received}.alerts(t.Context()), "refused")
	})
}

func TestArrived(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v2/alerts" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(`[{"labels":{"alertname":"A"},"fingerprint":"x"},{"labels":{"alertname":"B"}}]`))
	}))
	defer server.Close()
	got, err := Arrived(t.Context(), server.Client(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"A", "B"}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := Arrived(t.Context(), server.Client(), server.URL+"/prefix"); err == nil {
		t.Error("an answer of 404 is accepted")
	}
}

func TestScanLog(t *testing.T) {
	const calm = "time=x level=INFO source=a msg=\"Server is ready; no duplicate\"\n"
	for name, c := range map[string]struct{ text, problem string }{
		"calm":         {calm, ""},
		"duplicates":   {calm + `level=WARN msg="samples with different value but same timestamp" n=3`, "n=3"},
		"out of order": {calm + `level=WARN msg="Error on ingesting out-of-order samples" num_dropped=5`, "num_dropped=5"},
		"too old":      {`level=ERROR msg="samples that are too old or are too far into the future"`, "too old"},
	} {
		path := filepath.Join(t.TempDir(), "prometheus.log")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { expectProblem(t, scanLog(path), c.problem) })
	}
	expectProblem(t, scanLog(filepath.Join(t.TempDir(), "gone")), "open")
}
