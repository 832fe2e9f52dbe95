package document

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/internal/spelling"
)

// Decoder turns YAML nodes into a model: structs whose fields are Scalar, List, Table and structs. It knows shapes only: which keys exist, what is a list,
// what is text. It exists because yaml.v3 itself stops at the first wrong type, knows no columns, repeats values in its
// errors (which may be secrets), and reads `no` as false and 010 as 8.
type Decoder struct {
	*report
	file string
}

// Scalar is a text of the file. What it means (a number, a date) is for the checker to say, so that `api_version: 66.0`
// and `name: no` are what they look like.
type Scalar struct {
	Position
	Text string
}

// List is a YAML sequence.
type List[T any] struct {
	Position
	Items []T
}

// Table is a YAML mapping with free keys.
type Table[T any] struct {
	Position
	Entries []Entry[T]
}

// Entry is one key of a Table.
type Entry[T any] struct {
	Key   Scalar
	Value T
}

// Unavailable is a key that later releases know. Ignoring it would be a lie about what is computed.
type Unavailable struct{ Position }

// decodable is a value of the model that decodes itself; all others are structs with `yaml` tags.
type decodable interface {
	Decode(d *Decoder, n *yaml.Node, at Position)
}

// Value is every value of the model. Embedding a Position makes one.
type Value interface {
	stand(at Position)
	// Where returns the position of the value.
	Where() Position
}

// Field is a key of a mapping and what its value fills.
type Field struct {
	Key   string
	Value Value
}

// Inline are keys that a mapping has beside those of its struct, known when the program runs. A field of this type, with
// the tag `yaml:",inline"`, stands where they stand among the other keys.
type Inline []Field

// fieldsOf returns the keys of a struct of the model, in order.
func fieldsOf(model Value) []Field {
	v := reflect.ValueOf(model).Elem()
	var fields []Field
	for i := range v.NumField() {
		switch name := v.Type().Field(i).Tag.Get("yaml"); name {
		case "":
		case ",inline":
			fields = append(fields, v.Field(i).Interface().(Inline)...)
		default:
			fields = append(fields, Field{name, v.Field(i).Addr().Interface().(Value)})
		}
	}
	return fields
}

// decode fills one value of the model. The position of an aliased value is that of the alias.
func (d *Decoder) decode(n *yaml.Node, path string, into Value) {
	d.DecodeAt(resolve(n), Position{File: d.file, Line: n.Line, column: n.Column, Path: path}, into)
}

// DecodeAt fills one value that stands at a position.
func (d *Decoder) DecodeAt(n *yaml.Node, at Position, into Value) {
	into.stand(at)
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		if _, ok := into.(*Unavailable); !ok {
			d.breaks(at, into, "is empty", "give it a value or remove it")
			return
		}
	}
	if self, ok := into.(decodable); ok {
		self.Decode(d, n, at)
		return
	}
	d.Structure(n, at, into)
}

// breaks reports a problem and marks the value, so that it is not also called missing.
func (d *Decoder) breaks(at Position, into Value, what, hint string) {
	d.Add(at, what, hint)
	at.Broken = true
	into.stand(at)
}

// Structure fills a struct from a mapping and refuses keys that it does not have.
func (d *Decoder) Structure(n *yaml.Node, at Position, into Value) {
	fields := map[string]Value{}
	var names []string
	for _, field := range fieldsOf(into) {
		fields[field.Key] = field.Value
		if _, no := field.Value.(*Unavailable); !no {
			names = append(names, field.Key)
		}
	}
	d.pairs(n, at, into, func(key Scalar, value *yaml.Node) {
		if field, ok := fields[key.Text]; ok {
			d.decode(value, key.Path, field)
			return
		}
		d.unknown(key, at.Path, names)
		if secretNamed(key.Text) || spelling.Nearest(key.Text, names) != "" {
			at.doubtful = true
			into.stand(at)
		}
	})
}

// unknown reports a key that does not exist. The value is not looked at, so it cannot be shown.
func (d *Decoder) unknown(key Scalar, parent string, known []string) {
	switch {
	case !shownKey(key.Text):
		key.Path = parent
		d.Add(key.Position, "contains an unknown key (hidden, because it may be a secret)", OneOf("", known))
	case secretNamed(key.Text):
		d.Add(key.Position, "do not put a secret into this file", "use "+secretKeys(key.Text, parent, known))
	default:
		d.Add(key.Position, "is an unknown key", OneOf(key.Text, known))
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
func (d *Decoder) pairs(n *yaml.Node, at Position, into Value, visit func(key Scalar, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.breaks(at, into, "must be a mapping, not "+kind(n), `write "key: value"`)
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		node := resolve(n.Content[i])
		key := Scalar{Text: node.Value}
		key.stand(Position{File: d.file, Line: n.Content[i].Line, column: n.Content[i].Column, Path: at.Path})
		if node.Kind != yaml.ScalarNode {
			d.Add(key.Position, "a key must be text, not "+kind(node), "")
			continue
		}
		if node.ShortTag() == "!!merge" {
			d.Add(key.Position, "merge keys are not supported", "write the keys out, or use an alias for a whole value")
			at.doubtful = true
			into.stand(at)
			continue
		}
		key.Path = join(at.Path, key.Text)
		if first, twice := seen[key.Text]; twice {
			d.Add(key.Position, fmt.Sprintf("occurs twice, first in line %d", first), "keep one of them")
			continue
		}
		seen[key.Text] = key.Line
		visit(key, n.Content[i+1])
	}
}

// Decode fills a single value.
func (s *Scalar) Decode(d *Decoder, n *yaml.Node, at Position) {
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
	s.Text = strings.TrimSpace(n.Value)
}

// Decode fills a list.
func (l *List[T]) Decode(d *Decoder, n *yaml.Node, at Position) {
	d.Items(n, at, l, func() Value { return any(new(T)).(Value) }, func(item Value) {
		l.Items = append(l.Items, *any(item).(*T))
	})
}

// Items fills a list item by item: each is a value that create returns, and add takes it when it is filled.
func (d *Decoder) Items(n *yaml.Node, at Position, list Value, create func() Value, add func(item Value)) {
	if n.Kind != yaml.SequenceNode {
		d.breaks(at, list, "must be a list, not "+kind(n), "write [a, b], or one item per line after -")
		return
	}
	for i, child := range n.Content {
		item := create()
		d.decode(child, fmt.Sprintf("%s[%d]", at.Path, i), item)
		add(item)
	}
}

// Decode fills a mapping with free keys.
func (t *Table[T]) Decode(d *Decoder, n *yaml.Node, at Position) {
	d.pairs(n, at, t, func(key Scalar, value *yaml.Node) {
		e := Entry[T]{Key: key}
		d.decode(value, key.Path, any(&e.Value).(Value))
		t.Entries = append(t.Entries, e)
	})
}

// Decode refuses the key.
func (u *Unavailable) Decode(d *Decoder, _ *yaml.Node, at Position) {
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
