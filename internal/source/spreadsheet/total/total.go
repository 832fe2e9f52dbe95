// Package total finds the rows of a table that add others up. As deals they would count twice.
package total

import (
	"iter"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/table"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// words returns how programs and people name a sum in the languages of spreadsheet programs, as plain texts. No deal has
// one of them as its id.
func words() map[string]bool {
	const list = `
		total, totals, grand total, grand totals, subtotal, subtotals, sub total, sub totals, overall total, total sum, sum, sums, Σ, ∑,
		summe, summen, gesamt, gesamtsumme, gesamtbetrag, gesamtergebnis, teilergebnis, zwischensumme, endsumme, insgesamt, ergebnis,
		somme, sous total, total général, totaux, montant total,
		totale, subtotale, totale complessivo, totale generale, somma,
		suma, suma total, total general, total geral, soma, importe total,
		totaal, subtotaal, eindtotaal, totalt, i alt, delsumma, summa, slutsumma, totalsumma, totalsum, yhteensä,
		suma końcowa, suma częściowa, razem, łącznie, celkem, celkový součet, součet, mezisoučet, spolu, összesen, végösszeg,
		toplam, genel toplam, ara toplam, σύνολο, γενικό σύνολο, ukupno, skupaj, kokku, kopā, iš viso, общо,
		итого, итог, всего, общий итог, сумма, разом, усього, сума,
		合計, 総計, 小計, 总计, 合计, 小计, 總計, 합계, 총합계, 소계, tổng, tổng cộng, jumlah, รวม, סה"כ, المجموع, الإجمالي`
	out := map[string]bool{}
	for word := range strings.SplitSeq(list, ",") {
		out[plain(word)] = true
	}
	return out
}

// plain returns what is left of a label without signs around it, and without what it covers in parentheses behind it:
// "Total (12 rows):".
func plain(text string) string {
	const signs = " \t\n*=:：.#"
	text = strings.Trim(text, signs)
	if at := strings.LastIndex(text, "("); at > 0 && strings.HasSuffix(text, ")") {
		text = strings.TrimRight(text[:at], signs)
	}
	return strings.ReplaceAll(table.Key(text), "-", " ")
}

// Row is a row of a table.
type Row struct {
	ID     string
	Names  []string // its other texts
	Amount value.Money
}

// Find returns the labels of the rows that add others up, by the numbers of the rows. Such a row has an id that is a word
// for a sum, alone or beside a name of the rows above ("Ann Total"); or one of its texts begins or ends with such a word, and
// its amount is the sum of rows above. The deal "Total Energies" is none.
func Find(rows iter.Seq2[int, Row]) map[int]string {
	f := finder{words: words()}
	found := f.find(rows)
	if len(found) == 0 {
		return nil
	}
	f.sure = true
	return f.find(rows)
}

type finder struct {
	words map[string]bool
	// sure says that the table has such rows. One of a single row is believed only then, since two deals may be worth the same.
	sure bool

	names      map[string]bool // of the rows so far
	all, block sum             // of all rows, and of those since the last sum
}

type sum struct {
	amount value.Money
	rows   int
}

func (s *sum) add(a value.Money) {
	s.amount += a
	if a != 0 {
		s.rows++
	}
}

func (f *finder) find(rows iter.Seq2[int, Row]) map[int]string {
	f.names, f.all, f.block = map[string]bool{}, sum{}, sum{}
	found := map[int]string{}
	for number, row := range rows {
		if label := f.label(row); label != "" {
			found[number] = label
			f.block = sum{}
			continue
		}
		for _, name := range row.Names {
			f.names[plain(name)] = true
		}
		f.all.add(row.Amount)
		f.block.add(row.Amount)
	}
	return found
}

// label returns the text that makes a row a sum, "" where it is none.
func (f *finder) label(row Row) string {
	alone, of := f.split(row.ID)
	own := func(name string) bool { return plain(name) == of } // A deal of Ann's may be called "Ann Total".
	if alone || of != "" && f.names[of] && !slices.ContainsFunc(row.Names, own) {
		return row.ID
	}
	if !f.adds(f.all, row.Amount) && !f.adds(f.block, row.Amount) {
		return ""
	}
	if of != "" {
		return row.ID
	}
	for _, text := range row.Names {
		// The company "Total Energies" may buy for as much as all deals above.
		if alone, of := f.split(text); alone || f.names[of] {
			return text
		}
	}
	return ""
}

// adds reports whether an amount is a sum of several rows.
func (f *finder) adds(s sum, amount value.Money) bool {
	return amount != 0 && s.amount == amount && (s.rows > 1 || f.sure && s.rows == 1)
}

// split reports whether a text is a word for a sum, else what it is the sum of: "ann" of "Ann Total".
func (f *finder) split(text string) (alone bool, of string) {
	text = plain(text)
	if f.words[text] {
		return true, ""
	}
	for i, r := range text {
		switch {
		case r != ' ':
		case f.words[text[:i]]:
			of = text[i+1:] // The longest word counts: "Grand Total Ann".
		case of == "" && f.words[text[i+1:]]:
			return false, text[:i]
		}
	}
	return false, of
}
