package crm_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

func TestRepLabel(t *testing.T) {
	long := strings.Repeat("ö", value.MaxLabelRunes)
	for name, test := range map[string]struct {
		rep  crm.Rep
		want string
	}{
		"a name":                     {crm.Rep{Head: record.Head{ID: "1"}, Name: " Ann  Ames "}, "Ann Ames"},
		"the first of the name":      {crm.Rep{Head: record.Head{ID: "1"}, Name: "Ann Ames", Namesake: 1}, "Ann Ames"},
		"C1 the second of the name":  {crm.Rep{Head: record.Head{ID: "2"}, Name: "Ann Ames", Namesake: 2}, "Ann Ames (2)"},
		"the twelfth":                {crm.Rep{Head: record.Head{ID: "2"}, Name: "Ann Ames", Namesake: 12}, "Ann Ames (12)"},
		"C2 no name was ever known":  {crm.Rep{Head: record.Head{ID: "41"}}, "owner 41"},
		"an id that is no number":    {crm.Rep{Head: record.Head{ID: "005A1"}}, "005A1"},
		"nobody":                     {crm.Rep{}, ""},
		"a name of blanks":           {crm.Rep{Head: record.Head{ID: "41"}, Name: "\u00a0"}, "owner 41"},
		"a long name":                {crm.Rep{Head: record.Head{ID: "1"}, Name: long + "x"}, long},
		"a namesake of a long name":  {crm.Rep{Head: record.Head{ID: "1"}, Name: long, Namesake: 2}, long[:len(long)-8] + " (2)"},
		"a namesake without a name":  {crm.Rep{Head: record.Head{ID: "41"}, Namesake: 2}, "owner 41 (2)"},
		"a name that holds a number": {crm.Rep{Head: record.Head{ID: "1"}, Name: "Ann Ames (2)", Namesake: 2}, "Ann Ames (2) (2)"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.rep.Label(); got != test.want || utf8.RuneCountInString(got) > value.MaxLabelRunes {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
