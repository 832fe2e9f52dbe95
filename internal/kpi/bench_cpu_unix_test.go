//go:build unix

package kpi

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// processTime returns the CPU time of this process so far, which other processes of the machine do not lengthen.
func processTime(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// benchTargets are targets without a scope: some for this year, some for one day each.
func benchTargets(yearly, daily int) []crm.Target {
	var targets []crm.Target
	target := func(i int, period crm.TargetPeriod) {
		targets = append(targets, crm.Target{
			Name: fmt.Sprintf("%s %d", period.Unit, i), KPI: kpiRevenueWon, Value: float64(1000 * (i + 1)), Period: period,
		})
	}
	for i := range yearly {
		target(i, crm.TargetPeriod{Unit: crm.PeriodYear, Every: true})
	}
	for i := range daily {
		year, month, day := benchNow.AddDate(0, 0, -i).Date()
		date := crm.Date(year, month, day)
		target(i, crm.TargetPeriod{Unit: crm.PeriodCustom, From: date, To: date})
	}
	return targets
}

// BenchmarkTargets has a thousand targets for the year and one for each day of it, none with a scope.
func BenchmarkTargets(b *testing.B) {
	for _, size := range []struct {
		name  string
		deals int
	}{{"100k", 100_000}, {"1M", 1_000_000}} {
		b.Run(size.name, func(b *testing.B) {
			f := benchFacts(size.deals)
			in := benchInput()
			in.Targets = benchTargets(1000, 365)
			runtime.GC()
			b.ReportAllocs()
			cpu := processTime(b)
			for b.Loop() {
				Compute(f, in)
			}
			b.ReportMetric(float64(processTime(b)-cpu)/float64(b.N)/1e6, "cpu-ms/op")
		})
	}
}
