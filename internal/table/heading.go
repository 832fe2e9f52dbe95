package table

import (
	"slices"
	"strings"
	"unicode"
)

// Heading is what the name of a column, or a title above a table, says of the amounts below it.
type Heading struct {
	Currency string // a sign or a code in capitals, see Currency; "" where it says none
	Unit     string // as written, such as "k€" or "Tsd"; "" where the numbers are whole
}

// ReadHeading reads the name of a column of amounts: "Amount (EUR)", "Umsatz in T€", "value_cents". known tells the codes
// of currencies.
func ReadHeading(text string, known func(code string) bool) Heading {
	return readHeading(text, known, false)
}

// ReadTitle reads a title. It is a sentence, so that a word counts only in brackets, behind "in", or where nothing else
// can be meant: "Targets 2024 in k€".
func ReadTitle(text string, known func(code string) bool) Heading {
	return readHeading(text, known, true)
}

func readHeading(text string, known func(string) bool, title bool) (h Heading) {
	before := ""
	counted := false
	words := headingWords(text)
	for i, w := range words {
		currency, unit, sure := w.read(known)
		if letterOfThousands(strings.ToUpper(w.text)) && besideCurrency(words, i, known) {
			unit, sure = true, true
		}
		if named := ofWord(strings.ToUpper(before + " " + w.text)); named != "" && before != "" {
			currency, h.Currency = named, "" // "US Dollar" is two words.
		}
		counted = (currency != "" || unit) &&
			(!title || w.bracketed || sure || counted || slices.Contains([]string{"in", "en"}, before))
		if counted && currency != "" && h.Currency == "" {
			h.Currency = currency
		}
		if counted && unit && h.Unit == "" {
			h.Unit = w.text
		}
		before = strings.ToLower(w.text)
	}
	return h
}

// letterOfThousands reports whether a word says thousands beside a currency only: "T EUR", "EUR (T)".
func letterOfThousands(word string) bool { return word == "T" || word == "TH" || word == "THS" }

func besideCurrency(words []headingWord, i int, known func(string) bool) bool {
	for _, j := range []int{i - 1, i + 1} {
		if j < 0 || j >= len(words) {
			continue
		}
		if currency, _, _ := words[j].read(known); currency != "" {
			return true
		}
	}
	return false
}

type headingWord struct {
	text      string
	bracketed bool
}

// headingWords splits a heading into words.
func headingWords(text string) (words []headingWord) {
	word, depth := "", 0
	end := func() {
		if word = strings.TrimRight(word, "."); word != "" {
			words = append(words, headingWord{word, depth > 0})
		}
		word = ""
	}
	for _, r := range Clean(text) {
		switch {
		case strings.ContainsRune("([{", r):
			end()
			depth++
		case strings.ContainsRune(")]}", r):
			end()
			depth--
		case unicode.IsSpace(r), strings.ContainsRune("_/,:;|*-–—×'’", r):
			end()
		default:
			word += string(r)
		}
	}
	end()
	return words
}

// read returns the currency that a word names and whether it names a unit. It is sure where the word can mean nothing
// else.
func (w headingWord) read(known func(string) bool) (currency string, unit, sure bool) {
	word := strings.ToUpper(w.text)
	code := func(text string) bool {
		return known(text) && (!everyday(text) || w.bracketed && w.text == word)
	}
	if code(word) {
		return word, false, false
	}
	if named := ofWord(word); named != "" {
		return named, false, false
	}
	if unitWord(word) {
		return "", true, slices.Contains([]string{"TSD", "MIO", "MRD"}, word)
	}
	if at := strings.IndexFunc(word, func(r rune) bool { return unicode.Is(unicode.Sc, r) }); at >= 0 {
		_, size := firstRune(word[at:])
		rest := strings.TrimSuffix(word[:at]+word[at+size:], ".") // Tsd.€
		switch {
		case len(ofSign(word)) > 0:
			return word, false, true
		case rest == "":
			return word, false, true
		case rest == "T", unitWord(rest):
			return word[at : at+size], true, true
		}
		return "", false, false
	}
	if strings.ContainsAny(word, "千万萬億亿천만억") && strings.ContainsAny(word, "円元圆圓원") {
		return "", true, false
	}
	glued := strings.ReplaceAll(word, ".", "")
	for _, short := range []string{"K", "T", "M", "MM", "MN", "MIO", "TSD"} {
		if rest, ok := strings.CutPrefix(glued, short); ok && (known(rest) && !everyday(rest) || rest == "KR") {
			return rest, true, true
		}
		if rest, ok := strings.CutSuffix(word, short); ok && short != "T" && known(rest) && !everyday(rest) {
			return rest, true, true
		}
	}
	return "", false, false
}

// everyday reports whether the code of a currency is a word of headings as well.
func everyday(code string) bool {
	return slices.Contains(strings.Fields("ALL TOP CUP TRY PEN MAD COP GEL MOP SOS RUB BAM BOB RON"), code)
}

// unitWord reports whether a word says that numbers are in thousands, millions or cents.
func unitWord(word string) bool {
	return slices.Contains(strings.Fields(`
		K M MM MN MIO MIL MILL MLN MILES BN MRD MIA TYS TSD THSD TAUSEND THOUSAND THOUSANDS MILLION MILLIONS MILLIONEN BILLION BILLIONS
		THD THOU MILLE MILLONES MILIONI MIGLIAIA MILHÕES MILHARES DUIZEND MILJOEN MILJOENEN TUSEN TUSIND MILJONER MILLIONER TIS TISÍC
		TYSIĄCE EZER ТЫС ТЫСЯЧ ТЫСЯЧИ МЛН МЛРД 10^3 10³ 10^6 10⁶ MILLIARDEN MILLIARDS MILLIERS LAKH LAKHS CRORE CRORES 000 000S 1000 1000S 1.000 X1000 CENT CENTS PENCE RAPPEN
		CENTIMES`), word)
}
