package source

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestShown(t *testing.T) {
	for value, want := range map[string]string{
		"":                                "",
		"12 Apples":                       "12 Apples",
		"1.234.567,89 €":                  "1.234.567,89 €",
		"500.000":                         "500.000",
		"1,234,567.891.2":                 "1,234,567.891.2",
		"-12 345 678":                     "-12 345 678",
		"#REF!":                           "#REF!",
		"2024-13-45 10:00:00":             "2024-13-45 10:00:00",
		"2024-08-31T25:61:00+02:00":       "2024-08-31T25:61:00+02:00",
		"31/02/2024 10:00":                "31/02/2024 10:00",
		"0000-00-00":                      "0000-00-00",
		"0000-00-00 00:00:00":             "0000-00-00 00:00:00",
		"0024/08/31":                      "0024/08/31",
		"20240831103000":                  "20240831103000",
		"0170-12-34 56":                   "***",
		"20249931103000":                  "***",
		"20241345":                        "20241345",
		"Closed  Won\n(old)":              "Closed Won (old)",
		"ann.lee@example.com":             "***",
		"ask Ann <ann+x@example.co.uk>":   "ask Ann <***>",
		"mailto:ann@example.com, bob@b.c": "mailto:***, ***",
		"+49 170 1234567":                 "***",
		"+1 (555) 123-4567":               "***",
		"0170/1234567 call":               "*** call",
		"(030) 12 34 56":                  "***",
		"555-123-4567":                    "***",
		"tel. 555 123 4567":               "tel. ***",
		"4111111111111111":                "***",
		"DE89370400440532013000":          "DE***",
		"a\x00b\xffc":                     "abc",
		strings.Repeat("ä", 80):           strings.Repeat("ä", 63) + "…",
	} {
		got := Shown(value)
		if got != want {
			t.Errorf("Shown(%q) = %q, want %q", value, got, want)
		}
		if again := Shown(got); again != got {
			t.Errorf("Shown(%q) changes to %q the second time", got, again)
		}
	}
}

func TestShownID(t *testing.T) {
	for id, want := range map[string]string{
		"123456789012345678": "123456789012345678", "006000000000123AAA": "006000000000123AAA", "555-123-4567": "555-123-4567",
		"ann.lee@example.com": "***", "7\n8": "7 8",
	} {
		if got := ShownID(id); got != want {
			t.Errorf("ShownID(%q) = %q, want %q", id, got, want)
		}
	}
}

func FuzzShown(f *testing.F) {
	f.Add("ann@example.com +49 170 1234567")
	f.Fuzz(func(t *testing.T, value string) {
		got := Shown(value)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxShown || strings.ContainsAny(got, "\n\x00") {
			t.Errorf("Shown(%q) = %q", value, got)
		}
	})
}
