package value

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxLabelRunes is the length of the longest label value.
const MaxLabelRunes = 128

// CleanLabel makes a label value of what people typed into a CRM, a sheet or a configuration: a clean text of at most
// MaxLabelRunes. An invalid byte would make Prometheus drop the whole scrape, and "José" typed on two keyboards would be
// two people.
func CleanLabel(s string) string { return CutLabel(CleanText(s), MaxLabelRunes) }

// CleanText returns a text as valid UTF-8, composed (NFC), without control characters, trimmed, with single blanks
// inside.
func CleanText(s string) string {
	if plain(s) {
		return s
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, string(utf8.RuneError)))
	var b strings.Builder
	blank := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			blank = true
		case unicode.IsControl(r) || invisible(r):
		default:
			if blank && b.Len() > 0 {
				b.WriteByte(' ')
			}
			blank = false
			b.WriteRune(r)
		}
	}
	// A control character between a letter and its accent has kept them apart until now.
	return norm.NFC.String(b.String())
}

// FoldLabel returns the form in which two label values are compared.
func FoldLabel(s string) string { return FoldText(CleanLabel(s)) }

// FoldText returns the form in which two texts are compared: clean, without regard to case and to what programs put in
// the place of the apostrophe and the hyphen of a keyboard. Letters are never replaced by others that sound alike: Weiss
// and Weiß are two people.
func FoldText(s string) string {
	s = CleanText(s)
	folded := strings.Map(foldRune, s)
	if folded == s || plain(folded) {
		return folded
	}
	return norm.NFC.String(folded)
}

// foldRune returns the same letter for every letter that is equal without regard to case.
func foldRune(r rune) rune {
	switch {
	case r <= '~':
		return unicode.ToLower(r)
	case r == '\u2018', r == '\u2019', r == '\u02bc':
		return '\''
	case r == '\u2010', r == '\u2011':
		return '-'
	}
	first := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		first = min(first, other)
	}
	return unicode.ToLower(first)
}

// SameLabel reports whether two texts name the same thing.
func SameLabel(a, b string) bool { return a == b || FoldLabel(a) == FoldLabel(b) }

// plain reports whether a text is ASCII that is clean already, as nearly all are.
func plain(s string) bool {
	if strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") || strings.Contains(s, "  ") {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// invisible reports characters that take no room and only tell equal texts apart: soft hyphens, zero-width spaces,
// marks of direction, byte order marks. Joiners stay, for some scripts and emoji are written with them.
func invisible(r rune) bool {
	switch r {
	case '\u00ad', '\u200b', '\u200e', '\u200f', '\u2060', '\ufeff':
		return true
	}
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// CutLabel returns at most so many runes of a composed text, and never a letter without its accents, of which the
// normal form leaves no more than thirty in a row.
func CutLabel(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	runes, whole := 0, 0
	for rest := s; rest != ""; {
		n := norm.NFC.NextBoundaryInString(rest, true)
		if runes += utf8.RuneCountInString(rest[:n]); runes > limit {
			break
		}
		whole += n
		rest = rest[n:]
	}
	return strings.TrimRight(s[:whole], " ")
}
