package document

import (
	"bytes"
	"errors"
	"fmt"
	"hash"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Bounds of a configuration file. Aliases multiply: nine lines can stand for a billion values.
const (
	MaxFile  = 1 << 20
	maxNodes = 200_000
	maxDepth = 64
)

// root parses a YAML text of exactly one document and returns its top value, or nil after reporting why there is none.
func (r *report) root(file string, data []byte) *yaml.Node {
	whole := Position{File: file}
	if len(data) > MaxFile {
		r.Add(whole, fmt.Sprintf("is larger than %d bytes", MaxFile), "is this the right file?")
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		r.Add(whole, "holds no configuration", "start with config.example.yaml")
		return nil
	} else if err != nil {
		r.syntax(file, data, err)
		return nil
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		at := Position{File: file, Line: second.Line, column: second.Column}
		r.Add(at, "a second document begins here", "keep one document in a file, without ---")
		return nil
	} else if !errors.Is(err, io.EOF) {
		r.syntax(file, data, err)
		return nil
	}
	top := document.Content[0]
	if resolve(top).ShortTag() == "!!null" {
		r.Add(whole, "holds no configuration", "start with config.example.yaml")
		return nil
	}
	nodes := maxNodes
	if what := measure(top, maxDepth, &nodes); what != "" {
		r.Add(whole, what, "do not nest aliases")
		return nil
	}
	return top
}

var syntaxLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)

// syntax reports an error of the YAML parser. It names a line at most, and repeats nothing of the file but the name of
// an unknown anchor, which is left out since `token_file: *pat-na1-…` would make that a secret.
//
// The parser names the line in which the broken value begins, which may be the first of the file. The line that breaks
// it is the one behind the longest beginning of the file that is YAML.
func (r *report) syntax(file string, data []byte, err error) {
	at := Position{File: file}
	match := syntaxLine.FindStringSubmatch(err.Error())
	if match[1] != "" {
		at.Line, _ = strconv.Atoi(match[1])
		at.Line = max(at.Line, brokenLine(data, at.Line))
	}
	what := strings.TrimPrefix(err.Error(), match[0])
	hint := ""
	switch {
	case strings.Contains(what, "unknown anchor"):
		if name := anchorName.FindStringSubmatch(what); name != nil {
			at.Line, at.column = tokenPosition(data, `\*`+regexp.QuoteMeta(name[1])+`(?:[\s,\]}]|$)`)
		}
		what = "an alias refers to an anchor that does not exist"
		hint = `quote text that begins with "*"`
	case strings.Contains(what, "did not find expected alphabetic or numeric character"):
		at.Line, at.column = tokenPosition(data, `[*&](?:\W|$)`)
		hint = `quote text that begins with "*" or "&"`
	case strings.Contains(what, "cannot start any token"):
		hint = "indent with spaces, not tabs, and quote text that begins with @, % or `"
	}
	r.Add(at, "is not YAML: "+what, hint)
}

var anchorName = regexp.MustCompile(`unknown anchor '(.*)' referenced`)

// tokenPosition returns the line and column of the first value that a pattern matches, for the parser does not say where an
// alias is; zeros where there is none.
func tokenPosition(data []byte, pattern string) (line, column int) {
	token := regexp.MustCompile(`(?:^\s*|[:-]\s+|[\[{,]\s*)(` + pattern + `)`)
	for i, text := range strings.Split(string(data), "\n") {
		for _, found := range token.FindAllStringSubmatchIndex(text, -1) {
			if plainYAML(text[:found[2]]) {
				return i + 1, found[2] + 1
			}
		}
	}
	return 0, 0
}

// plainYAML reports whether what follows the beginning of a line stands in no comment and in no quotes.
func plainYAML(before string) bool {
	comment := strings.HasPrefix(before, "#") || strings.Contains(before, " #")
	return !comment && strings.Count(before, `"`)%2 == 0 && strings.Count(before, "'")%2 == 0
}

// maxLinesTried bounds the search for the broken line, for each line tried costs a parse of all before it.
const maxLinesTried = 2000

// brokenLine returns the number of the first line behind the longest beginning of a file that is YAML, 0 where that is
// nowhere behind the line `from`.
func brokenLine(data []byte, from int) int {
	lines := bytes.SplitAfter(data, []byte("\n"))
	last := min(len(lines), maxLinesTried)
	end := 0
	for _, line := range lines[:last] {
		end += len(line)
	}
	for n := last - 1; n >= from; n-- {
		end -= len(lines[n])
		var node yaml.Node
		if err := yaml.Unmarshal(data[:end], &node); err == nil {
			return n + 1
		}
	}
	return 0
}

// measure walks what a node stands for when its aliases are followed and says what is wrong with its size, or "".
// A value that contains itself ends at the depth.
func measure(n *yaml.Node, depth int, nodes *int) string {
	if *nodes--; *nodes < 0 {
		return fmt.Sprintf("expands to more than %d values through its aliases", maxNodes)
	}
	if depth == 0 {
		return fmt.Sprintf("is nested more than %d levels deep", maxDepth)
	}
	for _, child := range resolve(n).Content {
		if what := measure(child, depth-1, nodes); what != "" {
			return what
		}
	}
	return ""
}

// resolve follows an alias.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// digest writes what a node means to a hash: values and structure, without comments, quotes and layout.
func digest(h hash.Hash, n *yaml.Node) {
	n = resolve(n)
	fmt.Fprintf(h, "%d %d %d %s\n", n.Kind, len(n.Content), len(n.Value), n.Value)
	for _, child := range n.Content {
		digest(h, child)
	}
}
