package salesforce

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/source"
)

// fakeRow is a record of the fake org. Values are JSON values; SystemModstamp is a time.Time.
type fakeRow map[string]any

// fakeOrg is a Salesforce org behind an http.RoundTripper. It understands exactly the queries that the connector may
// send, and refuses everything else.
type fakeOrg struct {
	t       *testing.T
	now     func() time.Time
	tables  map[string][]fakeRow
	hidden  map[string]bool // "Object.Field"; of a path, "Object.Relationship"
	deleted []fakeRow       // of the deleted resource

	pageSize    int
	noDescribe  bool
	totalOffset int // what totalSize claims too much
	earliest    time.Time
	covered     time.Time // what the deleted resource says it covers; zero is a minute before the asked end
	limitInfo   string

	session  string
	logins   int
	locators map[string]locator
	calls    []string // endpoint, and the query if there is one

	// fault answers a call instead of the org, if it returns a status.
	fault func(path, soql string) (status int, body string)
}

type locator struct {
	rows    []map[string]any
	session string
}

const fakeInstance = "https://acme.my.salesforce.com"

func newFakeOrg(t *testing.T) *fakeOrg {
	return &fakeOrg{
		t: t, now: time.Now, pageSize: 2000, hidden: map[string]bool{
			"Opportunity.CurrencyIsoCode": true, "Organization.DefaultCurrencyIsoCode": true,
		},
		locators: map[string]locator{},
		tables: map[string][]fakeRow{
			"Organization":     {{"Id": fakeID("00D", 1)}},
			"User":             {fakeUser(1, "Ann Ray", "East"), fakeUser(2, "Bob Poe", "")},
			"OpportunityStage": {fakeStage(1, "Prospecting"), fakeStage(2, "Closed Won"), fakeStage(3, "Closed Lost")},
			"RecordType": {{
				"Id": fakeID("012", 1), "Name": "New Business", "DeveloperName": "New_Business",
				"SobjectType": "Opportunity",
			}},
		},
	}
}

func fakeID(prefix string, n int) string {
	id, _ := source.LongRecordID(fmt.Sprintf("%s%012d", prefix, n))
	return id
}

func fakeUser(n int, name, role string) fakeRow {
	user := fakeRow{"Id": fakeID("005", n), "Name": name, "IsActive": true, "UserRole": nil, "Department": "D" + name}
	if role != "" {
		user["UserRole"] = map[string]any{"attributes": map[string]any{"type": "UserRole"}, "Name": role}
	}
	return user
}

func fakeStage(n int, label string) fakeRow {
	return fakeRow{
		"Id": fakeID("01J", n), "ApiName": label, "MasterLabel": label, "SortOrder": json.Number(strconv.Itoa(n)),
		"DefaultProbability": json.Number("10.0"),
	}
}

// deal returns an open opportunity of that number, modified now, without storing it.
func (o *fakeOrg) deal(n int) fakeRow {
	return fakeRow{
		"Id": fakeID("006", n), "IsDeleted": false, "Name": "Secret Deal", "StageName": "Prospecting",
		"Amount": json.Number("1000.5"), "Probability": json.Number("10.0"), "CloseDate": "2026-03-31",
		"IsClosed": false, "IsWon": false, "ForecastCategory": "Pipeline", "ForecastCategoryName": "Pipeline",
		"OwnerId": fakeID("005", 1), "AccountId": fakeID("001", 1), "RecordTypeId": fakeID("012", 1),
		"CreatedDate": "2026-01-14T08:02:11.000+0000", "SystemModstamp": o.now().Truncate(time.Second),
		"LastStageChangeDate": nil, "Type": "New Customer", "LeadSource": nil,
	}
}

// put stores a record, in place of an earlier one with its id.
func (o *fakeOrg) put(object string, row fakeRow) {
	rows := o.tables[object]
	i, found := slices.BinarySearchFunc(rows, row["Id"].(string), func(r fakeRow, id string) int {
		return strings.Compare(r["Id"].(string), id)
	})
	if found {
		rows[i] = row
		return
	}
	o.tables[object] = slices.Insert(rows, i, row)
}

// edit changes a record and stamps it now.
func (o *fakeOrg) edit(object, id string, changes fakeRow) {
	for _, row := range slices.Clone(o.tables[object]) {
		if row["Id"] == id {
			changed := maps.Clone(row)
			maps.Copy(changed, changes)
			changed["SystemModstamp"] = o.now().Truncate(time.Second)
			o.put(object, changed)
			return
		}
	}
	o.t.Fatalf("no %s %s", object, id)
}

// purge removes a record without a trace in queryAll.
func (o *fakeOrg) purge(object, id string) {
	o.tables[object] = slices.DeleteFunc(o.tables[object], func(r fakeRow) bool { return r["Id"] == id })
	o.deleted = append(o.deleted, fakeRow{"id": id, "deletedDate": fakeTime(o.now())})
}

func fakeTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000-0700") }

// count returns how many calls begin so.
func (o *fakeOrg) count(prefix string) int {
	n := 0
	for _, call := range o.calls {
		if strings.HasPrefix(call, prefix) {
			n++
		}
	}
	return n
}

// RoundTrip implements http.RoundTripper.
func (o *fakeOrg) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	recorder.Header().Set("Date", o.now().UTC().Format(http.TimeFormat))
	recorder.Header().Set("Content-Type", "application/json;charset=UTF-8")
	if o.limitInfo != "" {
		recorder.Header().Set("Sforce-Limit-Info", o.limitInfo)
	}
	status, body := o.answer(r)
	recorder.WriteHeader(status)
	if _, err := recorder.WriteString(body); err != nil {
		return nil, err
	}
	answer := recorder.Result()
	answer.Request = r
	return answer, nil
}

func (o *fakeOrg) answer(r *http.Request) (status int, body string) {
	path, soql := r.URL.Path, r.URL.Query().Get("q")
	short := strings.TrimPrefix(strings.TrimSuffix(path, "/"), "/services/data/v66.0/")
	o.calls = append(o.calls, strings.TrimSpace(short+" "+soql))
	if o.fault != nil {
		if status, body := o.fault(path, soql); status != 0 {
			return status, body
		}
	}
	if path == loginPath {
		return o.login(r)
	}
	if o.session == "" || r.Header.Get("Authorization") != "Bearer "+o.session {
		return http.StatusUnauthorized, apiRefusal("INVALID_SESSION_ID", "Session expired or invalid")
	}
	switch {
	case short == "query" || short == "queryAll":
		return o.query(soql, short == "queryAll")
	case strings.HasPrefix(short, "query/"):
		return o.more(short)
	case strings.HasSuffix(short, "/describe"):
		return o.describe(strings.Split(short, "/")[1])
	case short == "sobjects/Opportunity/deleted":
		return o.tellDeleted(r)
	default:
		return http.StatusNotFound, apiRefusal("NOT_FOUND", "The requested resource does not exist")
	}
}

func (o *fakeOrg) login(r *http.Request) (status int, body string) {
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost || r.URL.RawQuery != "" {
		return http.StatusBadRequest, `{"error":"unsupported_grant_type","error_description":"grant type not supported"}`
	}
	if r.PostForm.Get("client_secret") != canarySecret {
		return http.StatusBadRequest, `{"error":"invalid_client","error_description":"invalid client credentials"}`
	}
	o.logins++
	o.session = fmt.Sprintf("%s%d", canaryToken, o.logins)
	return http.StatusOK, fmt.Sprintf(`{"access_token":%q,"instance_url":%q,"token_type":"Bearer","issued_at":"1"}`,
		o.session, fakeInstance)
}

func apiRefusal(code, message string) string {
	body, _ := json.Marshal([]map[string]string{{"message": message, "errorCode": code}})
	return string(body)
}

var (
	fakeQuery  = regexp.MustCompile(`^SELECT (.+?) FROM (\w+)(?: WHERE (.+?))?(?: ORDER BY (.+?))?(?: LIMIT (\d+))?$`)
	fakeID1    = regexp.MustCompile(`^Id > '(\w+)'$`)
	fakeSpan   = regexp.MustCompile(`^SystemModstamp >= (\S+) AND SystemModstamp < (\S+)$`)
	fakeKeyset = regexp.MustCompile(`^\(\(SystemModstamp = (\S+) AND Id > '(\w+)'\) OR SystemModstamp > (\S+)\) ` +
		`AND SystemModstamp < (\S+)$`)
)

func (o *fakeOrg) query(soql string, all bool) (status int, body string) {
	m := fakeQuery.FindStringSubmatch(soql)
	if m == nil {
		return http.StatusBadRequest, apiRefusal("MALFORMED_QUERY", "unexpected token")
	}
	columns, object, where, order, limit := strings.Split(m[1], ", "), m[2], m[3], m[4], m[5]
	table, known := o.tables[object]
	if !known && object != "Opportunity" && object != "Account" {
		return http.StatusBadRequest, apiRefusal("INVALID_TYPE", "sObject type '"+object+"' is not supported.")
	}
	for _, column := range columns {
		first, _, _ := strings.Cut(column, ".")
		if o.hidden[object+"."+first] {
			return http.StatusBadRequest, apiRefusal("INVALID_FIELD", fmt.Sprintf(
				"\nSELECT %s\n^\nERROR at Row:1:Column:1\nNo such column '%s' on entity '%s'. If you", column, first, object))
		}
	}
	rows := slices.DeleteFunc(slices.Clone(table), func(r fakeRow) bool {
		return !o.matches(r, where) || !all && r["IsDeleted"] == true
	})
	slices.SortFunc(rows, func(a, b fakeRow) int {
		if strings.HasPrefix(order, "SystemModstamp") {
			if c := a.stamp().Compare(b.stamp()); c != 0 {
				return c
			}
		}
		return strings.Compare(a["Id"].(string), b["Id"].(string))
	})
	if n, err := strconv.Atoi(limit); err == nil && len(rows) > n {
		rows = rows[:n]
	}
	shown := make([]map[string]any, len(rows))
	for i, r := range rows {
		shown[i] = r.show(object, columns)
	}
	return o.page(shown, 0, len(rows)+o.totalOffset)
}

func (r fakeRow) stamp() time.Time {
	t, _ := r["SystemModstamp"].(time.Time)
	return t
}

func (o *fakeOrg) matches(r fakeRow, where string) bool {
	at := func(literal string) time.Time {
		t, err := time.Parse("2006-01-02T15:04:05.000Z", literal)
		if err != nil {
			o.t.Errorf("dateTime literal %s: %v", literal, err)
		}
		return t
	}
	id, _ := r["Id"].(string)
	if where == "" || where == "SobjectType = 'Opportunity'" {
		return true
	}
	if m := fakeID1.FindStringSubmatch(where); m != nil {
		return id > m[1]
	}
	if m := fakeSpan.FindStringSubmatch(where); m != nil {
		return !r.stamp().Before(at(m[1])) && r.stamp().Before(at(m[2]))
	}
	m := fakeKeyset.FindStringSubmatch(where)
	if m == nil || m[1] != m[3] {
		o.t.Errorf("WHERE %s", where)
		return false
	}
	return (r.stamp().Equal(at(m[1])) && id > m[2] || r.stamp().After(at(m[3]))) && r.stamp().Before(at(m[4]))
}

func (r fakeRow) show(object string, columns []string) map[string]any {
	shown := map[string]any{"attributes": map[string]any{"type": object}}
	for _, column := range columns {
		first, _, _ := strings.Cut(column, ".")
		for key := range r {
			if strings.EqualFold(key, first) {
				first = key // answers spell a field as the object does
			}
		}
		value := r[first]
		if t, ok := value.(time.Time); ok {
			value = fakeTime(t)
		}
		shown[first] = value
	}
	return shown
}

// page answers with a page that begins at an offset, and a locator of what is left.
func (o *fakeOrg) page(rows []map[string]any, offset, total int) (status int, body string) {
	answer := map[string]any{"totalSize": total, "done": true, "records": rows}
	if len(rows) > o.pageSize {
		name := fmt.Sprintf("query/0r8%d-%d", len(o.locators), offset+o.pageSize)
		o.locators[name] = locator{rows: rows[o.pageSize:], session: o.session}
		answer["records"], answer["done"] = rows[:o.pageSize], false
		answer["nextRecordsUrl"] = "/services/data/v66.0/" + name
	}
	encoded, err := json.Marshal(answer)
	if err != nil {
		o.t.Error(err)
	}
	return http.StatusOK, string(encoded)
}

func (o *fakeOrg) more(name string) (status int, body string) {
	l, ok := o.locators[name]
	switch {
	case !ok:
		return http.StatusBadRequest, apiRefusal("INVALID_QUERY_LOCATOR", "invalid query locator")
	case l.session != o.session:
		return http.StatusUnauthorized, apiRefusal("INVALID_SESSION_ID", "Session expired or invalid")
	}
	return o.page(l.rows, len(o.calls), len(l.rows))
}

func (o *fakeOrg) describe(object string) (status int, body string) {
	if o.noDescribe {
		return http.StatusForbidden, apiRefusal("INSUFFICIENT_ACCESS", "insufficient access rights")
	}
	type field struct {
		Name         string  `json:"name"`
		Relationship *string `json:"relationshipName"`
	}
	var fields []field
	for name := range o.tables[object][0] {
		if !o.hidden[object+"."+name] {
			fields = append(fields, field{Name: name})
		}
	}
	encoded, err := json.Marshal(map[string]any{"name": object, "fields": fields})
	if err != nil {
		o.t.Error(err)
	}
	return http.StatusOK, string(encoded)
}

func (o *fakeOrg) tellDeleted(r *http.Request) (status int, body string) {
	const layout = "2006-01-02T15:04:05-07:00"
	start, errStart := time.Parse(layout, r.URL.Query().Get("start"))
	end, errEnd := time.Parse(layout, r.URL.Query().Get("end"))
	if errStart != nil || errEnd != nil || end.Sub(start) <= time.Minute {
		return http.StatusBadRequest, apiRefusal("INVALID_REPLICATION_DATE", "invalid replication date")
	}
	covered := end.Add(-time.Minute)
	if !o.covered.IsZero() {
		covered = o.covered
	}
	encoded, err := json.Marshal(map[string]any{
		"deletedRecords": append([]fakeRow{}, o.deleted...), "earliestDateAvailable": fakeTime(o.earliest),
		"latestDateCovered": fakeTime(covered),
	})
	if err != nil {
		o.t.Error(err)
	}
	return http.StatusOK, string(encoded)
}

func diff(t *testing.T, what string, want, got any, options ...cmp.Option) {
	t.Helper()
	if d := cmp.Diff(want, got, options...); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}
