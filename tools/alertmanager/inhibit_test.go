package alertmanager

import (
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/inhibit"
	"github.com/prometheus/alertmanager/provider/mem"
	"github.com/prometheus/common/model"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// inhibitor returns Alertmanager's inhibitor while one alert is firing.
func inhibitor(t *testing.T, cfg *config.Config, firing model.LabelSet) *inhibit.Inhibitor {
	t.Helper()
	alerts, err := mem.NewAlerts(t.Context(), time.Hour, 0, nil, discard(), eventrecorder.NopRecorder(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(alerts.Close)
	now := time.Now()
	err = alerts.Put(t.Context(), &alert.Alert{
		Alert:     model.Alert{Labels: firing, StartsAt: now, EndsAt: now.Add(time.Hour)},
		UpdatedAt: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	in := inhibit.NewInhibitor(alerts, cfg.InhibitRules, discard(), eventrecorder.NopRecorder())
	go in.Run()
	t.Cleanup(in.Stop)
	in.WaitForLoading()
	return in
}

func TestInhibitions(t *testing.T) {
	var cases []struct {
		Name     string           `yaml:"name"`
		Firing   model.LabelSet   `yaml:"firing"`
		Silences []model.LabelSet `yaml:"silences"`
		Keeps    []model.LabelSet `yaml:"keeps"`
	}
	readYAML(t, "testdata/inhibitions.yaml", &cases)
	cfg := load(t, exampleFile)
	needed := map[string]bool{}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			in := inhibitor(t, cfg, c.Firing)
			for _, labels := range c.Silences {
				if !in.Mutes(t.Context(), labels) {
					t.Errorf("%s still sounds", labels)
				}
			}
			for _, labels := range c.Keeps {
				if in.Mutes(t.Context(), labels) {
					t.Errorf("%s is silent", labels)
				}
			}
		})
		for i := range cfg.InhibitRules {
			r := inhibit.NewInhibitRule(cfg.InhibitRules[i])
			for _, labels := range c.Silences {
				if r.SourceMatchers.Matches(c.Firing) && r.TargetMatchers.Matches(labels) {
					needed[r.Name] = true
				}
			}
		}
	}
	for _, r := range cfg.InhibitRules {
		if !needed[r.Name] {
			t.Errorf("no case needs the rule %s", r.Name)
		}
	}
}
