package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sales-exporter/sales_exporter/internal/app/known"
	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
	"github.com/sales-exporter/sales_exporter/internal/calendar"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
	"github.com/sales-exporter/sales_exporter/internal/config/secret"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/source/demo"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// comparable lets cmp look at the opaque parts of a Config.
func comparable() cmp.Options {
	return cmp.Options{
		cmpopts.EquateComparable(value.Instant{}),
		cmp.Comparer(func(a, b secret.Secret) bool { return a.Place() == b.Place() }),
		cmp.Comparer(func(a, b *expression.Expression) bool {
			return a == b || a != nil && b != nil && a.String() == b.String()
		}),
		cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
	}
}

func mustCompile(t *testing.T, text string) *expression.Expression {
	t.Helper()
	e, err := expression.Compile(text, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestDefaults(t *testing.T) {
	got := knowntest.MustParse(t, "sources:\n  - name: acme\n    hubspot: {token_file: token}\n", "/etc/exporter")
	days := func(n ...int) []time.Duration {
		var durations []time.Duration
		for _, d := range n {
			durations = append(durations, time.Duration(d)*24*time.Hour)
		}
		return durations
	}
	want := config.Config{
		Location: time.UTC, Currency: "USD", FiscalYearStart: time.January, WeekStart: time.Monday,
		WorkingDays:      []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday},
		PlausibleDates:   value.DateRange{From: value.Date(1990, 1, 1), To: value.Date(2100, 12, 31)},
		MirrorSQLitePath: "/etc/exporter/data/mirror.db",
		Sources: []config.Source{{
			Name:      "acme",
			Connector: "hubspot", Settings: &hubspot.Settings{
				Token: secret.File("/etc/exporter/token"), BaseURL: "https://api.hubapi.com", APIVersion: "2026-09",
			},
			Interval: 5 * time.Minute, FullSyncInterval: 24 * time.Hour,
			Budget: config.Budget{DailyShare: 0.5, RequestsPerSecond: 10},
			Map:    map[string]config.Mapping{"business_type": {Object: "deal", Property: "dealtype"}},
		}},
		Dimensions:      []string{"pipeline", "rep", "team", "territory", "business_type"},
		RepLabel:        crm.RepLabelName,
		Limits:          config.Limits{Series: 100_000, ValuesPerDimension: 500},
		DealSizeBuckets: []float64{100, 250, 500, 1000, 2500, 5000, 10e3, 25e3, 50e3, 100e3, 250e3, 500e3, 1e6},
		DurationBuckets: days(1, 3, 7, 14, 30, 45, 60, 90, 120, 180, 365),
	}
	if diff := cmp.Diff(want, got, comparable()); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestEveryKeyIsRead(t *testing.T) {
	folder := t.TempDir()
	got := knowntest.MustParse(t, `
timezone: Europe/Berlin
currency: EUR
fiscal_year_start_month: 4
week_start: Sunday
working_days: [sun, Monday]
plausible_dates: {from: 2001-02-03, to: 2040-12-31}
mirror: {sqlite: {path: /var/mirror.db}}
sources:
  - name: acme
    hubspot:
      oauth: {client_id: id, client_secret_file: /run/secret, refresh_token_env: REFRESH}
      base_url: http://127.0.0.1:8080/
      api_version: 2026-03
    currency: USD
    amount: {property: hs_acv}
    interval: 1m
    full_sync_interval: 12h
    api_budget: {daily_share: 0.25, requests_per_second: 2.5}
    pipelines: [Sales Pipeline, 74120055]
    exclude: amount == 0
    map:
      territory: {property: region, object: company, values: {emea: EMEA}}
  - name: globex
    salesforce:
      instance_url: https://Globex.my.salesforce.com/
      client_credentials: {client_id: key, client_secret_env: SECRET}
      api_version: 64.0
    amount: {property: Amount_EUR__c}
  - name: hooli
    salesforce:
      instance_url: https://hooli.my.salesforce.com
      jwt: {client_id: key, username: u@hooli.example, private_key_file: hooli.pem}
    amount: {property: amount} # the CRM's own
    map: {territory: {property: Account.Region__c}}
  - name: ledger
    spreadsheet:
      deals:
        file: deals.xlsx
        sheet: "2026"
        columns: {id: opportunity_id, stage: deal_stage}
        stages: {Won: won, Lost: lost, Engaging: open}
        date_format: 02.01.2006
    currency: CHF
    interval: 1s
  - name: demo
    demo: {crm: salesforce, seed: 7, deals: 10}
    interval: 2s
dimensions: [rep, channel, territory]
histogram_dimensions: [channel]
rollups: [[territory, rep], []]
windows: [today, all_time]
rep_label: hash
hash_key_env: KEY
metrics:
  disable: ["sales_*_info", sales_deals_lost]
  grain: {sales_deals_won: [territory, rep], sales_win_ratio: [rep], sales_deal_age_seconds: []}
  windows: {sales_deals_won: [today]}
limits: {series: 10, values_per_dimension: {rep: 5, channel: 6}}
histogram_buckets: {deal_size: [0.5, 1e3], duration: [12h, 1, 2w]}
targets:
  - {name: t, kpi: revenue_won, value: 1_000, every: year, scope: {territory: EMEA}, pace: working_days}
`, folder)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	standard := func(s config.Source) config.Source {
		s.FullSyncInterval = 24 * time.Hour
		s.Budget = config.Budget{DailyShare: 0.5, RequestsPerSecond: 10}
		return s
	}
	want := config.Config{
		Location: berlin, Currency: "EUR", FiscalYearStart: time.April, WeekStart: time.Sunday,
		WorkingDays:      []time.Weekday{time.Sunday, time.Monday},
		PlausibleDates:   value.DateRange{From: value.Date(2001, 2, 3), To: value.Date(2040, 12, 31)},
		MirrorSQLitePath: "/var/mirror.db",
		Sources: []config.Source{
			{
				Name:      "acme",
				Connector: "hubspot", Settings: &hubspot.Settings{
					OAuth: &hubspot.OAuth{
						ClientID: "id", ClientSecret: secret.File("/run/secret"), RefreshToken: secret.Env("REFRESH"),
					},
					BaseURL: "http://127.0.0.1:8080", APIVersion: "2026-03",
				},
				Currency: "USD", Amount: "hs_acv",
				Interval: time.Minute, FullSyncInterval: 12 * time.Hour,
				Budget:    config.Budget{DailyShare: 0.25, RequestsPerSecond: 2.5},
				Pipelines: []string{"Sales Pipeline", "74120055"},
				Exclude:   mustCompile(t, "amount == 0"),
				Map: map[string]config.Mapping{
					"territory": {Object: "company", Property: "region", Values: map[string]string{"emea": "EMEA"}},
					"channel":   {Object: "deal", Property: "hs_analytics_source"},
				},
			},
			standard(config.Source{
				Name: "globex", Amount: "Amount_EUR__c",
				Connector: "salesforce", Settings: &salesforce.Settings{
					InstanceURL: "https://globex.my.salesforce.com", APIVersion: "64.0",
					ClientCredentials: &api.ClientCredentials{ClientID: "key", ClientSecret: secret.Env("SECRET")},
				},
				Interval: 5 * time.Minute,
				Map:      map[string]config.Mapping{"channel": {Object: "deal", Property: "LeadSource"}},
			}),
			standard(config.Source{
				Name:      "hooli",
				Connector: "salesforce", Settings: &salesforce.Settings{
					InstanceURL: "https://hooli.my.salesforce.com", APIVersion: "66.0",
					JWT: &api.JWT{
						ClientID: "key", Username: "u@hooli.example", PrivateKey: secret.File(filepath.Join(folder, "hooli.pem")),
					},
				},
				Interval: 5 * time.Minute,
				Map: map[string]config.Mapping{
					"territory": {Object: "deal", Property: "Account.Region__c"},
					"channel":   {Object: "deal", Property: "LeadSource"},
				},
			}),
			standard(config.Source{
				Name: "ledger", Currency: "CHF",
				Connector: "spreadsheet", Settings: &settings.Settings{Deals: settings.Sheet{
					File: filepath.Join(folder, "deals.xlsx"), Sheet: "2026",
					Columns: map[string]string{"id": "opportunity_id", "stage": "deal_stage"},
					Stages: map[string]crm.Outcome{
						"Won": crm.OutcomeWon, "Lost": crm.OutcomeLost, "Engaging": crm.OutcomeOpen,
					},
					DateFormat: "02.01.2006",
				}},
				Interval: time.Second,
			}),
			standard(config.Source{
				Name: "demo", Connector: "demo", Settings: &demo.Settings{CRM: "salesforce", Seed: 7, Deals: 10}, Interval: 2 * time.Second,
				Map: map[string]config.Mapping{
					"territory": {Object: "deal", Property: "Region__c"}, "channel": {Object: "deal", Property: "LeadSource"},
				},
			}),
		},
		Dimensions:          []string{"rep", "channel", "territory"},
		HistogramDimensions: []string{"channel"},
		Rollups:             [][]string{{"rep", "territory"}, {}},
		Windows:             []calendar.Window{"today", "all_time"},
		RepLabel:            crm.RepLabelHash, RepHashKey: secret.Env("KEY"),
		Metrics: config.Metrics{
			Disabled: []string{"sales_target_info", "sales_kpi_info", "sales_rep_info", "sales_deals_lost"},
			Grain: map[string][]string{
				"sales_deals_won": {"rep", "territory"}, "sales_win_ratio": {"rep"}, "sales_deal_age_seconds": {},
			},
			Windows: map[string][]calendar.Window{"sales_deals_won": {"today"}},
		},
		Limits:          config.Limits{Series: 10, ValuesPerDimension: 500, ValuesOf: map[string]int{"rep": 5, "channel": 6}},
		DealSizeBuckets: []float64{0.5, 1000},
		DurationBuckets: []time.Duration{12 * time.Hour, 24 * time.Hour, 14 * 24 * time.Hour},
		Targets: []crm.Target{{
			Name: "t", KPI: "revenue_won", Value: 1000, Pace: crm.PaceWorkingDays,
			Period: crm.TargetPeriod{Unit: crm.PeriodYear, Every: true}, Scope: map[string]string{"territory": "EMEA"},
		}},
	}
	if diff := cmp.Diff(want, got, comparable()); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestDefaultsFollowTheDimensions(t *testing.T) {
	c := knowntest.MustParse(t, knowntest.DemoSource+"dimensions: [team, channel]\n", ".")
	want := map[string]config.Mapping{"channel": {Object: "deal", Property: "hs_analytics_source"}}
	if diff := cmp.Diff(want, c.Sources[0].Map); diff != "" {
		t.Errorf("mappings (-want +got):\n%s", diff)
	}
}

func TestOneNumberOfValuesForAllDimensions(t *testing.T) {
	c := knowntest.MustParse(t, knowntest.DemoSource+"limits: {values_per_dimension: 7}\n", ".")
	if diff := cmp.Diff(config.Limits{Series: 100_000, ValuesPerDimension: 7}, c.Limits); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
}

func TestNoDimensionsAtAll(t *testing.T) {
	c := knowntest.MustParse(t, knowntest.DemoSource+"dimensions: []\n", ".")
	if c.Dimensions == nil || len(c.Dimensions) != 0 {
		t.Errorf("dimensions %v", c.Dimensions)
	}
}

func TestAliasesStandForWholeValues(t *testing.T) {
	c := knowntest.MustParse(t, `
sources:
  - name: a
    demo: &demo {crm: hubspot}
    map: &map {territory: {property: region}}
  - {name: b, demo: *demo, map: *map}
`, ".")
	if diff := cmp.Diff(c.Sources[0].Map, c.Sources[1].Map); diff != "" {
		t.Errorf("the alias differs from its anchor (-want +got):\n%s", diff)
	}
}

func TestHashFollowsTheMeaning(t *testing.T) {
	folder := t.TempDir()
	knowntest.Write(t, folder, "h.txt", "2026-12-25\n")
	hash := func(text string) uint64 {
		t.Helper()
		validated, err := knowntest.Parse([]byte(text), folder)
		if err != nil {
			t.Fatal(err)
		}
		return validated.Hash()
	}
	base := knowntest.DemoSource + "holidays_file: h.txt\n"
	first := hash(base)
	if hash("# a comment\n"+strings.ReplaceAll(base, "h.txt", `"h.txt"`)+"\n\n") != first {
		t.Error("comments, quotes and empty lines change the hash")
	}
	if hash(base+"week_start: sunday\n") == first {
		t.Error("another value does not change the hash")
	}
	knowntest.Write(t, folder, "h.txt", "2026-12-26\n")
	if hash(base) == first {
		t.Error("another holidays file does not change the hash")
	}
}

func TestPathsAreRelativeToTheFile(t *testing.T) {
	folder := t.TempDir()
	path := knowntest.Write(t, folder, "config.yaml", "sources: [{name: a, hubspot: {token_file: secrets/token}}]\n")
	validated, err := config.Load(path, known.Names())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	knowntest.Write(t, folder, "secrets/token", "found\n")
	if text, err := validated.Config().Sources[0].Settings.(*hubspot.Settings).Token.Read(); err != nil || text != "found" {
		t.Errorf("Read = %q, %v", text, err)
	}
	if want := filepath.Join(folder, "data/mirror.db"); validated.Config().MirrorSQLitePath != want {
		t.Errorf("mirror at %s, want %s", validated.Config().MirrorSQLitePath, want)
	}
}

func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.yaml", exampleFile} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds at %s: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
			f.Add(commentedKey.ReplaceAll(data, []byte("$1$2")))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		validated, err := knowntest.Parse(data, "testdata/bad")
		if err != nil {
			if _, ok := errors.AsType[document.Problems](err); !ok || err.Error() == "" || validated != nil {
				t.Fatalf("Parse = %v, %#v", validated, err)
			}
			return
		}
		c := validated.Config()
		if len(c.Sources) == 0 || c.Location == nil {
			t.Fatalf("an incomplete configuration passed: %+v", c)
		}
		for _, s := range c.Sources {
			if s.Name == "" || s.Interval < time.Second || s.FullSyncInterval < s.Interval || !(s.Budget.DailyShare > 0) {
				t.Fatalf("an impossible source passed: %+v", s)
			}
		}
		again, err := knowntest.Parse(data, "testdata/bad")
		if err != nil || again.Hash() != validated.Hash() {
			t.Fatalf("a second reading differs: %v", err)
		}
	})
}
