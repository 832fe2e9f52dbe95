package soql

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCompileChecksTypes(t *testing.T) {
	const from = " FROM Opportunity"
	tests := []struct{ text, code, message string }{
		{"SELECT Id FROM Opportunityx", InvalidType, "sObject type 'Opportunityx' is not supported."},
		{"SELECT Id FROM Owner.Name", InvalidType, "is not supported."},
		{"SELECT Foo" + from, InvalidField, "No such column 'Foo' on entity 'Opportunity'."},
		{"SELECT Owner.Foo" + from, InvalidField, "No such column 'Foo' on entity 'User'."},
		{"SELECT Boss.Name" + from, InvalidField, "Didn't understand relationship 'Boss' in field path."},
		{"SELECT Owner.UserRole.UserRole.UserRole.UserRole.UserRole.Name" + from, MalformedQuery, "too deep"},
		{"SELECT Id, id" + from, MalformedQuery, "duplicate field selected: Id"},
		{"SELECT Name n" + from, MalformedQuery, "only aggregate expressions use field aliasing"},
		{"SELECT Id" + from + " WHERE Foo = 1", InvalidField, "No such column 'Foo'"},
		{"SELECT Id" + from + " WHERE Description = 'x'", InvalidField, "can not be filtered"},
		{"SELECT Id" + from + " ORDER BY Description", InvalidField, "can not be sorted"},
		{"SELECT Id" + from + " ORDER BY COUNT(Id)", MalformedQuery, "must be grouped or aggregated"},

		{
			"SELECT Id" + from + " WHERE CloseDate = '2026-01-01'", InvalidField,
			"value of filter criterion for field 'CloseDate' must be of type date and should not be enclosed in quotes",
		},
		{
			"SELECT Id" + from + " WHERE CreatedDate > '2026-01-01T00:00:00Z'", InvalidField,
			"must be of type dateTime and should not be enclosed in quotes",
		},
		{"SELECT Id" + from + " WHERE CloseDate > 2026-01-01T00:00:00Z", InvalidField, "must be of type date "},
		{"SELECT Id" + from + " WHERE CreatedDate > 2026-01-01", InvalidField, "must be of type dateTime"},
		{"SELECT Id" + from + " WHERE CloseDate > 5", InvalidField, "must be of type date "},
		{"SELECT Id" + from + " WHERE CloseDate > SOMEDAY", InvalidField, "must be of type date "},
		{"SELECT Id" + from + " WHERE CloseDate > LAST_N_DAYS", InvalidField, "must be of type date "},
		{"SELECT Id" + from + " WHERE CloseDate > TODAY:3", InvalidField, "must be of type date "},
		{"SELECT Id" + from + " WHERE CloseDate > 2026-02-30", MalformedQuery, "Invalid date: 2026-02-30"},
		{"SELECT Id" + from + " WHERE CreatedDate > 1699-12-31T00:00:00Z", MalformedQuery, "Invalid datetime"},
		{"SELECT Id" + from + " WHERE CreatedDate > 2026-01-01T25:00:00Z", MalformedQuery, "Invalid datetime"},
		{"SELECT Id" + from + " WHERE Name = 5", InvalidField, "must be of type string and should be enclosed in quotes"},
		{"SELECT Id" + from + " WHERE Name = TRUE", InvalidField, "must be of type string"},
		{"SELECT Id" + from + " WHERE Name LIKE 5", InvalidField, "must be of type string"},
		{"SELECT Id" + from + " WHERE Amount = '5'", InvalidField, "must be of type currency and should not be enclosed"},
		{"SELECT Id" + from + " WHERE IsClosed = 'true'", InvalidField, "must be of type boolean and should not"},
		{"SELECT Id" + from + " WHERE IsClosed > true", InvalidFilterOperator, "invalid operator on boolean field"},
		{"SELECT Id" + from + " WHERE Id LIKE '006%'", InvalidFilterOperator, "invalid operator on id field"},
		{"SELECT Id" + from + " WHERE Id = 'abc'", InvalidFilterOperator, "invalid ID field: abc"},
		{"SELECT Id" + from + " WHERE Id = '005xx000001swiuAAS'", InvalidFilterOperator, "invalid ID field"},
		{"SELECT Id" + from + " WHERE Amount > null", MalformedQuery, "unexpected token: 'null'"},
		{`SELECT Id` + from + ` WHERE Name = 'a\xb'`, MalformedQuery, `Illegal character sequence '\x'`},
		{`SELECT Id` + from + ` WHERE Name = '100\%'`, MalformedQuery, `Illegal character sequence '\%'`},
		{`SELECT Id` + from + ` WHERE Name LIKE 'a\zb'`, MalformedQuery, `Illegal character sequence '\z'`},
		{"SELECT Id" + from + " OFFSET 2001", NumberOutsideValidRange, "2000"},

		{"SELECT Amount, COUNT(Id)" + from + " GROUP BY Amount", InvalidField, "can not be grouped"},
		{"SELECT CreatedDate" + from + " GROUP BY CreatedDate", InvalidField, "can not be grouped"},
		{"SELECT Name, COUNT(Id)" + from, MalformedQuery, "Field must be grouped or aggregated: Name"},
		{"SELECT COUNT(Id)" + from + " GROUP BY Name ORDER BY StageName", MalformedQuery, "grouped or aggregated: StageName"},
		{"SELECT SUM(Name)" + from, MalformedQuery, "does not support aggregate operator SUM"},
		{"SELECT MAX(IsClosed)" + from, MalformedQuery, "does not support aggregate operator MAX"},
		{"SELECT MEDIAN(Amount)" + from, MalformedQuery, "unexpected token: '('"},
		{"SELECT COUNT(Id) n, MAX(Amount) N" + from, MalformedQuery, "duplicate alias: N"},
		{"SELECT COUNT(Id)" + from + " LIMIT 1", MalformedQuery, "cannot also use LIMIT"},
		{"SELECT COUNT(), Name" + from, MalformedQuery, "COUNT() must be the only element"},
		{"SELECT COUNT()" + from + " GROUP BY Name", MalformedQuery, "COUNT() must be the only element"},
	}
	schema := newTestSchema()
	for _, test := range tests {
		_, err := Compile(test.text, schema, testNow)
		refusal, ok := errors.AsType[*Error](err)
		if !ok || refusal.Code != test.code || !strings.Contains(refusal.Message, test.message) {
			t.Errorf("%s\n got %v\nwant %s: %s", test.text, err, test.code, test.message)
		}
	}
}

func TestWindow(t *testing.T) {
	const low, high = "2026-03-01T00:00:00.000Z", "2026-03-01T01:00:00.000Z"
	tests := []struct{ where, from, to string }{
		{"Name = 'x'", "", ""},
		{"SystemModstamp >= LOW AND SystemModstamp < HIGH", low, high},
		{"systemmodstamp > LOW AND Name != null", low, ""},
		{"((SystemModstamp = LOW AND Id > '006xx0000012abc') OR SystemModstamp > LOW) AND SystemModstamp < HIGH", low, high},
		{"(SystemModstamp >= LOW AND SystemModstamp < HIGH) OR Name = 'x'", "", ""},
		{"NOT SystemModstamp < LOW", "", ""},
		{"SystemModstamp != LOW AND CreatedDate > LOW", "", ""},
		{"SystemModstamp = LOW OR SystemModstamp = HIGH", low, high},
	}
	for _, test := range tests {
		where := strings.NewReplacer("LOW", low, "HIGH", high).Replace(test.where)
		plan, err := Compile("SELECT Id FROM Opportunity WHERE "+where, newTestSchema(), testNow)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		from, to := plan.Window("SystemModstamp")
		wantFrom, _ := time.Parse(time.RFC3339, test.from)
		wantTo, _ := time.Parse(time.RFC3339, test.to)
		if !from.Equal(wantFrom) || !to.Equal(wantTo) {
			t.Errorf("%s: got %v to %v", where, from, to)
		}
	}
}

func TestIDs(t *testing.T) {
	for _, full := range []string{"006xx0000012abcAAA", "005xx000001SwiUAAS", "00Dxx0000001gPLEAY"} {
		if got := FullID(full[:15]); got != full {
			t.Errorf("FullID(%s) = %s, want %s", full[:15], got, full)
		}
		if !ValidID(full) || !ValidID(full[:15]) {
			t.Errorf("%s is refused", full)
		}
	}
	for _, bad := range []string{"", "006", "006xx0000012abcAAB", "006xx0000012ab-", "006xx0000012abcAAAA"} {
		if ValidID(bad) {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestValueJSON(t *testing.T) {
	tests := []struct {
		value Value
		want  string
	}{
		{Value{}, "null"},
		{Text(""), "null"},
		{ID(""), "null"},
		{Text("a\"b\né"), `"a\"b\né"`},
		{Number(35000), "35000.0"},
		{Number(0), "0.0"},
		{Number(-12.5), "-12.5"},
		{Number(9999999.5), "9999999.5"},
		{Number(1.39e8), "1.39E8"},
		{Number(1e7), "1.0E7"},
		{Number(-0.0001), "-1.0E-4"},
		{Integer(12), "12"},
		{Boolean(true), "true"},
		{DateOf(testNow), `"2026-03-18"`},
		{DateTimeOf(testNow.Add(999e6)), `"2026-03-18T15:30:00.000+0000"`},
	}
	for _, test := range tests {
		if got := string(test.value.AppendJSON(nil)); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
