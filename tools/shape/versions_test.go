package shape

import (
	"encoding/csv"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// testVersions lets two versions of a program take turns over one mirror. The newer one has a column more. None of them
// reads anew what the other one has read. What the older one does not know is absent there; what it wrote, the newer one
// does not know.
func testVersions(t *testing.T, p *project) {
	p.run("go", "build", "-o", "bin/", "./cmd/sales_exporter", "./cmd/crmsim")
	p.add("column")
	p.run("go", "build", "-o", "bin/newer", "./cmd/sales_exporter")
	older, newer := filepath.Join(p.dir, "bin", "sales_exporter"), filepath.Join(p.dir, "bin", "newer")
	a, err := serve(t, filepath.Join(p.dir, "bin", "crmsim"))
	if err != nil {
		t.Fatal(err)
	}
	folder := newFolder(t, a)
	asOf := "--kpi.as-of=" + time.Now().UTC().Truncate(time.Second).Format(time.RFC3339)
	run := func(program string) (numbers []string) {
		t.Helper()
		page, log, err := execute(t, program, folder, "once", asOf)
		if err != nil {
			t.Fatalf("%v\n%s", err, log)
		}
		return numbersOf(page)
	}

	first := run(older)
	if calls := a.calls(); len(passes(calls)) < 2 {
		t.Errorf("the first sync reads everything by %q", calls)
	}
	if got := gadgets(t, older, folder); len(got) != 7 || got[0]["price"] != "10.5" || len(first) < 100 {
		t.Errorf("the first sync gave %q and %q", got, first)
	}
	for turn, program := range []string{older, newer, older, newer} {
		numbers := run(program)
		if anew := passes(a.calls()); len(anew) > 0 {
			t.Errorf("turn %d reads anew: %q", turn, anew)
		}
		if !slices.Equal(numbers, first) {
			t.Errorf("turn %d changed the numbers:\n%q\n%q", turn, first, numbers)
		}
		for i, gadget := range gadgets(t, program, folder) {
			colour, has := gadget["colour"]
			// The last gadget is younger than the last sync but one, so that each version reads and stores it.
			if want := map[bool]string{true: "red"}[program == newer && i == 6]; has != (program == newer) || colour != want {
				t.Errorf("turn %d: the colour of gadget %d is %q, want %q", turn, i, colour, want)
			}
			delete(gadget, "colour")
			if gadget["price"] == "" || gadget["due"] == "" || gadget["deal"] == "" {
				t.Errorf("turn %d: gadget %d lacks what both versions know: %q", turn, i, gadget)
			}
		}
	}
}

// numbersOf returns the lines of the KPIs.
func numbersOf(page string) (lines []string) {
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "sales_") && !strings.HasPrefix(line, "sales_exporter_") {
			lines = append(lines, line)
		}
	}
	return lines
}

// passes returns the queries of full passes, which read an object by id.
func passes(calls []string) (queries []string) {
	for _, call := range calls {
		if strings.Contains(call, "ORDER BY Id ASC LIMIT") && !strings.Contains(call, "SystemModstamp =") {
			queries = append(queries, call)
		}
	}
	return queries
}

// gadgets returns the exported gadgets by column, in order of their ids.
func gadgets(t *testing.T, program, folder string) (all []map[string]string) {
	t.Helper()
	text, log, err := execute(t, program, folder, "mirror", "records", "gadgets")
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		gadget := map[string]string{}
		for i, column := range lines[0] {
			gadget[column] = line[i]
		}
		all = append(all, gadget)
	}
	slices.SortFunc(all, func(x, y map[string]string) int { return strings.Compare(x["id"], y["id"]) })
	return all
}
