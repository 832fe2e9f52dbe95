package app

import (
	"github.com/sales-exporter/sales_exporter/internal/output"
	"github.com/sales-exporter/sales_exporter/internal/output/page"
)

// startOutputs starts what snapshots are published to. A new output is one more line here.
func (a *App) startOutputs() {
	a.page = &page.Page{}
	var others []output.Output
	if a.last != nil {
		others = append(others, a.last)
	}
	a.outputs = output.Start(a.options.Logger, a.page, others...)
	a.cleanups.add("stop outputs", a.outputs.Stop)
}
