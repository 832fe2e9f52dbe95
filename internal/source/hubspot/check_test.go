package hubspot

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/config"
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
			bubble(t, func(t *testing.T, f *fakeHubSpot) {
				if test.refused != "" {
					f.refuse(100, test.refused, http.StatusForbidden,
						`{"category":"MISSING_SCOPES","context":{"requiredScopes":["one.read"]}}`)
				}
				_, err := newSource(t, f, test.edit).Check(t.Context())
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
	bubble(t, func(t *testing.T, f *fakeHubSpot) {
		f.intercept = func(w http.ResponseWriter, r *fakeRequest) bool {
			scope, refused := map[string]string{
				"/crm/objects/2026-09/deals": "deals.read", "/crm/owners/2026-09": "owners.read",
			}[r.Path]
			if refused {
				writeJSON(w, 403, `{"category":"MISSING_SCOPES","context":{"requiredScopes":["`+scope+`"]}}`)
			}
			return refused
		}
		_, err := newSource(t, f).Check(t.Context())
		if err == nil || !strings.Contains(err.Error(), "deals.read") || !strings.Contains(err.Error(), "owners.read") {
			t.Errorf("got %v, want both scopes", err)
		}
		f.intercept = nil
		f.forget()
		s := newSource(t, f, func(cfg *config.Source) { cfg.HubSpot.Token = secretFile(t, "wrong", "pat-wrong") })
		if _, err := s.Check(t.Context()); source.ReasonOf(err) != source.ReasonAuth || f.calls("") != 1 {
			t.Errorf("got %v after %d calls, want an auth error after 1", err, f.calls(""))
		}
	})
}

func TestNewRefuses(t *testing.T) {
	mapped := func(object, property string) func(*config.Source) {
		return func(cfg *config.Source) {
			cfg.Map = map[string]config.Mapping{"segment": {Object: object, Property: property}}
		}
	}
	tests := map[string]func(*config.Source){
		"another kind of source": func(cfg *config.Source) { cfg.HubSpot = nil },
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
		"plain http": func(cfg *config.Source) { cfg.HubSpot.BaseURL = "http://api.hubapi.com" },
		"expression over a company": func(cfg *config.Source) {
			mapCompany(cfg)
			exclude(t, `segment == "SMB"`)(cfg)
		},
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
	var s source.Source = newSource(t, newFake(t))
	if _, ok := s.(source.QuotaReporter); !ok || s.Name() != "acme" {
		t.Errorf("%q reports no quotas", s.Name())
	}
}
