package spelling_test

import (
	"slices"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/spelling"
)

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"Zoë", "Zoe", 1}, {"ab", "ba", 2},
	} {
		if got := spelling.Distance(test.a, test.b); got != test.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
		if got := spelling.Distance(test.b, test.a); got != test.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", test.b, test.a, got, test.want)
		}
	}
}

func TestNear(t *testing.T) {
	known := []string{"Ann Ames", "Anne Ames", "Bob", "EMEA", "APAC", "Enterprise East", "Łukasz Żak"}
	for word, want := range map[string][]string{
		"Ann Aems":     {"Ann Ames"},
		"ann ames":     {"Ann Ames", "Anne Ames"},
		"Ann Miller":   {"Ann Ames"}, // She married.
		"EMAE":         {"EMEA"},
		"EMEAA":        {"EMEA"},
		"Bobby":        nil,
		"Enterprise":   {"Enterprise East"},
		"Lukasz Zak":   {"Łukasz Żak"},
		"Zoe":          nil,
		"":             nil,
		"Enterpise E.": {"Enterprise East"},
	} {
		if got := spelling.Near(word, known, 3); !slices.Equal(got, want) {
			t.Errorf("Near(%q) = %q, want %q", word, got, want)
		}
	}
	if got := spelling.Near("Ann Ames", known, 1); !slices.Equal(got, []string{"Ann Ames"}) {
		t.Errorf("at most one: %q", got)
	}
}
