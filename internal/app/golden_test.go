package app

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Goldens of whole pages: a change of the code that changes a number anywhere on a page shows in one of them. After a
// change that is meant, -update writes them anew, and the diff of the golden files lists every number that differs.
var update = flag.Bool("update", false, "write the golden files anew")

// pageFamily is one metric of a page: the line with its type, and its series in the order of the page.
type pageFamily struct {
	name  string
	lines []string
}

// repeatable returns the metrics of a page that are equal in every run whose clock stands still. Help texts are left out:
// docs/metrics.md holds them, and a better wording is not another number. They are in the order of their names, for which
// metrics stand before which on a page says nothing.
func repeatable(text string) []pageFamily {
	var families []pageFamily
	kept := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if comment, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, _, _ := strings.Cut(comment, " ")
			if kept = !runDependent(name); kept {
				families = append(families, pageFamily{name: name})
			}
		}
		if kept && !strings.HasPrefix(line, "# HELP ") {
			last := &families[len(families)-1]
			last.lines = append(last.lines, line)
		}
	}
	slices.SortStableFunc(families, func(a, b pageFamily) int { return strings.Compare(a.name, b.name) })
	return families
}

// runDependent reports whether a metric measures the run itself: its durations, its build, the paths of its files.
func runDependent(name string) bool {
	own, exporters := strings.CutPrefix(name, "sales_exporter_")
	if !exporters {
		return !strings.HasPrefix(name, "sales_")
	}
	return own == "build_info" || own == "config_hash" || own == "api_throttled_seconds_total" ||
		strings.HasSuffix(own, "_duration_seconds")
}

func (f pageFamily) text() string { return strings.Join(f.lines, "\n") + "\n" }

// digest says in one line what a metric's series are, for pages that are not ours to publish.
func (f pageFamily) digest() string {
	return fmt.Sprintf("%s %d %x", f.name, len(f.lines)-1, sha256.Sum256([]byte(f.text())))
}

// differences says of each metric in which two pages differ how it does, and shows the first series of both sides.
func differences(want, got []pageFamily) []string {
	var out []string
	for _, name := range namesOf(want, got) {
		before, after := linesOf(want, name), linesOf(got, name)
		if slices.Equal(before, after) {
			continue
		}
		gone, come := without(before, after), without(after, before)
		said := fmt.Sprintf("%s: %d lines of %d are gone or differ, %d are new or differ", name, len(gone), len(before), len(come))
		if len(gone)+len(come) == 0 {
			said = name + ": its lines stand in another order or are there twice"
		}
		out = append(out, said+shown("-", gone)+shown("+", come))
	}
	return out
}

// namesOf returns the names of the metrics of some pages in the order in which they first appear.
func namesOf(pages ...[]pageFamily) []string {
	var names []string
	for _, page := range pages {
		for _, f := range page {
			if !slices.Contains(names, f.name) {
				names = append(names, f.name)
			}
		}
	}
	return names
}

// linesOf returns the lines of every family of a name, so that one that stands on a page twice differs.
func linesOf(page []pageFamily, name string) []string {
	var lines []string
	for _, f := range page {
		if f.name == name {
			lines = append(lines, f.lines...)
		}
	}
	return lines
}

// without returns the lines that others do not have.
func without(lines, others []string) []string {
	known := map[string]bool{}
	for _, line := range others {
		known[line] = true
	}
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return known[line] })
}

func shown(sign string, lines []string) string {
	const most = 5
	var b strings.Builder
	for i, line := range lines {
		if i == most {
			fmt.Fprintf(&b, "\n\t%s and %d more", sign, len(lines)-most)
			break
		}
		fmt.Fprintf(&b, "\n\t%s %s", sign, line)
	}
	return b.String()
}

// checkGolden compares a page with testdata/golden/NAME.prom.
func checkGolden(t *testing.T, name string, p scraped) {
	t.Helper()
	families := repeatable(p.text)
	var text strings.Builder
	for _, f := range families {
		text.WriteString(f.text())
	}
	want := golden(t, name+".prom", text.String())
	if want == text.String() {
		return
	}
	t.Errorf("the page %s differs from its golden file (-golden +page); if that is meant, run the test with -update:\n%s",
		name, strings.Join(differences(repeatable(want), families), "\n"))
}

// checkDigests compares a page with testdata/golden/NAME.sha256, which holds a digest of each metric and no number. The
// page itself goes into the folder of the test's artifacts: -artifacts keeps it, to be compared with that of another
// commit.
func checkDigests(t *testing.T, name string, p scraped) {
	t.Helper()
	families := repeatable(p.text)
	var digests, text strings.Builder
	for _, f := range families {
		digests.WriteString(f.digest() + "\n")
		text.WriteString(f.text())
	}
	file := filepath.Join(t.ArtifactDir(), name+".prom")
	writeFile(t, file, text.String())
	want := golden(t, name+".sha256", digests.String())
	if want == digests.String() {
		return
	}
	t.Errorf("the page %s differs from its golden file in (metric, series, sha256; -golden +page)%s%s\n"+
		"To see which numbers differ, run the test here and at the commit before with -artifacts -outputdir=DIR and "+
		"compare the pages. This one is %s. If the change is meant, run the test with -update.", name,
		all("-", without(split(want), split(digests.String()))), all("+", without(split(digests.String()), split(want))), file)
}

func split(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

func all(sign string, lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		fmt.Fprintf(&b, "\n\t%s %s", sign, line)
	}
	return b.String()
}

// golden returns what a golden file holds. With -update that is what is given.
func golden(t *testing.T, name, got string) string {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; the test writes it with -update", err)
	}
	return string(want)
}

// asOf computes KPIs as if now were then.
func asOf(then time.Time) func(*Options) { return func(o *Options) { o.AsOf = then } }

// TestDifferences holds what a golden page tells when a number changed: the metric, and its series before and after.
func TestDifferences(t *testing.T) {
	const page = "# HELP sales_a Help.\n# TYPE sales_a gauge\nsales_a{x=\"1\"} 1\nsales_a{x=\"2\"} 2\n" +
		"# TYPE sales_b gauge\nsales_b 3\n# TYPE sales_exporter_sync_duration_seconds histogram\n" +
		"sales_exporter_sync_duration_seconds_sum 4\n# TYPE go_threads gauge\ngo_threads 5\n"
	for name, test := range map[string]struct {
		old, replaced string
		want          []string
	}{
		"nothing":            {"", "", nil},
		"a number":           {"2\n#", "7\n#", []string{"sales_a: 1 lines of 3", "- sales_a{x=\"2\"} 2", "+ sales_a{x=\"2\"} 7"}},
		"a series too few":   {"sales_a{x=\"1\"} 1\n", "", []string{"sales_a: 1 lines of 3 are gone or differ, 0 are new"}},
		"a series too many":  {"sales_b 3\n", "sales_b 3\nsales_b{x=\"\"} 0\n", []string{"sales_b: 0 lines of 2 are gone or differ, 1 are new"}},
		"a series twice":     {"sales_b 3\n", "sales_b 3\nsales_b 3\n", []string{"sales_b: its lines stand in another order or are there twice"}},
		"a metric":           {"# TYPE sales_b gauge\nsales_b 3\n", "", []string{"sales_b: 2 lines of 2 are gone"}},
		"a type":             {"sales_b gauge", "sales_b counter", []string{"- # TYPE sales_b gauge", "+ # TYPE sales_b counter"}},
		"a help text":        {"Help.", "Better help.", nil},
		"a duration":         {"_sum 4", "_sum 9", nil},
		"the process itself": {"go_threads 5", "go_threads 6", nil},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(page, test.old, test.replaced, 1)
			got := strings.Join(differences(repeatable(page), repeatable(changed)), "\n")
			if (got == "") != (test.want == nil) {
				t.Errorf("got %q", got)
			}
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
		})
	}
}
