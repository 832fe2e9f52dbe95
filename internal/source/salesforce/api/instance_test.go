package api

import (
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

func TestGrantedOrigin(t *testing.T) {
	cases := []struct{ configured, answer, want string }{
		{"https://acme.my.salesforce.com", "", "https://acme.my.salesforce.com"},
		{"https://acme.my.salesforce.com", "https://acme.my.salesforce.com", "https://acme.my.salesforce.com"},
		{"https://acme.my.salesforce.com", "https://acme.my.salesforce.com/", "https://acme.my.salesforce.com"},
		{"https://acme.my.salesforce.com", "https://new.my.salesforce.com", "https://new.my.salesforce.com"},
		{"https://acme.my.salesforce.com", "https://na139.salesforce.com", "https://na139.salesforce.com"},
		{"https://crm.example", "https://crm.example", "https://crm.example"},
		{"https://acme.my.salesforce.com", "http://acme.my.salesforce.com", ""},
		{"https://acme.my.salesforce.com", "https://acme.my.salesforce.com:8443", ""},
		{"https://acme.my.salesforce.com", "https://acme.lightning.force.com", ""},
		{"https://acme.my.salesforce.com", "https://acme.my.salesforce.com.evil.example", ""},
		{"https://acme.my.salesforce.com", "https://evilsalesforce.com", ""},
		{"https://acme.my.salesforce.com", "https://salesforce.com@evil.example", ""},
		{"https://acme.my.salesforce.com", "https://evil.example/.salesforce.com", ""},
		{"https://acme.my.salesforce.com", "https://evil.example?x=.salesforce.com", ""},
		{"https://acme.my.salesforce.com", "https://evil.example#.salesforce.com", ""},
		{"https://acme.my.salesforce.com", "http://127.0.0.1:8080", ""},
		{"https://acme.my.salesforce.com", "http://169.254.169.254", ""},
		{"https://acme.my.salesforce.com", "//acme.my.salesforce.com", ""},
		{"http://127.0.0.1:8080", "http://127.0.0.1:9090", ""},
		{"http://127.0.0.1:8080", "http://localhost:8080", "http://localhost:8080"},
		{"http://127.0.0.1:8080", "https://acme.my.salesforce.com", ""},
		{"http://127.0.0.1:8080", "http://10.0.0.1:8080", ""},
	}
	for _, c := range cases {
		configured, err := instanceOrigin(c.configured)
		if err != nil {
			t.Fatal(err)
		}
		got, err := grantedOrigin(configured, c.answer)
		if got != c.want || (err == nil) != (c.want != "") || err != nil && source.ReasonOf(err) != source.ReasonAuth {
			t.Errorf("%s answered %s: %q, %v", c.configured, c.answer, got, err)
		}
	}
}

func TestInstanceOrigin(t *testing.T) {
	cases := map[string]string{
		"https://acme.my.salesforce.com":   "https://acme.my.salesforce.com",
		"acme.my.salesforce.com/":          "https://acme.my.salesforce.com",
		" https://acme.my.salesforce.com/": "https://acme.my.salesforce.com",
		"http://127.0.0.1:8080":            "http://127.0.0.1:8080",
		"https://acme.lightning.force.com": "",
		"https://acme.my.salesforce.com/x": "",
		"https://u:p@acme.example":         "",
		"":                                 "",
	}
	for configured, want := range cases {
		got, err := instanceOrigin(configured)
		if want == "" {
			if source.ReasonOf(err) != source.ReasonConfig || err == nil || strings.Contains(err.Error(), "u:p") {
				t.Errorf("%q: %v, %v", configured, got, err)
			}
		} else if err != nil || got.String() != want {
			t.Errorf("%q: %v, %v", configured, got, err)
		}
	}
}

func TestAudience(t *testing.T) {
	for host, want := range map[string]string{
		"acme.my.salesforce.com":                    "https://login.salesforce.com",
		"127.0.0.1":                                 "https://login.salesforce.com",
		"acme--dev.sandbox.my.salesforce.com":       "https://test.salesforce.com",
		"acme--dev.my.salesforce.com":               "https://test.salesforce.com",
		"force-ability-1.scratch.my.salesforce.com": "https://test.salesforce.com",
		"test.salesforce.com":                       "https://test.salesforce.com",
	} {
		if got := audience(host); got != want {
			t.Errorf("audience of %s is %s", host, got)
		}
	}
}
