package table

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Format is what the number format of a cell says about the number.
type Format struct {
	Date     bool   // it is shown as a date or a time
	Percent  bool   // it is shown as a percentage
	Currency string // sign or code that is shown with it, in capitals; "" where there is none
	Unit     string // a word that is shown with it, such as "k": the number may be in thousands
}

// formats are the formats of one style, by the sign of the number: of positive and negative ones and of 0.
type formats [3]*Format

// of returns the format of a number.
func (f *formats) of(number float64) *Format {
	switch {
	case number > 0:
		return f[0]
	case number < 0:
		return f[1]
	default:
		return f[2]
	}
}

// same returns the formats of a style that has one for all numbers, nil where it says nothing.
func same(f Format) *formats {
	if f == (Format{}) {
		return nil
	}
	return &formats{&f, &f, &f}
}

// parseFormat reads a format code such as `[$€-407]#,##0.00;-#,##0.00`. Its sections are those of positive and negative
// numbers and of 0; a section that stands under a condition may be that of any. A currency that one of them shows is that
// of all others that show none.
func parseFormat(code string) *formats {
	sections := splitFormat(code)
	read := make([]Format, len(sections))
	all := Format{}
	for i, section := range sections {
		read[i] = parseSection(section)
		all.Date, all.Percent = all.Date || read[i].Date, all.Percent || read[i].Percent
		all.Currency, all.Unit = cmp.Or(all.Currency, read[i].Currency), cmp.Or(all.Unit, read[i].Unit)
	}
	for i := range read {
		read[i].Currency = cmp.Or(read[i].Currency, all.Currency)
	}
	if len(read) == 1 || strings.Contains(code, "[<") || strings.Contains(code, "[>") || strings.Contains(code, "[=") {
		return same(all)
	}
	f := &formats{&read[0], &read[1], &read[0]}
	if len(read) > 2 {
		f[2] = &read[2]
	}
	for i := range f {
		if *f[i] == (Format{}) {
			f[i] = nil
		}
	}
	return f
}

// splitFormat returns the sections of a format code, without that of texts.
func splitFormat(code string) []string {
	var sections []string
	quoted, bracket, start := false, false, 0
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '\\' && !quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case c == ';' && !bracket:
			sections, start = append(sections, code[start:i]), i+1
		}
	}
	sections = append(sections, code[start:])
	return sections[:min(3, len(sections))]
}

// parseSection reads one section of a format code.
func parseSection(code string) Format {
	var f Format
	var words strings.Builder
	scaled := false
	runes := []rune(code)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == '"':
			end := i + 1
			for end < len(runes) && runes[end] != '"' {
				end++
			}
			words.WriteString(" " + string(runes[i+1:min(end, len(runes))]) + " ")
			i = end
		case r == '[':
			end := i + 1
			for end < len(runes) && runes[end] != ']' {
				end++
			}
			f.bracket(string(runes[i+1 : min(end, len(runes))]))
			i = end
		case r == '\\' && i+1 < len(runes):
			i++
			words.WriteRune(runes[i])
		case (r == '_' || r == '*') && i+1 < len(runes):
			i++ // A space as wide as that character, or a fill with it.
		case r == '%':
			f.Percent = true
		case unicode.Is(unicode.Sc, r):
			words.WriteRune(r)
		case strings.ContainsRune("yYmMdDhHsS", r):
			f.Date = true
		case r == ',':
			// Behind the last digit a comma shows thousands; the number itself is whole.
			scaled = scaled || i+1 == len(runes) || !strings.ContainsRune("0#?", runes[i+1])
		}
	}
	f.words(words.String(), scaled)
	return f
}

// bracket reads "$€-407", a currency with the number of a language, "Red" and "h", which is a time that was spent.
func (f *Format) bracket(text string) {
	if symbol, ok := strings.CutPrefix(text, "$"); ok {
		symbol, language, _ := strings.Cut(symbol, "-")
		if symbol = strings.ToUpper(strings.TrimSpace(symbol)); symbol == "" {
			return // "[$-409]" names a language and no currency.
		}
		f.Currency = symbol
		if code := ofLanguage(symbol, strings.ToUpper(strings.TrimLeft(language, "0"))); code != "" {
			f.Currency = code
		}
		return
	}
	switch strings.ToLower(text) {
	case "h", "hh", "m", "mm", "s", "ss":
		f.Date = true
	}
}

// ofLanguage returns the currency of a sign of many countries by the language, which is a number or a tag such as EN-US.
func ofLanguage(sign, language string) string {
	if at := strings.LastIndex(language, "-"); at >= 0 {
		return ofCountry(sign, language[at+1:])
	}
	return map[string]map[string]string{
		"$": {
			"409": "USD", "1009": "CAD", "C0C": "CAD", "C09": "AUD", "1409": "NZD", "4809": "SGD", "C04": "HKD",
			"404": "TWD", "80A": "MXN", "340A": "CLP", "240A": "COP", "2C0A": "ARS",
		},
		"KR":  {"41D": "SEK", "414": "NOK", "814": "NOK", "40F": "ISK", "406": "DKK"},
		"KR.": {"406": "DKK", "40F": "ISK"},
		"¥":   {"411": "JPY", "804": "CNY"},
	}[sign][language]
}

// ofCountry returns the currency of a country if its sign is that one.
func ofCountry(sign, country string) string {
	code := map[string]string{
		"US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "TW": "TWD", "MX": "MXN", "CL": "CLP",
		"CO": "COP", "AR": "ARS", "SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK", "JP": "JPY", "CN": "CNY",
		"IN": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR", "MU": "MUR",
	}[country]
	if slices.Contains(ofSign(sign), code) {
		return code
	}
	return ""
}

// words finds the currency among the words that are shown with the number. Any other word is a unit.
func (f *Format) words(text string, scaled bool) {
	for word := range strings.FieldsSeq(strings.ToUpper(text)) {
		at := strings.IndexFunc(word, func(r rune) bool { return unicode.Is(unicode.Sc, r) })
		switch {
		case len(ofSign(word)) > 0 || KnownCurrency(word):
			f.Currency = word
		case at >= 0:
			_, size := firstRune(word[at:])
			f.Currency = word[at : at+size]
			f.unit(word[:at]+word[at+size:], scaled)
		default:
			f.unit(word, scaled)
		}
	}
}

func (f *Format) unit(word string, scaled bool) {
	// A percent sign that is only shown does not make 50 a half, and the number is no money.
	if !scaled && (strings.ContainsFunc(word, unicode.IsLetter) || strings.ContainsAny(word, "%‰")) {
		f.Unit = word
	}
}

func firstRune(s string) (r rune, size int) {
	for i, c := range s {
		if i > 0 {
			return r, i
		}
		r = c
	}
	return r, len(s)
}

// builtin returns the format of a number that every workbook has. The formats 5 to 8, 42 and 44 are written by programs
// that mean dollars; a spreadsheet program writes out the currency of its country.
func builtin(id int) Format {
	switch {
	case id >= 14 && id <= 22, id >= 27 && id <= 36, id >= 45 && id <= 47, id >= 50 && id <= 58:
		return Format{Date: true}
	case id == 9, id == 10:
		return Format{Percent: true}
	case id >= 5 && id <= 8, id == 42, id == 44:
		return Format{Currency: "$"}
	default:
		return Format{}
	}
}
