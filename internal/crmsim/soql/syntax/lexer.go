// Package syntax reads SOQL as it is written: no name in it has been looked up yet.
package syntax

import "strings"

// TokenKind is what a token is.
type TokenKind uint8

// The kinds of tokens.
const (
	TokenEnd TokenKind = iota
	TokenName
	TokenString // Text holds the literal without its quotes, escapes untouched
	TokenNumber
	TokenDate
	TokenDateTime
	TokenSymbol
)

// Token is one word, literal or sign of a statement.
type Token struct {
	Kind     TokenKind
	Text     string
	Position int
}

// String returns the token as an "unexpected token" message shows it.
func (t Token) String() string {
	if t.Kind == TokenEnd {
		return "<EOF>"
	}
	return "'" + t.Text + "'"
}

// Salesforce's bounds of a statement and of one string (crm/salesforce 2.4).
const (
	maxStatement = 100_000
	maxString    = 4_000
)

// lex splits a statement into tokens, the last of which is TokenEnd.
func lex(query string) ([]Token, error) {
	if len(query) > maxStatement {
		return nil, Malformed("SOQL statements cannot be longer than %d characters.", maxStatement)
	}
	var tokens []Token
	for i := 0; i < len(query); {
		if isSpace(query[i]) {
			i++
			continue
		}
		kind, size := scan(query[i:])
		if size == 0 {
			return nil, ErrorAt(query, i, MalformedQuery, "line 1:%d no viable alternative at character '%c'",
				i, query[i])
		}
		text := query[i : i+size]
		if kind == TokenString {
			if text = text[1 : size-1]; len(text) > maxString {
				return nil, ErrorAt(query, i, MalformedQuery,
					"String literals cannot be longer than %d characters.", maxString)
			}
		}
		tokens = append(tokens, Token{Kind: kind, Text: text, Position: i})
		i += size
	}
	return append(tokens, Token{Kind: TokenEnd, Position: len(query)}), nil
}

// scan recognises the token at the start of s, which is not empty; size 0 means that nothing legal starts there.
func scan(s string) (TokenKind, int) {
	switch c := s[0]; {
	case IsLetter(c):
		return TokenName, nameSize(s)
	case c == '\'':
		return TokenString, stringSize(s)
	case IsDigit(c), (c == '-' || c == '+') && len(s) > 1 && IsDigit(s[1]):
		return scanNumeric(s)
	}
	for _, symbol := range []string{"!=", "<>", "<=", ">=", "<", ">", "=", "(", ")", ","} {
		if strings.HasPrefix(s, symbol) {
			return TokenSymbol, len(symbol)
		}
	}
	return TokenEnd, 0
}

// nameSize measures a word or a dotted path, and the ":n" of a relative date literal.
func nameSize(s string) int {
	n := 1
	for n < len(s) && (isWord(s[n]) || s[n] == '.' && n+1 < len(s) && IsLetter(s[n+1])) {
		n++
	}
	if n+1 < len(s) && s[n] == ':' && IsDigit(s[n+1]) {
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
func scanNumeric(s string) (TokenKind, int) {
	kind, n := TokenNumber, 0
	if shaped(s, "0000-00-00T00:00:00") {
		kind, n = TokenDateTime, len("0000-00-00T00:00:00")
		if n+1 < len(s) && s[n] == '.' && IsDigit(s[n+1]) {
			n += 1 + digits(s[n+1:])
		}
		switch {
		case n < len(s) && s[n] == 'Z':
			n++
		case shaped(s[n:], "+00:00"), shaped(s[n:], "-00:00"):
			n += len("+00:00")
		default:
			return TokenEnd, 0 // a dateTime without zone is what a "+" lost in a URL leaves behind
		}
	} else if shaped(s, "0000-00-00") {
		kind, n = TokenDate, len("0000-00-00")
	} else {
		n = numberSize(s)
	}
	if n < len(s) && (isWord(s[n]) || s[n] == '.' || s[n] == ':') {
		return TokenEnd, 0
	}
	return kind, n
}

func numberSize(s string) int {
	n := 0
	if s[0] == '-' || s[0] == '+' {
		n++
	}
	n += digits(s[n:])
	if n+1 < len(s) && s[n] == '.' && IsDigit(s[n+1]) {
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
		if pattern[i] == '0' && !IsDigit(s[i]) || pattern[i] != '0' && s[i] != pattern[i] {
			return false
		}
	}
	return true
}

func digits(s string) int {
	n := 0
	for n < len(s) && IsDigit(s[n]) {
		n++
	}
	return n
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// IsDigit reports whether c is a digit of ASCII.
func IsDigit(c byte) bool { return c >= '0' && c <= '9' }

// IsLetter reports whether c is a letter of ASCII.
func IsLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isWord(c byte) bool { return IsLetter(c) || IsDigit(c) || c == '_' }
