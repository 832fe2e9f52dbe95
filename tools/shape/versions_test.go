package shape

import (
	"encoding/csv"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// testVersions lets three versions of a program take turns over one mirror: the oldest one does not know the kind, the
// newest one has a column more. None of them reads anew what another one has read. What a version does not know is
// absent there, and still there for those that do; what an older one wrote lacks the column.
func testVersions(t *testing.T, p *project) {
	bin := filepath.Join(p.dir, "bin")
	oldest, older, newer := filepath.Join(bin, "oldest"), filepath.Join(bin, "older"), filepath.Join(bin, "newer")
	p.run("go", "build", "-o", older, "./cmd/sales_exporter")
	p.run("go", "build", "-o", "bin/", "./cmd/crmsim")
	p.add("column")
	p.run("go", "build", "-o", newer, "./cmd/sales_exporter")
	p.remove(kindLine)
	p.remove(objectLine)
	p.run("go", "build", "-o", oldest, "./cmd/sales_exporter")
	a, err := serve(t, filepath.Join(bin, "crmsim"))
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
		t.Errorf("the first sync gave %q and %d numbers", got, len(first))
	}
	for turn, program := range []string{older, newer, older, oldest, newer, oldest, older} {
		numbers := run(program)
		if anew := passes(a.calls()); len(anew) > 0 {
			t.Errorf("turn %d reads anew: %q", turn, anew)
		}
		if !slices.Equal(numbers, first) {
			t.Errorf("turn %d changed the numbers:\n%q\n%q", turn, first, numbers)
		}
		if program == oldest {
			continue
		}
		known := gadgets(t, program, folder)
		if len(known) != 7 {
			t.Errorf("turn %d has %d gadgets", turn, len(known))
		}
		for i, gadget := range known {
			colour, has := gadget["colour"]
			// The last gadget is so young that each increment reads it again, and each version stores it.
			if want := map[bool]string{true: "red"}[program == newer && i == 6]; has != (program == newer) || colour != want {
				t.Errorf("turn %d: the colour of gadget %d is %q, want %q", turn, i, colour, want)
			}
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
