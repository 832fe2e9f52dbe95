package spreadsheet_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
)

// TestSpellings holds case B15: a sheet has no ids, so that a name is one rep however it is spelled.
func TestSpellings(t *testing.T) {
	for name, test := range map[string]struct {
		cells []string
		want  map[string]string // name by id
	}{
		"B15 composed and decomposed":   {[]string{"José", "Jose\u0301"}, map[string]string{"josé": "José"}},
		"case":                          {[]string{"Ann Lee", "ann lee", "ANN LEE"}, map[string]string{"ann lee": "Ann Lee"}},
		"blanks":                        {[]string{"Ann  Lee", "Ann Lee ", " Ann Lee"}, map[string]string{"ann lee": "Ann Lee"}},
		"a blank of the web":            {[]string{"Ann\u00a0Lee", "Ann Lee"}, map[string]string{"ann lee": "Ann Lee"}},
		"a line break in the cell":      {[]string{"\"Ann\nLee\"", "Ann Lee"}, map[string]string{"ann lee": "Ann Lee"}},
		"a mark that nobody sees":       {[]string{"Ann\u200b Lee", "Ann Lee"}, map[string]string{"ann lee": "Ann Lee"}},
		"another alphabet":              {[]string{"ΆΝΝΑ", "άννα"}, map[string]string{"άννα": "ΆΝΝΑ"}},
		"the first spelling is shown":   {[]string{"ann lee", "Ann Lee"}, map[string]string{"ann lee": "ann lee"}},
		"another letter is another one": {[]string{"Jose", "José"}, map[string]string{"jose": "Jose", "josé": "José"}},
		"nobody":                        {[]string{"", " ", "Ann"}, map[string]string{"ann": "Ann"}},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "deals.csv")
			var rows strings.Builder
			rows.WriteString(header)
			for i, cell := range test.cells {
				rows.WriteString(string(rune('1'+i)) + "," + cell + ",East,Won,1,2016-10-20,2017-03-01,GTX\n")
			}
			write(t, file, rows.String())
			to := &sink{}
			if _, err := open(t, settings.Sheet{File: file}).Sync(t.Context(), nil, to); err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for _, b := range to.batches {
				for _, r := range crm.Reps.In(b.Rows) {
					got[r.ID] = r.Name
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("reps (-want +got):\n%s", diff)
			}
			for _, d := range to.deals() {
				if ids := slices.Collect(maps.Keys(got)); d.Rep != "" && !slices.Contains(ids, d.Rep) {
					t.Errorf("deal %s is of %q, who is none of %q", d.ID, d.Rep, ids)
				}
			}
		})
	}
}

// TestHeadersAndStagesInAnyForm holds that a header and a stage are found however they are typed.
func TestHeadersAndStagesInAnyForm(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deals.csv")
	write(t, file, "N\u00b0,E\u0301TAPE,Montant\u00a0total\n1,GAGNE\u0301,5\n2, gagné ,6\n")
	s := openWith(t, settings.Sheet{
		File: file, Columns: map[string]string{"id": "N°", "stage": "Étape", "amount": "montant total"},
		Stages: map[string]crm.Outcome{"Gagné": crm.OutcomeWon},
	})
	to := &sink{}
	if _, err := s.Sync(t.Context(), nil, to); err != nil {
		t.Fatal(err)
	}
	for _, d := range to.deals() {
		if d.Stage != "Gagné" || d.Outcome != crm.OutcomeWon || !d.AmountKnown {
			t.Errorf("got %+v", d)
		}
	}
	if got := len(to.deals()); got != 2 {
		t.Errorf("%d deals, want 2; quarantined %v", got, to.quarantined())
	}
}
