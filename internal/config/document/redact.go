package document

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sales-exporter/sales_exporter/internal/spelling"
)

// maxQuoted bounds what a message repeats of a value.
const maxQuoted = 60

var (
	plainKey    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,39}$`)
	secretKey   = regexp.MustCompile(`(token|secret|passwo?r?d|pass|(private|api|hash|access)[_-]?key|dsn|bearer)$`)
	longToken   = regexp.MustCompile(`^[A-Za-z0-9!._~+=-]{40,}$`)
	secretStart = regexp.MustCompile(`(?i)^(pat-|bearer |eyJ)|PRIVATE KEY`)
)

// secretNamed reports whether a key is one under which people put secrets. Its value is never shown.
func secretNamed(key string) bool { return secretKey.MatchString(strings.ToLower(key)) }

// secretShaped reports whether a text looks like a secret that ended up where something else belongs, such as a token
// under token_file. It errs on the side of silence.
func secretShaped(text string) bool {
	text = strings.TrimSpace(text)
	return secretStart.MatchString(text) || longToken.MatchString(text) && strings.ContainsAny(text, "0123456789")
}

// Quote returns text for a message: quoted, cut, and hidden where it looks like a secret.
func Quote(text string) string {
	if secretShaped(text) {
		return "the value (hidden, it looks like a secret)"
	}
	if utf8.RuneCountInString(text) > maxQuoted {
		text = string([]rune(text)[:maxQuoted]) + "…"
	}
	return strconv.Quote(text)
}

// shownKey reports whether an unknown key may be repeated in a message: `{pat-na1-…}` makes a secret a key.
func shownKey(key string) bool { return plainKey.MatchString(key) && !secretShaped(key) }

// join appends a key to a path.
func join(path, key string) string {
	switch {
	case secretShaped(key):
		key = "?"
	case !plainKey.MatchString(key):
		return path + "[" + Quote(key) + "]"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// OneOfOrAdd is the hint on a word that is none of the known ones, but becomes one when it is added to a list.
func OneOfOrAdd(word string, known []string, list string) string {
	hint := OneOf(word, known)
	if spelling.Nearest(word, known) == "" && shownKey(word) {
		hint += "; or add " + word + " to " + list
	}
	return hint
}

// OneOf is the hint on a word that is none of the known ones.
func OneOf(word string, known []string) string {
	if near := spelling.Nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return "known are " + strings.Join(known, ", ")
}
