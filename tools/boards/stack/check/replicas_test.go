package check

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"

	"github.com/sales-exporter/sales_exporter/tools/boards/stack/promtest"
)

func TestReplicas(t *testing.T) {
	const (
		onlyA = `sum(sales_deals_won{instance=~"a"})`
		onlyB = `sum(sales_deals_won{instance=~"b"})`
		both  = `sum(sales_deals_won{instance=~"a|b"})`
	)
	for name, c := range map[string]struct {
		a, b, both model.Vector
		problem    string
	}{
		"equal":                {vectorOf(5), vectorOf(5), vectorOf(5), ""},
		"seconds apart":        {vectorOf(1e6), vectorOf(1e6 + 1), vectorOf(1e6 + 1), ""},
		"both not a number":    {vectorOf(math.NaN()), vectorOf(math.NaN()), vectorOf(math.NaN()), ""},
		"empty":                {nil, nil, nil, ""},
		"one lags":             {vectorOf(5), vectorOf(6), vectorOf(6), "a alone and all together: 5 and 6 for {}"},
		"one lacks it":         {vectorOf(5), nil, vectorOf(5), "b alone and all together: nothing and 5"},
		"only apart":           {vectorOf(5), nil, nil, "a alone and all together: 5 and nothing"},
		"number and no number": {vectorOf(5), vectorOf(math.NaN()), vectorOf(5), "b alone and all together: NaN and 5"},
	} {
		t.Run(name, func(t *testing.T) {
			p := promtest.Prometheus{Vectors: map[string]model.Vector{onlyA: c.a, onlyB: c.b, both: c.both}}
			o := Options{API: p.Start(t), Replicas: []string{"a", "b"}}
			expectProblem(t, o.replicas(t.Context(), []string{"sum(sales_deals_won)", "up"}), c.problem)
		})
	}
	t.Run("doubled", func(t *testing.T) {
		p := promtest.Prometheus{Vectors: map[string]model.Vector{onlyA: vectorOf(5), onlyB: vectorOf(5), both: vectorOf(10)}}
		o := Options{API: p.Start(t), Replicas: []string{"a", "b"}}
		got := o.replicas(t.Context(), []string{"sum(sales_deals_won)"})
		if len(got.problems) != 2 || !slices.ContainsFunc(got.problems, func(s string) bool {
			return strings.Contains(s, "5 and 10 for {} in sum(sales_deals_won)")
		}) {
			t.Errorf("found %q, want both replicas", got.problems)
		}
	})
	expectProblem(t, Options{Replicas: []string{"a"}}.replicas(t.Context(), nil), "1 replicas")
}
