package soql

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// unescape resolves the escapes of a string literal; the bad one is returned where there is one that SOQL lacks.
// Inside LIKE, wild is called with the position of every % and _ that is not escaped.
func unescape(literal string, like bool, wild func(position int)) (text, bad string) {
	var b strings.Builder
	for i := 0; i < len(literal); i++ {
		c := literal[i]
		if c != '\\' {
			if like && (c == '%' || c == '_') {
				wild(b.Len())
			}
			b.WriteByte(c)
			continue
		}
		i++ // the lexer saw to it that something follows
		switch c = literal[i]; {
		case strings.IndexByte(`'"\`, c) >= 0, like && (c == '%' || c == '_'):
			b.WriteByte(c)
		case strings.IndexByte("nrtbfNRTBF", c) >= 0:
			b.WriteByte("\n\r\t\b\f"[strings.IndexByte("nrtbf", c|0x20)])
		case c == 'u' && i+5 <= len(literal):
			r, err := strconv.ParseUint(literal[i+1:i+5], 16, 16)
			if err != nil {
				return "", literal[i-1 : i+1]
			}
			b.WriteRune(rune(r))
			i += 4
		default:
			return "", literal[i-1 : i+1]
		}
	}
	return b.String(), ""
}

// pattern is a LIKE pattern in lower case with its wildcards marked apart from escaped ones.
type pattern []element

type element struct {
	char rune
	kind wildcard
}

type wildcard uint8

const (
	wildNone wildcard = iota
	wildOne           // _
	wildAny           // %
)

func newPattern(literal string) (pattern, string) {
	wilds := map[int]bool{}
	text, bad := unescape(literal, true, func(position int) { wilds[position] = true })
	var p pattern
	for i, c := range text {
		switch {
		case wilds[i] && c == '%':
			p = append(p, element{kind: wildAny})
		case wilds[i]:
			p = append(p, element{kind: wildOne})
		default:
			folded, _ := utf8.DecodeRuneInString(fold(string(c)))
			p = append(p, element{char: folded})
		}
	}
	return p, bad
}

// match reports whether the whole text fits. It walks back only to the last %, so that no pattern takes long.
func (p pattern) match(text string) bool {
	t := []rune(fold(text))
	at, star, resume := 0, -1, 0
	for i := 0; i < len(t); {
		switch {
		case at < len(p) && p[at].kind == wildAny:
			star, resume = at, i
			at++
		case at < len(p) && (p[at].kind == wildOne || p[at].char == t[i]):
			at++
			i++
		case star >= 0:
			resume++
			at, i = star+1, resume
		default:
			return false
		}
	}
	for at < len(p) && p[at].kind == wildAny {
		at++
	}
	return at == len(p)
}
