package config_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
	"github.com/sales-exporter/sales_exporter/internal/calendar"
)

func TestHolidays(t *testing.T) {
	folder := t.TempDir()
	knowntest.Write(t, folder, "h.txt", "\uFEFF# closed\r\n2027-01-01 # New Year\r\n\r\n24 December 2026\r\n2026-12-25\r\n")
	config := knowntest.MustParse(t, knowntest.DemoSource+"holidays: [2026-12-25, 2026-05-01]\nholidays_file: h.txt\n", folder)
	var want []calendar.Date
	for _, text := range []string{"2026-05-01", "2026-12-24", "2026-12-25", "2027-01-01"} {
		date, err := calendar.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, date)
	}
	if !slices.Equal(want, config.Holidays) {
		t.Errorf("holidays = %v, want %v", config.Holidays, want)
	}
	if !slices.Equal(config.Files, []string{filepath.Join(folder, "h.txt")}) {
		t.Errorf("files = %v", config.Files)
	}
}
