package total_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/total"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestFind(t *testing.T) {
	row := func(id string, amount value.Money, names ...string) total.Row {
		return total.Row{ID: id, Names: names, Amount: amount}
	}
	tests := []struct {
		name string
		rows []total.Row
		want string // labels
	}{
		{"a group and the whole", []total.Row{
			row("1", 100, "Won"), row("2", 20, "Won"), row("Ann Total", 120, "Won"), row("3", 3, "Won"), row("Bo Total", 3, "Won"), row("Grand Total", 123),
		}, "Ann Total, Bo Total, Grand Total"},
		{"a name of the rows above", []total.Row{row("1", 5, "Ann"), row("Ann Total", 5), row("Summe Bo", 7), row("2", 7, "Bo"), row("Summe Bo:", 7)}, "Ann Total, Summe Bo:"},
		{"in another column", []total.Row{row("1", 5, "Ann"), row("2", 6, "Bo"), row("3", 11, "Total")}, "Total"},
		{"in another column, another amount", []total.Row{row("1", 5, "Ann"), row("2", 6, "Bo"), row("3", 12, "Total")}, ""},
		{"companies", []total.Row{row("1", 10, "Total"), row("2", 10, "Sum Corp"), row("3", 30, "Total Energies"), row("4", 5, "Summa")}, ""},
		{"a company that buys for as much as all above", []total.Row{row("1", 5, "Ann"), row("2", 5, "Bo"), row("3", 10, "Total Energies")}, ""},
		{"a name of the rows above, in another column", []total.Row{row("1", 5, "Ann"), row("2", 6, "Ann"), row("3", 11, "Ann Total")}, "Ann Total"},
		{"deals with names", []total.Row{row("Total Energies", 10), row("Sum Corp", 10), row("Total Recall", 10), row("Acme Total Care", 30)}, ""},
		{"a deal of Ann's", []total.Row{row("x", 10, "Ann"), row("Ann Total", 20, "Ann")}, ""},
		{"no amounts", []total.Row{row("x", 0), row("y", 0), row("Total Energies", 0)}, ""},
		{"below a sum", []total.Row{row("x", 1), row("y", 2), row("z Total", 3), row("v", 4), row("w", 5), row("Total v w", 9), row("Σ", 12)}, "z Total, Total v w, Σ"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found := total.Find(slices.All(test.rows))
			var got []string
			for _, at := range slices.Sorted(maps.Keys(found)) {
				got = append(got, found[at])
			}
			if diff := cmp.Diff(test.want, strings.Join(got, ", ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWords(t *testing.T) {
	for _, word := range []string{
		"Total", "TOTALS:", "Total (12)", "Grand Total", "Sub-Total", "Subtotal", "sous-total", "Sum", "Summe", "Zwischensumme", "Gesamt", "Insgesamt",
		"Gesamtergebnis", "Somme", "Total général", "Totale", "Suma", "Total general", "Total Geral", "Totaal", "Totalt", "Summa", "Razem", "Celkem",
		"Összesen", "Toplam", "Итого", "ИТОГО:", "Всего", "合計", "总计", "합계", "*** Total ***", "= Summe", "Σ",
	} {
		if found := total.Find(slices.All([]total.Row{{ID: "1", Amount: 5}, {ID: word, Amount: 7}})); found[1] != word || len(found) != 1 {
			t.Errorf("%q: %v", word, found)
		}
	}
}
