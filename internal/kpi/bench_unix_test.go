//go:build unix

package kpi

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/value"
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

// measure runs a benchmark and tells its CPU time: its wall time says little on a machine that others use.
func measure(b *testing.B, run func()) {
	runtime.GC()
	b.ReportAllocs()
	cpu := processTime(b)
	for b.Loop() {
		run()
	}
	b.ReportMetric(float64(processTime(b)-cpu)/float64(b.N)/1e6, "cpu-ms/op")
}

// memoryFor10M is what the largest benchmark needs with a margin.
const memoryFor10M = 4 << 30

// benchSizes calls run for facts of several sizes.
func benchSizes(b *testing.B, run func(*testing.B, *Facts)) {
	for _, size := range []struct {
		name  string
		deals int
	}{{"100k", 100_000}, {"1M", 1_000_000}, {"10M", 10_000_000}} {
		b.Run(size.name, func(b *testing.B) {
			if size.deals > 1_000_000 && (testing.Short() || availableMemory(b) < memoryFor10M) {
				b.Skip("needs more memory or time than there is")
			}
			run(b, benchFacts(size.deals))
		})
	}
}

func BenchmarkCompute(b *testing.B) {
	benchSizes(b, func(b *testing.B, f *Facts) {
		series := 0
		measure(b, func() {
			series = 0
			for _, family := range Compute(f, benchInput()).Families {
				series += len(family.Samples)
			}
		})
		b.ReportMetric(float64(f.Source("acme").Deals.Bytes())/float64(f.Source("acme").Deals.Live()), "B/deal")
		b.ReportMetric(float64(series), "samples")
	})
}

// BenchmarkScan is the part of a Compute that grows with the number of deals, by one worker and by two.
func BenchmarkScan(b *testing.B) {
	benchSizes(b, func(b *testing.B, f *Facts) {
		for workers := 1; workers <= 2; workers++ {
			b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
				in := benchInput()
				in.Workers = workers
				measure(b, func() {
					c := newComputation(f, in)
					c.Read()
					c.Release()
				})
			})
		}
	})
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
		date := value.Date(year, month, day)
		target(i, crm.TargetPeriod{Unit: crm.PeriodCustom, From: date, To: date})
	}
	return targets
}

// BenchmarkTargets has a thousand targets for the year and one for each day of it, none with a scope.
func BenchmarkTargets(b *testing.B) {
	benchSizes(b, func(b *testing.B, f *Facts) {
		in := benchInput()
		in.Targets = benchTargets(1000, 365)
		measure(b, func() { Compute(f, in) })
	})
}
