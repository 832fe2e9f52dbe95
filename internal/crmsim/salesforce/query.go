package salesforce

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
)

// locatorLife is for how long the rest of a long answer can be fetched.
const locatorLife = 48 * time.Hour

// locator is a query whose answer did not fit a page. The rows that belong to it are fixed when the query runs; what
// they say is read when their page is.
type locator struct {
	id      string
	session *session
	created time.Time
	plan    *soql.Plan
	table   *tables.Table
	ids     []string
	size    int // rows a page, unless a page asks for another size
}

func (h *Handler) query(c *call) answer { return h.run(c, false) }

func (h *Handler) queryAll(c *call) answer { return h.run(c, true) }

// run answers a new query; all adds the recycle bin.
func (h *Handler) run(c *call, all bool) answer {
	text := c.URL.Query().Get("q")
	if text == "" {
		return refuse(http.StatusBadRequest, soql.MalformedQuery, "A query string has to be specified")
	}
	schema := h.schema.Load()
	plan, err := soql.Compile(text, schema, c.now)
	if err != nil {
		if refusal, ok := errors.AsType[*soql.Error](err); ok {
			return refuse(http.StatusBadRequest, refusal.Code, refusal.Message)
		}
		return refuse(http.StatusInternalServerError, "UNKNOWN_EXCEPTION", err.Error())
	}
	if h.tooSlow(plan, c.now) {
		return refuse(http.StatusBadRequest, "QUERY_TIMEOUT", "Your query request was running for too long.")
	}
	table := schema.Table(plan.Object().Name)
	shown := table.Live
	if all {
		shown = table.Kept
	}
	rows := filter(table.Rows(schema.View(h.world, c.now)), shown)
	switch {
	case plan.CountOnly():
		return queryPage{version: c.version, total: plan.Count(rows)}.answer()
	case plan.Aggregate():
		return aggregated(c, plan, rows)
	default:
		return h.firstPage(c, plan, table, plan.Rows(rows))
	}
}

// tooSlow reports whether the query reads a longer stretch of changes than this org manages in time.
func (h *Handler) tooSlow(plan *soql.Plan, now time.Time) bool {
	from, to := plan.Window("SystemModstamp")
	if h.options.QueryTimeout == 0 || from.IsZero() && to.IsZero() {
		return false
	}
	if to.IsZero() || to.After(now) {
		to = now
	}
	return to.Sub(from) > h.options.QueryTimeout
}

func filter(rows iter.Seq[soql.Row], keep func(soql.Row) bool) iter.Seq[soql.Row] {
	return func(yield func(soql.Row) bool) {
		for row := range rows {
			if keep(row) && !yield(row) {
				return
			}
		}
	}
}

// aggregated answers with groups, which no locator can continue.
func aggregated(c *call, plan *soql.Plan, rows iter.Seq[soql.Row]) answer {
	groups := plan.Groups(rows)
	if len(groups) > maxPageSize {
		return refuse(http.StatusBadRequest, "EXCEEDED_ID_LIMIT", "Aggregate query does not support queryMore(), "+
			"use LIMIT to restrict the results to a single batch")
	}
	return queryPage{version: c.version, total: len(groups), records: groups}.answer()
}

func (h *Handler) firstPage(c *call, plan *soql.Plan, table *tables.Table, rows []soql.Row) answer {
	if !plan.Pageable() {
		rows = rows[:min(len(rows), maxPageSize)]
	}
	size := h.batchSize(c.Request, h.options.PageSize)
	page := queryPage{version: c.version, total: len(rows)}
	end, more := len(rows), false
	if plan.Pageable() {
		_, end, more = h.page(table, 0, len(rows), size)
	}
	for _, row := range rows[:end] {
		page.records = append(page.records, plan.Record(row))
	}
	if more {
		l := &locator{session: c.session, created: c.now, plan: plan, table: table, size: size}
		for _, row := range rows {
			l.ids = append(l.ids, table.ID(row))
		}
		page.next = h.keep(l) + "-" + strconv.Itoa(end)
	}
	return page.answer()
}

// keep stores a locator under a new id. Expired ones are forgotten.
func (h *Handler) keep(l *locator) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.DeleteFunc(h.locators, func(_ string, old *locator) bool { return l.created.Sub(old.created) >= locatorLife })
	h.issued++
	l.id = tables.ID(tables.PrefixLocator, h.issued)
	h.locators[l.id] = l
	return l.id
}

// queryMore answers a later page. A locator belongs to the session that made it: in another one it is answered as if
// that other one had ended, however often the client logs in again.
func (h *Handler) queryMore(c *call) answer {
	id, suffix, _ := strings.Cut(c.arguments[0], "-")
	h.mu.Lock()
	l := h.locators[id]
	h.mu.Unlock()
	start, err := strconv.Atoi(suffix)
	if l != nil && l.session != c.session {
		return invalidSession()
	}
	if l == nil || c.now.Sub(l.created) >= locatorLife || err != nil || start >= len(l.ids) {
		return refuse(http.StatusBadRequest, "INVALID_QUERY_LOCATOR", "invalid query locator")
	}
	from, end, more := h.page(l.table, start, len(l.ids), h.batchSize(c.Request, l.size))
	page := queryPage{version: c.version, total: len(l.ids), records: l.read(h.view(c.now), l.ids[from:end])}
	if more {
		page.next = id + "-" + strconv.Itoa(end)
	}
	return page.answer()
}

// read renders rows as they are now. One that was purged meanwhile is left out, one in the recycle bin is not.
func (l *locator) read(v *tables.View, ids []string) []soql.Record {
	records := make([]soql.Record, 0, len(ids))
	for _, id := range ids {
		if row := l.table.Find(v, id); row != nil && l.table.Kept(row) {
			records = append(records, l.plan.Record(row))
		}
	}
	return records
}

// batchSize reads the page size that a client asks for; what lies outside the allowed range is ignored.
func (h *Handler) batchSize(r *http.Request, size int) int {
	for option := range strings.SplitSeq(r.Header.Get("Sforce-Query-Options"), ",") {
		value, ok := strings.CutPrefix(strings.TrimSpace(option), "batchSize=")
		if n, err := strconv.Atoi(value); ok && err == nil && n >= minPageSize && n <= maxPageSize {
			size = n
		}
	}
	return min(size, h.options.PageSize)
}

// page returns which rows a page holds that starts at a row: Salesforce may make it shorter than asked.
func (h *Handler) page(t *tables.Table, start, total, size int) (from, to int, more bool) {
	if h.options.ShrinkPages && size > 1 {
		size = 1 + h.draw(size)
	}
	return h.hooks.Listing(t.Kind).Page(start, size, total)
}

// queryPage is one page of an answer.
type queryPage struct {
	version string
	total   int
	next    string // locator and offset, "" on the last page
	records []soql.Record
}

func (p queryPage) answer() answer {
	body := fmt.Appendf(nil, `{"totalSize":%d,"done":%t,`, p.total, p.next == "")
	if p.next != "" {
		body = fmt.Appendf(body, `"nextRecordsUrl":"/services/data/%s/query/%s",`, p.version, p.next)
	}
	body = append(body, `"records":[`...)
	for i, record := range p.records {
		if i > 0 {
			body = append(body, ',')
		}
		body = appendRecord(body, record, p.version)
	}
	return answer{status: http.StatusOK, body: append(body, "]}"...)}
}

// appendRecord writes a record with its attributes, which are no field: clients must not take them for one.
func appendRecord(body []byte, record soql.Record, version string) []byte {
	body = append(body, `{"attributes":{"type":"`...)
	if record.Object == "" {
		body = append(body, `AggregateResult"}`...)
	} else {
		body = fmt.Appendf(body, `%s","url":"/services/data/%s/sobjects/%s/%s"}`,
			record.Object, version, record.Object, record.ID)
	}
	for _, cell := range record.Cells {
		body = append(append(append(body, `,"`...), cell.Name...), `":`...)
		switch {
		case cell.Parent != nil:
			body = appendRecord(body, *cell.Parent, version)
		default:
			body = cell.Value.AppendJSON(body)
		}
	}
	return append(body, '}')
}
