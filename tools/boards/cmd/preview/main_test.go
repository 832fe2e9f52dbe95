package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// setUp writes a board and a dump and returns options that draw them without a browser.
func setUp(t *testing.T, dump string) options {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"boards/tiny.json": `{"uid": "tiny", "title": "Tiny", "panels": [{"id": 1, "type": "stat", "title": "Won",
			"gridPos": {"w": 6, "h": 4}, "targets": [{"refId": "A"}]}]}`,
		"dump.json": dump,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return options{
		boards: filepath.Join(dir, "boards"), data: filepath.Join(dir, "dump.json"), out: filepath.Join(dir, "out"),
		pages: filepath.Join(dir, "pages"), width: 1280,
	}
}

func TestRun(t *testing.T) {
	const full = `{"generated": "2026-11-23T10:00:00Z", "boards": {"tiny": {"panels": {"1": {"A":
		{"type": "vector", "result": [{"metric": {}, "value": [1, "42"]}]}}}}}}`
	const empty = `{"generated": "2026-11-23T10:00:00Z", "boards": {"tiny": {}}}`
	for _, tt := range []struct {
		name, dump string
		strict     bool
		report     string
		fails      string
	}{
		{"full", full, true, "tiny: 0 empty, 0 hard to read\n", ""},
		{"empty", empty, false, "tiny: 1 empty, 0 hard to read\n  empty: Won (1): \"No data\"\n", ""},
		{"empty and strict", empty, true, "tiny: 1 empty", "1 panels are empty"},
		{"board missing in the dump", `{"boards": {}}`, false, "", "no results of board tiny"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := setUp(t, tt.dump)
			o.strict = tt.strict
			var report bytes.Buffer
			err := run(t.Context(), o, &report)
			if tt.fails == "" && err != nil || tt.fails != "" && (err == nil || !strings.Contains(err.Error(), tt.fails)) {
				t.Errorf("got error %v, want %q", err, tt.fails)
			}
			if !strings.HasPrefix(report.String(), tt.report) {
				t.Errorf("report %q, want %q", report.String(), tt.report)
			}
			if _, err := os.Stat(filepath.Join(o.pages, "tiny.html")); (err == nil) != strings.Contains(tt.dump, "tiny") {
				t.Errorf("page: %v", err)
			}
		})
	}
}
