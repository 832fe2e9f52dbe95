package app

import (
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// TestShownValue holds that the id of a duplicate is shown, and that a long number elsewhere is masked: it may be anything.
func TestShownValue(t *testing.T) {
	for reason, want := range map[record.Reason]string{record.BadDuplicate: "123456789012345678", record.BadAmount: "***"} {
		if got := shownValue(record.Quarantined{Reason: reason, Value: "123456789012345678"}); got != want {
			t.Errorf("%s: %q, want %q", reason, got, want)
		}
	}
}
