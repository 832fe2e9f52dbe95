package value_test

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestParseMoney(t *testing.T) {
	tests := []struct {
		text string
		want value.Money
		err  error
	}{
		{text: "12500.00", want: 125_000_000},
		{text: "0", want: 0},
		{text: "-3", want: -30_000},
		{text: "-0.5", want: -5_000},
		{text: "+7", want: 70_000},
		{text: ".5", want: 5_000},
		{text: "5.", want: 50_000},
		{text: " 42 ", want: 420_000},
		{text: "1.64329406E8", want: 1_643_294_060_000},
		{text: "1.5e-3", want: 15},
		{text: "1,250,000.5", want: 12_500_005_000},
		{text: "-1,250", want: -12_500_000},
		{text: "0.00005", want: 1},
		{text: "-0.00005", want: -1},
		{text: "0.00004999999999999999999999999999999999999999999999", want: 0},
		{text: "0.200000000000000011102230246251565404236316680908203125", want: 2_000},
		{text: "922337203685477.5807", want: 9_223_372_036_854_775_807},
		{text: "922337203685477.5808", err: value.ErrMoneyRange},
		{text: "1e40", err: value.ErrMoneyRange},
		{text: "1e999999999", err: value.ErrMoneyFormat},
		{text: "", err: value.ErrMoneyFormat},
		{text: "N/A", err: value.ErrMoneyFormat},
		{text: "1;2", err: value.ErrMoneyFormat},
		{text: "1,5", err: value.ErrMoneyFormat},
		{text: "1,2345", err: value.ErrMoneyFormat},
		{text: "1.5,000", err: value.ErrMoneyFormat},
		{text: ",500", err: value.ErrMoneyFormat},
		{text: "1e", err: value.ErrMoneyFormat},
		{text: "--1", err: value.ErrMoneyFormat},
		{text: ".", err: value.ErrMoneyFormat},
		{text: "NaN", err: value.ErrMoneyFormat},
		{text: "0x10", err: value.ErrMoneyFormat},
		{text: "1/3", err: value.ErrMoneyFormat},
		{text: "1_000", err: value.ErrMoneyFormat},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got, err := value.ParseMoney(test.text)
			if got != test.want || !errors.Is(err, test.err) {
				t.Errorf("got %d, %v; want %d, %v", got, err, test.want, test.err)
			}
		})
	}
}

// FuzzParseMoney holds that what is accepted is exact to the Money step, by rational arithmetic.
func FuzzParseMoney(f *testing.F) {
	for _, seed := range []string{"12500.00", "-1,250.75", "1.5E7", "0.00005", "N/A", "9e15"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := value.ParseMoney(text)
		if err != nil {
			return
		}
		plain := strings.ReplaceAll(strings.Join(strings.Fields(text), ""), ",", "")
		exact, ok := new(big.Rat).SetString(plain)
		if !ok {
			t.Skip("a spelling of white space that the oracle does not know")
		}
		distance := exact.Sub(exact, big.NewRat(int64(got), value.MoneyScale))
		if distance.Abs(distance).Cmp(big.NewRat(1, 2*value.MoneyScale)) > 0 {
			t.Errorf("%q became %d", text, got)
		}
	})
}

// TestMoneyTimes compares with big integers, where nothing overflows.
func TestMoneyTimes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		m := value.Money(random.Int64N(2e15) - 1e15)
		p := value.Probability(random.Int32N(value.ProbabilityScale + 1))
		product := new(big.Int).Mul(big.NewInt(int64(m)), big.NewInt(int64(p)))
		half := big.NewInt(value.ProbabilityScale / 2)
		if product.Sign() < 0 {
			half.Neg(half)
		}
		want := product.Add(product, half).Quo(product, big.NewInt(value.ProbabilityScale)).Int64()
		if got := m.Times(p); int64(got) != want {
			t.Fatalf("%d times %d: got %d, want %d", m, p, got, want)
		}
	}
}

func TestProbabilityOf(t *testing.T) {
	nan, err := strconv.ParseFloat("NaN", 64)
	if err != nil {
		t.Fatal(err)
	}
	for ratio, want := range map[float64]value.Probability{
		0.2: 200_000, 0: 0, 1: 1_000_000, 1000: 1_000_000, -1: 0, nan: 0, 0.0000005: 1,
	} {
		if got := value.ProbabilityOf(ratio); got != want {
			t.Errorf("%v: got %d, want %d", ratio, got, want)
		}
	}
}
