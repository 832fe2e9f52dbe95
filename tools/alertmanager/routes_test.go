package alertmanager

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/common/model"
)

func receivers(cfg *config.Config, labels model.LabelSet) []string {
	var names []string
	for _, route := range dispatch.NewRoute(cfg.Route, nil).Match(labels) {
		names = append(names, route.RouteOpts.Receiver)
	}
	return names
}

func TestRoutes(t *testing.T) {
	var cases []struct {
		Name      string         `yaml:"name"`
		Labels    model.LabelSet `yaml:"labels"`
		Receivers []string       `yaml:"receivers"`
	}
	readYAML(t, "testdata/routes.yaml", &cases)
	cfg := load(t, exampleFile)
	reached := map[string]bool{}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			got := receivers(cfg, c.Labels)
			if diff := cmp.Diff(c.Receivers, got); diff != "" {
				t.Errorf("receivers (-want +got):\n%s", diff)
			}
			for _, name := range got {
				reached[name] = true
			}
		})
	}
	for _, r := range cfg.Receivers {
		if !reached[r.Name] {
			t.Errorf("no case reaches the receiver %s", r.Name)
		}
	}
}

// TestEveryAlertHasARoute finds an alert whose audience the routes do not know: it would end at the root's receiver.
func TestEveryAlertHasARoute(t *testing.T) {
	for _, file := range []string{exampleFile, demoFile} {
		root := dispatch.NewRoute(load(t, file).Route, nil)
		for _, r := range shippedRules(t) {
			labels := model.LabelSet{"alertname": model.LabelValue(r.Alert)}
			for name, value := range r.Labels {
				labels[model.LabelName(name)] = model.LabelValue(value)
			}
			for _, route := range root.Match(labels) {
				if route == root {
					t.Errorf("%s: %s %v falls to the root", file, r.Alert, r.Labels)
				}
			}
		}
	}
}
