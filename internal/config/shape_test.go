package config_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/internal/app/known"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
)

// misfits returns the paths at which a YAML node is not of a shape.
func misfits(s *document.Shape, n *yaml.Node, path string) []string {
	allowed := map[yaml.Kind][]document.Kind{
		yaml.ScalarNode:   {document.KindScalar, document.KindMappingOrScalar, document.KindTableOrScalar},
		yaml.SequenceNode: {document.KindList},
		yaml.MappingNode:  {document.KindMapping, document.KindMappingOrScalar, document.KindTable, document.KindTableOrScalar},
	}
	if !slices.Contains(allowed[n.Kind], s.Kind) {
		return []string{path}
	}
	var wrong []string
	for i, child := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode:
			wrong = append(wrong, misfits(s.Items, child, path+"[]")...)
		case i%2 == 0: // a key
		default:
			wrong = append(wrong, misfitsOfKey(s, n.Content[i-1].Value, child, path)...)
		}
	}
	return wrong
}

func misfitsOfKey(s *document.Shape, name string, value *yaml.Node, path string) []string {
	path = strings.TrimPrefix(path+"."+name, ".")
	if s.Kind == document.KindTable || s.Kind == document.KindTableOrScalar {
		return misfits(s.Items, value, path)
	}
	i := slices.IndexFunc(s.Keys, func(k document.Key) bool { return k.Name == name })
	if i < 0 {
		return []string{path}
	}
	return misfits(&s.Keys[i].Shape, value, path)
}

func misfitsOfText(t *testing.T, text string) []string {
	t.Helper()
	var top yaml.Node
	if err := yaml.Unmarshal([]byte(text), &top); err != nil {
		t.Fatal(err)
	}
	s := config.DocumentShape(known.Names())
	return misfits(&s, top.Content[0], "")
}

func TestShapeFitsTheExample(t *testing.T) {
	data, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	text := commentedKey.ReplaceAllString(string(data), "$1$2")
	if wrong := misfitsOfText(t, text); len(wrong) > 0 {
		t.Errorf("the example with every key switched on does not fit at %v", wrong)
	}
}

// TestShape shows for each kind what fits and what does not.
func TestShape(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // where it does not fit
	}{
		{"scalar", "currency: EUR", nil},
		{"list for a scalar", "currency: [EUR]", []string{"currency"}},
		{"list", "working_days: [mon]", nil},
		{"scalar for a list", "working_days: mon", []string{"working_days"}},
		{"list of lists", "rollups: [[team], [rep]]", nil},
		{"list for a list of lists", "rollups: [team]", []string{"rollups[]"}},
		{"table", "targets: [{scope: {anything: here}}]", nil},
		{"table of mappings", "sources: [{map: {team: {property: x}}}]", nil},
		{"unknown key in a table of mappings", "sources: [{map: {team: {x: y}}}]", []string{"sources[].map.team.x"}},
		{"period by name", "targets: [{period: 2026-Q4}]", nil},
		{"period by its days", "targets: [{period: {from: 2026-01-01, to: 2026-03-31}}]", nil},
		{"list for a period", "targets: [{period: [2026-Q4]}]", []string{"targets[].period"}},
		{"unknown key of a period", "targets: [{period: {name: 2026-Q4}}]", []string{"targets[].period.name"}},
		{"one number of values", "limits: {values_per_dimension: 5}", nil},
		{"numbers of values", "limits: {values_per_dimension: {rep: 5}}", nil},
		{"list for numbers of values", "limits: {values_per_dimension: [5]}", []string{"limits.values_per_dimension"}},
		{"table of lists", "metrics: {grain: {sales_deals_won: [team]}}", nil},
		{"scalar for a list in a table", "metrics: {grain: {sales_deals_won: team}}", []string{"metrics.grain.sales_deals_won"}},
		{"unknown key", "colour: red", []string{"colour"}},
		{"secret", "sources: [{hubspot: {token: x}}]", []string{"sources[].hubspot.token"}},
		{"key of a later release", "kpis: x", []string{"kpis"}},
		{"key of a later release, deeper", "mirror: {postgres: {}, sqlite: {path: x}}", []string{"mirror.postgres"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, misfitsOfText(t, tt.text)); diff != "" {
				t.Errorf("does not fit at (-want +got):\n%s", diff)
			}
		})
	}
}
