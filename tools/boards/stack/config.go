package stack

import (
	_ "embed" // for the targets
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// ScrapeInterval is short, so that rates exist seconds after the start. Productive ones are 30 s to a minute.
const ScrapeInterval = 5 * time.Second

// prometheusConfig scrapes the exporters under the job name that the boards and the history use.
func prometheusConfig(rules, alertmanager string, exporters []string) string {
	return fmt.Sprintf(`global: {scrape_interval: %[1]s, scrape_timeout: %[1]s, evaluation_interval: %[1]s}
rule_files: [%[2]s]
alerting: {alertmanagers: [{static_configs: [{targets: [%[3]q]}]}]}
scrape_configs:
  - job_name: sales_exporter
    static_configs: [{targets: [%[4]s]}]
`, model.Duration(ScrapeInterval), strconv.Quote(filepath.Join(rules, "*.yaml")), alertmanager, quoted(exporters))
}

// alertmanagerConfig sends everything to the sink at once, at any hour: what is watched here is that alerts arrive.
func alertmanagerConfig(sink string) string {
	return fmt.Sprintf(`route:
  {receiver: sink, group_by: [alertname], group_wait: 1s, group_interval: 5s, repeat_interval: 4h}
receivers: [{name: sink, webhook_configs: [{url: "http://%s/"}]}]
`, sink)
}

// quoted writes a list in YAML's flow style.
func quoted(list []string) string {
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = strconv.Quote(s)
	}
	return strings.Join(parts, ", ")
}

// alarms are targets that the demo never reaches, and one that it reaches at once: some alerts fire on every day of the
// year, and can be checked.
//
//go:embed alarms.csv
var alarms []byte

// alarmsFile is where a configuration finds them, in its own folder.
const alarmsFile = "alarms.csv"

// copyConfig gives a process the exporter's configuration in a directory of its own, with the alarms beside it. Relative
// paths begin at the configuration's folder, so that every process gets its own mirror.
func copyConfig(from, dir string) (string, error) {
	raw, err := os.ReadFile(from) //nolint:gosec // The caller's own path.
	if err != nil {
		return "", fmt.Errorf("read exporter configuration: %w", err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", fmt.Errorf("create directory: %w", err)
	}
	raw = append(raw, "\ntargets_files: ["+alarmsFile+"]\n"...)
	to := filepath.Join(dir, "config.yaml")
	for path, content := range map[string][]byte{to: raw, filepath.Join(dir, alarmsFile): alarms} {
		if err := os.WriteFile(path, content, 0o600); err != nil { //nolint:gosec // Below our own work directory.
			return "", fmt.Errorf("write exporter configuration: %w", err)
		}
	}
	return to, nil
}
