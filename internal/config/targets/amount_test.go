package targets

import (
	"math"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/config/document"
)

func written(text string) document.Number {
	return document.Number{Scalar: document.Scalar{Text: text}}
}

// TestQuantity reads the numbers of YAML texts, each of which has to have one reading by itself.
func TestQuantity(t *testing.T) {
	for text, want := range map[string]float64{
		"500000": 500_000, "500_000": 500_000, "1,234,567.89": 1_234_567.89, "$500,000.00 ": 500_000, "USD 12": 12,
		"12 USD": 12, "12USD": 12, "25%": 0.25, "12.5 %": 0.125, "1.5e6": 1_500_000, "-3": -3, "0.125": 0.125,
		"500.0": 500, "1234.567": 1234.567,
		"1 000": 1000, "1'000.50": 1000.5, "(3)": -3, "$ 5": 5, "12.3450": 12.345,
	} {
		if got, wrong, _ := quantity(written(text), "USD"); wrong != "" || got.value != want {
			t.Errorf("quantity of %q = %v, %q, want %v", text, got, wrong, want)
		}
	}
	for _, text := range []string{
		"12,34,5", "1.23.4", "0x10", "NaN", "Inf", "five", "€5", "EUR 5", "$", "--5", "500k", "1/2", "5 Taler", "2 %%",
		"1,5", "12,34", "1,2345", "1.234.567", "1.234.567,5",
	} {
		if got, wrong, hint := quantity(written(text), "USD"); wrong == "" || hint == "" {
			t.Errorf("quantity of %q = %v, want a complaint and a hint", text, got)
		}
	}
	for text, currency := range map[string]string{
		"€1000": "EUR", "1000 €": "EUR", "$1000": "BBD", "£1000": "EGP", "¥1000": "CNY", "1000 zł": "PLN", "1000 kr": "SEK",
	} {
		if got, wrong, _ := quantity(written(text), currency); wrong != "" || got.value != 1000 {
			t.Errorf("quantity of %q in %s = %v, %q", text, currency, got, wrong)
		}
	}
}

// TestNumbersWithTwoReadings refuses what one of two people would misread, with both readings (B03).
func TestNumbersWithTwoReadings(t *testing.T) {
	for text, want := range map[string]string{
		"500.000":   `"500.000" may be 500000 or 500; write 500000 or 500.0`,
		"500,000":   `"500,000" may be 500000 or 500; write 500000 or 500.0`,
		"$500,000":  `"$500,000" may be 500000 or 500; write 500000 or 500.0`,
		"$ 500.000": `"$ 500.000" may be 500000 or 500; write 500000 or 500.0`,
		"12.345":    `"12.345" may be 12345 or 12.345; write 12345 or 12.3450`,
		"1,250 USD": `"1,250 USD" may be 1250 or 1.25; write 1250 or 1.25`,
		"-1.500":    `"-1.500" may be -1500 or -1.5; write -1500 or -1.5`,
		"12.500%":   `"12.500%" may be 12500 or 12.5; write 12500% or 12.5%`,
	} {
		if _, wrong, hint := quantity(written(text), "USD"); wrong+"; "+hint != want {
			t.Errorf("%q: got %s; %s, want %s", text, wrong, hint, want)
		}
	}
}

func FuzzQuantity(f *testing.F) {
	for _, seed := range []string{"$500,000 ", "1,5", "25%", "EUR 5", "1e999", "¥"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, wrong, _ := quantity(written(text), "USD")
		if wrong == "" && (math.IsNaN(got.value) || math.IsInf(got.value, 0)) {
			t.Errorf("quantity of %q = %v", text, got)
		}
	})
}
