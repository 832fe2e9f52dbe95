package spreadsheet

import "testing"

// TestIDKey holds that two spellings of one id have one key, and that two ids have two.
func TestIDKey(t *testing.T) {
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"7", "7.0", true},
		{"7", "7.00", true},
		{"7", "7,0", true},
		{"0061a00000AbCdE", "0061a00000AbCdEAAX", false}, // the checksum is wrong
		{"0061a00000AbCdE", "0061a00000AbCdEAAV", true},
		{"006D000000CMFBB", "006D000000CMFBBIA5", true}, // an id of the vendor's documentation has such a checksum
		{"006D000000CMFBB", "006d000000cmfbb", false},
		{"7", "07", false},
		{"7", "7000", false},
		{"7000", "7.000", false}, // thousands of a German program, or a float: nobody knows
		{"7", "7.1", false},
		{"7", "70", false},
		{"006a", "006A", false},
		{"A-7", "A-7.0", false},
	} {
		if same := idKey(test.a) == idKey(test.b); same != test.same {
			t.Errorf("%s and %s: same is %t, want %t", test.a, test.b, same, test.same)
		}
	}
}
