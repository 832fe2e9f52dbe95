package table

import (
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// Clean returns a text as it is shown: in Unicode's form NFC, without spaces around it, on one line, with single spaces
// between its words.
func Clean(text string) string { return value.CleanText(text) }

// Key returns what two spellings of one name have in common: people retype names with other capitals, spaces, apostrophes
// and hyphens, and programs write one letter in two Unicode forms.
func Key(text string) string { return value.FoldText(text) }
