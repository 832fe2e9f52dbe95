package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/sales-exporter/sales_exporter/"

// tiers lists who may import whom: a package imports only packages of lower tiers, or of its own folder as directions
// inside it allow.
var tiers = []struct {
	prefix string
	tier   int
}{
	{"cmd/", 13},
	{"internal/app", 12},
	{"internal/dashboard", 11},
	{"internal/backfill", 10},
	{"internal/demo", 10},
	{"internal/alerting", 10},
	{"internal/metricdoc", 10},
	{"internal/telemetry", 9},
	{"internal/output", 8},
	{"internal/kpi", 7},

	{"internal/source", 7},
	{"internal/mirror", 7},
	{"internal/crmsim", 7},
	{"internal/cube", 6},
	{"internal/metric", 5},
	{"internal/facts", 5},
	{"internal/config", 4},
	{"internal/calendar", 3},
	{"internal/table", 3},
	{"internal/expression", 3},
	{"internal/spelling", 2},
	{"internal/crm", 2},
	{"internal/record", 1},
	{"internal/dictionary", 0},
	{"internal/value", 0},
}

// neighbours are the packages of one folder that may import one another although none is the other's parent. Others may
// not: a connector does not know another connector, an engine of the mirror no other engine, a family of KPIs no other
// family. A demo simulates two connectors. The simulated account stands between the engine of its records, which knows none
// of its kinds, and the façades.
var neighbours = []arrow{
	{"internal/config/document", "internal/config/secret"},
	{"internal/config/targets", "internal/config/document"},
	{"internal/source/demo", "internal/source/hubspot"},
	{"internal/source/demo", "internal/source/salesforce"},
	{"internal/source/hubspot/objects", "internal/source/hubspot/api"},
	{"internal/cube/limit", "internal/cube/emit"},
	{"internal/cube/limit", "internal/cube/groups"},
	{"internal/crmsim", "internal/crmsim/world"},
	{"internal/crmsim/maven", "internal/crmsim/world"},
	{"internal/crmsim/hubspot", "internal/crmsim/world"},
	{"internal/crmsim/hubspot", "internal/crmsim/wire"},
	{"internal/crmsim/hubspot/access", "internal/crmsim/wire"},
	{"internal/crmsim/hubspot/access", "internal/crmsim/hubspot/refusal"},
	{"internal/crmsim/hubspot/body", "internal/crmsim/world"},
	{"internal/crmsim/hubspot/body", "internal/crmsim/hubspot/naming"},
	{"internal/crmsim/hubspot/body", "internal/crmsim/hubspot/refusal"},
	{"internal/crmsim/hubspot/naming", "internal/crmsim/world"},
	{"internal/crmsim/salesforce", "internal/crmsim/soql"},
	{"internal/crmsim/salesforce", "internal/crmsim/wire"},
	{"internal/crmsim/salesforce/tables", "internal/crmsim/soql"},
	{"internal/crmsim/salesforce/tables", "internal/crmsim/world"},
	{"internal/mirror/mirrortest", "internal/mirror/rules"},
	{"internal/mirror/rules", "internal/mirror/stored"},
	{"internal/mirror/memory", "internal/mirror/rules"},
	{"internal/mirror/memory", "internal/mirror/stored"},
	{"internal/mirror/sqlstore", "internal/mirror/rules"},
	{"internal/mirror/sqlstore", "internal/mirror/stored"},
	{"internal/mirror/sqlite", "internal/mirror/sqlstore"},
	{"internal/mirror/postgres", "internal/mirror/sqlstore"},
}

// lists are the packages that list all packages beside them: to add one of those is to add its line there.
var lists = []string{"internal/source/connectors"}

// shared are packages of a folder that all its other packages may import. A family of KPIs knows these and no other family.
var shared = []string{"internal/kpi/family", "internal/kpi/pass"}

func tierOf(t *testing.T, pkg string) int {
	t.Helper()
	best, tier := "", -1
	for _, e := range tiers {
		inside := pkg == strings.TrimSuffix(e.prefix, "/") || strings.HasPrefix(pkg, strings.TrimSuffix(e.prefix, "/")+"/")
		if inside && len(e.prefix) > len(best) {
			best, tier = e.prefix, e.tier
		}
	}
	if tier < 0 {
		t.Errorf("package %s has no place in the architecture", pkg)
	}
	return tier
}

// folder is the part of the program that a package belongs to: source and its connectors, mirror and its engines.
func folder(pkg string) string {
	parts := strings.Split(pkg, "/")
	return path.Join(parts[:min(2, len(parts))]...)
}

// arrow is a package that imports another.
type arrow struct{ from, to string }

// arrows lists who imports whom in this module, tests apart.
func arrows(t *testing.T) []arrow {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []arrow
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	packages := 0
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages++
		for _, i := range p.Imports {
			if to, ours := strings.CutPrefix(i, module); ours {
				list = append(list, arrow{strings.TrimPrefix(p.ImportPath, module), to})
			}
		}
	}
	if packages < 10 {
		t.Fatalf("only %d packages were looked at", packages)
	}
	return list
}

// TestImportDirections holds the one direction in which the parts of the program know each other.
func TestImportDirections(t *testing.T) {
	for _, a := range arrows(t) {
		if folder(a.from) != folder(a.to) && tierOf(t, a.from) <= tierOf(t, a.to) {
			t.Errorf("%s must not import %s", a.from, a.to)
		}
	}
}

// TestImportDirectionsInside holds the directions inside each part.
func TestImportDirectionsInside(t *testing.T) {
	for _, fault := range faultsInside(arrows(t)) {
		t.Error(fault)
	}
}

// faultsInside finds packages of one folder that must not know each other. Beside neighbours, a package knows only those
// above or below it in the tree, and all in one direction: where the packages below import the one above, because it
// holds what they have in common, that one imports none of them.
func faultsInside(arrows []arrow) []string {
	var faults []string
	below := map[string]string{} // a package that imports the one above it
	for _, a := range arrows {
		if strings.HasPrefix(a.from, a.to+"/") {
			below[a.to] = a.from
		}
	}
	for _, a := range arrows {
		switch {
		case folder(a.from) != folder(a.to), strings.HasPrefix(a.from, a.to+"/"), slices.Contains(neighbours, a),
			slices.Contains(lists, a.from), slices.Contains(shared, a.to):
		case strings.HasPrefix(a.to, a.from+"/"):
			if below[a.from] != "" {
				faults = append(faults, fmt.Sprintf("%s must not import %s, for %s imports %s", a.from, a.to, below[a.from], a.from))
			}
		default:
			faults = append(faults, fmt.Sprintf("%s must not import %s beside it", a.from, a.to))
		}
	}
	return faults
}

// TestFaultsInside shows what is allowed inside a folder and what is not.
func TestFaultsInside(t *testing.T) {
	const kpi, deals, leads, family = "internal/kpi", "internal/kpi/deals", "internal/kpi/leads", "internal/kpi/family"
	const hubspot, objects = "internal/source/hubspot", "internal/source/hubspot/objects"
	for name, test := range map[string]struct {
		arrows []arrow
		faults int
	}{
		"families know what they have in common":  {[]arrow{{deals, family}, {leads, family}, {kpi, deals}}, 0},
		"a family knows another":                  {[]arrow{{deals, kpi}, {deals, leads}}, 1},
		"what is in common knows a family":        {[]arrow{{deals, family}, {family, leads}}, 1},
		"a family knows the list of all":          {[]arrow{{deals, kpi}, {kpi, leads}}, 1},
		"a connector knows its objects":           {[]arrow{{hubspot, objects}, {hubspot, "internal/source"}, {objects, "internal/source"}}, 0},
		"objects know their connector":            {[]arrow{{objects, hubspot}}, 0},
		"a connector knows another":               {[]arrow{{hubspot, "internal/source/salesforce"}}, 1},
		"objects know another connector":          {[]arrow{{objects, "internal/source/salesforce"}}, 1},
		"an engine of the mirror knows another":   {[]arrow{{"internal/mirror/sqlite", "internal/mirror/postgres"}}, 1},
		"an engine of the mirror knows their SQL": {[]arrow{{"internal/mirror/sqlite", "internal/mirror/sqlstore"}}, 0},
		"the list of connectors knows them all":   {[]arrow{{"internal/source/connectors", hubspot}, {"internal/source/connectors", "internal/source/x/y"}}, 0},
		"a connector knows the list":              {[]arrow{{hubspot, "internal/source/connectors"}}, 1},
		"a name begins like another's":            {[]arrow{{"internal/kpix", kpi}, {"internal/kpi/deal", kpi}}, 0},
	} {
		if faults := faultsInside(test.arrows); len(faults) != test.faults {
			t.Errorf("%s: %q, want %d faults", name, faults, test.faults)
		}
	}
}

// TestLogMessagesBeginAlike: messages of one log begin with a capital, errors, which stand within sentences, do not.
func TestLogMessagesBeginAlike(t *testing.T) {
	lower := regexp.MustCompile(`\.(Debug|Info|Warn|Error)\(\s*"[a-z]`)
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.Contains(path, "mirrortest") || strings.Contains(path, "/tools/") {
			return err
		}
		source, err := os.ReadFile(path)
		if found := lower.Find(source); found != nil {
			t.Errorf("%s: a message begins small: %s", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
