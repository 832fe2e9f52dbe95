package app

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// checkSource runs check-source over a configuration and returns what it prints.
func checkSource(t *testing.T, yaml string, now func() time.Time) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	writeFile(t, file, yaml)
	var out bytes.Buffer
	err := CheckSources(t.Context(), Options{
		ConfigFile: file, Logger: slog.New(slog.DiscardHandler), Now: now,
	}, "", &out)
	return out.String(), err
}

// mentions holds a text to lines that it must have.
func mentions(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q in:\n%s", line, text)
		}
	}
}

// newYork is a portal in America/New_York with a deal that was won at its quarter's last half hour (case C4).
func newYork(t *testing.T, kind string) *branches {
	t.Helper()
	x := newBranches(t, kind)
	x.a = x.branch(x.a.secret, crmsim.Info{Number: 1111, Currency: "USD", TimeZone: "America/New_York"}, 0, "")
	x.a.world.AddDeal(crmsim.Deal{
		Name: "Deal", Pipeline: "default", Stage: "won", Rep: 1, Amount: "1",
		Close: time.Date(2024, time.October, 1, 3, 30, 0, 0, time.UTC),
	})
	return x
}

// TestC4 leaves the time zone out where the account has one: a warning at the first sync and in check-source.
func TestC4(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"hubspot", "salesforce"} {
		for timezone, warns := range map[string]bool{
			"": true, "timezone: UTC": true, "timezone: Europe/Berlin": true, "timezone: America/New_York": false,
			"timezone: US/Eastern": false, "timezone: America/Toronto": false, "timezone: America/Chicago": true,
		} {
			t.Run(kind+" "+timezone, func(t *testing.T) {
				t.Parallel()
				x := newYork(t, kind)
				yaml := strings.Replace(x.yaml(""), "timezone: UTC", timezone, 1)
				h := newHarness(t, yaml, x.clocked)
				h.mustSync()
				x.clock.advance(2 * time.Hour)
				h.mustSync()
				want := 0
				if warns {
					want = 1
				}
				if n := strings.Count(h.log.String(), "set timezone: America/New_York"); n != want {
					t.Errorf("%d warnings, want %d:\n%s", n, want, h.log)
				}
				out, err := checkSource(t, yaml, x.clock.now)
				if err != nil || strings.Contains(out, "set timezone: America/New_York") != warns {
					t.Errorf("check-source ended with %v:\n%s", err, out)
				}
				mentions(t, out, "  time zone     America/New_York")
			})
		}
	}
}

func TestCheckSourceOfHubSpot(t *testing.T) {
	t.Parallel()
	x := newBranches(t, "hubspot")
	x.a.world.AddRep(crmsim.Rep{FirstName: "Bob", LastName: "Canary"})
	x.a.world.AddPipeline(crmsim.Pipeline{ID: "p2", Label: "Renewals", Stages: []crmsim.Stage{
		{ID: "lost", Label: "Lost", Closed: true, Probability: "0.0"},
	}})
	x.a.world.AddDeal(crmsim.Deal{
		Head: world.Head{Properties: map[string]string{"region": "emea"}}, Pipeline: "default", Stage: "open",
	})
	out, err := checkSource(t, x.yaml("map: {territory: {property: region}}\n    pipelines: [sales]"), x.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	mentions(t, out,
		"crm (hubspot): ok", "  account       1111", "  currency      USD", "  time zone     UTC",
		"  pipelines     Sales (default), selected: Open (open), Won (won)",
		"                Renewals (p2), not selected: Lost (lost)",
		"  reps          1 active, 1 inactive", "  properties    territory: region of deals, found")
	if !strings.Contains(out, "API calls left") || strings.Contains(out, "Canary") || strings.Contains(out, "Ames") {
		t.Errorf("printed:\n%s", out)
	}

	for what, c := range map[string]struct{ extra, says string }{
		"a pipeline that does not exist": {"pipelines: [Slaes]", `there is no pipeline "Slaes"; there are: Renewals, Sales, default, p2`},
		"a property that does not exist": {"map: {territory: {property: regoin}}", `no property "regoin" of deals`},
		"another account":                {`account: "3333"`, "belongs to account 1111, but the configuration sets account 3333"},
	} {
		out, err := checkSource(t, x.yaml(c.extra), x.clock.now)
		if err == nil || !strings.Contains(out, "FAILED") || !strings.Contains(out, c.says) {
			t.Errorf("%s ended with %v:\n%s", what, err, out)
		}
		mentions(t, out, "  account       1111") // What was found is worth seeing beside what is wrong.
	}
}

func TestCheckSourceOfSalesforce(t *testing.T) {
	t.Parallel()
	x := newBranches(t, "salesforce")
	out, err := checkSource(t, x.yaml("map: {segment: {property: Owner.UserRole.Name}}")+"fiscal_year_start_month: 4\n", x.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	mentions(t, out, "crm (salesforce): ok", "  time zone     UTC", "  fiscal year   begins in January",
		"  stages        Open (open), Won (won)", "  reps          1 active, 0 inactive",
		"  properties    segment: UserRole.Name of User, found")
	for _, want := range []string{
		"  account       00D", "  currency      unknown: the account has one currency", "  pipelines     Sales (012", "daily: ",
		"set fiscal_year_start_month: 1",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	for _, extra := range []string{"pipelines: [Slaes]", "map: {territory: {property: Regoin__c}}"} {
		if out, err := checkSource(t, x.yaml(extra), x.clock.now); err == nil || !strings.Contains(out, "FAILED: config") {
			t.Errorf("%s ended with %v:\n%s", extra, err, out)
		}
	}
}

func TestCheckSourceOfASpreadsheet(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "deals.csv")
	writeFile(t, file, "id,stage,amount,rep,pipeline\n1,Won,10,Ann,New\n2,Lost,20,Ann,New\n3,Won,what,Bob,New\n4,Won,5,Bob,Renewal\n")
	old := time.Date(2026, time.March, 31, 22, 15, 0, 0, time.UTC)
	if err := os.Chtimes(file, old, old); err != nil {
		t.Fatal(err)
	}
	yaml := func(extra string) string {
		return fmt.Sprintf(`
timezone: Europe/Berlin
sources:
  - name: ledger
    spreadsheet:
      deals:
        file: %s
        columns: {id: id, stage: stage, amount: amount, rep: rep, pipeline: pipeline}
        stages: {Won: won, Lost: lost}
    %s
`, file, extra)
	}
	out, err := checkSource(t, yaml("pipelines: [New]"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	mentions(t, out, "ledger (spreadsheet): ok", "  file          "+file+", modified 2026-04-01 00:15:00 CEST",
		"  rows          3 read, 1 in quarantine", "  columns read  amount, id, pipeline, rep, stage",
		"  pipelines     New, selected", "                Renewal, not selected", "  stages        Lost (lost), Won (won)",
		"  reps          2 active, 0 inactive")
	if out, err := checkSource(t, yaml("pipelines: [Old]"), time.Now); err == nil || !strings.Contains(out, "there are: New, Renewal") {
		t.Errorf("a pipeline that does not exist ended with %v:\n%s", err, out)
	}
}

// TestCheckSourceOfACredential says once what is wrong with the credential, and where it is kept.
func TestCheckSourceOfACredential(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"hubspot", "salesforce"} {
		for name, c := range map[string]struct {
			content string
			only    string // the kind that it is about, "" for both
			says    []string
		}{
			"wrong":              {content: "1111-secret-not", says: []string{"auth: ", "file "}},
			"empty":              {content: "", says: []string{"config: ", "file ", "is empty"}},
			"a quotation mark":   {content: `"1111-secret"`, only: "hubspot", says: []string{"config: ", "file ", `'"' (U+0022)`, "character 1"}},
			"a soft hyphen":      {content: "1111-\u00adsecret", only: "", says: []string{"config: ", "file ", `U+00AD`, "character 6"}},
			"a space in between": {content: "1111 secret", only: "", says: []string{"config: ", "file ", "U+0020", "character 5"}},
			"two lines":          {content: "1111\nsecret", only: "", says: []string{"config: ", "file ", "U+000A", "character 5"}},
		} {
			if c.only != "" && c.only != kind {
				continue
			}
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				x := newBranches(t, kind)
				x.use(c.content)
				out, err := checkSource(t, x.yaml("map: {segment: {property: industry, object: deal}}"), x.clock.now)
				if err == nil {
					t.Fatalf("it is taken:\n%s", out)
				}
				for _, want := range append(c.says, x.file) {
					if n := strings.Count(out, want); n == 0 || want == x.file && n > 1 {
						t.Errorf("%q stands there %d times:\n%s", want, n, out)
					}
				}
				if n := strings.Count(out, "\n"); n != 1 {
					t.Errorf("%d lines, want 1:\n%s", n, out)
				}
				if strings.Contains(out, "secret-not") {
					t.Errorf("the secret is printed:\n%s", out)
				}
			})
		}
	}
}

// TestCheckSourceNamesTheHost asks hosts that cannot be reached.
func TestCheckSourceNamesTheHost(t *testing.T) {
	t.Parallel()
	secret := secretFile(t)
	for host, says := range map[string]string{
		"https://sales-exporter.invalid": "sales-exporter.invalid: host not found; check the DNS",
		"http://127.0.0.1:1":             "127.0.0.1:1: connection refused",
	} {
		for _, connect := range []string{
			fmt.Sprintf("hubspot: {token_file: %q, base_url: %s}", secret, host),
			fmt.Sprintf("salesforce: {instance_url: %s, client_credentials: {client_id: x, client_secret_file: %q}}", host, secret),
		} {
			yaml := "sources:\n  - name: crm\n    " + connect + "\n    api_budget: {requests_per_second: 1000}\n"
			out, err := checkSource(t, yaml, time.Now)
			if strings.Contains(out, "lookup failed") {
				t.Skip("this machine has no name service")
			}
			if err == nil || strings.Count(out, says) != 1 {
				t.Errorf("%s ended with %v:\n%s", connect, err, out)
			}
		}
	}
}

// TestC10 maps properties that HubSpot does not have: one warning for each, and the deals are read all the same.
func TestC10(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mapping  string
		warnings int
	}{
		"as it should be":       {"territory: {property: region}", 0},
		"a typing error":        {"territory: {property: regoin}", 1},
		"one of Salesforce":     {"territory: {property: region__c}", 1},
		"a deal's of a company": {"segment: {property: dealtype, object: company}", 1},
		"two of them":           {"territory: {property: regoin}, segment: {property: industri, object: company}", 2},
		"one twice":             {"territory: {property: regoin}, segment: {property: regoin}", 1},
		"one of the stock":      {"segment: {property: hs_analytics_source}, territory: {property: team, object: owner}", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newBranches(t, "hubspot")
			x.a.world.AddDeal(crmsim.Deal{Pipeline: "default", Stage: "open", Head: world.Head{Properties: map[string]string{
				"region": "emea", "hs_analytics_source": "PAID_SEARCH",
			}}})
			x.a.world.AddAccount(crmsim.Account{
				Head: world.Head{Properties: map[string]string{"industry": "RETAIL"}}, Name: "x",
			})
			h := x.harness("map: {" + c.mapping + "}")
			h.mustSync()
			h.shows("at first", 60, 60_000)
			x.clock.advance(25 * time.Hour) // A full pass looks again.
			h.mustSync()
			if n := strings.Count(h.log.String(), "HubSpot has no such property"); n != c.warnings {
				t.Errorf("%d warnings, want %d:\n%s", n, c.warnings, h.log)
			}
		})
	}
	t.Run("the list is refused", func(t *testing.T) {
		t.Parallel()
		x := newBranches(t, "hubspot")
		x.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			refused := strings.Contains(r.URL.Path, "/crm/properties/")
			if refused {
				w.WriteHeader(http.StatusForbidden)
				_, _ = w.Write([]byte(`{"status":"error","category":"MISSING_SCOPES"}`))
			}
			return refused
		})
		h := x.harness("map: {territory: {property: regoin}}")
		h.mustSync()
		h.shows("without the list", 60, 60_000)
	})
}

// TestFindings holds the lines of a report that no simulator makes.
func TestFindings(t *testing.T) {
	var out bytes.Buffer
	if err := writeFindings(&out, source.Report{Account: &record.AccountIdentity{}}, time.UTC); err != nil {
		t.Fatal(err)
	}
	mentions(t, out.String(), "  account       the id cannot be read", "  time zone     unknown")
}
