package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// asProgram makes the test binary the program itself, for what a test cannot look at in its own process.
const asProgram = "SALES_EXPORTER_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	goleak.VerifyTestMain(m)
}

// secret must never show in anything that the program prints.
const secret = "canary-5ecret-value"

const demo = `
windows: [all_time]
dimensions: [team]
sources:
  - {name: acme, demo: {crm: hubspot, deals: 50}}
  - {name: globex, demo: {crm: salesforce, deals: 50}}
`

const one = `
sources: [{name: acme, demo: {crm: hubspot, deals: 50}}]
targets: [{name: revenue, kpi: revenue_won, value: 1000, every: year}]
`

// unreachable has a source that nobody answers for.
const unreachable = `
windows: [all_time]
dimensions: [team]
sources:
  - {name: acme, demo: {crm: hubspot, deals: 50}}
  - {name: initech, hubspot: {token_file: token, base_url: "http://127.0.0.1:1"}}
`

// result is what one command line did.
type result struct {
	code           int
	stdout, stderr string
}

func execute(args ...string) result {
	var stdout, stderr bytes.Buffer
	code := run(args, &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

// configured writes a configuration and the secret that it names, and returns its path.
func configured(t *testing.T, yaml string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "config.yaml")
	for name, content := range map[string]string{file: yaml, filepath.Join(dir, "token"): secret + "\n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file
}

func TestRun(t *testing.T) {
	good := configured(t, demo)
	down := configured(t, unreachable)
	bad := configured(t, "currency: dollars\ntimezone: Mars\nsources:\n  - {name: acme, demo: {crm: zoho}}\n")
	euros := configured(t, "currency: EUR\nfiscal_year_start_month: 4\n"+demo)
	inline := configured(t, "sources:\n  - {name: acme, hubspot: {token: "+secret+"}}\n")
	for name, c := range map[string]struct {
		args           []string
		code           int
		stdout, stderr []string // parts of them; none means that nothing may be printed
	}{
		"version":              {[]string{"version"}, 0, []string{"sales_exporter, version ", "go version:"}, nil},
		"version by flag":      {[]string{"--version"}, 0, []string{"sales_exporter, version "}, nil},
		"empty config":         {[]string{"--config.file="}, 2, nil, []string{"--config.file needs a value"}},
		"config without value": {[]string{"--config.file"}, 2, nil, []string{"--config.file"}},
		"flag of another command": {
			[]string{"--web.listen-address=:1", "check-config", good},
			2, nil,
			[]string{"--web.listen-address does not apply to check-config; it is a flag of serve"},
		},
		"flag of two commands": {
			[]string{"check-source", "--kpi.as-of=2026-01-01T00:00:00Z"}, 2, nil, []string{"it is a flag of serve and once"},
		},
		"boards of a configuration": {
			[]string{"--config.file=" + euros, "dashboards", "--out=" + t.TempDir()},
			0,
			[]string{"amounts in EUR, fiscal years from April on"},
			nil,
		},
		"boards by flags": {
			[]string{"--config.file=" + euros, "dashboards", "--out=" + t.TempDir(), "--currency=GBP", "--fiscal-start-month=7"},
			0,
			[]string{"amounts in GBP, fiscal years from July on"},
			nil,
		},
		"boards without configuration": {
			[]string{"dashboards", "--out=" + t.TempDir()}, 0, []string{"amounts in USD, fiscal years from January on"}, nil,
		},
		"boards of a bad configuration": {
			[]string{"--config.file=" + bad, "dashboards", "--out=" + t.TempDir()}, 1, nil, []string{bad + ":1:11: currency: "},
		},
		"rules":        {[]string{"rules", "--out=" + t.TempDir()}, 0, []string{"wrote the rules to "}, nil},
		"unknown flag": {[]string{"--metrics"}, 2, nil, []string{"unknown long flag '--metrics'", "--help"}},
		"flag of another exporter": {
			[]string{"--config=x"}, 2, nil, []string{"unknown long flag '--config'; did you mean --config.file?; see"},
		},
		"mistyped flag":    {[]string{"--web.telemetry-pat=/m"}, 2, nil, []string{"did you mean --web.telemetry-path?"}},
		"flag of backfill": {[]string{"backfill", "--form=x"}, 2, nil, []string{"did you mean --from?"}},
		"mistyped command": {[]string{"chek-config", good}, 2, nil, []string{"unexpected chek-config; did you mean check-config?"}},
		"half a command":   {[]string{"check_source"}, 2, nil, []string{"did you mean check-source?"}},
		"singular":         {[]string{"reject"}, 2, nil, []string{"did you mean rejects?"}},
		"unknown command":  {[]string{"synchronise"}, 2, nil, []string{"synchronise", "--help"}},
		"bad step":         {backfillArgs(good, "--out=x", "--step=-1d"), 2, nil, []string{`--step must be a duration such as 1d`, `"-1d"`}},
		"no step":          {backfillArgs(good, "--out=x", "--step=0s"), 1, nil, []string{"--step must be longer than 0"}},
		"bad max-for":      {[]string{"rules", "--out=x", "--max-for=soon"}, 2, nil, []string{`--max-for must be a duration`}},
		"bad log level":    {[]string{"--log.level=loud", "version"}, 2, nil, []string{"unrecognized log level loud"}},

		"check-config":         {[]string{"check-config", good}, 0, []string{good + ": ok, 2 sources, 0 targets\n"}, nil},
		"check-config by flag": {[]string{"--config.file=" + good, "check-config"}, 0, []string{": ok, 2 sources, 0 targets\n"}, nil},
		"check-config of one": {
			[]string{"check-config", configured(t, one)}, 0, []string{": ok, 1 source, 1 target\n"}, nil,
		},
		"check-config bad": {[]string{"check-config", bad}, 1, nil, []string{
			bad + `:1:11: currency: `, "\n" + bad + `:2:11: timezone: `, "\n" + bad + `:4:30: sources[0].demo.crm: `,
		}},
		"check-config without file": {
			[]string{"check-config", filepath.Join(t.TempDir(), "gone.yaml")}, 1, nil, []string{"gone.yaml does not exist"},
		},
		"inline secret": {[]string{"check-config", inline}, 1, nil, []string{"token_file"}},

		"bad time":      {[]string{"--kpi.as-of=yesterday", "once"}, 1, nil, []string{"--kpi.as-of", "2026-07-01T00:00:00Z"}},
		"serve bad":     {[]string{"--config.file=" + bad}, 1, nil, []string{bad + ":1:11: currency: ", "config.yaml:1:11: currency"}},
		"once bad":      {[]string{"--config.file=" + bad, "once"}, 1, nil, []string{bad + ":1:11: currency: "}},
		"bad telemetry": {[]string{"--config.file=" + good, "--web.telemetry-path=x", "serve"}, 1, nil, []string{"telemetry path"}},

		"check-source": {
			[]string{"--config.file=" + good, "check-source"},
			0,
			[]string{"acme (demo): ok\n", "globex (demo): ok\n"},
			nil,
		},
		"check-source one": {[]string{"--config.file=" + down, "check-source", "acme"}, 0, []string{"acme (demo): ok\n"}, nil},
		"check-source unknown": {
			[]string{"--config.file=" + good, "check-source", "initrode"}, 1, nil, []string{`there is no source "initrode"; the sources are: acme, globex`},
		},
		"check-source down": {
			[]string{"--config.file=" + down, "check-source", "initech"},
			1,
			[]string{"initech (hubspot): FAILED: ", "connection refused"},
			[]string{"the source failed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := execute(c.args...)
			if got.code != c.code {
				t.Errorf("exit code %d, want %d", got.code, c.code)
			}
			got.check(t, c.stdout, c.stderr)
		})
	}
}

// check compares what was printed with parts that must stand in it. Where no part is given, nothing may be printed.
func (r result) check(t *testing.T, stdout, stderr []string) {
	t.Helper()
	for _, c := range []struct {
		name, text string
		parts      []string
	}{{"stdout", r.stdout, stdout}, {"stderr", r.stderr, stderr}} {
		if len(c.parts) == 0 && c.text != "" {
			t.Errorf("%s is not empty:\n%s", c.name, c.text)
		}
		for _, part := range c.parts {
			if !strings.Contains(c.text, part) {
				t.Errorf("%s lacks %q:\n%s", c.name, part, c.text)
			}
		}
		if strings.Contains(c.text, secret) {
			t.Errorf("%s shows a secret:\n%s", c.name, c.text)
		}
	}
}

// TestHelp looks at what only the program itself can print, because it ends the process.
func TestHelp(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--help"}, "usage: sales_exporter [<flags>] <command>"},
		{[]string{"help", "check-config"}, "usage: sales_exporter check-config"},
		{[]string{"--completion-bash", "check-"}, "check-source"},
		{[]string{"--completion-bash", ""}, "backfill"},
	} {
		command := exec.CommandContext(t.Context(), program, c.args...)
		command.Env = append(os.Environ(), asProgram+"=1")
		out, err := command.Output()
		if err != nil || !strings.Contains(string(out), c.want) {
			t.Errorf("%q: %v, stdout is\n%s", c.args, err, out)
		}
	}
}

// TestDocuments compares what the program says of its metrics and records with the pages in docs, which are generated.
func TestDocuments(t *testing.T) {
	for page, command := range map[string][]string{"metrics.md": {"metrics"}, "records.md": {"mirror", "kinds"}} {
		want, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		got := execute(command...)
		if got.code != 0 || got.stderr != "" {
			t.Errorf("%v: exit code %d, %s", command, got.code, got.stderr)
		}
		if got.stdout != string(want) {
			t.Errorf("docs/%s is not what %v prints: run make docs", page, command)
		}
	}
}

func TestOnce(t *testing.T) {
	got := execute("--config.file="+configured(t, demo), "--log.level=debug", "once")
	if got.code != 0 {
		t.Errorf("exit code %d:\n%s", got.code, got.stderr)
	}
	got.check(t, []string{
		`sales_revenue_won_amount{currency="USD",source="acme",`, `sales_revenue_won_amount{currency="USD",source="globex",`,
		"# HELP sales_deals_won ", `sales_exporter_source_up{source="acme"} 1`,
	}, []string{"level=DEBUG", "source_name=globex"})
	for line := range strings.Lines(got.stdout) {
		if !strings.HasPrefix(line, "#") && len(strings.Fields(line)) < 2 {
			t.Errorf("stdout holds something else than metrics: %q", line)
		}
	}
}

// TestOnceAsOf looks at a day before there was anything.
func TestOnceAsOf(t *testing.T) {
	got := execute("--config.file="+configured(t, demo), "--kpi.as-of=2001-01-01T00:00:00Z", "once")
	if got.code != 0 {
		t.Errorf("exit code %d:\n%s", got.code, got.stderr)
	}
	for line := range strings.Lines(got.stdout) {
		if strings.HasPrefix(line, "sales_deals_won{") && !strings.HasSuffix(line, " 0\n") {
			t.Errorf("a deal was won before 2001: %s", line)
		}
	}
}

// TestOnceDown syncs a source that nobody answers for. The page is printed all the same, the error says which it was.
func TestOnceDown(t *testing.T) {
	got := execute("--config.file="+configured(t, unreachable), "once")
	if got.code != 1 {
		t.Errorf("exit code %d", got.code)
	}
	got.check(t, []string{
		`sales_revenue_won_amount{currency="USD",source="acme",`, `sales_exporter_source_up{source="initech"} 0`,
		fmt.Sprintf("sales_exporter_sync_errors_total{reason=%q,source=%q} 1", "server", "initech"),
	}, []string{"level=ERROR", "source initech did not sync: references: server: ", "connection refused"})
	if strings.Contains(got.stdout, `sales_revenue_won_amount{currency="USD",source="initech"`) {
		t.Error("there are numbers of a source that was never read")
	}
}

func backfillArgs(config string, own ...string) []string {
	return append([]string{"--config.file=" + config, "backfill", "--from=2026-01-01"}, own...)
}

// TestBackfillWithoutReader takes both outputs away from a back-fill, as `2>&1 | head` does: it ends with an error of its
// own, the file is whole, and nothing else is left.
func TestBackfillWithoutReader(t *testing.T) {
	config := configured(t, demo)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "history.om")
	command := exec.CommandContext(t.Context(), program, backfillArgs(config, "--to=2026-01-03", "--out="+out)...)
	command.Env = append(os.Environ(), asProgram+"=1")
	command.Stdout, command.Stderr = writer, writer
	err = command.Run()
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 {
		t.Errorf("the program ended with %v", err)
	}
	history, err := os.ReadFile(out)
	if err != nil || !bytes.HasSuffix(history, []byte("# EOF\n")) {
		t.Errorf("the file is not whole: %v", err)
	}
	if entries, err := os.ReadDir(filepath.Dir(out)); err != nil || len(entries) != 1 {
		t.Errorf("beside the file are %v, %v", entries, err)
	}
}
