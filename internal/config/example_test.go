package config

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const (
	exampleFile   = "../../config.example.yaml"
	referenceFile = "../../docs/configuration.md"
)

// modelKey is one key of the file as the model knows it.
type modelKey struct{ path, name string }

// modelKeys walks the YAML model. Items of a list add [] to a path, entries of a table <dimension>.
func modelKeys(t reflect.Type, path string) []modelKey {
	if inner, suffix := contents(t); inner != nil {
		return modelKeys(inner, path+suffix)
	}
	var keys []modelKey
	for _, field := range keyFields(t) {
		child := strings.TrimPrefix(path+"."+field.Tag.Get("yaml"), ".")
		keys = append(keys, modelKey{child, field.Tag.Get("yaml")})
		keys = append(keys, modelKeys(field.Type, child)...)
	}
	return keys
}

// keyFields returns the keys of a struct of the model, without those of later releases.
func keyFields(t reflect.Type) []reflect.StructField {
	var fields []reflect.StructField
	for field := range t.Fields() {
		if field.Tag.Get("yaml") != "" && field.Type != reflect.TypeFor[unavailable]() {
			fields = append(fields, field)
		}
	}
	return fields
}

// contents returns the type inside a list or a table, or nil.
func contents(t reflect.Type) (inner reflect.Type, suffix string) {
	if items, ok := t.FieldByName("items"); ok {
		return items.Type.Elem(), "[]"
	}
	if entries, ok := t.FieldByName("entries"); ok {
		value, _ := entries.Type.Elem().FieldByName("value")
		return value.Type, ".<dimension>"
	}
	return nil, ""
}

// present notes which keys of the model a YAML node holds and reports mappings that are not in the model's order.
func present(t *testing.T, model reflect.Type, n *yaml.Node, path string, found map[string]bool) {
	if inner, suffix := contents(model); inner != nil {
		for i, child := range n.Content {
			if n.Kind == yaml.SequenceNode || i%2 == 1 {
				present(t, inner, child, path+suffix, found)
			}
		}
		return
	}
	last := -1
	fields := keyFields(model)
	for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		name := n.Content[i].Value
		index := slices.IndexFunc(fields, func(f reflect.StructField) bool { return f.Tag.Get("yaml") == name })
		if index < last {
			t.Errorf("line %d: %s stands out of order", n.Content[i].Line, name)
		}
		last = index
		child := strings.TrimPrefix(path+"."+name, ".")
		found[child] = true
		present(t, fields[index].Type, n.Content[i+1], child, found)
	}
}

// commentedKey is a line of the example that can be switched on: no space follows its #.
var commentedKey = regexp.MustCompile(`(?m)^( *)#([^ \n].*)$`)

func TestExampleRunsAsItStands(t *testing.T) {
	validated, err := Load(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	config := validated.Config()
	if len(config.Sources) != 2 || len(config.Targets) == 0 {
		t.Fatalf("%d sources, %d targets", len(config.Sources), len(config.Targets))
	}
	for _, source := range config.Sources {
		if source.Demo == nil {
			t.Errorf("source %s needs an account", source.Name)
		}
	}
}

func TestExampleWithEveryKeySwitchedOn(t *testing.T) {
	data, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write(t, folder, "holidays.txt", "2026-12-24\n")
	write(t, folder, "targets.csv", "name,kpi,value,period\nextra,deals_won,5,2026\n")
	writeWorkbook(t, filepath.Join(folder, "targets.xlsx"), [][]any{
		{"name", "kpi", "value", "period"}, {"more", "deals_won", 5, 2026},
	})
	text := commentedKey.ReplaceAllString(string(data), "$1$2")
	validated, err := Parse("config.yaml", []byte(text), folder)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(validated.Config().Sources); got < 6 {
		t.Errorf("%d sources", got)
	}

	var top yaml.Node
	if err := yaml.Unmarshal([]byte(text), &top); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	present(t, reflect.TypeFor[documentYAML](), top.Content[0], "", found)
	for _, key := range modelKeys(reflect.TypeFor[documentYAML](), "") {
		if found[key.path] {
			continue
		}
		// Of <key>_file and <key>_env only one can stand there; the other one is told of beside it.
		base, twin := strings.CutSuffix(key.path, "_env")
		if twin && found[base+"_file"] && strings.Contains(text, key.name) {
			continue
		}
		t.Errorf("the example lacks %s", key.path)
	}
}

func TestReferenceNamesEveryKey(t *testing.T) {
	data, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	keys := modelKeys(reflect.TypeFor[documentYAML](), "")
	last := 0
	for _, key := range keys {
		at := strings.Index(string(data), "| `"+key.path+"` |")
		switch {
		case at < 0:
			t.Errorf("docs/configuration.md has no row for %s", key.path)
		case at < last:
			t.Errorf("docs/configuration.md has %s out of order", key.path)
		}
		last = max(at, last)
	}
	row := regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")
	for _, match := range row.FindAllStringSubmatch(string(data), -1) {
		if !slices.ContainsFunc(keys, func(k modelKey) bool { return k.path == match[1] }) {
			t.Errorf("docs/configuration.md has a row for %s, which is no key", match[1])
		}
	}
}

func write(t *testing.T, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestFirstConfigurationOfCompose loads the file that users of docker-compose.yml begin with.
func TestFirstConfigurationOfCompose(t *testing.T) {
	if _, err := Load("../../deploy/config/config.yaml"); err != nil {
		t.Error(err)
	}
}
