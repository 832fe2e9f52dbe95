package shape

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// line is a line of a list of the project.
type line struct {
	file string // that holds the list
	list string // with which the list begins
	text string
	// imports is the package that the line names, below internal; "" for none.
	imports string
}

// project is a copy of the project that a test changes.
type project struct {
	t   *testing.T
	dir string
}

// newProject copies what the program and its tests consist of.
func newProject(t *testing.T) *project {
	t.Helper()
	p := &project{t, t.TempDir()}
	root := filepath.Join("..", "..")
	for _, part := range []string{"cmd", "internal", "docs", "dashboards", "alerts"} {
		p.must(os.CopyFS(filepath.Join(p.dir, part), os.DirFS(filepath.Join(root, part))))
	}
	for _, file := range []string{"go.mod", "go.sum", "Makefile", "config.example.yaml"} {
		content, err := os.ReadFile(filepath.Join(root, file))
		p.must(err)
		p.write(file, string(content))
	}
	return p
}

// in returns the project for a subtest.
func (p *project) in(t *testing.T) *project { return &project{t, p.dir} }

func (p *project) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) read(file string) string {
	p.t.Helper()
	content, err := os.ReadFile(filepath.Join(p.dir, file))
	p.must(err)
	return string(content)
}

func (p *project) write(file, content string) {
	p.t.Helper()
	p.must(os.WriteFile(filepath.Join(p.dir, file), []byte(content), 0o600))
}

// add adds the files of a folder of testdata, or puts them in the place of others, and adds a line to each of some lists.
func (p *project) add(folder string, lines ...line) {
	p.t.Helper()
	files := os.DirFS(filepath.Join("testdata", folder))
	p.must(fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		p.must(err)
		p.must(os.MkdirAll(filepath.Join(p.dir, filepath.Dir(name)), 0o700))
		p.write(name, string(content))
		return nil
	}))
	for _, l := range lines {
		p.insert(l)
	}
}

// insert puts a line at the end of its list. The list is that of the project as it is now, so that only a contributor's
// lines are in testdata.
func (p *project) insert(l line) {
	p.t.Helper()
	content := p.read(l.file)
	begin := strings.Index(content, l.list)
	if begin < 0 {
		p.t.Fatalf("%s has no list %q", l.file, l.list)
	}
	indent := content[strings.LastIndex(content[:begin], "\n")+1:]
	indent = indent[:len(indent)-len(strings.TrimLeft(indent, "\t"))]
	length := strings.Index(content[begin:], "\n"+indent+"}")
	if length < 0 {
		p.t.Fatalf("the list %q in %s has no end", l.list, l.file)
	}
	end := begin + length + 1
	content = content[:end] + indent + "\t" + l.text + "\n" + content[end:]
	p.write(l.file, strings.Replace(content, "import (\n", "import (\n"+l.importText(), 1))
}

// remove takes out a line that insert put there.
func (p *project) remove(l line) {
	p.t.Helper()
	content := p.read(l.file)
	i := strings.LastIndex(content, l.text+"\n")
	if i < 0 {
		p.t.Fatalf("%s has no line %q", l.file, l.text)
	}
	content = strings.TrimRight(content[:i], "\t") + content[i+len(l.text)+1:]
	p.write(l.file, strings.Replace(content, l.importText(), "", 1))
}

// importText returns the import that the line needs.
func (l line) importText() string {
	if l.imports == "" {
		return ""
	}
	return "\t\"github.com/sales-exporter/sales_exporter/internal/" + l.imports + "\"\n"
}

// after puts lines behind the line that begins with a text.
func (p *project) after(file, begin, lines string) {
	p.t.Helper()
	content := p.read(file)
	at := strings.Index(content, "\n"+begin)
	if at < 0 {
		p.t.Fatalf("no line of %s begins with %q", file, begin)
	}
	at += 1 + strings.Index(content[at+1:], "\n") + 1
	p.write(file, content[:at]+lines+content[at:])
}

// try runs a command in the copy and returns what it printed.
func (p *project) try(name string, args ...string) (string, error) {
	p.t.Helper()
	command := exec.CommandContext(p.t.Context(), name, args...)
	command.Dir = p.dir
	// With -trimpath a package that is the same in every copy is compiled once.
	command.Env = append(os.Environ(), "GOFLAGS=-trimpath -buildvcs=false", "GOWORK=off", "CGO_ENABLED=0")
	output, err := command.CombinedOutput()
	return string(output), err
}

// run runs a command that must succeed.
func (p *project) run(name string, args ...string) string {
	p.t.Helper()
	output, err := p.try(name, args...)
	if err != nil {
		p.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, output)
	}
	return output
}

// fails runs a command that must fail and say why.
func (p *project) fails(why, name string, args ...string) {
	p.t.Helper()
	output, err := p.try(name, args...)
	if err == nil || !strings.Contains(output, why) {
		p.t.Errorf("%s %s: error %v, want one with %q:\n%s", name, strings.Join(args, " "), err, why, output)
	}
}
