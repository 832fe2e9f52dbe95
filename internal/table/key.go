package table

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// invisible removes characters that nobody sees and that web pages leave in what is copied from them.
var invisible = strings.NewReplacer("\u200b", "", "\ufeff", "", "\u2060", "", "\u00ad", "")

// Clean returns a text as it is shown: in Unicode's form NFC, without spaces around it, on one line, with single spaces
// between its words.
func Clean(text string) string {
	if plain(text) {
		return text
	}
	return strings.Join(strings.Fields(norm.NFC.String(invisible.Replace(text))), " ")
}

// plain reports whether a text is clean already, as nearly all are.
func plain(text string) bool {
	space := true
	for i := range len(text) {
		c := text[i]
		if c >= 0x7f || c < ' ' || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return !space || text == ""
}

// Key returns what two spellings of one name have in common: people retype names with other capitals and spaces, and
// programs write one letter in two Unicode forms.
func Key(text string) string { return norm.NFC.String(strings.ToLower(Clean(text))) }
