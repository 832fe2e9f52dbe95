package page

import (
	"bytes"
	"strconv"
)

// dialect is how a text format writes what the two of them write differently.
type dialect struct {
	float  func(to []byte, value float64) []byte
	count  func(to []byte, n uint64) []byte
	quoted bool   // a quote in HELP is escaped
	end    string // what stands after the last family
}

// textDialect is the text format 0.0.4.
var textDialect = dialect{
	float: appendFloat,
	count: func(to []byte, n uint64) []byte { return appendFloat(to, float64(n)) },
}

// openMetricsDialect is OpenMetrics 1.0 and 0.0.1.
var openMetricsDialect = dialect{
	float:  appendOpenMetricsFloat,
	count:  func(to []byte, n uint64) []byte { return strconv.AppendUint(to, n, 10) },
	quoted: true,
	end:    "# EOF\n",
}

// appendFloat appends a finite number as the text format has it.
func appendFloat(to []byte, value float64) []byte {
	// Most numbers are small counts, and formatting one as a float takes ten times as long.
	if n := int64(value); float64(n) == value && -shortInteger < n && n < shortInteger {
		return strconv.AppendInt(to, n, 10)
	}
	return strconv.AppendFloat(to, value, 'g', -1, 64)
}

// shortInteger is the first integer that is written with an exponent.
const shortInteger = 1_000_000

// appendOpenMetricsFloat appends a finite number so that it looks like a float.
func appendOpenMetricsFloat(to []byte, value float64) []byte {
	begin := len(to)
	to = appendFloat(to, value)
	if !bytes.ContainsAny(to[begin:], "e.") {
		to = append(to, ".0"...)
	}
	return to
}

// appendEscaped appends a text with backslashes before backslashes, line breaks and, where quotes matter, quotes.
func appendEscaped(to []byte, text string, quoted bool) []byte {
	written := 0 // of the text
	for i := range len(text) {
		c := text[i]
		if c != '\n' && c != '\\' && (c != '"' || !quoted) {
			continue
		}
		to = append(append(to, text[written:i]...), '\\')
		written = i
		if c == '\n' {
			to = append(to, 'n')
			written++
		}
	}
	return append(to, text[written:]...)
}
