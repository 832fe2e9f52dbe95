package pipeline_test

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/kpi/kpitest"
	"github.com/sales-exporter/sales_exporter/internal/kpi/pipeline"
)

func TestGolden(t *testing.T) { kpitest.Golden(t, pipeline.Family()) }
