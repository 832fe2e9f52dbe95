package hubspot

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

func TestCheck(t *testing.T) {
	mapped := func(object, property string) func(*config.Source) {
		return func(cfg *config.Source) {
			cfg.Map = map[string]config.Mapping{"territory": {Object: object, Property: property}}
		}
	}
	tests := map[string]struct {
		edit    func(*config.Source)
		refused string // suffix of paths that lack a scope
		want    source.Reason
		text    []string
	}{
		"good": {edit: mapped("company", "industry")},
		"unknown deal property": {
			edit: mapped("deal", "regoin"), want: source.ReasonConfig, text: []string{"map.territory", "regoin"},
		},
		"unknown company property": {
			edit: mapped("company", "industri"), want: source.ReasonConfig, text: []string{"industri"},
		},
		"all missing scopes": {
			edit: mapped("company", "industry"), refused: "/2026-09", want: source.ReasonScope,
			text: []string{"crm/owners", "grant the scopes one.read"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				p.world.AddDeal(crmsim.Deal{Head: world.Head{Properties: map[string]string{"dealtype": "newbusiness"}}})
				p.world.AddAccount(crmsim.Account{Head: world.Head{Properties: map[string]string{"industry": "RETAIL"}}})
				if test.refused != "" {
					p.refuse(100, test.refused, http.StatusForbidden,
						`{"category":"MISSING_SCOPES","context":{"requiredScopes":["one.read"]}}`)
				}
				_, err := p.source(test.edit).Check(t.Context())
				if test.want == "" && err != nil || test.want != "" && source.ReasonOf(err) != test.want {
					t.Fatalf("got %v, want %q", err, test.want)
				}
				for _, text := range test.text {
					if !strings.Contains(err.Error(), text) {
						t.Errorf("error %q does not name %q", err, text)
					}
				}
			})
		})
	}
}

func TestCheckNamesAllMissingScopesAndStopsAtABadToken(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		_, err := p.source().Check(t.Context())
		if err == nil || !strings.Contains(err.Error(), "crm.objects.deals.read") ||
			!strings.Contains(err.Error(), "crm.objects.owners.read") {
			t.Errorf("got %v, want both scopes", err)
		}
		p.forget()
		s := p.source(func(cfg *config.Source) { settingsOf(*cfg).Token = secretFile(t, "wrong", "pat-wrong") })
		if _, err := s.Check(t.Context()); source.ReasonOf(err) != source.ReasonAuth || p.calls("") != 1 {
			t.Errorf("got %v after %d calls, want an auth error after 1", err, p.calls(""))
		}
	}, func(o *simulator.Options) { o.Scopes = []string{"crm.objects.companies.read"} })
}

func TestNewRefuses(t *testing.T) {
	mapped := func(object, property string) func(*config.Source) {
		return func(cfg *config.Source) {
			cfg.Map = map[string]config.Mapping{"segment": {Object: object, Property: property}}
		}
	}
	tests := map[string]func(*config.Source){
		"another kind of source": func(cfg *config.Source) { cfg.Settings = nil },
		"unknown object":         mapped("ticket", "region"),
		"property of an owner":   mapped("owner", "email"),
		"two properties":         mapped("deal", "region,dealname"),
		"no property":            mapped("deal", ""),
		"a very long property":   mapped("deal", strings.Repeat("x", 5000)),
		"very many properties": func(cfg *config.Source) {
			cfg.Map = map[string]config.Mapping{}
			for i := range 100 {
				cfg.Map[strconv.Itoa(i)] = config.Mapping{Property: fmt.Sprintf("%0100d", i)}
			}
		},
		"no rate":    func(cfg *config.Source) { cfg.Budget.RequestsPerSecond = 0 },
		"plain http": func(cfg *config.Source) { settingsOf(*cfg).BaseURL = "http://api.hubapi.com" },
	}
	for name, edit := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := New("acme", testConfig(t, edit), source.Environment{})
			if source.ReasonOf(err) != source.ReasonConfig || err == nil {
				t.Errorf("got %v, want a config error", err)
			}
		})
	}
}

func TestSourceIsComplete(t *testing.T) {
	var s source.Source = newSimulation(t).source()
	if _, ok := s.(source.QuotaReporter); !ok || s.Name() != "acme" {
		t.Errorf("%q reports no quotas", s.Name())
	}
}
