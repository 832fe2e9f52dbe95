package table_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/table"
)

func TestParseAmount(t *testing.T) {
	tests := []struct {
		text, point, comma string // the number by each decimal sign, "" where it is none
	}{
		{"1054", "1054", "1054"},
		{"12.500", "12.500", "12500"},
		{"12,500", "12500", "12.500"},
		{"7,25", "", "7.25"},
		{"7.25", "7.25", ""},
		{"1,234.5", "1234.5", ""},
		{"1.234,5", "", "1234.5"},
		{"1.234.567", "", "1234567"},
		{"1,234,567", "1234567", ""},
		{"1 234 567", "1234567", "1234567"},
		{"1\u00a0234,5", "", "1234.5"},
		{"1\u202f234.567", "1234.567", ""},
		{"1'234.567", "1234.567", ""},
		{"1’234", "1234", "1234"},
		{"12,34,567.5", "1234567.5", ""},
		{"0,500", "", "0.500"},
		{"0.125", "0.125", ""},
		{"1234.567", "1234.567", ""},
		{".5", "0.5", ""},
		{"-3", "-3", "-3"},
		{"−3,5", "", "-3.5"},
		{"+3", "3", "3"},
		{"(500)", "-500", "-500"},
		{"($1,500.50)", "-1500.50", ""},
		{"$ -3", "-3", "-3"},
		{"-$3", "-3", "-3"},
		{"1.5E7", "1.5E7", ""},
		{"1,5e-7", "", "1.5E-7"},
		{"12 %", "12", "12"},
		{"1.250,50 EUR", "", "1250.50"},
		{"500,-", "", "500"},
		{"500-", "-500", "-500"},
		{"Fr.500", "", ""},
		{" $ (200.00)", "-200.00", ""},
		{"$ (1,000.00) ", "-1000.00", ""},
		{"(1.234,50 €)", "", "-1234.50"},
		{"€ (500)", "-500", "-500"},
		{" $ -   ", "0", "0"},
		{" -   € ", "0", "0"},
		{"-", "0", "0"},
		{"–", "0", "0"},
		{"- Stk", "", ""},
		{"--", "", ""},
		{"500.-", "500", ""},
		{"CHF 500'000.-", "500000", ""},
		{"1'000.—", "1000", ""},
		{"€ 1.250,-", "", "1250"},
		{"1.250,-- €", "", "1250"},
		{"-500,-", "", "-500"},
		{"1.234,50-", "", "-1234.50"},
		{"1.234,50- EUR", "", "-1234.50"},
		{"-1.5-", "", ""},
		{"(5-)", "", ""},
		{"5,00 -", "", ""},
		{"5-7", "", ""},
		{"Rs. 5,000.00", "5000.00", ""},
		{"5.000,00 Euro", "", "5000.00"},
		{"Fr. 500", "500", "500"},
		{"12 34", "", ""},
		{"1.23.4", "", ""},
		{"1,23,4", "", ""},
		{"1,2,3", "", ""},
		{"(500", "", ""},
		{"(-5)", "", ""},
		{"N/A", "", ""},
		{"", "", ""},
		{"$", "", ""},
		{"--5", "", ""},
		{"5 to 7", "", ""},
		{"0x10", "", ""},
		{"NaN", "", ""},
		{"١٢", "", ""},
		{strings.Repeat("9", 65), "", ""},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			for decimal, want := range map[table.Decimal]string{table.Point: test.point, table.Comma: test.comma} {
				got, err := table.ParseAmount(test.text, decimal)
				if (err == nil) != (want != "") || got.Number != want {
					t.Errorf("by %q: got %+v, %v, want %q", decimal, got, err, want)
				}
			}
			got, err := table.ParseAmount(test.text, table.Undecided)
			_, ambiguous := errors.AsType[*table.Ambiguous](err)
			differ := test.point != "" && test.comma != "" && test.point != test.comma
			if ambiguous != differ || !differ && test.point+test.comma != "" && got.Number != max(test.point, test.comma) {
				t.Errorf("undecided: got %+v, %v", got, err)
			}
		})
	}
	if _, err := table.ParseAmount("500.000", table.Undecided); err == nil || err.Error() != `"500.000" may be 500 or 500000` {
		t.Errorf("both readings are to be named, got %v", err)
	}
}

func TestCurrencyOf(t *testing.T) {
	tests := []struct{ text, stated, reporting, want string }{ // want "" is a contradiction or unknown
		{"$5", "", "USD", "USD"},
		{"$5", "", "EUR", "USD"},
		{"$5", "CAD", "USD", "CAD"},
		{"$5", "", "AUD", "AUD"},
		{"US$ 5", "CAD", "USD", ""},
		{"€12", "", "USD", "EUR"},
		{"€12", "USD", "USD", ""},
		{"12 gbp", "", "USD", "GBP"},
		{"¥12", "", "CNY", "CNY"},
		{"¥12", "", "USD", "JPY"},
		{"100 kr", "", "SEK", "SEK"},
		{"100 kr", "DKK", "SEK", "DKK"},
		{"100 kr", "", "USD", ""},
		{"12 Taler", "", "USD", ""},
		{"12k", "", "USD", ""},
		{"12 euros", "", "USD", "EUR"},
		{"$ -", "", "USD", "USD"},
		{"Rs. 5", "", "INR", "INR"},
		{"Rs 5", "PKR", "INR", "PKR"},
		{"Rs 5", "", "USD", ""},
		{"5 XYZ", "", "USD", ""},
		{"5 Stk", "", "USD", ""},
		{"5 DEM", "", "USD", ""},
		{"5 zł", "", "USD", "PLN"},
		{"7", "EUR", "USD", "EUR"},
	}
	for _, test := range tests {
		amount, err := table.ParseAmount(test.text, table.Undecided)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if got, ok := amount.CurrencyOf(test.stated, test.reporting); ok != (test.want != "") || ok && got != test.want {
			t.Errorf("%s beside %q under %s: got %q, %v, want %q", test.text, test.stated, test.reporting, got, ok, test.want)
		}
	}
}

func read(t *testing.T, name, content string, o table.Options) *table.Grid {
	t.Helper()
	g, err := table.Read(name, []byte(content), o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestDecideDecimal holds that a file's cells decide together, and what they leave open is refused.
func TestDecideDecimal(t *testing.T) {
	tests := []struct {
		name  string
		cells []string
		want  table.Decimal
		says  string // of the error
	}{
		{"B01", []string{"12.500", "7.250", "900"}, 0, `row 2, column a: "12.500" may be 12.5 or 12500`},
		{"B02", []string{"12,500", "7,25"}, table.Comma, ""},
		{"whole", []string{"1", "20", "x", ""}, table.Undecided, ""},
		{"point", []string{"12.500", "7.25"}, table.Point, ""},
		{"two groups", []string{"1.234", "1.234.567"}, table.Comma, ""},
		{"both signs", []string{"1,234", "1,234.50"}, table.Point, ""},
		{"an apostrophe", []string{"12.500", "1'234.567"}, table.Point, ""},
		{"a leading zero", []string{"12,500", "0,125"}, table.Comma, ""},
		{"four digits", []string{"12.500", "1234.567"}, table.Point, ""},
		{"spaces between thousands decide nothing alone", []string{"12.500", "1 234"}, 0, "may be"},
		{"contradiction", []string{"1", "7,25", "7.5"}, 0, `row 4, column a: "7.5" has a decimal point, but row 3, column a: "7,25" has a decimal comma`},
		{"a version", []string{"12.500", "v1.2"}, 0, "may be"},
		{"hours", []string{"12.500", "25.5 hrs"}, 0, "may be"},
		{"thousands", []string{"12.500", "1.2k"}, 0, "may be"},
		{"about", []string{"12.500", "ca. 1,5"}, 0, "may be"},
		{"an unknown currency", []string{"12.500", "1,5 XYZ"}, 0, "may be"},
		{"a known currency", []string{"12.500", "1,5 zł"}, table.Comma, ""},
		{"no cents", []string{"12.500", "500,-"}, table.Comma, ""},
		{"unreadable cells decide nothing", []string{"1.2.3", "31.12.2024", "12,500"}, 0, "may be"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := read(t, "a.csv", "a;b\n"+strings.Join(test.cells, ";x\n")+";x\n", table.Options{Wanted: []string{"a", "b"}})
			got, err := g.DecideDecimal(0)
			if got != test.want || (err != nil) != (test.says != "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %q, %v; want %q, %q", got, err, test.want, test.says)
			}
		})
	}
}
