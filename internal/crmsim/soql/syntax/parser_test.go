package syntax

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpus reads statements that are legal: those of crm/salesforce 6.13, which an independent parser accepts, and more.
func corpus(t *testing.T) []string {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "testdata", "accepted.json"))
	if err != nil {
		t.Fatal(err)
	}
	var statements []string
	if err := json.Unmarshal(file, &statements); err != nil {
		t.Fatal(err)
	}
	return statements
}

func TestParseAccepts(t *testing.T) {
	for _, text := range corpus(t) {
		if _, err := Parse(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := map[string]string{ // statement -> what the message must say
		"":                                        "unexpected token: <EOF>",
		"SELECT":                                  "unexpected token: <EOF>",
		"SELECT Id FORM Opportunity":              "Row:1:Column:11\nunexpected token: 'FORM'",
		"SELECT Id FROM":                          "unexpected token: <EOF>",
		"SELECT * FROM Opportunity":               "no viable alternative at character '*'",
		"SELECT Id,, Name FROM Opportunity":       "unexpected token: ','",
		"SELECT Id, FROM Opportunity":             "unexpected token: 'FROM'",
		"SELECT Id Name FROM Opportunity x":       "unexpected token: 'x'",
		"SELECT Id FROM Opportunity ALL ROWS":     "unexpected token: 'ALL'",
		"SELECT Id FROM Opportunity WHERE":        "unexpected token: <EOF>",
		"SELECT Id FROM Opportunity WHERE Name":   "unexpected token: <EOF>",
		"SELECT Id FROM Opportunity LIMIT":        "unexpected token: <EOF>",
		"SELECT Id FROM Opportunity LIMIT -1":     "unexpected token: '-1'",
		"SELECT Id FROM Opportunity LIMIT 1.5":    "unexpected token: '1.5'",
		"SELECT Id FROM Opportunity;":             "no viable alternative at character ';'",
		"SELECT Id FROM Opportunity WHERE Name='": "no viable alternative at character '''",

		"SELECT Id FROM Opportunity WHERE a = 1 AND b = 2 OR c = 3":                "unexpected token: 'OR'",
		"SELECT Id FROM Opportunity WHERE a = 1 OR b = 2 AND c = 3":                "unexpected token: 'AND'",
		"SELECT Id FROM Opportunity WHERE a = 1 AND NOT b = 2":                     "unexpected token: 'NOT'",
		"SELECT Id FROM Opportunity WHERE (a = 1":                                  "unexpected token: <EOF>",
		"SELECT Id FROM Opportunity WHERE a = 1)":                                  "unexpected token: ')'",
		"SELECT Id FROM Opportunity WHERE a IN ()":                                 "unexpected token: ')'",
		"SELECT Id FROM Opportunity WHERE a IN (SELECT Id FROM Account)":           "unexpected token: 'Id'",
		"SELECT Id FROM Opportunity WHERE a == 1":                                  "unexpected token: '='",
		"SELECT Id FROM Opportunity WHERE a > b.c.":                                "no viable alternative at character '.'",
		"SELECT Id FROM Opportunity LIMIT 1 ORDER BY Id":                           "unexpected token: 'ORDER'",
		"SELECT Id FROM Opportunity ORDER BY Id WHERE a = 1":                       "unexpected token: 'WHERE'",
		"SELECT Id FROM Opportunity OFFSET 1 LIMIT 1":                              "unexpected token: 'LIMIT'",
		"SELECT Id FROM Opportunity ORDER BY Id NULLS":                             "unexpected token: <EOF>",
		"SELECT Id FROM Opportunity WHERE a > 2026-03-01T00:00:00":                 "no viable alternative",
		"SELECT Id FROM Opportunity WHERE a > 2026-03-01T00:00:00 00:00":           "no viable alternative",
		"SELECT Id FROM Opportunity WHERE a > 2026-03-01T00:00:00.000+0000":        "no viable alternative",
		"SELECT Id FROM Opportunity WHERE a > 2026-03-01T":                         "no viable alternative",
		"SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(CloseDate) = 2026":         "unexpected token: '('",
		"SELECT Id, (SELECT Id FROM OpportunityLineItems) FROM Opportunity":        "unexpected token: '('",
		"SELECT COUNT( FROM Opportunity":                                           "unexpected token: 'FROM'",
		"SELECT Id FROM Opportunity\nWHERE a ? 1":                                  "Row:2:Column:9",
		"SELECT Id FROM Opportunity WHERE a = '" + strings.Repeat("x", 4001) + "'": "longer than 4000",
		strings.Repeat(" ", 100_001):                                               "longer than 100000",
	}
	for text, want := range tests {
		_, err := Parse(text)
		refusal, ok := errors.AsType[*Error](err)
		if !ok || refusal.Code != MalformedQuery || !strings.Contains(refusal.Message, want) {
			t.Errorf("%.80q: got %v, want %s with %q", text, err, MalformedQuery, want)
		}
	}
}
