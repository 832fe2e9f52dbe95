package spreadsheet_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
)

// TestChangedConventions holds that an edit which changes how the rows beside it are read is refused: the numbers of the
// file before stay, and the error says what changed and how to go on.
func TestChangedConventions(t *testing.T) {
	const head = "id;stage;amount;closed;p\n"
	tests := []struct {
		name          string
		before, after string
		says          string // "" where the change is believed
	}{
		{
			"decimal sign", "1;Won;12.500;;\n2;Won;1.234.567;;\n", "1;Won;12.500;;\n2;Won;7.25;;\n",
			`read a.csv: its decimal sign was "," and is "." now, which changes what its other numbers mean; if that is right, set decimal: "."`,
		},
		{"a decimal sign appears", "1;Won;12;;\n", "1;Won;12;;\n2;Won;7.25;;\n", ""},
		{"a decimal sign goes", "1;Won;7.25;;\n", "1;Won;7;;\n", ""},
		{"ratios become percents", "1;Open;1;;1\n2;Open;1;;0.5\n", "1;Open;1;;1\n2;Open;1;;50\n", "column p held ratios (0.5 is a half) and holds percents (50 is a half) now"},
		{"percents become ratios", "1;Open;1;;1\n2;Open;1;;50\n", "1;Open;1;;0.5\n", "column p held percents (50 is a half) and holds ratios (0.5 is a half) now; write every value of the column with a percent sign"},
		{"ratios get percent signs", "1;Open;1;;0.5\n", "1;Open;1;;50%\n", ""},
		{"percents get percent signs", "1;Open;1;;50\n", "1;Open;1;;50%\n", ""},
		{"midnights get a time of day", "1;Won;1;2024-07-01T00:00:00Z;\n", "1;Won;1;2024-07-01T00:00:00Z;\n2;Won;1;2024-07-02T14:30:00Z;\n", "column closed held dates only, written as midnights, and row 3, column closed holds a time of day now"},
		{"midnights without a zone get a time of day", "1;Won;1;2024-07-01 00:00;\n", "1;Won;1;2024-07-01 00:00;\n2;Won;1;2024-07-02 14:30;\n", "set date_format"},
		{"times of day become midnights", "1;Won;1;2024-07-01T00:00:00Z;\n2;Won;1;2024-07-02T14:30:00Z;\n", "1;Won;1;2024-07-01T00:00:00Z;\n", "held times of day and holds nothing but midnights now"},
		{"dates get a time of day", "1;Won;1;2024-07-01;\n", "1;Won;1;2024-07-01;\n2;Won;1;2024-07-02T14:30:00Z;\n", ""},
		{"another separator", "1;Won;7,5;2024-07-01;\n", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "a.csv")
			after := head + test.after
			if test.after == "" {
				after = strings.ReplaceAll(head+test.before, ";", "|")
			}
			write(t, name, head+test.before)
			s := open(t, settings.Sheet{File: name, Columns: map[string]string{
				"id": "id", "stage": "stage", "amount": "amount", "closed": "closed", "probability": "p",
			}})
			at, err := s.Sync(t.Context(), nil, &sink{})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // The second time nothing has changed, and the file is not believed either.
				write(t, name, after)
				to := &sink{}
				next, err := s.Sync(t.Context(), at, to)
				switch {
				case test.says == "" && err != nil:
					t.Errorf("refused: %v", err)
				case test.says != "" && (source.ReasonOf(err) != source.ReasonDecode || !strings.Contains(err.Error(), test.says)):
					t.Errorf("got %v, want %q", err, test.says)
				case err != nil && (next != nil || len(to.batches) > 0):
					t.Errorf("%d pages of a refused file were committed", len(to.batches))
				}
			}
		})
	}
}

// TestConventionsAreKept holds that a file which shows a convention no more has not forgotten it.
func TestConventionsAreKept(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.csv")
	s := open(t, settings.Sheet{File: name, Columns: map[string]string{"id": "id", "stage": "stage", "amount": "amount"}})
	var at source.Cursor
	for _, amount := range []string{"7,25", "7", "8"} {
		write(t, name, "id;stage;amount\n1;Won;"+amount+"\n")
		var err error
		if at, err = s.Sync(t.Context(), at, &sink{}); err != nil {
			t.Fatal(err)
		}
	}
	write(t, name, "id;stage;amount\n1;Won;7.25\n")
	if _, err := s.Sync(t.Context(), at, &sink{}); err == nil || !strings.Contains(err.Error(), `was "," and is "." now`) {
		t.Errorf("got %v", err)
	}
}
