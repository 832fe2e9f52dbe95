package known_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/app/known"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/kpi"
	"github.com/sales-exporter/sales_exporter/internal/telemetry"
)

// TestLabelsAreNoDimensions holds that no dimension may take the name of a label that some metric carries.
func TestLabelsAreNoDimensions(t *testing.T) {
	labels := []string{"rollup"}
	for _, m := range kpi.Catalogue() {
		labels = append(labels, m.PossibleLabels()...)
	}
	for _, d := range telemetry.Definitions() {
		labels = append(labels, d.Labels...)
	}
	slices.Sort(labels)
	for _, label := range slices.Compact(labels) {
		if slices.Contains(crm.DimensionNames(), label) {
			continue
		}
		text := fmt.Sprintf("dimensions: [rep, %s]\nsources: [{name: a, demo: {crm: hubspot}, map: {%[1]s: {property: x}}}]\n", label)
		_, err := config.Parse("config.yaml", []byte(text), t.TempDir(), known.Names())
		if err == nil || !strings.Contains(err.Error(), "label of the exporter's own") {
			t.Errorf("a dimension %s: %v; add it to the list of own labels", label, err)
		}
	}
}
