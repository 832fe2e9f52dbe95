package schema

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

const (
	chart       = "../../../charts/sales-exporter"
	exampleFile = "../../../config.example.yaml"
)

func readValues(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(chart + "/values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func generated(t *testing.T) node {
	t.Helper()
	text, err := Generate(readValues(t))
	if err != nil {
		t.Fatal(err)
	}
	var schema node
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// compile returns the schema as Helm's library understands it. A schema that breaks the rules of its own draft does not
// compile.
func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema := generated(t)
	if schema["$schema"] != "http://json-schema.org/draft-07/schema#" {
		t.Fatalf("the schema is of draft %v, which editors may not know", schema["$schema"])
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("values.schema.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("values.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// asJSON returns a YAML document with the types of JSON, which is how Helm passes values on.
func asJSON(t *testing.T, document any) any {
	t.Helper()
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func decoded(t *testing.T, text []byte) node {
	t.Helper()
	var document node
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	return document
}

func TestDefaultsAreValid(t *testing.T) {
	if err := compile(t).Validate(asJSON(t, decoded(t, readValues(t)))); err != nil {
		t.Error(err)
	}
}

// TestExampleIsValid asks for every key that people copy from the example of the exporter's configuration, those that
// are switched off among them.
func TestExampleIsValid(t *testing.T) {
	text, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	switchedOff := regexp.MustCompile(`(?m)^( *)#(\S)`)
	for name, example := range map[string][]byte{
		"as it is": text, "with every key": switchedOff.ReplaceAll(text, []byte("$1$2")),
	} {
		t.Run(name, func(t *testing.T) {
			values := decoded(t, readValues(t))
			values["config"] = decoded(t, example)
			if err := compile(t).Validate(asJSON(t, values)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestClosed makes sure that a typing error is refused on every level that is ours, and on none that is not.
func TestClosed(t *testing.T) {
	var open []string
	var visit func(schema node, path string)
	visit = func(schema node, path string) {
		if _, listed := schema["properties"]; listed && schema["additionalProperties"] != false {
			open = append(open, path)
		}
		for key, value := range schema {
			if inner, ok := value.(node); ok && !slices.Contains([]string{"if", "then", "else"}, key) {
				visit(inner, path+"/"+key)
			}
		}
	}
	visit(generated(t), "")
	slices.Sort(open)
	if want := []string{"/definitions/relabeling", "/properties/global"}; !slices.Equal(open, want) {
		t.Errorf("unknown keys pass at %q, want only %q", open, want)
	}
}

// withoutDefault are keys that the schema knows and values.yaml does not have.
func withoutDefault(path string) bool {
	last := path[strings.LastIndex(path, ".")+1:]
	probe := []string{
		"initialDelaySeconds", "successThreshold", "terminationGracePeriodSeconds", "httpGet", "exec", "tcpSocket", "grpc",
	}
	return path == "enabled" || strings.Contains(path, "Probe.") && slices.Contains(probe, last)
}

// TestKeys holds the keys of values.yaml equal to those of the schema, and asks for a comment on each. A mapping that is
// not ours (a security context) has one comment, and one that is empty has no defaults to compare.
func TestKeys(t *testing.T) {
	var document yaml.Node
	if err := yaml.Unmarshal(readValues(t), &document); err != nil {
		t.Fatal(err)
	}
	var compare func(values *yaml.Node, properties node, path string)
	compare = func(values *yaml.Node, properties node, path string) {
		keys := map[string]bool{}
		for i := 0; i < len(values.Content); i += 2 {
			key, value := values.Content[i], values.Content[i+1]
			at := strings.TrimPrefix(path+"."+key.Value, ".")
			keys[key.Value] = true
			property, known := properties[key.Value].(node)
			if !known {
				t.Errorf("%s is not in the schema", at)
				continue
			}
			if inner, ours := property["properties"].(node); ours && len(value.Content) > 0 {
				compare(value, inner, at)
			} else if description(key.HeadComment) == "" {
				t.Errorf("%s has no comment that begins with # --", at)
			}
		}
		for key := range properties {
			if at := strings.TrimPrefix(path+"."+key, "."); !keys[key] && !withoutDefault(at) {
				t.Errorf("%s is not in values.yaml", at)
			}
		}
	}
	compare(document.Content[0], part(generated(t), "properties"), "")
}

func TestDescription(t *testing.T) {
	tests := []struct{ name, comment, want string }{
		{"one line", "# -- Port of the Service.", "Port of the Service."},
		{"two lines", "# -- The storage\n# must be a disk.", "The storage must be a disk."},
		{"after the title of a section", "# --- The pod\n\n# -- Port.", "Port."},
		{"no mark", "# Each stands in one rule.", ""},
		{"no comment", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := description(tt.comment); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestPatternsOfEditors: editors read patterns as JavaScript does, which knows no flags such as (?i) inside of them, and
// drop a schema that has one.
func TestPatternsOfEditors(t *testing.T) {
	text, err := Generate(readValues(t))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if strings.Contains(strings.ReplaceAll(line, "(?:", ""), "(?") {
			t.Errorf("not a pattern of JavaScript: %s", strings.TrimSpace(line))
		}
	}
}
