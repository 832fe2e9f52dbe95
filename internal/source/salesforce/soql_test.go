package salesforce

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestEveryQuery keeps all shapes of SOQL in one file, which tools that know the language can check.
func TestEveryQuery(t *testing.T) {
	low := time.Date(2026, 3, 1, 0, 10, 5, 0, time.UTC).UnixMilli()
	high := time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC).UnixMilli()
	plain, err := newPlan(config.Source{}, false)
	if err != nil {
		t.Fatal(err)
	}
	mapped, err := newPlan(config.Source{Map: map[string]config.Mapping{
		"business_type": {Property: "Type"}, "channel": {Property: "LeadSource"}, "product": {Property: "Campaign.Name"},
		"segment": {Property: "Account.Industry"}, "territory": {Property: "Owner.UserRole.DeveloperName"},
	}}, true)
	if err != nil {
		t.Fatal(err)
	}
	var queries []string
	for _, p := range []*plan{plain, mapped} {
		for _, o := range p.objects {
			name, columns := o.columns.object, o.columns.names()
			queries = append(queries,
				idQuery(name, columns, ""), idQuery(name, columns, "006xx0000012abcAAA"),
				windowQuery(name, columns, low, high), keysetQuery(name, columns, low, "006xx0000012abcAAA", high))
		}
		queries = append(queries,
			listQuery(p.reps.columns.object, p.reps.columns.names()), listQuery(p.stages.object, p.stages.names()),
			recordTypeQuery(p.recordTypes.names()), selectFrom(p.organization.object, p.organization.names()))
	}
	names := []string{objectOrganization, objectUser, objectStage, objectRecordType}
	for _, o := range mapped.objects {
		names = append(names, o.columns.object)
	}
	for _, object := range names {
		queries = append(queries, probeQuery(object))
	}
	queries = append(queries, outcomeQuery())
	golden := filepath.Join("testdata", "soql.txt")
	got := strings.Join(queries, "\n") + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "queries; run with -update if this is wanted", string(want), got)
}

// The parts of the queries that may be sent.
var (
	anyQuery     = regexp.MustCompile(`^SELECT (.+?) FROM (\w+)(?: WHERE (.+?))?(?: ORDER BY (.+?))?(?: LIMIT (\d+))?$`)
	behindClause = regexp.MustCompile(`^Id > '(\w+)'$`)
	spanClause   = regexp.MustCompile(`^SystemModstamp >= (\S+) AND SystemModstamp < (\S+)$`)
	keysetClause = regexp.MustCompile(`^\(\(SystemModstamp = (\S+) AND Id > '(\w+)'\) OR SystemModstamp > (\S+)\) ` +
		`AND SystemModstamp < (\S+)$`)
)

// TestSentQueriesAreKnown holds the golden file against what really goes out.
func TestSentQueriesAreKnown(t *testing.T) {
	golden, err := os.ReadFile(filepath.Join("testdata", "soql.txt"))
	if err != nil {
		t.Fatal(err)
	}
	shape := func(soql string) string {
		m := anyQuery.FindStringSubmatch(soql)
		if m == nil {
			return soql
		}
		where := spanClause.ReplaceAllString(m[3], "span")
		where = keysetClause.ReplaceAllString(where, "keyset")
		where = behindClause.ReplaceAllString(where, "behind")
		return strings.Join([]string{m[2], where, m[4], m[5]}, "|")
	}
	known := map[string]bool{}
	for line := range strings.Lines(string(golden)) {
		known[shape(strings.TrimSuffix(line, "\n"))] = true
	}
	simulate(t, 7, func(x *simulation) {
		var calls []string
		x.page(2)
		x.mustSync()
		calls = append(calls, x.calls...)
		time.Sleep(10 * time.Minute)
		x.changeAll(7)
		x.onNextPage(2, x.org.ExpireLocators)
		x.mustSync()
		calls = append(calls, x.calls...)
		if _, err := x.source.Check(x.Context()); err != nil {
			x.Fatal(err)
		}
		calls = append(calls, x.calls...)
		for _, call := range calls {
			if _, soql, ok := strings.Cut(call, " "); ok && !known[shape(soql)] {
				x.Errorf("not in the golden file: %s", soql)
			}
		}
	}, mapIndustry)
}

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"plain":        "'plain'",
		`O'Neil \ "x"`: `'O\'Neil \\ \"x\"'`,
		"a\nb\r\t\b\f": `'a\nb\r\t\b\f'`,
	} {
		if got := quote(text); got != want {
			t.Errorf("%q is quoted as %s, want %s", text, got, want)
		}
	}
}

func TestFieldPathsAreChecked(t *testing.T) {
	for _, property := range []string{
		"", "1Region", "Region c", "Id FROM User", "a.b.c.d.e.f.g", "Account.", ".Name", "x'", "Region__c,Id",
		"(SELECT Id FROM Tasks)",
	} {
		_, err := newPlan(config.Source{Map: map[string]config.Mapping{"territory": {Property: property}}}, false)
		if source.ReasonOf(err) != source.ReasonConfig || err == nil {
			t.Errorf("%q: %v", property, err)
		}
	}
}
