package source

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

func TestQuarantine(t *testing.T) {
	tests := []struct {
		name, id, raw   string
		wantID, wantRaw string
	}{
		{"plain", "42", `{"id":42}`, "42", `{"id":42}`},
		{"nothing", "", "", "", ""},
		{"NUL and invalid UTF-8", "4\x002\xff", "a\x00b\xffc\xc3", "42", "abc"},
		{"cut", "1", strings.Repeat("x", 3000), "1", strings.Repeat("x", record.MaxQuarantineRaw)},
		{
			"cut within a rune", "1", "x" + strings.Repeat("é", 2000),
			"1", "x" + strings.Repeat("é", (record.MaxQuarantineRaw-1)/2),
		},
		{"not an id", strings.Repeat("9", 256), "", "", ""},
	}
	for _, tt := range tests {
		raw := []byte(tt.raw)
		got := Quarantine(crm.Deals.Name(), tt.id, 7, record.BadAmount, raw)
		if got.ID != tt.wantID || string(got.Raw) != tt.wantRaw {
			t.Errorf("%s: id %q, raw %q; want %q, %q", tt.name, got.ID, got.Raw, tt.wantID, tt.wantRaw)
		}
		if got.Kind != crm.Deals.Name() || got.Version != 7 || got.Reason != record.BadAmount {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if len(raw) > 0 && len(got.Raw) > 0 && &raw[0] == &got.Raw[0] {
			t.Errorf("%s: keeps the caller's bytes, and with them the whole page", tt.name)
		}
	}
}

func FuzzQuarantine(f *testing.F) {
	f.Add("1", []byte("\x00\xff"))
	f.Add("\xc3", []byte(strings.Repeat("é", 2000)))
	f.Fuzz(func(t *testing.T, id string, raw []byte) {
		q := Quarantine(crm.Deals.Name(), id, 0, record.BadShape, raw)
		if len(q.Raw) > record.MaxQuarantineRaw || !utf8.Valid(q.Raw) || bytes.IndexByte(q.Raw, 0) >= 0 {
			t.Errorf("raw %q cannot be stored", q.Raw)
		}
		if !utf8.ValidString(q.ID) || strings.Contains(q.ID, "\x00") {
			t.Errorf("id %q cannot be stored", q.ID)
		}
	})
}
