package alertmanager

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/config/receiver"
	"go.yaml.in/yaml/v3"
)

const (
	repository  = "../.."
	exampleFile = repository + "/alerts/alertmanager.example.yaml"
	demoFile    = repository + "/deploy/alertmanager/alertmanager.yml"
)

func load(t *testing.T, file string) *config.Config {
	t.Helper()
	cfg, err := config.LoadFile(file)
	if err != nil {
		t.Fatalf("load %s: %v", file, err)
	}
	return cfg
}

func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("parse %s: %v", file, err)
	}
}

// rule is what this package needs to know of an alerting rule.
type rule struct {
	Alert  string            `yaml:"alert"`
	Labels map[string]string `yaml:"labels"`
}

// shippedRules returns the alerting rules of the repository.
func shippedRules(t *testing.T) []rule {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, "alerts", "*.rules.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no rule files found: %v", err)
	}
	var rules []rule
	for _, file := range files {
		var document struct {
			Groups []struct {
				Rules []rule `yaml:"rules"`
			} `yaml:"groups"`
		}
		readYAML(t, file, &document)
		for _, group := range document.Groups {
			rules = append(rules, group.Rules...)
		}
	}
	rules = slices.DeleteFunc(rules, func(r rule) bool { return r.Alert == "" })
	if len(rules) == 0 {
		t.Fatal("the rule files hold no alert")
	}
	return rules
}

// TestReceiversBuild builds every notifier, which finds what the configuration's syntax does not.
func TestReceiversBuild(t *testing.T) {
	for _, file := range []string{exampleFile, demoFile} {
		cfg := load(t, file)
		for _, r := range cfg.Receivers {
			if _, err := receiver.BuildReceiverIntegrations(r, templates(t, cfg), discard()); err != nil {
				t.Errorf("%s: receiver %s: %v", file, r.Name, err)
			}
		}
	}
}

// TestNoSecretInConfiguration keeps secrets out of a file that is committed.
func TestNoSecretInConfiguration(t *testing.T) {
	text, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	secret := regexp.MustCompile(`(?m)^\s*-?\s*(api_url|slack_api_url|smtp_auth_password|auth_password|routing_key|` +
		`service_key|url|password|token|credentials|app_token):.*$`)
	if found := secret.FindAllString(string(text), -1); found != nil {
		t.Errorf("these keys hold secrets and have a twin that ends in _file: %q", found)
	}
}

// TestAlertNamesExist finds an alert that was renamed in the rules and not here: a matcher that names nobody is silent.
func TestAlertNamesExist(t *testing.T) {
	known := map[string]bool{}
	for _, r := range shippedRules(t) {
		known[r.Alert] = true
	}
	name := regexp.MustCompile(`\bSales[A-Z][A-Za-z]+`)
	for _, file := range []string{exampleFile, demoFile, "testdata/routes.yaml", "testdata/inhibitions.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, alert := range name.FindAllString(string(text), -1) {
			if !known[alert] {
				t.Errorf("%s names %s, which no rule has", file, alert)
			}
		}
	}
}

// TestResultsAreNotResolved: a result of a period stays true when its alert ends.
func TestResultsAreNotResolved(t *testing.T) {
	cfg := load(t, exampleFile)
	i := slices.IndexFunc(cfg.Receivers, func(r config.Receiver) bool { return r.Name == "sales-results" })
	if i < 0 {
		t.Fatal("there is no receiver sales-results")
	}
	r := cfg.Receivers[i]
	if len(r.SlackConfigs) == 0 || len(r.WebhookConfigs) == 0 {
		t.Fatal("sales-results sends to no Slack or to no webhook")
	}
	for _, slack := range r.SlackConfigs {
		if slack.SendResolved() {
			t.Error("Slack is told when a result is resolved")
		}
	}
	for _, webhook := range r.WebhookConfigs {
		if webhook.SendResolved() {
			t.Error("the webhook is told when a result is resolved")
		}
	}
}
