package memory_test

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/mirror/memory"
	"github.com/sales-exporter/sales_exporter/internal/mirror/mirrortest"
)

func TestConformance(t *testing.T) {
	mirrortest.Run(t, func(*testing.T) mirror.Store { return memory.New(mirror.Options{Kinds: crm.Kinds()}) })
}
