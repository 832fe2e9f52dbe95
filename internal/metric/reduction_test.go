package metric_test

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/metric"
)

func TestReductionText(t *testing.T) {
	r := metric.Reduction{Folded: []metric.Folding{{Dimension: "team", Of: 4}, {Dimension: "rep", Named: 3, Of: 9}}}
	want := `all 4 values of team are folded into "other"; 3 of 9 values of rep keep their names, the others are folded into "other"`
	if got := r.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
