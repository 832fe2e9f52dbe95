package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/sales-exporter/sales_exporter/internal/app/known"
	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/config/document"
)

const (
	exampleFile   = "../../config.example.yaml"
	referenceFile = "../../docs/configuration.md"
)

// modelKey is one key of the file as the model knows it.
type modelKey struct{ path, name string }

// inside is what stands in a path for an item of a list or an entry of a table.
func inside(kind document.Kind) string {
	return map[document.Kind]string{document.KindList: "[]", document.KindTable: ".<dimension>"}[kind]
}

// modelKeys walks the shape of the file.
func modelKeys(s *document.Shape, path string) []modelKey {
	if s.Items != nil {
		return modelKeys(s.Items, path+inside(s.Kind))
	}
	var keys []modelKey
	for i := range s.Keys {
		child := strings.TrimPrefix(path+"."+s.Keys[i].Name, ".")
		keys = append(keys, modelKey{child, s.Keys[i].Name})
		keys = append(keys, modelKeys(&s.Keys[i].Shape, child)...)
	}
	return keys
}

// keysOfDocument returns every key of the file.
func keysOfDocument() []modelKey {
	s := config.DocumentShape(known.Names())
	return modelKeys(&s, "")
}

// present notes which keys of the model a YAML node holds and reports mappings that are not in the model's order.
func present(t *testing.T, s *document.Shape, n *yaml.Node, path string, found map[string]bool) {
	if s.Items != nil {
		for i, child := range n.Content {
			if n.Kind == yaml.SequenceNode || i%2 == 1 {
				present(t, s.Items, child, path+inside(s.Kind), found)
			}
		}
		return
	}
	last := -1
	for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		name := n.Content[i].Value
		index := slices.IndexFunc(s.Keys, func(k document.Key) bool { return k.Name == name })
		if index < last {
			t.Errorf("line %d: %s stands out of order", n.Content[i].Line, name)
		}
		last = index
		child := strings.TrimPrefix(path+"."+name, ".")
		found[child] = true
		present(t, &s.Keys[index].Shape, n.Content[i+1], child, found)
	}
}

// commentedKey is a line of the example that can be switched on: no space follows its #.
var commentedKey = regexp.MustCompile(`(?m)^( *)#([^ \n].*)$`)

func TestExampleRunsAsItStands(t *testing.T) {
	validated, err := config.Load(exampleFile, known.Names())
	if err != nil {
		t.Fatal(err)
	}
	c := validated.Config()
	if len(c.Sources) != 2 || len(c.Targets) == 0 {
		t.Fatalf("%d sources, %d targets", len(c.Sources), len(c.Targets))
	}
	for _, source := range c.Sources {
		if source.Connector != "demo" {
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
	knowntest.Write(t, folder, "holidays.txt", "2026-12-24\n")
	knowntest.Write(t, folder, "targets.csv", "name,kpi,value,period\nextra,deals_won,5,2026\n")
	knowntest.WriteWorkbook(t, filepath.Join(folder, "targets.xlsx"), [][]any{
		{"name", "kpi", "value", "period"}, {"more", "deals_won", 5, 2026},
	})
	text := commentedKey.ReplaceAllString(string(data), "$1$2")
	validated, err := knowntest.Parse([]byte(text), folder)
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
	shape := config.DocumentShape(known.Names())
	present(t, &shape, top.Content[0], "", found)
	for _, key := range keysOfDocument() {
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
	keys := keysOfDocument()
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

// TestFirstConfigurationOfCompose loads the file that users of docker-compose.yml begin with.
func TestFirstConfigurationOfCompose(t *testing.T) {
	if _, err := config.Load("../../deploy/config/config.yaml", known.Names()); err != nil {
		t.Error(err)
	}
}
