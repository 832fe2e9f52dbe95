package hubspot

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	simulator "github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	simwire "github.com/sales-exporter/sales_exporter/internal/crmsim/wire"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
)

func TestFinalFailures(t *testing.T) {
	const always = 100
	tests := map[string]struct {
		suffix string
		status int
		body   string
		header []string
		want   source.Reason
		wait   time.Duration
		text   []string
	}{
		"revoked token": {
			status: 401,
			body:   `{"status":"error","message":"Canary","correlationId":"0f0e","category":"INVALID_AUTHENTICATION"}`,
			want:   source.ReasonAuth, text: []string{"INVALID_AUTHENTICATION", "0f0e", "service key"},
		},
		"malformed token": {status: 530, body: "<html>Canary</html>", want: source.ReasonAuth, text: []string{"530"}},
		"missing scopes inside": {
			suffix: "/2026-09/deals", status: 403,
			body: `{"errors":[{"message":"Canary","context":{"requiredGranularScopes":["crm.objects.deals.read"]}}],` +
				`"status":"error","category":"MISSING_SCOPES"}`,
			header: []string{"X-HubSpot-Correlation-Id", "b1-1"},
			want:   source.ReasonScope, text: []string{"grant the scopes crm.objects.deals.read", "b1-1"},
		},
		"missing scopes outside": {
			suffix: "/owners/2026-09", status: 403,
			body: `{"context":{"requiredGranularScopes":["crm.objects.owners.read"],"requiredScopes":["b","a"]},` +
				`"missingScopes":["c","Canary <script>"],"category":"MISSING_SCOPES"}`,
			want: source.ReasonScope, text: []string{"grant the scopes a, b, c, crm.objects.owners.read"},
		},
		"scopes of another shape": {
			status: 403, body: `{"context":{"requiredScopes":"Canary"},"category":"MISSING_SCOPES","correlationId":7}`,
			want: source.ReasonScope, text: []string{"MISSING_SCOPES"},
		},
		"user removed": {
			status: 403, body: `{"category":"USER_DOES_NOT_HAVE_PERMISSIONS"}`,
			want: source.ReasonScope, text: []string{"USER_DOES_NOT_HAVE_PERMISSIONS", "check the scopes"},
		},
		"the day is spent": {
			status: 429,
			body:   `{"message":"You have reached your daily limit.","errorType":"RATE_LIMIT","policyName":"DAILY"}`,
			// Noon in UTC is 7:00 in the time zone of the account, were it known; the first call fails, so it is not.
			want: source.ReasonQuota, wait: 12 * time.Hour, text: []string{"DAILY"},
		},
		"the day is spent, later": {
			suffix: "/search", status: 429, body: `{"policyName":"DAILY"}`,
			want: source.ReasonQuota, wait: 17 * time.Hour, text: []string{"DAILY"},
		},
		"ten seconds are spent": {
			status: 429,
			body:   `{"policyName":"TEN_SECONDLY_ROLLING","message":"You have reached your ten_secondly_rolling limit."}`,
			want:   source.ReasonRateLimited, wait: 10 * time.Second, text: []string{"TEN_SECONDLY_ROLLING"},
		},
		"moving region": {
			status: 477, body: "", header: []string{"Retry-After", "7200"}, want: source.ReasonServer, wait: 2 * time.Hour,
		},
		"URL too long": {status: 414, body: "<html>Canary</html>", want: source.ReasonClient, text: []string{"414"}},
		"validation": {
			status: 400, body: `{"category":"VALIDATION_ERROR"}`, want: source.ReasonClient,
			text: []string{"VALIDATION_ERROR"},
		},
		"down":           {status: 503, body: "<html>Canary</html>", want: source.ReasonServer, text: []string{"503"}},
		"unknown status": {status: 523, body: "", want: source.ReasonServer, text: []string{"523"}},
		"HTML with 200":  {status: 200, body: "<html>Canary</html>", want: source.ReasonDecode, text: []string{"text/html"}},
		"cut JSON":       {status: 200, body: `{"results":[{"id":"Canary`, want: source.ReasonDecode},
		"cut scopes":     {status: 403, body: `{"context":{"requiredScopes":["Canary"]`, want: source.ReasonScope},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				p.refuse(always, test.suffix, test.status, test.body, test.header...)
				s, log := p.loggedSource()
				start := time.Now()
				err := newMemory().sync(t, s)
				if got := source.ReasonOf(err); got != test.want {
					t.Fatalf("reason %s, want %s: %v", got, test.want, err)
				}
				wait, elapsed := source.WaitOf(err), time.Since(start)
				if wait < test.wait-elapsed-time.Second || wait > test.wait {
					t.Errorf("wait %s after %s, want %s", wait, elapsed, test.wait)
				}
				for _, text := range test.text {
					if !strings.Contains(err.Error(), text) {
						t.Errorf("error %q does not name %q", err, text)
					}
				}
				noContent(t, err, log)
			})
		})
	}
}

// noContent holds that neither secrets nor CRM content reach errors and logs.
func noContent(t *testing.T, err error, log *bytes.Buffer) {
	t.Helper()
	for _, canary := range []string{"canary", "Canary", "CJsimulated", "Bearer", "?limit", "properties="} {
		if strings.Contains(err.Error(), canary) || strings.Contains(log.String(), canary) {
			t.Errorf("%q leaks:\n%v\n%s", canary, err, log)
		}
	}
}

func TestPassingFailures(t *testing.T) {
	search := `{"status":"error","message":"You have reached your secondly limit.","category":"RATE_LIMITS"}`
	tests := map[string]struct {
		suffix   string
		status   int
		body     string
		header   []string
		min, max time.Duration
	}{
		"search limit": {"/search", 429, search, nil, time.Second, 2 * time.Second},
		"ten seconds":  {"/deals", 429, `{"policyName":"TEN_SECONDLY_ROLLING"}`, nil, 10 * time.Second, 11 * time.Second},
		"ten seconds, shorter": {
			"/deals", 429, `{"policyName":"TEN_SECONDLY_ROLLING"}`,
			[]string{"Retry-After", "3"},
			3 * time.Second, 4 * time.Second,
		},
		"no policy":     {"/deals", 429, `<html>`, nil, 10 * time.Second, 11 * time.Second},
		"locked":        {"/deals", 423, `{}`, nil, 2 * time.Second, 3 * time.Second},
		"bad gateway":   {"/deals", 502, `<html>`, nil, 0, 2 * time.Second},
		"half a page":   {"/deals", 200, `{"results":[`, nil, 0, 2 * time.Second},
		"no results":    {"/deals", 200, `{"status":"COMPLETE"}`, nil, 0, 2 * time.Second},
		"move, briefly": {"/deals", 477, ``, []string{"Retry-After", "30"}, 30 * time.Second, 31 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				p.add(1)
				p.refuse(1, test.suffix, test.status, test.body, test.header...)
				m := newMemory()
				start := time.Now()
				m.mustSync(t, p.source())
				if took := time.Since(start); took < test.min || took > test.max || len(m.deals) != 1 {
					t.Errorf("took %s with %d deals, want %s to %s", took, len(m.deals), test.min, test.max)
				}
			})
		})
	}
}

func TestSyncEndsWithItsContext(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.refuse(100, "/deals", 429, `{"policyName":"TEN_SECONDLY_ROLLING"}`)
		s := p.source()
		failed := make(chan error, 1)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			m := newMemory()
			failed <- cycle(ctx, s, m, m.cursors)
		}()
		synctest.Wait()
		cancel()
		synctest.Wait()
		select {
		case err := <-failed:
			if source.ReasonOf(err) != source.ReasonCanceled {
				t.Errorf("got %v, want a canceled error", err)
			}
		default:
			t.Error("Sync goes on although its context ended")
		}
	})
}

func TestSearchesAreSpaced(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		m := newMemory()
		s := p.source()
		m.mustSync(t, s)
		p.api.Spoil(crmsim.KindDeal, simwire.Listing{Size: 1})
		p.add(20)
		start := time.Now()
		m.mustSync(t, s)
		if took := time.Since(start); took < 19*time.Second/api.SearchesPerSecond {
			t.Errorf("20 searches took %s", took)
		}
	})
}

func TestSlowsDownBeforeTenSecondsAreSpent(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		p.refuse(1, "/pipelines/2026-09/deals", 200, `{"results":[]}`,
			"X-HubSpot-RateLimit-Max", "100", "X-HubSpot-RateLimit-Remaining", "5")
		s := p.source()
		start := time.Now()
		newMemory().mustSync(t, s)
		if took := time.Since(start); took < api.SlowPause || took > 2*api.SlowPause {
			t.Errorf("took %s, want one pause of %s", took, api.SlowPause)
		}
	}, limited)
}

// limited gives the account limits, of which its answers tell.
func limited(o *simulator.Options) {
	o.Limits = simulator.Limits{TenSecondly: 190, SearchSecondly: 5, Daily: 250_000}
}

func TestQuotas(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		s := p.source(func(cfg *config.Source) { cfg.Budget.DailyShare = 0.5 })
		if got := s.Quotas(); len(got) != 0 {
			t.Errorf("quotas %v before the first answer", got)
		}
		newMemory().mustSync(t, s)
		got := map[string]source.Quota{}
		for _, q := range s.Quotas() {
			got[q.Name] = q
		}
		calls := float64(p.calls(""))
		counted := calls - float64(p.calls("/search")) // whose answers tell of no limit
		if got["daily"].Limit != 250_000 || got["daily"].Remaining < 250_000-calls || got["daily"].Remaining >= 250_000 ||
			got["daily_share"].Limit != 125_000 || got["ten_seconds"].Limit != 190 ||
			got["ten_seconds"].Remaining != 190-counted {
			t.Errorf("quotas %v after %v calls", got, calls)
		}
		daily := got["daily"].Remaining
		// Ten seconds later all of it is left.
		time.Sleep(api.ShortWindow)
		for _, q := range s.Quotas() {
			if q.Name == "ten_seconds" && q.Remaining != 190 || q.Name == "daily" && q.Remaining != daily {
				t.Errorf("after the window: %v", q)
			}
		}
	}, limited)
}

func TestRotatedTokenIsUsedAtOnce(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		t.Setenv("HUBSPOT_TOKEN", "pat-old-canary")
		s := p.source(func(cfg *config.Source) { settingsOf(*cfg).Token = secret.Env("HUBSPOT_TOKEN") })
		m := newMemory()
		if err := m.sync(t, s); source.ReasonOf(err) != source.ReasonAuth {
			t.Fatalf("got %v, want an auth error", err)
		}
		t.Setenv("HUBSPOT_TOKEN", "pat-canary")
		m.mustSync(t, s)
	})
}

func TestTokenThatIsNone(t *testing.T) {
	for name, secret := range map[string]secret.Secret{
		"two lines": secretFile(t, "two", "pat-canary\r\nX-Evil: 1"),
		"empty":     secretFile(t, "empty", "\n"),
		"missing":   secret.File("/does/not/exist"),
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, p *simulation) {
				s, log := p.loggedSource(func(cfg *config.Source) { settingsOf(*cfg).Token = secret })
				err := newMemory().sync(t, s)
				if source.ReasonOf(err) != source.ReasonConfig || p.calls("") != 0 {
					t.Fatalf("got %v after %d calls, want a config error before any", err, p.calls(""))
				}
				noContent(t, err, log)
			})
		})
	}
}

func TestErrorsOfTheSinkAreKept(t *testing.T) {
	simulate(t, func(t *testing.T, p *simulation) {
		m := newMemory()
		m.failAt = 1
		if err := m.sync(t, p.source()); !errors.Is(err, errSink) {
			t.Errorf("got %v, want %v", err, errSink)
		}
	})
}
