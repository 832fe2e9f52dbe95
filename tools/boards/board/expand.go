package board

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Value is what a variable is set to.
type Value struct {
	// Values are the chosen ones.
	Values []string
	// Pattern says that the variable allows several values or All. Its values are escaped as regular expressions then,
	// even if one is chosen: boards match them with =~.
	Pattern bool
	// All is the variable's allValue if All is chosen and the variable has one. It replaces Values and is not escaped.
	All string
}

// reference matches $name, [[name]] and ${name}, the last two with a format after a colon, and ${name.field}.
var reference = regexp.MustCompile(`\$([a-zA-Z_]\w*)|\[\[([a-zA-Z_]\w*)(?::(\w+))?\]\]|` +
	`\$\{([a-zA-Z_]\w*)((?:\.|\[)[^:}]+)?(?::([^}]+))?\}`)

// Expand replaces the variables of a text by their values, as Grafana does for its Prometheus data source:
//
//   - A single value has its backslashes and quotes escaped, since it stands in a quoted string of PromQL.
//   - A value of a variable with Pattern is escaped as a regular expression inside such a string, and several become
//     (a|b).
//   - All becomes the variable's allValue as it is.
//   - A format replaces those rules: regex and pipe for regular expressions outside PromQL, csv, raw, queryparam for
//     links.
//   - The built-in $__interval, $__rate_interval, $__range, $__from and $__to and their variants come from the window.
//
// A name that is neither built in nor in values stays as it is written.
func Expand(text string, values map[string]Value, w Window) string {
	return reference.ReplaceAllStringFunc(text, func(ref string) string {
		name, field, format := takeApart(ref)
		if field != "" {
			return ref
		}
		if text, ok := w.builtIn(name, format); ok {
			return text
		}
		value, ok := values[name]
		if !ok {
			return ref
		}
		return value.format(name, format)
	})
}

// Uses returns the names of the variables that a text refers to, each once, in order of appearance. Built-in ones,
// which begin with two underscores, are left out.
func Uses(text string) []string {
	var names []string
	for _, ref := range reference.FindAllString(text, -1) {
		name, _, _ := takeApart(ref)
		if !strings.HasPrefix(name, "__") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func takeApart(ref string) (name, field, format string) {
	m := reference.FindStringSubmatch(ref)
	return m[1] + m[2] + m[4], m[5], m[3] + m[6]
}

func (v Value) format(name, format string) string {
	if format == "queryparam" {
		return v.queryParam(name)
	}
	if v.All != "" {
		return v.All
	}
	switch format {
	case "regex":
		return alternatives(v.Values, regexp.QuoteMeta)
	case "pipe":
		return strings.Join(v.Values, "|")
	case "csv", "raw":
		return strings.Join(v.Values, ",")
	}
	if v.Pattern {
		return alternatives(v.Values, func(s string) string { return escapeString(regexp.QuoteMeta(s)) })
	}
	return escapeString(strings.Join(v.Values, ","))
}

// queryParam writes the choice as a board's address carries it.
func (v Value) queryParam(name string) string {
	chosen := v.Values
	if v.All != "" {
		chosen = []string{"$__all"}
	}
	return url.Values{"var-" + name: chosen}.Encode()
}

// alternatives parenthesises several, so that what stands before or after them in the pattern holds for each.
func alternatives(values []string, escape func(string) string) string {
	escaped := make([]string, len(values))
	for i, v := range values {
		escaped[i] = escape(v)
	}
	if len(escaped) == 1 {
		return escaped[0]
	}
	return "(" + strings.Join(escaped, "|") + ")"
}

func escapeString(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}
