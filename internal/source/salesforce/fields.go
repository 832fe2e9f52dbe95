package salesforce

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/value"
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
		f.fail(record.BadShape)
	}
	return f
}

// fail blames the whole record.
func (f *fields) fail(reason record.Reason) { f.blame(source.Fault{Reason: reason}) }

// failAt blames the value of a field.
func (f *fields) failAt(reason record.Reason, path string) {
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
	switch raw := f.value(path).(type) {
	case string:
		return raw
	case json.Number:
		return raw.String()
	case bool:
		return strconv.FormatBool(raw)
	default:
		return ""
	}
}

// flag returns a boolean, and fails for the given reason if there is none.
func (f *fields) flag(path string, reason record.Reason) bool {
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
		f.failAt(record.BadShape, path)
	}
	return id
}

// money returns an amount, unknown where it is null.
func (f *fields) money(path string) (amount value.Money, known bool) {
	switch raw := f.value(path).(type) {
	case nil:
		return 0, false
	case json.Number:
		amount, err := value.ParseMoney(raw.String())
		if err == nil {
			return amount, true
		}
	case string:
		amount, err := value.ParseMoney(raw)
		if err == nil {
			return amount, true
		}
	}
	f.failAt(record.BadAmount, path)
	return 0, false
}

// percent returns a field that counts to a hundred.
func (f *fields) percent(path string) value.Probability {
	text := f.text(path)
	if text == "" {
		return value.ProbabilityUnknown
	}
	percent, err := strconv.ParseFloat(text, 64)
	if err != nil {
		f.failAt(record.BadShape, path)
		return value.ProbabilityUnknown
	}
	return value.ProbabilityOf(percent / 100)
}

// whole returns a whole number, 0 for null. Whole numbers come as 3 or as 3.0.
func (f *fields) whole(path string) int {
	text := f.text(path)
	if text == "" {
		return 0
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || !(number > -1e9 && number < 1e9) {
		f.failAt(record.BadShape, path)
		return 0
	}
	return int(number)
}

// instant returns a moment, unknown where it is null.
func (f *fields) instant(path string) value.Instant {
	instant, err := value.ParseInstant(f.text(path))
	if err != nil {
		f.failAt(record.BadDate, path)
	}
	return instant
}

// date returns a bare date, unknown where it is null. A date that comes with a time is that day all the same: a close
// date belongs to no zone, and shifting it would move deals between months.
func (f *fields) date(path string) value.Instant {
	text := f.text(path)
	instant, err := value.ParseInstant(text)
	if err == nil && (!instant.Known() || instant.IsDate()) {
		return instant
	}
	if day, errDay := time.Parse(time.DateOnly, text[:min(len(text), len(time.DateOnly))]); err == nil && errDay == nil {
		return value.Date(day.Date())
	}
	f.failAt(record.BadDate, path)
	return value.Instant{}
}

// separators are what parts the words of a forecast category, if anything does.
var separators = strings.NewReplacer(" ", "", "_", "")

// forecastCategory normalises the category by its fixed values, else by the names that screens show.
func (f *fields) forecastCategory() crm.ForecastCategory {
	for _, path := range []string{"ForecastCategory", "ForecastCategoryName"} {
		switch strings.ToLower(separators.Replace(f.text(path))) {
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
