package source

import (
	"regexp"
	"strings"
	"unicode"
)

// maxShown bounds what is kept of a value that could not be read, in runes. Amounts, dates and stages are shorter; what
// is longer is a text that slipped into their place.
const maxShown = 64

// personal matches what names or reaches a person: e-mail addresses, telephone numbers, and numbers so long that they
// are nobody's amount or date.
var personal = []*regexp.Regexp{
	regexp.MustCompile(`[^\s@<>,;:"()]+@[^\s@<>,;:"()]+`),
	regexp.MustCompile(`\+\d(?:[ ()/-]{0,2}\d){6,}`),                       // +49 170 1234567
	regexp.MustCompile(`\(?\b0\d{2,4}\)?[ /-]{1,2}\d{2,}(?:[ /-]\d{2,})*`), // 0170/1234567, (030) 12 34 56
	regexp.MustCompile(`\(?\b\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}\b`),         // (555) 123-4567
	regexp.MustCompile(`\d{9,}`),
}

// dates are what looks like a telephone number and is a date: a year that begins with 0, and a time without signs.
var dates = regexp.MustCompile(`^(0\d{3}[/-](0\d|1[0-2])[/-]([0-2]\d|3[01])( \d\d)?|(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])([0-5]\d){1,2})$`)

const masked = "***"

// Shown returns a value that could not be read as it may be stored and shown: on one line, personal data masked, cut.
func Shown(value string) string { return shown(value, personal) }

// ShownID returns the id of a record in the same way. Long numbers are ids.
func ShownID(id string) string { return shown(id, personal[:1]) }

func shown(value string, personal []*regexp.Regexp) string {
	value = strings.ToValidUTF8(value, "")
	value = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsPrint(r):
			return r
		default:
			return -1
		}
	}, value)
	value = strings.Join(strings.Fields(value), " ")
	for _, pattern := range personal {
		value = pattern.ReplaceAllStringFunc(value, func(found string) string {
			if dates.MatchString(found) {
				return found
			}
			return masked
		})
	}
	if runes := []rune(value); len(runes) > maxShown {
		return string(runes[:maxShown-1]) + "…"
	}
	return value
}
