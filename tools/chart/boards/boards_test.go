package boards

import (
	"maps"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sales-exporter/sales_exporter/internal/dashboard"
	"github.com/sales-exporter/sales_exporter/tools/chart/repository"
	"github.com/sales-exporter/sales_exporter/tools/chart/resources"
)

// boards returns the boards in a chart's ConfigMaps, by the name of their file.
func boards(t *testing.T, objects []unstructured.Unstructured) map[string]string {
	t.Helper()
	result := map[string]string{}
	for _, m := range configMaps(t, objects) {
		if m.Labels["grafana_dashboard"] != "1" {
			continue
		}
		maps.Copy(result, m.Data)
	}
	return result
}

func configMaps(t *testing.T, objects []unstructured.Unstructured) map[string]*corev1.ConfigMap {
	t.Helper()
	found := map[string]*corev1.ConfigMap{}
	for _, object := range objects {
		decoded, err := resources.Decode(object)
		if err != nil {
			t.Fatal(err)
		}
		if m, ok := decoded.(*corev1.ConfigMap); ok {
			found[m.Name] = m
		}
	}
	return found
}

// TestBoards: for every currency and fiscal year the chart's boards are those that the product writes.
func TestBoards(t *testing.T) {
	tests := map[string]struct {
		arguments []string
		options   dashboard.Options
	}{
		"default": {nil, dashboard.Options{Currency: "USD", FiscalYearStart: time.January}},
		"values": {
			[]string{"--set=dashboards.currency=EUR", "--set=dashboards.fiscalYearStartMonth=4"},
			dashboard.Options{Currency: "EUR", FiscalYearStart: time.April},
		},
		"as the exporter": {
			[]string{"--set=config.currency=CHF", "--set=config.fiscal_year_start_month=12"},
			dashboard.Options{Currency: "CHF", FiscalYearStart: time.December},
		},
		"the fiscal year of a configuration that is not in the values": {
			[]string{"--set=existingConfigMap=mine", "--set=dashboards.fiscalYearStartMonth=10"},
			dashboard.Options{Currency: "USD", FiscalYearStart: time.October},
		},
		"a currency that Grafana has no unit for": {
			[]string{"--set=config.currency=MXN"}, dashboard.Options{Currency: "MXN", FiscalYearStart: time.January},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := map[string]string{}
			files, err := dashboard.Generate(test.options)
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				want[file.Name] = string(file.JSON)
			}
			got := boards(t, repository.Render(t, append(test.arguments, "--set=dashboards.enabled=true")...))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the chart (+) renders something else than the product writes (-):\n%s", diff)
			}
		})
	}
}

// TestCommittedBoards: by default the boards are the files in dashboards/, byte by byte.
func TestCommittedBoards(t *testing.T) {
	files, err := os.ReadDir(repository.Path(t, "dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(repository.Path(t, "dashboards", file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		want[file.Name()] = string(text)
	}
	got := boards(t, repository.Render(t, "--set=dashboards.enabled=true"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the chart (+) renders something else than dashboards/ (-):\n%s", diff)
	}
}

// TestOperatorBoards: each GrafanaDashboard names a key that is there and holds a board, in its own namespace.
func TestOperatorBoards(t *testing.T) {
	objects := repository.Render(t, "--set=dashboards.grafanaOperator.enabled=true",
		"--set=dashboards.grafanaOperator.renderMode=alwaysRender")
	sources := configMaps(t, objects)
	found := 0
	for _, object := range objects {
		decoded, err := resources.Decode(object)
		if err != nil {
			t.Fatal(err)
		}
		board, ok := decoded.(*resources.GrafanaDashboard)
		if !ok {
			continue
		}
		found++
		from := board.Spec.ConfigMapRef
		if from == nil {
			t.Fatalf("%s does not read a ConfigMap", board.Name)
		}
		source, ok := sources[from.Name]
		if !ok || source.Data[from.Key] == "" || source.Namespace != board.Namespace {
			t.Errorf("%s reads key %s of ConfigMap %s, which does not hold it in namespace %s",
				board.Name, from.Key, from.Name, board.Namespace)
		}
	}
	files, err := os.ReadDir(repository.Path(t, "dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	if found != len(files) {
		t.Errorf("there are %d GrafanaDashboards instead of %d", found, len(files))
	}
}
