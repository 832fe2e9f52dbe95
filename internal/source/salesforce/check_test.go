package salesforce

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

func TestCheck(t *testing.T) {
	cases := []struct {
		name    string
		prepare func(x *tester)
		reason  source.Reason // "" for success
		says    string
	}{
		{"healthy", func(*tester) {}, "", ""},
		{"no record types", func(x *tester) { delete(x.org.tables, "RecordType") }, "", ""},
		{"no describe", func(x *tester) { x.org.noDescribe = true }, "", ""},
		{"unmapped field hidden", func(x *tester) { x.org.hidden["Opportunity.Probability"] = true }, "", ""},
		{"users hidden", func(x *tester) { delete(x.org.tables, "User") }, source.ReasonScope, "INVALID_TYPE"},
		{"required field hidden", func(x *tester) { x.org.hidden["Opportunity.IsWon"] = true }, source.ReasonScope, "IsWon"},
		{
			"mapped field of the account hidden", func(x *tester) { x.org.hidden["Account.Industry"] = true },
			source.ReasonConfig, "Account.Industry",
		},
		{
			"mapped field of the owner hidden", func(x *tester) { x.org.hidden["User.Department"] = true },
			source.ReasonConfig, "User.Department",
		},
		{"retired version", func(x *tester) {
			x.org.fault = func(path, _ string) (int, string) {
				if path == loginPath {
					return 0, ""
				}
				return http.StatusGone, apiRefusal("UNSUPPORTED_API_VERSION", "gone")
			}
		}, source.ReasonConfig, "API version retired"},
		{"wrong secret", func(x *tester) { x.Setenv("TEST_CLIENT_SECRET", "wrong") }, source.ReasonAuth, "client secret"},
		{"no secret", func(x *tester) { x.Setenv("TEST_CLIENT_SECRET", "") }, source.ReasonConfig, "TEST_CLIENT_SECRET"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			x := newTester(t, mapIndustry)
			x.org.put("Opportunity", x.org.deal(1))
			x.org.put("Account", fakeRow{
				"Id": fakeID("001", 1), "IsDeleted": false, "MasterRecordId": nil, "Industry": nil, "SystemModstamp": x.org.now(),
			})
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
		"no section":    func(c *config.Source) { c.Salesforce = nil },
		"no credential": func(c *config.Source) { c.Salesforce.ClientCredentials = nil },
		"two credentials": func(c *config.Source) {
			c.Salesforce.JWT = &config.SalesforceJWT{}
		},
		"lightning host": func(c *config.Source) { c.Salesforce.InstanceURL = "https://acme.lightning.force.com" },
		"plain http":     func(c *config.Source) { c.Salesforce.InstanceURL = "http://acme.my.salesforce.com" },
		"version":        func(c *config.Source) { c.Salesforce.APIVersion = "latest" },
		"rate":           func(c *config.Source) { c.Budget.RequestsPerSecond = 0 },
		"expression over accounts": func(c *config.Source) {
			c.Map = map[string]config.Mapping{"segment": {Property: "Account.Industry"}}
			var err error
			if c.Exclude, err = config.CompileExpression(`segment == "SMB"`, time.UTC); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			x := newTester(t)
			cfg, settings := x.cfg, *x.cfg.Salesforce
			cfg.Salesforce = &settings
			change(&cfg)
			_, err := New("acme", cfg, source.Environment{Transport: x.org})
			if err == nil || source.ReasonOf(err) != source.ReasonConfig {
				t.Errorf("got %v", err)
			}
		})
	}
}
