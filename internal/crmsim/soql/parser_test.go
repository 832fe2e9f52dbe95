package soql

import (
	"errors"
	"strings"
	"testing"
)

// readySOQL is the corpus of crm/salesforce 6.13, which an independent parser accepts.
var readySOQL = []string{
	"SELECT Id, IsDeleted, Name, StageName, Amount, Probability, ExpectedRevenue, CloseDate, Type, LeadSource, " +
		"IsClosed, IsWon, ForecastCategory, ForecastCategoryName, OwnerId, AccountId, CampaignId, RecordTypeId, " +
		"HasOpportunityLineItem, FiscalYear, FiscalQuarter, CreatedDate, LastModifiedDate, SystemModstamp FROM " +
		"Opportunity WHERE SystemModstamp >= 2026-03-01T00:00:00.000Z AND SystemModstamp < 2026-03-01T01:00:00.000Z " +
		"ORDER BY SystemModstamp ASC, Id ASC",
	"SELECT Id FROM Opportunity WHERE ((SystemModstamp = 2026-03-01T00:10:05.000Z AND Id > '006xx0000012abcAAA') " +
		"OR SystemModstamp > 2026-03-01T00:10:05.000Z) AND SystemModstamp < 2026-03-01T01:00:00.000Z ORDER BY " +
		"SystemModstamp ASC, Id ASC LIMIT 2000",
	"SELECT Id, MasterLabel, ApiName, IsActive, IsClosed, IsWon, SortOrder, ForecastCategoryName, " +
		"DefaultProbability FROM OpportunityStage",
	"SELECT Id, Type, StartDate, EndDate, Number, FullyQualifiedLabel, IsForecastPeriod, FiscalYearSettingsId " +
		"FROM Period WHERE Type IN ('Month', 'Quarter', 'Year') AND EndDate >= LAST_N_DAYS:800",
	"SELECT IsoCode, ConversionRate, DecimalPlaces, IsActive, IsCorporate FROM CurrencyType",
	"SELECT IsoCode, ConversionRate, StartDate, NextStartDate FROM DatedConversionRate WHERE StartDate >= " +
		"2025-01-01",
	"SELECT Id, Name, FiscalYearStartMonth, UsesStartDateAsFiscalYearName, TimeZoneSidKey, IsSandbox, " +
		"InstanceName FROM Organization",
	"SELECT Id, Name, Email, IsActive, UserType, UserRoleId, ManagerId, Department, TimeZoneSidKey, " +
		"SystemModstamp FROM User WHERE UserType = 'Standard'",
	"SELECT Id, Name, DeveloperName, ParentRoleId FROM UserRole",
	"SELECT Id, QuotaOwnerId, QuotaAmount, StartDate, PeriodId, ForecastingTypeId, IsAmount, ProductFamily, " +
		"SystemModstamp FROM ForecastingQuota WHERE StartDate >= 2026-01-01 AND IsAmount = true",
	"SELECT StageName, COUNT(Id) n, SUM(Amount) FROM Opportunity WHERE IsClosed = false GROUP BY StageName",
	"SELECT COUNT() FROM Opportunity",
}

var acceptedSOQL = []string{
	"select id from opportunity",
	"SELECT Id\n\tFROM Opportunity\r\nWHERE Name = null",
	"SELECT Id,Owner.Name,Owner.UserRole.Name FROM Opportunity",
	"SELECT Id FROM Opportunity WHERE NOT Name = 'x'",
	"SELECT Id FROM Opportunity WHERE (NOT Name LIKE 'x%') AND (NOT Name LIKE '%y')",
	"SELECT Id FROM Opportunity WHERE NOT (Name = 'x' OR Name = 'y')",
	"SELECT Id FROM Opportunity WHERE (Name = 'x' AND IsClosed = true) OR (Amount > 5 AND Amount <= -7.25)",
	"SELECT Id FROM Opportunity WHERE Name NOT IN ('a', 'b') AND Amount IN (1, 2.5) AND Name <> 'c'",
	`SELECT Id FROM Opportunity WHERE Name = 'it\'s \\ \"q\" \n\r\t\b\f \u00e9'`,
	`SELECT Id FROM Opportunity WHERE Name LIKE '100\%\_'`,
	"SELECT Id FROM Opportunity WHERE CreatedDate > 2026-03-01T00:00:00+05:30 AND CreatedDate < 2026-03-01T00:00:00Z",
	"SELECT Id FROM Opportunity ORDER BY Amount DESC NULLS LAST, Name NULLS FIRST, Id ASC LIMIT 10 OFFSET 2000",
	"SELECT Id FROM Opportunity LIMIT 0",
	"SELECT COUNT(Id), MAX(SystemModstamp) FROM Opportunity",
	"SELECT Name n, MAX(Amount) m FROM Opportunity GROUP BY Name ORDER BY MAX(Amount) DESC, Name LIMIT 5",
	"SELECT COUNT_DISTINCT(Name) FROM Opportunity",
	"SELECT Owner.Name, AVG(Amount) FROM Opportunity GROUP BY Owner.Name",
	"SELECT Id FROM Group",
}

func TestParseAccepts(t *testing.T) {
	for _, text := range append(readySOQL, acceptedSOQL...) {
		if _, err := parse(text); err != nil {
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
		_, err := parse(text)
		refusal, ok := errors.AsType[*Error](err)
		if !ok || refusal.Code != MalformedQuery || !strings.Contains(refusal.Message, want) {
			t.Errorf("%.80q: got %v, want %s with %q", text, err, MalformedQuery, want)
		}
	}
}

func TestErrorPointsAtTheToken(t *testing.T) {
	_, err := Compile("SELECT Id, Foo FROM Opportunity", newTestSchema(), testNow)
	refusal, ok := errors.AsType[*Error](err)
	want := "\nSELECT Id, Foo FROM Opportunity\n           ^\nERROR at Row:1:Column:12\n" +
		"No such column 'Foo' on entity 'Opportunity'."
	if !ok || refusal.Code != InvalidField || !strings.HasPrefix(refusal.Message, want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// FuzzCompile holds that no statement crashes the parser, and that a refusal is always a typed one.
func FuzzCompile(f *testing.F) {
	for _, text := range append(readySOQL, acceptedSOQL...) {
		f.Add(text)
	}
	f.Add("SELECT Id FROM Opportunity WHERE Name = '\\u00")
	f.Add("SELECT Id FROM Opportunity WHERE CloseDate = LAST_N_DAYS:99999999999999999999")
	schema, deals := newTestSchema(), testDeals(20)
	f.Fuzz(func(t *testing.T, text string) {
		plan, err := Compile(text, schema, testNow)
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		if plan.Object() != schema["opportunity"] {
			return
		}
		switch {
		case plan.Aggregate():
			plan.Groups(rowsOf(deals))
		default:
			for _, row := range plan.Rows(rowsOf(deals)) {
				plan.Record(row)
			}
		}
	})
}
