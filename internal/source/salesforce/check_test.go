package salesforce

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
)

func TestCheck(t *testing.T) {
	refuse := func(status int, code, message string) wire.Fault {
		return wire.Answer(status, nil, apiRefusal(code, message))
	}
	cases := []struct {
		name    string
		prepare func(x *simulation)
		reason  source.Reason // "" for success
		says    string
	}{
		{"healthy", func(*simulation) {}, "", ""},
		{"no record types", func(x *simulation) { x.org.Hide("RecordType") }, "", ""},
		{"no describe", func(x *simulation) {
			x.faults.Add(wire.Rule{Path: "*/describe*", Fault: refuse(http.StatusForbidden, "INSUFFICIENT_ACCESS", "no")})
		}, "", ""},
		{"unmapped field hidden", func(x *simulation) { x.org.Hide("Opportunity.Probability") }, "", ""},
		{"users hidden", func(x *simulation) { x.org.Hide("User") }, source.ReasonScope, "INVALID_TYPE"},
		{"required field hidden", func(x *simulation) { x.org.Hide("Opportunity.IsWon") }, source.ReasonScope, "IsWon"},
		{
			"mapped field of the account hidden", func(x *simulation) { x.org.Hide("Account.Industry") },
			source.ReasonConfig, "Account.Industry",
		},
		{
			"mapped field of the owner hidden", func(x *simulation) { x.org.Hide("User.Department") },
			source.ReasonConfig, "User.Department",
		},
		{"retired version", func(x *simulation) {
			x.faults.Add(wire.Rule{Path: "*/data/*", Fault: refuse(http.StatusGone, "UNSUPPORTED_API_VERSION", "gone")})
		}, source.ReasonConfig, "API version retired"},
		{"wrong secret", func(x *simulation) { x.Setenv("TEST_CLIENT_SECRET", "wrong") }, source.ReasonAuth, "client secret"},
		{"no secret", func(x *simulation) { x.Setenv("TEST_CLIENT_SECRET", "") }, source.ReasonConfig, "TEST_CLIENT_SECRET"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("TEST_CLIENT_SECRET", canarySecret)
			x := newSimulation(t, mapIndustry)
			x.add(time.Now())
			c.prepare(x)
			_, err := x.source.Check(t.Context())
			if c.reason == "" && err != nil ||
				c.reason != "" && (err == nil || source.ReasonOf(err) != c.reason || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	cases := map[string]func(c *config.Source){
		"no section":    func(c *config.Source) { c.Settings = nil },
		"no credential": func(c *config.Source) { settingsOf(*c).ClientCredentials = nil },
		"two credentials": func(c *config.Source) {
			settingsOf(*c).JWT = &api.JWT{}
		},
		"lightning host": func(c *config.Source) { settingsOf(*c).InstanceURL = "https://acme.lightning.force.com" },
		"plain http":     func(c *config.Source) { settingsOf(*c).InstanceURL = "http://acme.my.salesforce.com" },
		"version":        func(c *config.Source) { settingsOf(*c).APIVersion = "latest" },
		"rate":           func(c *config.Source) { c.Budget.RequestsPerSecond = 0 },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			x := newSimulation(t)
			cfg, settings := x.cfg, *settingsOf(x.cfg)
			cfg.Settings = &settings
			change(&cfg)
			_, err := New("acme", cfg, source.Environment{Transport: x})
			if err == nil || source.ReasonOf(err) != source.ReasonConfig {
				t.Errorf("got %v", err)
			}
		})
	}
}
