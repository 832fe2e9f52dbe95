package shape

import (
	"path/filepath"
	"strings"
	"testing"
)

// The lines that a contributor adds, each to its list.
var (
	kindLine   = line{file: "internal/crm/kinds.go", list: "[]record.Kind{", text: "Gadgets,"}
	worldLine  = line{file: "internal/crmsim/kinds.go", list: "[]Kind{", text: "gadgets(),"}
	tablesLine = line{file: "internal/crmsim/salesforce/tables/naming.go", list: "[]Naming{", text: "gadgets(),"}
	objectLine = line{file: "internal/source/salesforce/objects.go", list: "[]*object{", text: "gadgets(),"}
	familyLine = line{file: "internal/kpi/families.go", list: "[]family.Family{", text: "staff.Family(),", imports: "kpi/staff"}
	// A metric stands on a board, or says why it does not.
	unseenLine = line{
		file: "internal/dashboard/dashboard_test.go", list: "return map[string]string{\n\t\t\"sales_kpi_info\"",
		text: `"sales_reps_active": "it is an example",`,
	}
	connectorLine = line{
		file: "internal/source/connectors/connectors.go", list: "[]Connector{",
		text: "{tally.Key, tally.NewSection, opening(tally.New)},", imports: "source/tally",
	}
)

// TestShape adds a kind of record with its simulation and its stream, a connector and a family of KPIs. The suites, the documentation and
// the program take them over; without any of the lines they do not.
func TestShape(t *testing.T) {
	p := newProject(t)
	p.add("kind", kindLine)
	p.add("simulator", worldLine, tablesLine)
	p.add("stream", objectLine)
	p.add("connector", connectorLine)
	p.add("family", familyLine, unseenLine)
	t.Run("suites", func(t *testing.T) { testSuites(t, p.in(t)) })
	t.Run("program", func(t *testing.T) {
		o := observe(t, p.in(t))
		o.says(`sales_exporter_mirror_records{object="gadgets",source="crm"} 7`)
		o.says("source,id,version,deal,price,due,urgent,dimensions\ncrm,a08")
		o.says(`"price":"16.5"`)
		o.says(`sales_exporter_mirror_records{object="deals",source="made_up"} 3`)
		o.says("\n" + `sales_reps_active{source="crm"} 15`)
	})
	for _, test := range []struct {
		without line
		says    string
	}{
		{kindLine, `there are no records of the kind "gadgets"`},
		{worldLine, "the world does not have: gadget"},
		{tablesLine, "INVALID_TYPE"},
		{objectLine, "source,id,version,deal,price,due,urgent,dimensions\n."},
		{connectorLine, "tally"},
		{familyLine, `sales_exporter_mirror_records{object="gadgets",source="crm"} 7`},
	} {
		t.Run("without "+test.without.text+" in "+filepath.Base(test.without.file), func(t *testing.T) {
			p := p.in(t)
			p.remove(test.without)
			defer p.insert(test.without)
			o := observe(t, p)
			o.says(test.says)
			if kpis := strings.Contains(o.output, "sales_reps_active{"); kpis == (test.without == familyLine) &&
				test.without != connectorLine && test.without != worldLine {
				t.Errorf("the family is there: %t\n%s", kpis, o.output)
			}
			if test.without != familyLine && (strings.Contains(o.output, "crm,a08") ||
				strings.Contains(o.output, `object="gadgets",source="crm"} 7`)) {
				t.Errorf("there are gadgets all the same:\n%s", o.output)
			}
		})
	}
	t.Run("two versions", func(t *testing.T) { testVersions(t, p.in(t)) })
}

// testSuites runs what a contributor runs.
func testSuites(t *testing.T, p *project) {
	p.fails("docs/records.md is out of date", "go", "test", "./internal/crm")
	p.run("make", "docs", "dashboards", "rules")
	p.run("go", "test", "./internal/source/salesforce", "-run=TestEveryQuery", "-update")
	p.run("go", "vet", "./internal/crm/...", "./internal/crmsim/...", "./internal/source/...")
	p.run("go", "test", "./internal/crm", "./internal/mirror/memory", "./internal/source/connectors", "./internal/source/salesforce")
	p.run("go", "test", "./internal/crmsim", "-run=TestFrozen/edited|Kind|Toy")
	p.run("go", "test", "./internal/mirror/sqlite", "-run=TestColumns|TestConformance$")
	p.fails("docs/configuration.md has no row for sources[].tally", "go", "test", "./internal/config", "-run=Reference|Example")
	p.after("docs/configuration.md", "| `sources[].demo.deals` |", "| `sources[].tally` | mapping | | Deals that are made up. |\n"+
		"| `sources[].tally.deals` | 1 to 1000 | `1` | How many. |\n")
	p.after("config.example.yaml", "sources:", "  #- name: made_up\n    #tally: {deals: 3}\n")
	p.run("go", "test", "./internal/config", "-run=Reference|Example")
	p.run("go", "test", "./internal/metricdoc", "./internal/dashboard")
	p.run("go", "test", "./internal/kpi", "-run=Catalogue")
	p.run("go", "test", "./internal/app", "-run=TestRecords|TestImport|TestPackages|TestMidCycle/salesforce")
}

// observed is what programs printed.
type observed struct {
	t      *testing.T
	output string
}

func (o observed) says(text string) {
	o.t.Helper()
	if !strings.Contains(o.output, text) {
		o.t.Errorf("%q is not in\n%s", text, o.output)
	}
}

// observe builds the program, lets it read an account, and exports the gadgets.
func observe(t *testing.T, p *project) observed {
	t.Helper()
	p.run("go", "build", "-o", "bin/", "./cmd/sales_exporter", "./cmd/crmsim")
	a, err := serve(t, filepath.Join(p.dir, "bin", "crmsim"))
	if err != nil {
		return observed{t, err.Error()}
	}
	program, folder := filepath.Join(p.dir, "bin", "sales_exporter"), newFolder(t, a)
	page, log, _ := execute(t, program, folder, "once")
	o := observed{t, log}
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "sales_exporter_mirror_records{") || strings.HasPrefix(line, "sales_reps_active{") {
			o.output += line
		}
	}
	for _, format := range []string{"csv", "json"} {
		records, log, _ := execute(t, program, folder, "mirror", "records", "gadgets", "--format="+format)
		o.output += records + "." + log
	}
	return o
}
