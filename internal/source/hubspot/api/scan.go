package api

import (
	"encoding/json"
	"iter"
	"strings"
)

// The functions below read JSON that encoding/json has found to be valid. Records are most of what a sync decodes, and
// going through reflection a second time would be most of its work.

// members returns the names and the values, still encoded, of an object; none of anything else.
func members(object string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		rest, isObject := strings.CutPrefix(skipSpace(object), "{")
		for isObject {
			if rest = skipSpace(rest); !strings.HasPrefix(rest, `"`) {
				return
			}
			n := stringEnd(rest)
			name, _ := unquote(rest[:n])
			rest = skipSpace(strings.TrimPrefix(skipSpace(rest[n:]), ":"))
			n = valueEnd(rest)
			if !yield(name, strings.TrimRight(rest[:n], space)) {
				return
			}
			rest, isObject = strings.CutPrefix(rest[n:], ",")
		}
	}
}

const space = " \t\r\n"

func skipSpace(s string) string {
	for s != "" && s[0] <= ' ' {
		s = s[1:]
	}
	return s
}

// valueEnd returns where the value ends that a text begins with, blanks behind it included.
func valueEnd(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			i += stringEnd(s[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
		if depth < 0 { // the object around it ends
			return i
		}
	}
	return len(s)
}

// stringEnd returns where the string ends that a text begins with, quotes included.
func stringEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// readText returns what a value says; ok is false for objects and arrays.
func readText(value string) (t Text, ok bool) {
	switch {
	case value == "" || value == "null":
		return "", true
	case value[0] == '{' || value[0] == '[':
		return "", false
	case value[0] != '"':
		return Text(value), true
	}
	s, ok := unquote(value)
	return Text(strings.TrimSpace(s)), ok
}

// unquote returns what a string says.
func unquote(quoted string) (said string, ok bool) {
	if inner := quoted[1:max(1, len(quoted)-1)]; literal(inner) {
		return inner, true
	}
	return decodeString(quoted)
}

func decodeString(quoted string) (said string, ok bool) {
	err := json.Unmarshal([]byte(quoted), &said)
	return said, err == nil
}

// literal reports whether the inside of a string stands for itself: without escapes, and without bytes that might not
// be UTF-8.
func literal(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '\\' {
			return false
		}
	}
	return true
}
