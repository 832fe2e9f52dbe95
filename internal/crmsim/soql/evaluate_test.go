package soql

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// oracle is a condition as text and, written independently, as a Go function.
type oracle struct {
	text string
	keep func(*testDeal) bool
}

// randomLeaf returns a comparison whose literal often equals a value of some row.
func randomLeaf(r *rand.Rand, deals []*testDeal) oracle {
	d := deals[r.IntN(len(deals))]
	operators := []string{"=", "!=", "<", "<=", ">", ">="}
	operator := operators[r.IntN(len(operators))]
	relate := func(null bool, order func() int) bool {
		if null {
			return operator == "!="
		}
		c := order()
		return map[string]bool{
			"=": c == 0, "!=": c != 0, "<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0,
		}[operator]
	}
	switch r.IntN(8) {
	case 0:
		at := d.stamp.Add(time.Duration(r.IntN(3)-1) * time.Second)
		return oracle{
			fmt.Sprintf("SystemModstamp %s %s", operator, at.Format("2006-01-02T15:04:05.000Z07:00")),
			func(d *testDeal) bool { return relate(false, func() int { return d.stamp.Compare(at) }) },
		}
	case 1:
		at := d.close.Format(time.DateOnly)
		return oracle{
			fmt.Sprintf("closedate %s %s", operator, at),
			func(d *testDeal) bool {
				return relate(false, func() int { return strings.Compare(d.close.Format(time.DateOnly), at) })
			},
		}
	case 2:
		limit := float64(r.IntN(8)-1) * 1000.5
		return oracle{
			fmt.Sprintf("Amount %s %v", operator, limit),
			func(d *testDeal) bool { return relate(d.amount < 0, func() int { return int(d.amount*2 - limit*2) }) },
		}
	case 3:
		id := d.id[:15]
		return oracle{
			fmt.Sprintf("ID %s '%s'", operator, d.id),
			func(d *testDeal) bool { return relate(false, func() int { return strings.Compare(d.id[:15], id) }) },
		}
	case 4:
		name := strings.ToUpper(d.name)
		return oracle{
			fmt.Sprintf("Name %s '%s'", operator, name),
			func(d *testDeal) bool {
				return relate(false, func() int { return strings.Compare(strings.ToUpper(d.name), name) })
			},
		}
	case 5:
		return oracle{
			"Owner.Name IN ('ANN RAY', 'nobody')",
			func(d *testDeal) bool { return d.owner != nil && d.owner.name == "Ann Ray" },
		}
	case 6:
		return oracle{"StageName NOT IN ('Closed Won', 'CLOSED LOST')", func(d *testDeal) bool {
			return d.stage != "Closed Won" && d.stage != "closed lost"
		}}
	default:
		return oracle{"IsClosed != false", func(d *testDeal) bool { return d.closed }}
	}
}

func randomCondition(r *rand.Rand, deals []*testDeal, depth int) oracle {
	if depth == 0 {
		return randomLeaf(r, deals)
	}
	a := randomCondition(r, deals, depth-1)
	b := randomCondition(r, deals, r.IntN(depth))
	switch r.IntN(3) {
	case 0:
		return oracle{"(NOT (" + a.text + "))", func(d *testDeal) bool { return !a.keep(d) }}
	case 1:
		return oracle{"(" + a.text + " AND " + b.text + ")", func(d *testDeal) bool { return a.keep(d) && b.keep(d) }}
	default:
		return oracle{"(" + a.text + " OR " + b.text + ")", func(d *testDeal) bool { return a.keep(d) || b.keep(d) }}
	}
}

func TestWhereAgreesWithAnOracle(t *testing.T) {
	deals, schema := testDeals(300), newTestSchema()
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		condition := randomCondition(r, deals, r.IntN(4))
		plan, err := Compile("SELECT Id FROM Opportunity WHERE "+condition.text, schema, testNow)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, condition.text, err)
		}
		if diff := cmp.Diff(idsWhere(deals, condition.keep), idsOf(plan, deals)); diff != "" {
			t.Fatalf("seed %d: %s (-want +got):\n%s", seed, condition.text, diff)
		}
	}
}

// TestKeysetPagingCoversEveryRowOnce walks the keyset form of crm/salesforce 3.2 over rows that share their stamps.
func TestKeysetPagingCoversEveryRowOnce(t *testing.T) {
	deals, schema := testDeals(200), newTestSchema()
	var walked []string
	where := ""
	for {
		text := "SELECT Id FROM Opportunity" + where + " ORDER BY SystemModstamp ASC, Id ASC LIMIT 7"
		plan, err := Compile(text, schema, testNow)
		if err != nil {
			t.Fatal(err)
		}
		page := plan.Rows(rowsOf(deals))
		if len(page) == 0 {
			break
		}
		for _, row := range page {
			walked = append(walked, row.(*testDeal).id)
		}
		last := page[len(page)-1].(*testDeal)
		stamp := last.stamp.Format("2006-01-02T15:04:05.000Z")
		where = fmt.Sprintf(" WHERE (SystemModstamp = %s AND Id > '%s') OR SystemModstamp > %s", stamp, last.id, stamp)
	}
	want := slices.SortedFunc(slices.Values(deals), func(a, b *testDeal) int {
		if c := a.stamp.Compare(b.stamp); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	if diff := cmp.Diff(idsWhere(want, func(*testDeal) bool { return true }), walked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestConditions(t *testing.T) {
	stage := func(s string) func(*testDeal) bool { return func(d *testDeal) bool { return d.stage == s } }
	tests := map[string]func(*testDeal) bool{
		"StageName = null":             stage(""),
		"StageName = ''":               stage(""),
		"StageName <= ''":              stage(""),
		"StageName > ''":               func(d *testDeal) bool { return d.stage != "" },
		"StageName != null":            func(d *testDeal) bool { return d.stage != "" },
		"StageName != 'closed won'":    func(d *testDeal) bool { return d.stage != "Closed Won" },
		"StageName IN (null, 'a_B')":   func(d *testDeal) bool { return d.stage == "" || d.stage == "a_b" },
		"NOT StageName LIKE '%'":       stage(""), // null is like nothing
		`StageName LIKE 'needs 100\%'`: stage("Needs 100%"),
		`StageName LIKE 'a\_b'`:        stage("a_b"),
		"StageName LIKE 'A_B'":         func(d *testDeal) bool { return d.stage == "a_b" || d.stage == "axb" },
		"StageName LIKE '%ed%o%'":      func(d *testDeal) bool { return d.stage == "Closed Won" || d.stage == "closed lost" },
		`StageName = 'o\'hara'`:        stage("O'Hara"),
		`StageName = '\u006f\'hara'`:   stage("O'Hara"),
		`StageName = 'back\\slash'`:    stage(`back\slash`),
		"Amount = null":                func(d *testDeal) bool { return d.amount < 0 },
		"NOT Amount > 0":               func(d *testDeal) bool { return d.amount <= 0 },
		"Owner.Name = null":            func(d *testDeal) bool { return d.owner == nil },
		"OwnerId = '005xx0000000001'":  func(d *testDeal) bool { return d.owner != nil && d.owner.name == "Ann Ray" },
		"OwnerId != '005xx0000000001'": func(d *testDeal) bool {
			return d.owner == nil || d.owner.name != "Ann Ray"
		},
		"Owner.UserRole.Name = 'sales'":  func(d *testDeal) bool { return d.owner != nil && d.owner.role != nil },
		"CreatedDate = TODAY":            createdBetween("2026-03-18", "2026-03-19"),
		"CreatedDate = YESTERDAY":        createdBetween("2026-03-17", "2026-03-18"),
		"CreatedDate < TODAY":            createdBetween("1970-01-01", "2026-03-18"),
		"CreatedDate <= YESTERDAY":       createdBetween("1970-01-01", "2026-03-18"),
		"CreatedDate > YESTERDAY":        createdBetween("2026-03-18", "2100-01-01"),
		"CreatedDate = LAST_N_DAYS:3":    createdBetween("2026-03-15", "2026-03-19"),
		"CreatedDate >= LAST_N_DAYS:3":   createdBetween("2026-03-15", "2100-01-01"),
		"CreatedDate = N_DAYS_AGO:3":     createdBetween("2026-03-15", "2026-03-16"),
		"CreatedDate = THIS_WEEK":        createdBetween("2026-03-15", "2026-03-22"),
		"CreatedDate = LAST_WEEK":        createdBetween("2026-03-08", "2026-03-15"),
		"CreatedDate = LAST_N_WEEKS:2":   createdBetween("2026-03-01", "2026-03-15"),
		"CreatedDate = THIS_MONTH":       createdBetween("2026-03-01", "2026-04-01"),
		"CreatedDate = last_month":       createdBetween("2026-02-01", "2026-03-01"),
		"CreatedDate = THIS_QUARTER":     createdBetween("2026-01-01", "2026-04-01"),
		"CreatedDate = LAST_YEAR":        createdBetween("2025-01-01", "2026-01-01"),
		"CreatedDate = LAST_90_DAYS":     createdBetween("2025-12-18", "2026-03-19"),
		"CloseDate = NEXT_N_DAYS:5":      closingBetween("2026-03-19", "2026-03-23"),
		"CloseDate = NEXT_MONTH":         closingBetween("2026-04-01", "2026-04-30"),
		"CloseDate IN (TODAY, TOMORROW)": closingBetween("2026-03-18", "2026-03-19"),
	}
	deals, schema := testDeals(600), newTestSchema()
	for text, keep := range tests {
		plan, err := Compile("SELECT Id FROM Opportunity WHERE "+text, schema, testNow)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		want := idsWhere(deals, keep)
		if len(want) == 0 {
			t.Errorf("%s: the test's data matches nothing", text)
		}
		if diff := cmp.Diff(want, idsOf(plan, deals)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func createdBetween(from, to string) func(*testDeal) bool {
	return func(d *testDeal) bool { s := d.created.Format(time.DateOnly); return s >= from && s < to }
}

func closingBetween(first, last string) func(*testDeal) bool {
	return func(d *testDeal) bool { s := d.close.Format(time.DateOnly); return s >= first && s <= last }
}

func TestOrder(t *testing.T) {
	deals := []*testDeal{
		{id: "006xx0000000001AAA", name: "b", amount: 2},
		{id: "006xx0000000002AAA", name: "A", amount: -1},
		{id: "006xx000000000aAAA", name: "B", amount: 3},
		{id: "006xx000000000ZAAU", name: "a", amount: -1},
	}
	tests := map[string][]int{
		"Id":                              {0, 1, 3, 2},
		"Id DESC":                         {2, 3, 1, 0},
		"Amount, Id":                      {1, 3, 0, 2},
		"Amount DESC, Id":                 {1, 3, 2, 0},
		"Amount DESC NULLS LAST, Id DESC": {2, 0, 3, 1},
		"Amount ASC NULLS LAST, Id":       {0, 2, 1, 3},
		"Name, Amount NULLS FIRST":        {1, 3, 0, 2},
		"Id LIMIT 2":                      {0, 1},
		"Id LIMIT 2 OFFSET 1":             {1, 3},
		"Id OFFSET 3":                     {2},
		"Id LIMIT 5 OFFSET 9":             {},
	}
	for text, want := range tests {
		plan, err := Compile("SELECT Id FROM Opportunity ORDER BY "+text, newTestSchema(), testNow)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		ids := []string{}
		for _, i := range want {
			ids = append(ids, deals[i].id)
		}
		if diff := cmp.Diff(ids, idsOf(plan, deals)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestRecordNestsParents(t *testing.T) {
	plan, err := Compile("SELECT id, OWNER.name, Amount, Owner.UserRole.Name, Owner.Id FROM opportunity",
		newTestSchema(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	deals := testDeals(3)
	got := []string{}
	for _, d := range deals {
		got = append(got, show(plan.Record(d)))
	}
	want := []string{
		"Opportunity(Id=" + deals[0].id +
			" Owner=User(Name=Ann Ray UserRole=User(Name=Sales) Id=005xx0000000001AAA) Amount=null)",
		"Opportunity(Id=" + deals[1].id + " Owner=User(Name=bob UserRole=null Id=005xx000000000aAAA) Amount=0.0)",
		"Opportunity(Id=" + deals[2].id + " Owner=null Amount=1000.5)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func show(r Record) string {
	cells := []string{}
	for _, c := range r.Cells {
		switch {
		case c.Parent != nil:
			cells = append(cells, c.Name+"="+show(*c.Parent))
		default:
			cells = append(cells, c.Name+"="+strings.Trim(string(c.Value.AppendJSON(nil)), `"`))
		}
	}
	return r.Object + "(" + strings.Join(cells, " ") + ")"
}

func TestAggregates(t *testing.T) {
	deals := []*testDeal{
		{name: "b", stage: "Open", amount: 2, close: testNow},
		{name: "a", stage: "Open", amount: -1, close: testNow.AddDate(0, 0, 1)},
		{name: "B", stage: "Won", amount: 3, close: testNow.AddDate(0, 0, 2)},
		{name: "c", stage: "Won", amount: 4.5, close: testNow.AddDate(0, 0, 3)},
		{name: "d", stage: "", amount: -1, close: testNow.AddDate(1, 0, 0)},
	}
	tests := []struct {
		text string
		want []string
	}{
		{
			"SELECT COUNT(Id), COUNT(Amount), SUM(Amount), AVG(Amount), MIN(Amount) low, MAX(CloseDate) FROM Opportunity",
			[]string{"(expr0=0 expr1=3 expr2=9.5 expr3=3.1666666666666665 low=2.0 expr4=2027-03-18)"},
		},
		{
			"SELECT StageName, COUNT(Name) n, SUM(Amount) FROM Opportunity GROUP BY StageName",
			[]string{"(StageName=Open n=2 expr0=2.0)", "(StageName=Won n=2 expr0=7.5)", "(StageName=null n=1 expr0=null)"},
		},
		{
			"SELECT stagename s FROM Opportunity WHERE Amount > 0 GROUP BY StageName ORDER BY StageName DESC",
			[]string{"(s=Won)", "(s=Open)"},
		},
		{"SELECT COUNT_DISTINCT(Name) FROM Opportunity", []string{"(expr0=4)"}},
		{"SELECT MAX(Name), MIN(Name) FROM Opportunity WHERE StageName = 'won'", []string{"(expr0=c expr1=B)"}},
		{
			"SELECT FiscalYear, COUNT(Name) FROM Opportunity GROUP BY FiscalYear ORDER BY COUNT(Name) DESC LIMIT 1",
			[]string{"(FiscalYear=2026 expr0=4)"},
		},
		{"SELECT SUM(FiscalYear) FROM Opportunity WHERE StageName = 'won'", []string{"(expr0=4052)"}},
		{"SELECT COUNT(Name), SUM(Amount) FROM Opportunity WHERE Name = 'nobody'", []string{"(expr0=0 expr1=null)"}},
		{"SELECT Name FROM Opportunity WHERE Name = 'nobody' GROUP BY Name", []string{}},
	}
	for _, test := range tests {
		plan, err := Compile(test.text, newTestSchema(), testNow)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		got := []string{}
		for _, r := range plan.Groups(rowsOf(deals)) {
			got = append(got, show(r))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.text, diff)
		}
	}
	plan, err := Compile("SELECT COUNT() FROM Opportunity WHERE Amount > 0", newTestSchema(), testNow)
	if err != nil || !plan.CountOnly() || plan.Count(rowsOf(deals)) != 3 {
		t.Errorf("COUNT(): %v", err)
	}
}

// BenchmarkIncrement is the query of every poll: a narrow window over a large object.
func BenchmarkIncrement(b *testing.B) {
	deals, schema := testDeals(9_999), newTestSchema()
	for b.Loop() {
		plan, err := Compile(`SELECT Id FROM Opportunity WHERE SystemModstamp >= 2026-03-01T00:00:00.000Z
			AND SystemModstamp < 2026-04-01T00:00:00.000Z ORDER BY SystemModstamp ASC, Id ASC`, schema, testNow)
		if err != nil {
			b.Fatal(err)
		}
		plan.Rows(rowsOf(deals))
	}
}
