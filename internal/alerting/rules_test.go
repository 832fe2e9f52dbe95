package alerting_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/alerting"
)

const (
	alertsDir   = "../../alerts"
	runbooksDir = "../../docs/runbooks"
)

func rules(t *testing.T) []alerting.File {
	t.Helper()
	files, err := alerting.Rules(alerting.DefaultThresholds())
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func alerts(t *testing.T) []alerting.Rule {
	t.Helper()
	var alerts []alerting.Rule
	for _, f := range rules(t) {
		for _, g := range f.Groups {
			alerts = append(alerts, slices.DeleteFunc(slices.Clone(g.Rules), func(r alerting.Rule) bool {
				return r.Alert == ""
			})...)
		}
	}
	if len(alerts) < 20 {
		t.Fatalf("only %d alerts", len(alerts))
	}
	return alerts
}

// TestCommitted holds what people mount equal to what the generator writes.
func TestCommitted(t *testing.T) {
	dir := t.TempDir()
	if err := alerting.Write(dir, alerting.Options{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ruleFiles(t, dir), ruleFiles(t, alertsDir)); diff != "" {
		t.Errorf("alerts/ is not what \"sales_exporter rules --out alerts\" writes (-generated +committed):\n%s", diff)
	}
}

func ruleFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = string(text)
	}
	return files
}

// TestMaxFor makes sure that a demo sees the rules that everybody sees, only sooner.
func TestMaxFor(t *testing.T) {
	plain, capped := t.TempDir(), t.TempDir()
	if err := alerting.Write(plain, alerting.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := alerting.Write(capped, alerting.Options{MaxFor: 15 * time.Second}); err != nil {
		t.Fatal(err)
	}
	want := ruleFiles(t, plain)
	waits := regexp.MustCompile(`(?m)^(\s+(?:for|keep_firing_for): ).*$`)
	for name, text := range want {
		want[name] = waits.ReplaceAllString(text, "${1}15s")
	}
	if diff := cmp.Diff(want, ruleFiles(t, capped)); diff != "" {
		t.Errorf("a cap of 15s changes more than the waits (-want +got):\n%s", diff)
	}
}

// TestConventions checks what Prometheus lets pass.
func TestConventions(t *testing.T) {
	compares := regexp.MustCompile(`[<>]=? |== |\babsent\(|\bunless\b`)
	seen := map[string]bool{}
	for _, r := range alerts(t) {
		t.Run(r.Alert+"/"+r.Labels["severity"], func(t *testing.T) {
			if key := r.Alert + "/" + r.Labels["severity"]; seen[key] {
				t.Error("two alerts have this name and severity")
			} else {
				seen[key] = true
			}
			if !regexp.MustCompile(`^Sales[A-Z][A-Za-z]+$`).MatchString(r.Alert) {
				t.Error("alert names are CamelCase and begin with Sales")
			}
			if !compares.MatchString(r.Expr) {
				t.Errorf("the expression compares with nothing: %s", r.Expr)
			}
			if strings.Contains(r.Expr, "topk") {
				t.Error("topk makes alerts flap")
			}
			if r.For < alerting.Duration(2*time.Minute) {
				t.Errorf("for %v is shorter than two scrapes", time.Duration(r.For))
			}
			checkLabels(t, &r)
			checkAnnotations(t, &r)
		})
	}
}

func checkLabels(t *testing.T, r *alerting.Rule) {
	t.Helper()
	if want := []string{"critical", "warning", "info"}; !slices.Contains(want, r.Labels["severity"]) {
		t.Errorf("severity %q is none of %v", r.Labels["severity"], want)
	}
	if want := []string{"sales", "revops", "sre"}; !slices.Contains(want, r.Labels["audience"]) {
		t.Errorf("audience %q is none of %v", r.Labels["audience"], want)
	}
	_, fixed := r.Labels["kpi"]
	if r.Labels["audience"] == "sales" && !fixed && !slices.Contains(r.Keeps, "kpi") {
		t.Error("an alert for sales must say which KPI it is about")
	}
}

func checkAnnotations(t *testing.T, r *alerting.Rule) {
	t.Helper()
	for _, name := range []string{"summary", "description", "runbook_url", "dashboard_url"} {
		if r.Annotations[name] == "" {
			t.Errorf("annotation %s is missing", name)
		}
	}
	if strings.Contains(r.Annotations["summary"], "\n") {
		t.Error("a summary is one line")
	}
	if !strings.HasPrefix(r.Annotations["dashboard_url"], "/d/") {
		t.Errorf("dashboard_url %s is not relative to Grafana", r.Annotations["dashboard_url"])
	}
	if _, err := os.Stat(filepath.Join(runbooksDir, filepath.Base(r.Annotations["runbook_url"]))); err != nil {
		t.Errorf("runbook_url leads nowhere: %v", err)
	}
	known := slices.Concat(r.Keeps, slices.Collect(maps.Keys(r.Labels)))
	for name, text := range r.Annotations {
		for _, used := range regexp.MustCompile(`\$labels\.(\w+)`).FindAllStringSubmatch(text, -1) {
			if !slices.Contains(known, used[1]) {
				t.Errorf("annotation %s uses label %s, which the expression drops", name, used[1])
			}
		}
	}
}

// TestBoardsTakeTheVariables keeps links from naming variables that a board does not have: Grafana drops them in silence,
// and the reader takes the numbers of everything for those of one source.
func TestBoardsTakeTheVariables(t *testing.T) {
	for _, r := range alerts(t) {
		address := r.Annotations["dashboard_url"]
		uid := regexp.MustCompile(`^/d/([a-z-]+)`).FindStringSubmatch(address)[1]
		variables := boardVariables(t, uid)
		for _, used := range regexp.MustCompile(`var-(\w+)=`).FindAllStringSubmatch(address, -1) {
			if !slices.Contains(variables, used[1]) {
				t.Errorf("%s: board %s has no variable %s", r.Alert, uid, used[1])
			}
		}
		if !strings.Contains(address, "var-job=") {
			t.Errorf("%s: its link does not name the job", r.Alert)
		}
	}
}

func boardVariables(t *testing.T, uid string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../dashboards", uid+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Templating struct {
			List []struct{ Name string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatalf("%s: %v", uid, err)
	}
	var names []string
	for _, v := range board.Templating.List {
		names = append(names, v.Name)
	}
	return names
}

// TestDivisions makes sure that nothing divides by zero: NaN and Inf compare in ways that nobody expects.
func TestDivisions(t *testing.T) {
	for _, f := range rules(t) {
		for _, r := range f.Groups[0].Rules {
			expr := strings.ReplaceAll(r.Expr, "30 / 365", "share of the year")
			expr = regexp.MustCompile(`/ on \([a-z, ]+\) `).ReplaceAllString(expr, "/ ")
			for line := range strings.Lines(expr) {
				if _, divisor, divides := strings.Cut(line, "/ "); divides &&
					!regexp.MustCompile(`^\(.* (> 0|>= [1-9]\d*)\)$`).MatchString(strings.TrimSpace(divisor)) {
					t.Errorf("%s%s divides by what may be zero: %s", r.Record, r.Alert, line)
				}
			}
		}
	}
}
