package naming

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// Value is that of one property. The zero value is null.
type Value struct {
	Text string
	At   time.Time
}

// Null reports whether there is no value.
func (v Value) Null() bool { return v.Text == "" && v.At.IsZero() }

// String returns the value as it is on the wire.
func (v Value) String() string {
	if v.At.IsZero() {
		return v.Text
	}
	return Timestamp(v.At)
}

// Timestamp writes a time as HubSpot does.
func Timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func text(s string) Value       { return Value{Text: s} }
func instant(t time.Time) Value { return Value{At: t} }
func flag(b bool) Value         { return Value{Text: strconv.FormatBool(b)} }
func number(id int64) Value     { return Value{Text: strconv.FormatInt(id, 10)} }

// reference turns a number of the world into an id of HubSpot, 0 into null.
func reference(base, id int64) Value {
	if id == 0 {
		return Value{}
	}
	return number(base + id)
}

// own reports whether a property of the world belongs to HubSpot: its names are in lower case.
func own(property string) bool { return property == strings.ToLower(property) }

// homeAmount converts an amount to the company's currency; "" where there is no rate.
func (b *Background) homeAmount(amount, currency string) string {
	if currency == "" || currency == b.info.Currency {
		return amount
	}
	number, ok := new(big.Rat).SetString(amount)
	rate, known := new(big.Rat).SetString(b.info.Rates[currency])
	if !ok || !known {
		return ""
	}
	return number.Mul(number, rate).FloatString(8)
}

// exactFloat spells a probability as portals were seen to: all binary digits of the float64, in decimal.
func exactFloat(probability string) string {
	f, err := strconv.ParseFloat(probability, 64)
	if err != nil {
		return ""
	}
	digits := new(big.Float).SetFloat64(f).Text('f', 60)
	return strings.TrimSuffix(strings.TrimRight(digits, "0"), ".")
}

func forecastCategory(c crm.ForecastCategory) string {
	if c == crm.ForecastOmitted {
		return "OMIT"
	}
	return strings.ToUpper(string(c))
}

// mergedIDs lists what a record absorbed.
func (b *Background) mergedIDs(r world.Record) Value {
	ids := r.Base().MergedIDs
	if b.direct {
		ids = ids[max(0, len(ids)-2):]
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = b.naming.ID(id)
	}
	return text(strings.Join(list, ";"))
}
