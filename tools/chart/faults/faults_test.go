package faults

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
)

// fault is a mistake that a chart can hold. The text it replaces stands in the template exactly once.
type fault struct {
	file, right, wrong string
	suite, notices     string
}

func faults() map[string]fault {
	return map[string]fault{
		"jobLabel that is no label": {
			"_monitor.tpl",
			"{{- include \"sales-exporter.monitor.filled\" (list $monitor\n  \"jobLabel\" ",
			"\njobLabel: {{ include \"sales-exporter.fullname\" $root }}\n" +
				"{{ include \"sales-exporter.monitor.filled\" (list $monitor\n  ",
			"servicemonitor", "scrapes the port of the Service, and names nothing that values leave empty",
		},
		"NetworkPolicy for the port of the Service": {
			"networkpolicy.yaml", "- port: http-metrics", "- port: {{ .Values.service.port }}",
			"networkpolicy", "opens the container's port, DNS and HTTPS, whatever the Service's port is",
		},
		"namespaceSelector that ignores namespaceOverride": {
			"_monitor.tpl",
			`matchNames: [{{ include "sales-exporter.namespace" $root | quote }}]`,
			`matchNames: [{{ $root.Release.Namespace | quote }}]`,
			"servicemonitor", "follows namespaceOverride",
		},
		"labels only beside those of users": {
			"_monitor.tpl",
			"  labels:\n    {{- include \"sales-exporter.labels\" (list $root $section.labels) | nindent 4 }}\n",
			"  {{- if $section.labels }}\n  labels:\n" +
				"    {{- include \"sales-exporter.labels\" (list $root $section.labels) | nindent 4 }}\n  {{- end }}\n",
			"servicemonitor", "has the chart's labels when users set none",
		},
		"checksum of values instead of the configuration": {
			"deployment.yaml",
			`(include "sales-exporter.config" . | sha256sum)`, `(toYaml .Values.config | sha256sum)`,
			"checksum", "is that of the configuration as it is rendered, with defaults of the chart and the demo",
		},
		"PrometheusRule without rules": {
			"prometheusrule.yaml",
			`{{- with $groups }}`, `{{- range list $groups }}`,
			"prometheusrule", "is left out where every group is",
		},
		"budget that blocks drains": {
			"poddisruptionbudget.yaml", `regexMatch "^0*%?$" $away`, `false`,
			"poddisruptionbudget", "refuses to block drains",
		},
	}
}

// TestFaultsAreNoticed: each fault that is put back fails the case that stands against it.
func TestFaultsAreNoticed(t *testing.T) {
	for name, f := range faults() {
		t.Run(name, func(t *testing.T) {
			all, failed := unittest(t, repository.Chart(t), f.suite)
			if !slices.Contains(all, f.notices) || slices.Contains(failed, f.notices) {
				t.Fatalf("the case %q does not pass without the fault: there are %q, and %q fail", f.notices, all, failed)
			}
			if _, failed = unittest(t, broken(t, f), f.suite); !slices.Contains(failed, f.notices) {
				t.Errorf("with the fault only %q fail", failed)
			}
		})
	}
}

// broken returns a copy of the chart with a fault.
func broken(t *testing.T, f fault) string {
	t.Helper()
	chart := repository.CopyChart(t)
	file := filepath.Join(chart, "templates", f.file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if found := strings.Count(string(text), f.right); found != 1 {
		t.Fatalf("templates/%s holds this %d times instead of once; the fault must be put back in another way:\n%s",
			f.file, found, f.right)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), f.right, f.wrong, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return chart
}
