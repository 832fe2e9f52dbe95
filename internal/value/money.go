package value

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// Money is an amount in ten-thousandths of a currency unit.
// Four decimals hold every ISO 4217 currency exactly, and integer sums are exact and independent of order.
type Money int64

// MoneyScale is the number of Money steps in one currency unit.
const MoneyScale = 10_000

const (
	moneyDecimals = 4
	// maxMoneyText bounds the work spent on one value: a CRM may hand out 50 decimals, not a megabyte of them.
	maxMoneyText = 128
)

// Errors of ParseMoney. They never repeat the text, which is CRM content.
var (
	ErrMoneyFormat = errors.New("not a decimal number")
	ErrMoneyRange  = errors.New("number out of range")
)

// ParseMoney reads a decimal number such as "12500.00", "-3", "1.64329406E8" or "1,250.5".
// Digits beyond the fourth decimal are rounded half away from zero. Thousands separators are accepted because CRMs
// hand out what people typed; a comma anywhere else is refused, since "1,5" read as 15 is ten times the truth.
func ParseMoney(s string) (Money, error) {
	s = strings.TrimSpace(s)
	if len(s) == 0 || len(s) > maxMoneyText || strings.Trim(s, "+-.,0123456789eE") != "" {
		return 0, ErrMoneyFormat
	}
	s, ok := stripThousands(s)
	if !ok {
		return 0, ErrMoneyFormat
	}
	if m, ok := parsePlainMoney(s); ok {
		return m, nil
	}
	return parseExactMoney(s)
}

// parsePlainMoney is the path of nearly every real amount: at most 12 whole digits and four decimals.
func parsePlainMoney(s string) (Money, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(whole) == 0 || len(whole) > 12 || len(fraction) > moneyDecimals {
		return 0, false
	}
	padded := whole + fraction + "0000"[len(fraction):]
	n, err := strconv.ParseInt(padded, 10, 64)
	return Money(n), err == nil
}

// parseExactMoney reads exponents and long decimals without passing through a float, which would round the money.
func parseExactMoney(s string) (Money, error) {
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if exponent, err := strconv.Atoi(s[i+1:]); err != nil || exponent > 40 || exponent < -200 {
			return 0, ErrMoneyFormat
		}
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return 0, ErrMoneyFormat
	}
	r.Mul(r, big.NewRat(2*MoneyScale, 1))
	n := new(big.Int).Quo(r.Num(), r.Denom()) // twice the value, so that the last bit is the rounding digit
	n.Add(n, big.NewInt(int64(r.Sign())))
	n.Quo(n, big.NewInt(2))
	if !n.IsInt64() {
		return 0, ErrMoneyRange
	}
	return Money(n.Int64()), nil
}

// stripThousands removes the commas of "1,250,000.5".
func stripThousands(s string) (string, bool) {
	if !strings.Contains(s, ",") {
		return s, true
	}
	whole, fraction, dotted := strings.Cut(s, ".")
	groups := strings.Split(whole, ",")
	if first := strings.TrimLeft(groups[0], "+-"); len(first) == 0 || len(first) > 3 {
		return "", false
	}
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return "", false
		}
	}
	s = strings.Join(groups, "")
	if dotted {
		s += "." + fraction
	}
	return s, !strings.Contains(fraction, ",")
}

// Float returns the amount in currency units, for exposition only.
func (m Money) Float() float64 { return float64(m) / MoneyScale }

// Times returns m multiplied by p, rounded half away from zero to the Money step.
func (m Money) Times(p Probability) Money {
	whole, rest := int64(m)/ProbabilityScale, int64(m)%ProbabilityScale
	product := rest * int64(p)
	half := int64(ProbabilityScale / 2)
	if product < 0 {
		half = -half
	}
	return Money(whole*int64(p) + (product+half)/ProbabilityScale)
}

// Probability is a chance in millionths: 0 is never, ProbabilityScale is certain.
type Probability int32

const (
	// ProbabilityScale is certainty.
	ProbabilityScale = 1_000_000
	// ProbabilityUnknown marks a record whose CRM gave no probability.
	ProbabilityUnknown Probability = -1
)

// ProbabilityOf turns a ratio into a Probability, clamped to 0..1: real portals hold values such as 1000.
func ProbabilityOf(ratio float64) Probability {
	switch {
	case !(ratio > 0): // also NaN
		return 0
	case ratio >= 1:
		return ProbabilityScale
	}
	return Probability(ratio*ProbabilityScale + 0.5)
}

// String writes the amount exactly: "12500", "-0.05".
func (m Money) String() string {
	sign, n := "", uint64(m) //nolint:gosec // The magnitude of the least amount has no int64.
	if m < 0 {
		sign, n = "-", -n
	}
	whole := sign + strconv.FormatUint(n/MoneyScale, 10)
	fraction := strings.TrimRight(strconv.FormatUint(MoneyScale+n%MoneyScale, 10)[1:], "0")
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

// String writes the probability as a ratio: "0.25", "" where it is unknown.
func (p Probability) String() string {
	if p == ProbabilityUnknown {
		return ""
	}
	return strconv.FormatFloat(float64(p)/ProbabilityScale, 'f', -1, 64)
}
