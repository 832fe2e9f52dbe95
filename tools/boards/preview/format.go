package preview

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// formatter writes numbers as Grafana's units do.
type formatter struct {
	now time.Time
}

// format writes a value in a unit. Decimals of nil mean as many as the value deserves.
func (f formatter) format(v float64, unit string, decimals *int) (string, error) {
	if math.IsInf(v, 0) {
		return map[bool]string{true: "∞", false: "-∞"}[v > 0], nil
	}
	if kind, arg, ok := strings.Cut(unit, ":"); ok {
		return f.custom(v, kind, arg, decimals)
	}
	if symbol, ok := currencySymbol(unit); ok {
		sign := ""
		if v < 0 {
			sign = "-"
		}
		return sign + symbol + scaled(math.Abs(v), 1000, "|K|M|B|T", decimals), nil
	}
	switch unit {
	case "", "none":
		return fixed(v, decimals), nil
	case "short":
		return scaled(v, 1000, "| K| Mil| Bil| Tri| Quadr", decimals), nil
	case "locale":
		return grouped(v, decimals), nil
	case "percent":
		return fixed(v, decimals) + "%", nil
	case "percentunit":
		return fixed(v*100, decimals) + "%", nil
	case "bytes":
		return scaled(v, 1024, " B| KiB| MiB| GiB| TiB| PiB", decimals), nil
	case "decbytes":
		return scaled(v, 1000, " B| kB| MB| GB| TB| PB", decimals), nil
	case "reqps", "ops", "cps", "wps", "rps":
		names := map[string]string{"reqps": "req/s", "ops": "ops/s", "cps": "c/s", "wps": "wr/s", "rps": "rd/s"}
		return scaled(v, 1000, "|K|M|B|T", decimals) + " " + names[unit], nil
	case "bool_yes_no":
		return map[bool]string{true: "Yes", false: "No"}[v != 0], nil
	}
	if seconds, ok := map[string]float64{"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}[unit]; ok {
		return durationText(v*seconds, decimals), nil
	}
	return f.date(v, unit, decimals)
}

// custom writes units of the user's own, such as "suffix:deals".
func (f formatter) custom(v float64, kind, arg string, decimals *int) (string, error) {
	switch kind {
	case "suffix":
		return fixed(v, decimals) + " " + arg, nil
	case "prefix":
		return arg + fixed(v, decimals), nil
	case "count":
		return scaled(v, 1000, "|K|M|B|T", decimals) + " " + arg, nil
	case "currency":
		return arg + scaled(v, 1000, "|K|M|B|T", decimals), nil
	case "time":
		layout := strings.NewReplacer("YYYY", "2006", "YY", "06", "MMMM", "January", "MMM", "Jan", "MM", "01",
			"dddd", "Monday", "ddd", "Mon", "DD", "02", "HH", "15", "mm", "04", "ss", "05").Replace(arg)
		return msTime(v).Format(layout), nil
	}
	return "", fmt.Errorf("unit %q is not drawn yet", kind+":"+arg)
}

// date writes points in time and spans of days.
func (f formatter) date(v float64, unit string, decimals *int) (string, error) {
	switch unit {
	case "dateTimeFromNow":
		return fromNow(f.now.Sub(msTime(v))), nil
	case "dateTimeAsIso":
		return msTime(v).Format(time.DateTime), nil
	case "dateTimeAsIsoNoDateIfToday":
		if msTime(v).Format(time.DateOnly) == f.now.UTC().Format(time.DateOnly) {
			return msTime(v).Format(time.TimeOnly), nil
		}
		return msTime(v).Format(time.DateTime), nil
	case "d":
		return days(v, decimals), nil
	case "dtdurations":
		return spelled(v, decimals), nil
	case "dtdurationms":
		return spelled(v/1000, decimals), nil
	}
	return "", fmt.Errorf("unit %q is not drawn yet", unit)
}

// currencySymbol returns what stands before an amount.
func currencySymbol(unit string) (string, bool) {
	code, ok := strings.CutPrefix(unit, "currency")
	if !ok {
		return "", false
	}
	symbol, ok := map[string]string{
		"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF", "INR": "₹", "BRL": "R$", "KRW": "₩",
	}[code]
	return symbol, ok
}

// fixed writes a plain number.
func fixed(v float64, decimals *int) string {
	places := autoDecimals(v)
	if decimals != nil {
		places = *decimals
	}
	// Halves are rounded up, as browsers do.
	factor := math.Pow10(places)
	s := strconv.FormatFloat(math.Floor(v*factor+0.5)/factor, 'f', places, 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-")
	}
	return s
}

// autoDecimals gives three figures, and none after the point to whole numbers. Negative numbers get one fewer: Grafana
// does so too.
func autoDecimals(v float64) int {
	if v == math.Trunc(v) || math.IsNaN(v) {
		return 0
	}
	places := 1 - int(math.Floor(math.Log10(math.Abs(v))))
	if v > 0 {
		places++
	}
	return min(max(places, 0), 12)
}

// scaled divides by powers of a base and appends the suffix of that power.
func scaled(v, base float64, suffixes string, decimals *int) string {
	list := strings.Split(suffixes, "|")
	i := 0
	if v != 0 {
		i = int(math.Floor(math.Log(math.Abs(v)) / math.Log(base) * (1 + 1e-12)))
	}
	i = min(max(i, 0), len(list)-1)
	return fixed(v/math.Pow(base, float64(i)), decimals) + list[i]
}

// grouped writes a number with thousands separated.
func grouped(v float64, decimals *int) string {
	whole, fraction, hasFraction := strings.Cut(fixed(math.Abs(v), decimals), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if hasFraction {
		whole += "." + fraction
	}
	if v < 0 {
		whole = "-" + whole
	}
	return whole
}

// durationText writes seconds in the unit in which they are short.
func durationText(v float64, decimals *int) string {
	size := math.Abs(v)
	switch {
	case size == 0:
		return fixed(0, decimals) + " s"
	case size < 1e-6:
		return fixed(v*1e9, decimals) + " ns"
	case size < 1e-3:
		return fixed(v*1e6, decimals) + " µs"
	case size < 1:
		return fixed(v*1e3, decimals) + " ms"
	case size < 60:
		return fixed(v, decimals) + " s"
	case size < 3600:
		return plural(v/60, decimals, "min")
	case size < 86400:
		return plural(v/3600, decimals, "hour")
	case size < 604800:
		return plural(v/86400, decimals, "day")
	case size < 31536000:
		return plural(v/604800, decimals, "week")
	}
	return plural(v/31536000, decimals, "year")
}

// days writes a number of days.
func days(v float64, decimals *int) string {
	switch size := math.Abs(v); {
	case size < 7:
		return plural(v, decimals, "day")
	case size < 365:
		return plural(v/7, decimals, "week")
	}
	return plural(v/365, decimals, "year")
}

// plural appends a unit's name.
func plural(v float64, decimals *int, unit string) string {
	if math.Abs(v) > 1 {
		unit += "s"
	}
	return fixed(v, decimals) + " " + unit
}

// spelled writes a duration in words; each decimal adds one finer unit.
func spelled(v float64, decimals *int) string {
	if v == 0 {
		return "0 seconds"
	}
	suffix, rest, parts := "", math.Abs(v), 1
	if v < 0 {
		suffix = " ago"
	}
	if decimals != nil {
		parts += *decimals
	}
	var words []string
	for _, unit := range []struct {
		name    string
		seconds float64
	}{
		{"year", 31536000},
		{"month", 2592000},
		{"week", 604800},
		{"day", 86400},
		{"hour", 3600},
		{"minute", 60},
		{"second", 1},
		{"millisecond", 0.001},
	} {
		n := math.Floor(rest / unit.seconds)
		if n == 0 && len(words) == 0 {
			continue
		}
		if n != 1 {
			unit.name += "s"
		}
		words = append(words, strconv.FormatFloat(n, 'f', 0, 64)+" "+unit.name)
		rest -= n * unit.seconds
		if len(words) == parts {
			break
		}
	}
	return strings.Join(words, ", ") + suffix
}

// fromNow writes how long ago something was, as loosely as people say it.
func fromNow(ago time.Duration) string {
	size, seconds := ago.Abs(), ago.Abs().Seconds()
	var s string
	switch round := func(unit float64) int { return int(math.Round(seconds / unit)) }; {
	case seconds < 45:
		s = "a few seconds"
	case seconds < 90:
		s = "a minute"
	case size < 45*time.Minute:
		s = fmt.Sprintf("%d minutes", round(60))
	case size < 90*time.Minute:
		s = "an hour"
	case size < 22*time.Hour:
		s = fmt.Sprintf("%d hours", round(3600))
	case size < 36*time.Hour:
		s = "a day"
	case size < 26*24*time.Hour:
		s = fmt.Sprintf("%d days", round(86400))
	case size < 46*24*time.Hour:
		s = "a month"
	case size < 320*24*time.Hour:
		s = fmt.Sprintf("%d months", round(2628000))
	case size < 548*24*time.Hour:
		s = "a year"
	default:
		s = fmt.Sprintf("%d years", round(31536000))
	}
	if ago < 0 {
		return "in " + s
	}
	return s + " ago"
}

// msTime reads milliseconds since the epoch. Previews are drawn in UTC, so that they are the same everywhere.
func msTime(ms float64) time.Time { return time.UnixMilli(int64(ms)).UTC() }
