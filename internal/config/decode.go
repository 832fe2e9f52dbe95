package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// The decoder turns YAML nodes into the model of document.go. It knows shapes only: which keys exist, what is a list,
// what is text. It exists because yaml.v3 itself stops at the first wrong type, knows no columns, repeats values in its
// errors (which may be secrets), and reads `no` as false and 010 as 8.
type decoder struct {
	*report
	file string
}

// scalar is a text of the file. What it means (a number, a date) is for the checker to say, so that `api_version: 66.0`
// and `name: no` are what they look like.
type scalar struct {
	place
	text string
}

// list is a YAML sequence.
type list[T any] struct {
	place
	items []T
}

// table is a YAML mapping with free keys.
type table[T any] struct {
	place
	entries []entry[T]
}

type entry[T any] struct {
	key   scalar
	value T
}

// unavailable is a key that later releases know. Ignoring it would be a lie about what is computed.
type unavailable struct{ place }

// decodable is a value of the model that decodes itself; all others are structs with `yaml` tags.
type decodable interface {
	decode(d *decoder, n *yaml.Node, at place)
}

// placed is every value of the model.
type placed interface{ stand(at place) }

// decode fills one value of the model. The place of an aliased value is that of the alias.
func (d *decoder) decode(n *yaml.Node, path string, into placed) {
	at := place{file: d.file, line: n.Line, column: n.Column, path: path}
	n = resolve(n)
	into.stand(at)
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		if _, ok := into.(*unavailable); !ok {
			d.breaks(at, into, "is empty", "give it a value or remove it")
			return
		}
	}
	if self, ok := into.(decodable); ok {
		self.decode(d, n, at)
		return
	}
	d.structure(n, at, into)
}

// breaks reports a problem and marks the value, so that it is not also called missing.
func (d *decoder) breaks(at place, into placed, what, hint string) {
	d.add(at, what, hint)
	at.broken = true
	into.stand(at)
}

// structure fills a struct from a mapping and refuses keys that it does not have.
func (d *decoder) structure(n *yaml.Node, at place, into placed) {
	v := reflect.ValueOf(into).Elem()
	fields := map[string]placed{}
	var names []string
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("yaml")
		if name == "" {
			continue
		}
		field := v.Field(i).Addr().Interface().(placed)
		fields[name] = field
		if _, no := field.(*unavailable); !no {
			names = append(names, name)
		}
	}
	d.pairs(n, at, into, func(key scalar, value *yaml.Node) {
		if field, ok := fields[key.text]; ok {
			d.decode(value, key.path, field)
			return
		}
		d.unknown(key, at.path, names)
		if secretNamed(key.text) || nearest(key.text, names) != "" {
			at.doubtful = true
			into.stand(at)
		}
	})
}

// unknown reports a key that does not exist. The value is not looked at, so it cannot be shown.
func (d *decoder) unknown(key scalar, parent string, known []string) {
	switch {
	case !shownKey(key.text):
		key.path = parent
		d.add(key.place, "contains an unknown key (hidden, because it may be a secret)", oneOf("", known))
	case secretNamed(key.text):
		d.add(key.place, "do not put a secret into this file", "use "+secretKeys(key.text, parent, known))
	default:
		d.add(key.place, "is an unknown key", oneOf(key.text, known))
	}
}

// secretKeys names the keys that refer to the secret somebody wrote out.
func secretKeys(key, parent string, known []string) string {
	if slices.Contains(known, key+"_file") {
		return key + "_file or " + key + "_env"
	}
	var twins []string
	for _, name := range known {
		if base, ok := strings.CutSuffix(name, "_env"); ok {
			twins = append(twins, base+"_file", name)
		}
	}
	if len(twins) == 0 || parent == "" {
		return "the *_file and *_env keys of the source"
	}
	return strings.Join(twins, " or ")
}

// pairs calls visit for every key of a mapping.
func (d *decoder) pairs(n *yaml.Node, at place, into placed, visit func(key scalar, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.breaks(at, into, "must be a mapping, not "+kind(n), `write "key: value"`)
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		node := resolve(n.Content[i])
		key := scalar{text: node.Value}
		key.stand(place{file: d.file, line: n.Content[i].Line, column: n.Content[i].Column, path: at.path})
		if node.Kind != yaml.ScalarNode {
			d.add(key.place, "a key must be text, not "+kind(node), "")
			continue
		}
		if node.ShortTag() == "!!merge" {
			d.add(key.place, "merge keys are not supported", "write the keys out, or use an alias for a whole value")
			at.doubtful = true
			into.stand(at)
			continue
		}
		key.path = join(at.path, key.text)
		if first, twice := seen[key.text]; twice {
			d.add(key.place, fmt.Sprintf("occurs twice, first in line %d", first), "keep one of them")
			continue
		}
		seen[key.text] = key.line
		visit(key, n.Content[i+1])
	}
}

func (s *scalar) decode(d *decoder, n *yaml.Node, at place) {
	if n.Kind != yaml.ScalarNode {
		d.breaks(at, s, "must be a single value, not "+kind(n), "")
		return
	}
	switch n.ShortTag() {
	case "!!str", "!!int", "!!float", "!!bool", "!!timestamp":
	default:
		d.breaks(at, s, "YAML tags are not supported here", "write the plain value, in quotes if it begins with !")
		return
	}
	if strings.TrimSpace(n.Value) == "" {
		d.breaks(at, s, "is empty", "give it a value or remove it")
		return
	}
	if strings.ContainsFunc(n.Value, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		d.breaks(at, s, "contains control characters", "")
		return
	}
	s.text = strings.TrimSpace(n.Value)
}

func (l *list[T]) decode(d *decoder, n *yaml.Node, at place) {
	if n.Kind != yaml.SequenceNode {
		d.breaks(at, l, "must be a list, not "+kind(n), "write [a, b], or one item per line after -")
		return
	}
	for i, child := range n.Content {
		var item T
		d.decode(child, fmt.Sprintf("%s[%d]", at.path, i), any(&item).(placed))
		l.items = append(l.items, item)
	}
}

func (t *table[T]) decode(d *decoder, n *yaml.Node, at place) {
	d.pairs(n, at, t, func(key scalar, value *yaml.Node) {
		e := entry[T]{key: key}
		d.decode(value, key.path, any(&e.value).(placed))
		t.entries = append(t.entries, e)
	})
}

func (u *unavailable) decode(d *decoder, _ *yaml.Node, at place) {
	d.breaks(at, u, "is not available in this release", "remove it")
}

// kind names the shape of a node to people.
func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	default:
		return "a single value"
	}
}
