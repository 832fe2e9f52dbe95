package stack

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// server is a program that says where it listens, and runs until it is stopped.
const server = `#!/bin/sh
echo 'level=INFO msg="Listening on" address=127.0.0.1:1234'
exec sleep 600
`

// exporter is a server that also has the one-shot commands, which leave their arguments behind.
const exporter = `#!/bin/sh
case "$1" in
  rules) mkdir "${2#--out=}"; exit;;
  backfill) for a; do case "$a" in --out=*) echo "$@" > "${a#--out=}";; esac; done; exit;;
esac
` + server

// importer keeps its arguments and the history where Prometheus' data belongs.
const importer = `#!/bin/sh
for a; do history=$data; data=$a; done
{ echo "$@"; cat "$history"; } > "$data/imported"
`

// programs writes stand-ins for the real programs, some replaced.
func programs(t *testing.T, replaced map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	scripts := map[string]string{
		"sales_exporter": exporter, "promtool": importer, "prometheus": server, "alertmanager": server,
	}
	for name, script := range scripts {
		if other, ok := replaced[name]; ok {
			script = other
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func options(t *testing.T, replaced map[string]string) Options {
	t.Helper()
	config := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(config, []byte("sources: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return Options{
		Dir: t.TempDir(), Bin: programs(t, replaced), Config: config, Replicas: 2, History: 30, MaxFor: 15 * time.Second,
		Out: io.Discard,
	}
}

func TestStack(t *testing.T) {
	o := options(t, nil)
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"127.0.0.1:1234", "127.0.0.1:1234"}, s.Exporters); diff != "" {
		t.Error(diff)
	}
	imported, err := os.ReadFile(filepath.Join(s.Dir, "prometheus", "imported"))
	if err != nil {
		t.Fatal(err)
	}
	from := time.Now().AddDate(0, 0, -30).Format(time.DateOnly)
	for _, want := range []string{
		"--label=job=sales_exporter --label=instance=backfill", "--max-block-duration=", "--from=" + from, "--step=1d",
	} {
		if !strings.Contains(string(imported), want) {
			t.Errorf("the history was made without %q: %s", want, imported)
		}
	}
	for _, dir := range []string{"exporter-a", "exporter-b", "backfill"} {
		checkConfig(t, filepath.Join(s.Dir, dir))
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Wait(done); err != nil {
		t.Errorf("waiting ended with %v although everything runs", err)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	for _, p := range s.processes {
		if !p.gone() {
			t.Errorf("%s is left", p.name)
		}
	}
	expectEmpty(t, o.Dir)
}

// checkConfig wants a configuration with targets that raise alerts on every day, and leave the rest as it was.
func checkConfig(t *testing.T, dir string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "config.yaml"))
	if err != nil {
		t.Error(err)
		return
	}
	var config map[string]any
	if err := yaml.Unmarshal(raw, &config); err != nil {
		t.Error(err)
	}
	want := map[string]any{"sources": []any{}, "targets_files": []any{"alarms.csv"}}
	if diff := cmp.Diff(want, config); diff != "" {
		t.Errorf("%s (-want +got):\n%s", dir, diff)
	}
	file, err := os.ReadFile(filepath.Join(dir, "alarms.csv"))
	if err != nil {
		t.Error(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil || len(rows) < 1+leastAlarms {
		t.Errorf("%d rows of targets, %v", len(rows), err)
	}
}

// leastAlarms are a target for the alerts of each kind: ahead, behind, and for a period of its own.
const leastAlarms = 3

func expectEmpty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("%v is left in %s", left, dir)
	}
}

func TestStackKeepsItsDirectory(t *testing.T) {
	o := options(t, nil)
	o.Keep, o.History = true, 0
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	log, err := os.ReadFile(s.PrometheusLog())
	if err != nil || !strings.Contains(string(log), "Listening on") {
		t.Errorf("the log of Prometheus is %q, %v", log, err)
	}
}

func TestProcessDies(t *testing.T) {
	o := options(t, nil)
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(-s.processes[1].pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	err = s.Wait(t.Context())
	if err == nil || !strings.Contains(err.Error(), "exporter-b ended (signal: killed)") ||
		!strings.Contains(err.Error(), "Listening on") {
		t.Errorf("waiting ended with %v, want the name of the exporter and its log", err)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	expectEmpty(t, o.Dir)
}

func TestStartFails(t *testing.T) {
	fails := func(words string) string { return "#!/bin/sh\necho " + words + " >&2\nexit 3\n" }
	for name, c := range map[string]struct {
		program, script string
		want            []string
	}{
		"port is taken":  {"prometheus", fails("in use"), []string{"prometheus ended (exit status 3)", "in use"}},
		"ends at once":   {"alertmanager", "#!/bin/sh\n", []string{"alertmanager ended (exit status 0)"}},
		"no history":     {"promtool", fails("broken line 7"), []string{"promtool tsdb", "broken line 7"}},
		"no rules":       {"sales_exporter", fails("no such command"), []string{"sales_exporter rules", "no such command"}},
		"not executable": {"alertmanager", "nothing", []string{"start alertmanager"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t, map[string]string{c.program: c.script})
			_, err := Start(t.Context(), o)
			if err == nil {
				t.Fatal("it started")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error lacks %q: %v", want, err)
				}
			}
			expectEmpty(t, o.Dir)
		})
	}
}

func TestStartIsCancelled(t *testing.T) {
	o := options(t, map[string]string{"promtool": "#!/bin/sh\nexec sleep 600\n"})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := Start(ctx, o); err == nil {
		t.Error("it started although it was cancelled")
	}
	expectEmpty(t, o.Dir)
}

func TestFindPrograms(t *testing.T) {
	dir := programs(t, nil)
	if err := os.Remove(filepath.Join(dir, "promtool")); err != nil {
		t.Fatal(err)
	}
	_, err := findPrograms(dir, "prometheus", "promtool", "amtool")
	if err == nil || !strings.HasSuffix(err.Error(), "holds no promtool, amtool") {
		t.Errorf("the error is %v", err)
	}
}

func TestConfigs(t *testing.T) {
	var prometheus struct {
		RuleFiles []string `yaml:"rule_files"`
		Alerting  struct {
			Alertmanagers []struct {
				StaticConfigs []struct{ Targets []string } `yaml:"static_configs"`
			}
		}
		ScrapeConfigs []struct {
			JobName       string                       `yaml:"job_name"`
			StaticConfigs []struct{ Targets []string } `yaml:"static_configs"`
		} `yaml:"scrape_configs"`
	}
	text := prometheusConfig("/x y/rules", "127.0.0.1:3", []string{"127.0.0.1:1", "127.0.0.1:2"})
	if err := yaml.Unmarshal([]byte(text), &prometheus); err != nil {
		t.Fatal(err)
	}
	job := prometheus.ScrapeConfigs[0]
	if job.JobName != "sales_exporter" || len(job.StaticConfigs[0].Targets) != 2 ||
		prometheus.RuleFiles[0] != "/x y/rules/*.yaml" ||
		prometheus.Alerting.Alertmanagers[0].StaticConfigs[0].Targets[0] != "127.0.0.1:3" {
		t.Errorf("the configuration of Prometheus is wrong:\n%s", text)
	}
	var alertmanager struct {
		Receivers []struct {
			Webhooks []struct{ URL string } `yaml:"webhook_configs"`
		}
	}
	if err := yaml.Unmarshal([]byte(alertmanagerConfig("127.0.0.1:4")), &alertmanager); err != nil {
		t.Fatal(err)
	}
	if url := alertmanager.Receivers[0].Webhooks[0].URL; url != "http://127.0.0.1:4/" {
		t.Errorf("Alertmanager notifies %s", url)
	}
}

func TestCopyConfigOfNothing(t *testing.T) {
	if _, err := copyConfig(filepath.Join(t.TempDir(), "gone"), t.TempDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
}
