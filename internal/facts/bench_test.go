package facts

import (
	"strconv"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// BenchmarkJudge measures what it costs to decide which of 100,000 deals count, all of them anew.
func BenchmarkJudge(b *testing.B) {
	const deals = 100_000
	for name, selection := range map[string]Selection{
		"nothing":  {},
		"pipeline": excluding(b, "", nil, "p1"),
		"coded":    excluding(b, `team == "Team 3" && outcome != "won" || segment == "smb"`, time.UTC),
		"numbers":  excluding(b, `amount < 100 || created < date("2020-01-01") && rep != "Rep 1"`, time.UTC),
		"name":     excluding(b, `name contains "TEST" && team == "Team 3"`, time.UTC),
	} {
		b.Run(name, func(b *testing.B) {
			s := selected(selection)
			var batch record.Batch
			for i := range 100 {
				crm.Reps.Append(&batch.Rows, crm.Rep{Head: named("r"+strconv.Itoa(i), nil), Name: "Rep " + strconv.Itoa(i), Team: "Team " + strconv.Itoa(i%9)})
			}
			crm.Pipelines.Append(&batch.Rows, crm.Pipeline{Head: named("p1", nil), Label: "Sales"})
			for i := range deals {
				crm.Deals.Append(&batch.Rows, crm.Deal{
					Head: named(strconv.Itoa(1_000_000+i), nil), Name: "Deal " + strconv.Itoa(i), Pipeline: "p" + strconv.Itoa(i%2), Rep: "r" + strconv.Itoa(i*7%100),
					Stage: "s" + strconv.Itoa(i*13%7), Account: "a" + strconv.Itoa(i/3), Outcome: crm.OutcomeOpen, AmountKnown: true,
					Amount: value.Money(i) * value.MoneyScale / 100, Created: value.Date(2018+i%8, 5, 1),
				})
			}
			s.Apply(batch)
			b.ReportAllocs()
			for b.Loop() {
				s.judge.stale, s.judge.anew = true, true
				if err := s.Judge(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/deals, "ns/deal")
		})
	}
}
