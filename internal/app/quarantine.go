package app

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// rejected counts the records of a source that cannot be read.
type rejected map[record.Name]map[record.Reason]int

func (r rejected) total() (n int) {
	for _, reasons := range r {
		for _, of := range reasons {
			n += of
		}
	}
	return n
}

// String spells the reasons, the most frequent first: "deals: 10 amount, 6 date; reps: 1 shape".
func (r rejected) String() string {
	var objects []string
	for _, object := range crm.Names() {
		reasons := r[object]
		if len(reasons) == 0 {
			continue
		}
		names := slices.SortedFunc(maps.Keys(reasons), func(a, b record.Reason) int {
			return cmp.Or(reasons[b]-reasons[a], strings.Compare(string(a), string(b)))
		})
		spelled := make([]string, 0, len(names))
		for _, name := range names {
			spelled = append(spelled, fmt.Sprintf("%d %s", reasons[name], name))
		}
		objects = append(objects, string(object)+": "+strings.Join(spelled, ", "))
	}
	return strings.Join(objects, "; ")
}

// tellRejected logs what the mirror holds of records that cannot be read, once for every change of it.
func (s *syncer) tellRejected(ctx context.Context, store mirror.Store) {
	now := s.rejected()
	if len(now) == 0 && len(s.told) == 0 || reflect.DeepEqual(now, s.told) {
		return
	}
	s.told = now
	if len(now) == 0 {
		s.logger.Info("All records can be read again")
		return
	}
	var records []record.Quarantined
	var err error
	for _, st := range s.streams {
		of, failed := store.Quarantined(context.WithoutCancel(ctx), st.key)
		records, err = append(records, of...), cmp.Or(err, failed)
	}
	if err != nil || len(records) == 0 {
		s.logger.Warn("Records cannot be read and count in no KPI", "records", now.total(), "reasons", now, "err", err)
		return
	}
	first := slices.MinFunc(records, compareRejected)
	s.logger.Warn("Records cannot be read and count in no KPI; sales_exporter rejects lists them",
		"records", now.total(), "reasons", now, "first", whereabouts(first))
}

// whereabouts says how a person finds a record.
func whereabouts(q record.Quarantined) string {
	switch {
	case q.ID == "" && q.Place == "":
		return "one of the " + string(q.Kind) + " without an id"
	case q.ID == "":
		return q.Place
	case q.Place == "":
		return "id " + q.ID
	default:
		return "id " + q.ID + ", " + q.Place
	}
}

// compareRejected orders records as people look for them: by object and row, else by id.
func compareRejected(a, b record.Quarantined) int {
	objects := crm.Names()
	return cmp.Or(
		slices.Index(objects, a.Kind)-slices.Index(objects, b.Kind),
		naturally(rowOf(a), rowOf(b)), naturally(a.ID, b.ID), naturally(a.Place, b.Place),
		strings.Compare(string(a.Reason), string(b.Reason)), strings.Compare(a.Value, b.Value))
}

// rowOf returns the place of a record that stands in a file; the place within a record of a CRM says nothing about order.
func rowOf(q record.Quarantined) string {
	if strings.Contains(q.Place, "row ") {
		return q.Place
	}
	return ""
}

// naturally compares texts with their numbers by value: row 9 comes before row 10.
func naturally(a, b string) int {
	for a != "" && b != "" {
		partA, restA := leadingPart(a)
		partB, restB := leadingPart(b)
		if c := compareParts(partA, partB); c != 0 {
			return c
		}
		a, b = restA, restB
	}
	return cmp.Compare(len(a), len(b))
}

func compareParts(a, b string) int {
	numberA, errA := strconv.ParseUint(a, 10, 64)
	numberB, errB := strconv.ParseUint(b, 10, 64)
	if errA == nil && errB == nil {
		return cmp.Or(cmp.Compare(numberA, numberB), strings.Compare(a, b))
	}
	return strings.Compare(a, b)
}

// leadingPart splits a text behind its first run of digits or of anything else.
func leadingPart(text string) (part, rest string) {
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	end := 1
	for end < len(text) && digit(text[end]) == digit(text[0]) {
		end++
	}
	return text[:end], text[end:]
}
