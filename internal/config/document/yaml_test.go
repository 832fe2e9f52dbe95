package document

import (
	"strings"
	"testing"
)

// TestPlaceOfUnknownAliases finds the alias that the parser complains of without saying where it is.
func TestPlaceOfUnknownAliases(t *testing.T) {
	for text, want := range map[string]string{
		"currency: USD\nmetrics:\n  disable: [*_amount]\n":      "config.yaml:3:13: ",
		"metrics:\n  disable:\n    - *amounts\n":                "config.yaml:3:7: ",
		"a: '*x'\nb: \"*x\"\n# *x\nc: 1 # not *x\nd: {e: *x}\n": "config.yaml:5:8: ",
		"a: *x\n":                         "config.yaml:1:4: ",
		"a: &y 1\nb: *y\nc: [*y, *xx]\n":  "config.yaml:3:9: ",
		"a: 2 * 3\nsources: [*, *y]\n":    "config.yaml:2:11: ",
		"sources: [*.csv]\n":              "config.yaml:1:11: ",
		"x: 1\r\nhubspot: *pat-na1-1\r\n": "config.yaml:2:10: ",
	} {
		_, err := Read("config.yaml", []byte(text), t.TempDir(), &Table[Scalar]{})
		if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), `quote text that begins with "*"`) || strings.Contains(err.Error(), "pat-") {
			t.Errorf("%q: %v, want it to begin with %q", text, err, want)
		}
	}
}
