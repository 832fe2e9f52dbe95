package table

import "testing"

// TestFormats holds what the format of a number says of it, by its sign.
func TestFormats(t *testing.T) {
	euro := Format{Currency: "€"}
	tests := []struct {
		code   string
		number float64
		want   Format
	}{
		{`#,##0.00`, 1, Format{}},
		{`[$€-407]#,##0.00`, 1, euro},
		{`_-* #,##0.00\ "€"_-;-* #,##0.00`, -1, euro},
		{`#,##0;[Red]-#,##0\ "€"`, -1, euro},
		{`#,##0;[Red]-#,##0\ "€"`, 1, euro},
		{`0;-0;"none"`, 5, Format{}},
		{`0;-0;"none"`, 0, Format{Unit: "NONE"}},
		{`0;-0" k";0`, 5, Format{}},
		{`0;-0" k";0`, -5, Format{Unit: "K"}},
		{`0;-0;0;"text "@`, 5, Format{}},
		{`[>=1000]0" k";0`, 5, Format{Unit: "K"}},
		{`0";";-0`, 5, Format{}},
		{`[$$-409]#,##0`, 1, Format{Currency: "USD"}},
		{`[$$-en-US]#,##0.00`, 1, Format{Currency: "USD"}},
		{`[$$-fr-CA]#,##0.00`, 1, Format{Currency: "CAD"}},
		{`[$kr-sv-SE]#,##0`, 1, Format{Currency: "SEK"}},
		{`[$kr-en-US]#,##0`, 1, Format{Currency: "KR"}},
		{`[$€-x-euro2]0`, 1, euro},
		{`[$-409]0`, 1, Format{}},
		{`0%`, 1, Format{Percent: true}},
		{`0"%"`, 1, Format{Unit: "%"}},
		{`0\ \%`, 1, Format{Unit: "%"}},
		{`0" XYZ"`, 1, Format{Unit: "XYZ"}},
		{`0" CHF"`, 1, Format{Currency: "CHF"}},
		{`yyyy-mm-dd`, 1, Format{Date: true}},
		{`[h]:mm;@`, 1, Format{Date: true}},
		{`"$"#,##0_);\("$"#,##0\)`, -1, Format{Currency: "$"}},
		{`_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"??_);_(@_)`, 0, Format{Currency: "$"}},
	}
	for _, test := range tests {
		got := Format{}
		if f := parseFormat(test.code); f != nil && f.of(test.number) != nil {
			got = *f.of(test.number)
		}
		if got != test.want {
			t.Errorf("%v shown as %s: got %+v, want %+v", test.number, test.code, got, test.want)
		}
	}
}
