package pass

import "testing"

// TestAmounts holds when a sum of parts is unknown.
func TestAmounts(t *testing.T) {
	for name, test := range map[string]struct {
		has  Amounts
		want bool
	}{
		"none":                             {0, false},
		"priced":                           {AmountsPriced, false},
		"foreign":                          {AmountsForeign, true},
		"mixed":                            {AmountsPriced | AmountsForeign, false},
		"priced, and a foreign source":     {AmountsPriced | AmountsForeign.OfSource(), true},
		"priced, and a mixed source":       {AmountsPriced | (AmountsPriced | AmountsForeign).OfSource(), false},
		"a source without, and a foreign":  {Amounts(0).OfSource() | AmountsForeign.OfSource(), true},
		"a source without, and one priced": {Amounts(0).OfSource() | AmountsPriced.OfSource(), false},
	} {
		if got := test.has.Unknown(); got != test.want {
			t.Errorf("%s: unknown is %v", name, got)
		}
	}
}
