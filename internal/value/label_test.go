package value_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

// TestCleanLabel holds case B15 and its kind: two spellings that look alike are one label value.
func TestCleanLabel(t *testing.T) {
	long := strings.Repeat("ö", value.MaxLabelRunes)
	for name, test := range map[string]struct{ raw, want string }{
		"as it is":                   {"Ann Lee", "Ann Lee"},
		"B15 decomposed":             {"Jose\u0301", "José"},
		"B15 composed":               {"José", "José"},
		"a ligature stays":           {"ﬁnance", "ﬁnance"},
		"hangul":                     {"\u1112\u1161\u11ab", "한"},
		"two accents in wrong order": {"a\u0301\u0323", "ạ\u0301"},
		"trimmed":                    {"  Ann\t", "Ann"},
		"two blanks":                 {"Ann  Lee", "Ann Lee"},
		"a line break":               {"Ann\r\nLee", "Ann Lee"},
		"a blank that does not wrap": {"Ann\u00a0Lee", "Ann Lee"},
		"a thin blank":               {"Ann\u2009Lee", "Ann Lee"},
		"a line separator":           {"Ann\u2028Lee", "Ann Lee"},
		"a vertical tab":             {"Ann\vLee", "Ann Lee"},
		"control characters":         {"A\x00n\x1bn\x7f", "Ann"},
		"a control behind a letter":  {"Jose\x00\u0301", "José"},
		"a byte order mark":          {"\ufeffAnn", "Ann"},
		"a zero-width blank":         {"An\u200bn", "Ann"},
		"marks of direction":         {"\u200eAnn\u202c", "Ann"},
		"a joined emoji stays":       {"👩\u200d💻", "👩\u200d💻"},
		"broken bytes":               {"D\xff\xfean", "D\ufffdan"},
		"only blanks":                {" \u00a0\n", ""},
		"empty":                      {"", ""},
		"too long":                   {long + "xyz", long},
		"cut at a blank":             {long[:len(long)-2] + " xyz", long[:len(long)-2]},
		"cut before an accent": {
			strings.Repeat("x", value.MaxLabelRunes-1) + "q\u0301", strings.Repeat("x", value.MaxLabelRunes-1),
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := value.CleanLabel(test.raw); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestCleanLabelOfAnything holds what Prometheus and every comparison rely on, for random texts.
func TestCleanLabelOfAnything(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	alphabet := []string{
		"a", "Z", "é", "e\u0301", "\u0301", strings.Repeat("\u0301", 40), "\u0323", " ", "  ", "\n", "\u00a0", "\x00", "\xff", "\u200b", "ß", "İ", "K", "ς",
		"한", "\u1112", "\u1161", "👩\u200d💻", "\u200d",
	}
	for range 5_000 {
		var b strings.Builder
		for range r.IntN(200) {
			b.WriteString(alphabet[r.IntN(len(alphabet))])
		}
		raw := b.String()
		clean, folded := value.CleanLabel(raw), value.FoldLabel(raw)
		switch {
		case !utf8.ValidString(clean), !norm.NFC.IsNormalString(clean), utf8.RuneCountInString(clean) > value.MaxLabelRunes:
			t.Fatalf("%q became %q", raw, clean)
		case clean != strings.Join(strings.Fields(clean), " "):
			t.Fatalf("%q became %q, with blanks that are not folded", raw, clean)
		case value.CleanLabel(clean) != clean:
			t.Fatalf("%q is clean and becomes %q", clean, value.CleanLabel(clean))
		case value.FoldLabel(folded) != folded || value.FoldLabel(clean) != folded:
			t.Fatalf("%q folds to %q, then to %q", raw, folded, value.FoldLabel(folded))
		case !value.SameLabel(raw, norm.NFD.String(clean)) && utf8.RuneCountInString(clean) < value.MaxLabelRunes:
			t.Fatalf("%q is not the same as its decomposed form", raw)
		}
	}
}

func TestSameLabel(t *testing.T) {
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"Ann Lee", "ann  LEE", true},
		{"José", "JOSE\u0301", true},
		{"ΟΔΟΣ", "οδος", true},
		{"İzmir", "izmir", true},
		{"\u212aarl", "karl", true}, // the sign of the kelvin
		{"Straße", "STRAẞE", true},
		{"Weiß", "Weiss", false},
		{"O\u2019Brien", "o'brien", true},
		{"Anne\u2011Marie", "Anne-Marie", true},
		{"Anne\u2013Marie", "Anne-Marie", false},
		{"José", "Jose", false},
		{"Ann Lee", "AnnLee", false},
		{"Анна", "Anna", false},
	} {
		if got := value.SameLabel(test.a, test.b); got != test.same {
			t.Errorf("%q and %q: got %v", test.a, test.b, got)
		}
	}
}
