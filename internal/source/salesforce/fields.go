package salesforce

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// masterRecordType stands for "no record type" where it is shown at all.
const masterRecordType = "012000000000000AAA"

// fields reads the fields of one record and remembers the first that could not be read.
type fields struct {
	row   map[string]any
	fault source.Fault // without a reason as long as all could be read
}

// parseFields decodes one record. Numbers keep their text, because money must not pass through a float.
func parseFields(raw []byte) *fields {
	f := &fields{}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&f.row) != nil || f.row == nil {
		f.fail(crm.BadShape)
	}
	return f
}

// fail blames the whole record.
func (f *fields) fail(reason crm.QuarantineReason) { f.blame(source.Fault{Reason: reason}) }

// failAt blames the value of a field.
func (f *fields) failAt(reason crm.QuarantineReason, path string) {
	f.blame(source.Fault{Reason: reason, Place: path, Value: f.text(path)})
}

func (f *fields) blame(fault source.Fault) {
	if !f.failed() {
		f.fault = fault
	}
}

func (f *fields) failed() bool { return f.fault.Reason != "" }

// value follows a path through parents. A parent that is null ends it, as does a column that was not selected.
func (f *fields) value(path string) any {
	var value any = f.row
	for step := range strings.SplitSeq(path, ".") {
		parent, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = lookup(parent, step)
	}
	return value
}

// lookup finds a key as it is spelled, else in any case: answers use the object's own spelling, not the query's.
func lookup(row map[string]any, key string) any {
	if value, ok := row[key]; ok {
		return value
	}
	for k, value := range row {
		if strings.EqualFold(k, key) {
			return value
		}
	}
	return nil
}

// text returns a scalar as text; "" for null, and for what has no text of its own, such as a compound address.
func (f *fields) text(path string) string {
	switch value := f.value(path).(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	case bool:
		return strconv.FormatBool(value)
	default:
		return ""
	}
}

// flag returns a boolean, and fails for the given reason if there is none.
func (f *fields) flag(path string, reason crm.QuarantineReason) bool {
	switch f.text(path) {
	case "true":
		return true
	case "false":
		return false
	default:
		f.failAt(reason, path)
		return false
	}
}

// reference returns the id in a lookup field, "" for null.
func (f *fields) reference(path string) string {
	text := f.text(path)
	if text == "" {
		return ""
	}
	id, ok := source.LongRecordID(text)
	if !ok {
		f.failAt(crm.BadShape, path)
	}
	return id
}

// money returns an amount, unknown where it is null.
func (f *fields) money(path string) (amount crm.Money, known bool) {
	switch value := f.value(path).(type) {
	case nil:
		return 0, false
	case json.Number:
		amount, err := crm.ParseMoney(value.String())
		if err == nil {
			return amount, true
		}
	case string:
		amount, err := crm.ParseMoney(value)
		if err == nil {
			return amount, true
		}
	}
	f.failAt(crm.BadAmount, path)
	return 0, false
}

// percent returns a field that counts to a hundred.
func (f *fields) percent(path string) crm.Probability {
	text := f.text(path)
	if text == "" {
		return crm.ProbabilityUnknown
	}
	percent, err := strconv.ParseFloat(text, 64)
	if err != nil {
		f.failAt(crm.BadShape, path)
		return crm.ProbabilityUnknown
	}
	return crm.ProbabilityOf(percent / 100)
}

// whole returns a whole number, 0 for null. Whole numbers come as 3 or as 3.0.
func (f *fields) whole(path string) int {
	text := f.text(path)
	if text == "" {
		return 0
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || !(number > -1e9 && number < 1e9) {
		f.failAt(crm.BadShape, path)
		return 0
	}
	return int(number)
}

// instant returns a moment, unknown where it is null.
func (f *fields) instant(path string) crm.Instant {
	instant, err := crm.ParseInstant(f.text(path))
	if err != nil {
		f.failAt(crm.BadDate, path)
	}
	return instant
}

// date returns a bare date, unknown where it is null. A date that comes with a time is that day all the same: a close
// date belongs to no zone, and shifting it would move deals between months.
func (f *fields) date(path string) crm.Instant {
	text := f.text(path)
	instant, err := crm.ParseInstant(text)
	if err == nil && (!instant.Known() || instant.IsDate()) {
		return instant
	}
	if day, errDay := time.Parse(time.DateOnly, text[:min(len(text), len(time.DateOnly))]); err == nil && errDay == nil {
		return crm.Date(day.Date())
	}
	f.failAt(crm.BadDate, path)
	return crm.Instant{}
}

// forecastCategory normalises the category by its fixed values, else by the names that screens show.
func (f *fields) forecastCategory() crm.ForecastCategory {
	for _, path := range []string{"ForecastCategory", "ForecastCategoryName"} {
		switch strings.ToLower(strings.NewReplacer(" ", "", "_", "").Replace(f.text(path))) {
		case "omitted":
			return crm.ForecastOmitted
		case "pipeline":
			return crm.ForecastPipeline
		case "bestcase":
			return crm.ForecastBestCase
		case "mostlikely":
			return crm.ForecastMostLikely
		case "commit", "forecast":
			return crm.ForecastCommit
		case "closed":
			return crm.ForecastClosed
		}
	}
	return ""
}

// shortIDLength is how many characters of an id tell records apart where capitals count.
const shortIDLength = 15
