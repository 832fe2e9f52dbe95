package soql

import "strings"

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenString // text holds the literal without its quotes, escapes untouched
	tokenNumber
	tokenDate
	tokenDateTime
	tokenSymbol
)

type token struct {
	kind     tokenKind
	text     string
	position int
}

// String returns the token as an "unexpected token" message shows it.
func (t token) String() string {
	if t.kind == tokenEnd {
		return "<EOF>"
	}
	return "'" + t.text + "'"
}

// Salesforce's bounds of a statement and of one string (crm/salesforce 2.4).
const (
	maxStatement = 100_000
	maxString    = 4_000
)

// lex splits a statement into tokens, the last of which is tokenEnd.
func lex(query string) ([]token, error) {
	if len(query) > maxStatement {
		return nil, malformed("SOQL statements cannot be longer than %d characters.", maxStatement)
	}
	var tokens []token
	for i := 0; i < len(query); {
		if isSpace(query[i]) {
			i++
			continue
		}
		kind, size := scan(query[i:])
		if size == 0 {
			return nil, errorAt(query, i, MalformedQuery, "line 1:%d no viable alternative at character '%c'",
				i, query[i])
		}
		text := query[i : i+size]
		if kind == tokenString {
			if text = text[1 : size-1]; len(text) > maxString {
				return nil, errorAt(query, i, MalformedQuery,
					"String literals cannot be longer than %d characters.", maxString)
			}
		}
		tokens = append(tokens, token{kind: kind, text: text, position: i})
		i += size
	}
	return append(tokens, token{kind: tokenEnd, position: len(query)}), nil
}

// scan recognises the token at the start of s, which is not empty; size 0 means that nothing legal starts there.
func scan(s string) (tokenKind, int) {
	switch c := s[0]; {
	case isLetter(c):
		return tokenName, nameSize(s)
	case c == '\'':
		return tokenString, stringSize(s)
	case isDigit(c), (c == '-' || c == '+') && len(s) > 1 && isDigit(s[1]):
		return scanNumeric(s)
	}
	for _, symbol := range []string{"!=", "<>", "<=", ">=", "<", ">", "=", "(", ")", ","} {
		if strings.HasPrefix(s, symbol) {
			return tokenSymbol, len(symbol)
		}
	}
	return tokenEnd, 0
}

// nameSize measures a word or a dotted path, and the ":n" of a relative date literal.
func nameSize(s string) int {
	n := 1
	for n < len(s) && (isWord(s[n]) || s[n] == '.' && n+1 < len(s) && isLetter(s[n+1])) {
		n++
	}
	if n+1 < len(s) && s[n] == ':' && isDigit(s[n+1]) {
		n = n + 1 + digits(s[n+1:])
	}
	return n
}

func stringSize(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\'':
			return i + 1
		}
	}
	return 0
}

// scanNumeric tells a number from a date from a dateTime by shape; whether the day exists is asked later.
func scanNumeric(s string) (tokenKind, int) {
	kind, n := tokenNumber, 0
	if shaped(s, "0000-00-00T00:00:00") {
		kind, n = tokenDateTime, len("0000-00-00T00:00:00")
		if n+1 < len(s) && s[n] == '.' && isDigit(s[n+1]) {
			n += 1 + digits(s[n+1:])
		}
		switch {
		case n < len(s) && s[n] == 'Z':
			n++
		case shaped(s[n:], "+00:00"), shaped(s[n:], "-00:00"):
			n += len("+00:00")
		default:
			return tokenEnd, 0 // a dateTime without zone is what a "+" lost in a URL leaves behind
		}
	} else if shaped(s, "0000-00-00") {
		kind, n = tokenDate, len("0000-00-00")
	} else {
		n = numberSize(s)
	}
	if n < len(s) && (isWord(s[n]) || s[n] == '.' || s[n] == ':') {
		return tokenEnd, 0
	}
	return kind, n
}

func numberSize(s string) int {
	n := 0
	if s[0] == '-' || s[0] == '+' {
		n++
	}
	n += digits(s[n:])
	if n+1 < len(s) && s[n] == '.' && isDigit(s[n+1]) {
		n += 1 + digits(s[n+1:])
	}
	return n
}

// shaped reports whether s starts like the pattern, in which 0 stands for any digit.
func shaped(s, pattern string) bool {
	if len(s) < len(pattern) {
		return false
	}
	for i := range len(pattern) {
		if pattern[i] == '0' && !isDigit(s[i]) || pattern[i] != '0' && s[i] != pattern[i] {
			return false
		}
	}
	return true
}

func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) || c == '_' }
