package salesforce

import (
	"fmt"
	"strings"
	"time"
)

// pageLimit bounds the queries that continue behind a record: what one answer holds at most.
const pageLimit = 2000

// selectFrom begins a query. Column and object names were checked when the plan was made.
func selectFrom(object string, columns []string) string {
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + object
}

// idQuery reads all of an object by id, behind the record `after`; "" starts from the first.
//
// It has no upper bound on SystemModstamp: with one, a record that changes while the pass runs would drop out of it,
// and the sweep at its end would take it for deleted.
func idQuery(object string, columns []string, after string) string {
	where := ""
	if after != "" {
		where = " WHERE Id > " + quote(after)
	}
	return fmt.Sprintf("%s%s ORDER BY Id ASC LIMIT %d", selectFrom(object, columns), where, pageLimit)
}

// windowQuery reads what was modified in [low, high), in milliseconds since 1970.
func windowQuery(object string, columns []string, low, high int64) string {
	return fmt.Sprintf("%s WHERE SystemModstamp >= %s AND SystemModstamp < %s ORDER BY SystemModstamp ASC, Id ASC",
		selectFrom(object, columns), moment(low), moment(high))
}

// keysetQuery continues a windowQuery behind the record `after`, which was modified at low. Only the pair of both gets
// past a mass update that stamped more than a page of records with one second.
func keysetQuery(object string, columns []string, low int64, after string, high int64) string {
	at := moment(low)
	return fmt.Sprintf("%s WHERE ((SystemModstamp = %s AND Id > %s) OR SystemModstamp > %s) AND SystemModstamp < %s "+
		"ORDER BY SystemModstamp ASC, Id ASC LIMIT %d",
		selectFrom(object, columns), at, quote(after), at, moment(high), pageLimit)
}

// listQuery reads all of a small object.
func listQuery(object string, columns []string) string {
	return selectFrom(object, columns) + " ORDER BY Id ASC"
}

// recordTypeQuery reads the record types of opportunities.
func recordTypeQuery(columns []string) string {
	return selectFrom("RecordType", columns) + " WHERE SobjectType = " + quote(objectOpportunity) + " ORDER BY Id ASC"
}

// outcomeQuery reads what the list of stages says of them.
func outcomeQuery() string {
	return selectFrom(objectStage, []string{"MasterLabel", "IsClosed", "IsWon"})
}

// probeQuery proves that an object can be read.
func probeQuery(object string) string { return "SELECT Id FROM " + object + " LIMIT 1" }

// moment writes a dateTime literal: unquoted, in UTC, so that no plus sign needs care in a URL.
func moment(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

var quoted = strings.NewReplacer(
	`\`, `\\`, `'`, `\'`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\b", `\b`, "\f", `\f`)

// quote writes a string literal.
func quote(text string) string { return "'" + quoted.Replace(text) + "'" }
