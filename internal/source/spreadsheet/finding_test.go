package spreadsheet_test

import (
	"bytes"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// findings reads a file whose header names the fields, all but those of renamed. It returns what was committed and
// logged.
func findings(t *testing.T, text string, renamed map[string]string) (to *sink, logged string, err error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "deals.csv")
	write(t, name, text)
	fields := map[string]string{"id": "id", "stage": "stage"}
	header, _, _ := strings.Cut(text, "\n")
	for column := range strings.SplitSeq(header, ";") {
		if slices.Contains([]string{"amount", "currency", "probability", "team", "segment", "rep"}, column) {
			fields[column] = column
		}
	}
	maps.Copy(fields, renamed)
	var log bytes.Buffer
	s, err := spreadsheet.New("ledger", config.Source{
		Settings: &settings.Settings{Deals: settings.Sheet{File: name, Stages: stages(), Columns: fields}},
		Map:      map[string]config.Mapping{"channel": {Property: "stage", Values: map[string]string{"WON": "closed"}}},
	}, source.Environment{Logger: slog.New(slog.NewTextHandler(&log, nil)), Now: time.Now, Currency: "USD"})
	if err != nil {
		t.Fatal(err)
	}
	to = &sink{}
	_, err = s.Sync(t.Context(), nil, to)
	return to, log.String(), err
}

// TestOneIDInTwoSpellings holds that the second spelling of an id is a duplicate.
func TestOneIDInTwoSpellings(t *testing.T) {
	to, _, err := findings(t, "id;stage\n1;Won\n1.0;Won\n01;Won\n2.0;Won\n3;Won\n006D000000CMFBB;Won\n006D000000CMFBBIA5;Won\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, d := range to.deals() {
		ids = append(ids, d.ID)
	}
	if diff := cmp.Diff([]string{"1", "01", "2.0", "3", "006D000000CMFBB"}, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	want := []string{":duplicate:row 3, column id:1.0", ":duplicate:row 8, column id:006D000000CMFBBIA5"}
	if diff := cmp.Diff(want, to.quarantined()); diff != "" {
		t.Errorf("quarantined (-want +got):\n%s", diff)
	}
}

// TestCurrencyOfAHeader holds that the header of the amounts states their currency.
func TestCurrencyOfAHeader(t *testing.T) {
	for header, want := range map[string]string{
		"Amount (EUR)": "EUR", "Umsatz in €": "EUR", "amount_gbp": "GBP", "Amount ($)": "USD", "Amount": "",
	} {
		to, _, err := findings(t, "id;stage;"+header+"\n1;Won;5\n2;Won;\n", map[string]string{"amount": header})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range to.deals() {
			if d.Currency != want {
				t.Errorf("%s: deal %s is in %q, want %q", header, d.ID, d.Currency, want)
			}
		}
	}
	// What a row says must agree with the header.
	to, _, err := findings(t, "id;stage;Amount (EUR);currency\n1;Won;5;EUR\n2;Won;5;\n3;Won;5;GBP\n4;Won;$5;\n5;Won;€5;Euro\n",
		map[string]string{"amount": "Amount (EUR)"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"3:amount:row 4, column currency:GBP", "4:amount:row 5, column Amount (EUR):$5"}
	if diff := cmp.Diff(want, to.quarantined()); diff != "" {
		t.Errorf("quarantined (-want +got):\n%s", diff)
	}
}

// TestAmountsInUnits holds that a file whose header or title says thousands is refused.
func TestAmountsInUnits(t *testing.T) {
	for _, header := range []string{"Amount (k€)", "Umsatz T€", "Umsatz (Tsd)", "Amount in thousands", "Amount ($k)", "Mio EUR", "amount_cents", "Amount (M)"} {
		_, _, err := findings(t, "id;stage;"+header+"\n1;Won;5\n", map[string]string{"amount": header})
		if source.ReasonOf(err) != source.ReasonDecode || !strings.Contains(err.Error(), "write whole amounts") {
			t.Errorf("%s: got %v", header, err)
		}
	}
	for title, says := range map[string]string{"Deals 2024": "", "All figures in k€": "row 1, the title", "Deals (EUR)": ""} {
		name := filepath.Join(t.TempDir(), "a.csv")
		write(t, name, title+"\nid;stage;amount\n1;Won;5\n")
		to := &sink{}
		_, err := open(t, settings.Sheet{File: name, HeaderRow: 2, Columns: map[string]string{"id": "id", "stage": "stage", "amount": "amount"}}).Sync(t.Context(), nil, to)
		switch {
		case says == "" && err != nil, says != "" && (err == nil || !strings.Contains(err.Error(), says)):
			t.Errorf("%s: got %v, want %q", title, err, says)
		case strings.Contains(title, "EUR") && to.deals()[0].Currency != "EUR":
			t.Errorf("%s: the amount is in %q", title, to.deals()[0].Currency)
		}
	}
}

// TestCurrencyColumn holds that a currency which nobody knows is no silent foreign one.
func TestCurrencyColumn(t *testing.T) {
	to, _, err := findings(t, "id;stage;amount;currency\n1;Won;5;Euro\n2;Won;5;US Dollar\n3;Won;5;kr\n4;Won;;kr\n5;Won;5;Dollars\n6;Won;5;doubloons\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"3:amount:row 4, column currency:kr", "6:amount:row 7, column currency:doubloons"}, to.quarantined()); diff != "" {
		t.Errorf("quarantined (-want +got):\n%s", diff)
	}
	for i, want := range []string{"EUR", "USD", "KR", "USD"} {
		if got := to.deals()[i].Currency; got != want {
			t.Errorf("deal %d is in %s, want %s", i, got, want)
		}
	}
}

// TestProbabilities holds that a chance that cannot be one is unknown and said.
func TestProbabilities(t *testing.T) {
	const unknown = value.ProbabilityUnknown
	half := value.ProbabilityOf(0.5)
	for _, test := range []struct {
		name, header, values string
		want                 []value.Probability
		says                 string // in the log, or the error
	}{
		{"unreadable", "p", "50 high 20", []value.Probability{half, unknown, value.ProbabilityOf(0.2)}, "probabilities that cannot be read or are not between 0 and 100 % count as unknown: 1, the first is row 3, column p"},
		{"beyond", "p", "50 150 -10 0 100", []value.Probability{half, unknown, unknown, 0, value.ProbabilityScale}, "unknown: 2,"},
		{"signed beyond", "p", "150% 50%", []value.Probability{unknown, half}, "the first is row 2, column p"},
		{"negative ratio", "p", "-0.5 0.5", []value.Probability{unknown, half}, "unknown: 1,"},
		{"money", "p", "$50 50", []value.Probability{unknown, half}, "unknown: 1,"},
		{"nothing but certain", "p", "1 0 1", []value.Probability{unknown, 0, unknown}, "unknown: 2, the first is row 2, column p"},
		{"a dash", "p", "- 50", []value.Probability{unknown, half}, ""},
		{"good", "p", "0 50 100", []value.Probability{0, half, value.ProbabilityScale}, ""},
		{"percent by header", "Probability (%)", "1 1", []value.Probability{value.ProbabilityOf(0.01), value.ProbabilityOf(0.01)}, ""},
		{"percent by word", "prob_pct", "1 50", []value.Probability{value.ProbabilityOf(0.01), half}, ""},
		{"ratios under percent", "Probability (%)", "0.5 1", nil, `"0.5" may be 0.5% or 0.5, since the name of the column "Probability (%)" says percent`},
		{"signs under percent", "Probability (%)", "0.5% 50%", []value.Probability{value.ProbabilityOf(0.005), half}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var text strings.Builder
			text.WriteString("id;stage;" + test.header + "\n")
			for i, value := range strings.Fields(test.values) {
				text.WriteString(string(rune('a'+i)) + ";Open;" + value + "\n")
			}
			to, logged, err := findings(t, text.String(), map[string]string{"probability": test.header})
			if err != nil {
				logged = strings.ReplaceAll(err.Error(), `"`, `\"`)
			}
			if said := strings.ReplaceAll(logged, `\"`, `"`); !strings.Contains(said, test.says) || test.says == "" && said != "" {
				t.Errorf("said %q, want %q", said, test.says)
			}
			for i, want := range test.want {
				if got := to.deals()[i].Probability; got != want {
					t.Errorf("deal %d has the probability %v, want %v", i, got, want)
				}
			}
		})
	}
}

// TestSpellingsOfDimensions holds that capitals and spaces do not split teams and mapped values.
func TestSpellingsOfDimensions(t *testing.T) {
	to, _, err := findings(t, "id;stage;team;segment;rep\n1;Won;East;smb;Ann\n2;Won;east;SMB;Ann\n3;Won; EAST ;SMB;Ann\n4;Won;East;Mid  Market;Bo\n5;Won;\u00c9ast;mid\u00a0market;Bo\n6;Won;E\u0301ast;mid market;Cy\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range to.deals() {
		got = append(got, d.Dimensions["team"]+"/"+d.Dimensions["segment"]+"/"+d.Dimensions["channel"])
	}
	want := []string{"East/SMB/closed", "East/SMB/closed", "East/SMB/closed", "East/mid market/closed", "\u00c9ast/mid market/closed", "\u00c9ast/mid market/closed"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("team/segment/channel (-want +got):\n%s", diff)
	}
	for _, rep := range crm.Reps.In(to.batches[0].Rows) {
		if want := map[string]string{"ann": "East", "bo": "", "cy": "\u00c9ast"}[rep.ID]; rep.Team != want {
			t.Errorf("%s is in team %q, want %q", rep.ID, rep.Team, want)
		}
	}
}

// TestEmptiedFile holds that a file that lost all of its rows is refused.
func TestEmptiedFile(t *testing.T) {
	for name, test := range map[string]struct {
		before, after map[string]string
		refused       bool
	}{
		"one file":            {map[string]string{"a": "1;Won\n"}, map[string]string{"a": ""}, true},
		"blank rows":          {map[string]string{"a": "1;Won\n"}, map[string]string{"a": ";\n;\n"}, true},
		"always empty":        {map[string]string{"a": ""}, map[string]string{"a": "\n"}, false},
		"one of two":          {map[string]string{"a": "1;Won\n", "b": "2;Won\n"}, map[string]string{"b": ""}, true},
		"one becomes another": {map[string]string{"a": "1;Won\n", "b": ""}, map[string]string{"a": "3;Won\n"}, false},
		"rows come":           {map[string]string{"a": ""}, map[string]string{"a": "1;Won\n"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			put := func(files map[string]string) {
				for name, rows := range files {
					write(t, filepath.Join(folder, name+".csv"), "id;stage\n"+rows)
				}
			}
			s := open(t, settings.Sheet{File: filepath.Join(folder, "*.csv"), Columns: map[string]string{"id": "id", "stage": "stage"}})
			put(test.before)
			at, err := s.Sync(t.Context(), nil, &sink{})
			if err != nil {
				t.Fatal(err)
			}
			put(test.after)
			to := &sink{}
			_, err = s.Sync(t.Context(), at, to)
			switch {
			case test.refused && (source.ReasonOf(err) != source.ReasonDecode || !strings.Contains(err.Error(), "has a header but no rows")):
				t.Errorf("got %v", err)
			case test.refused && len(to.batches) > 0:
				t.Error("pages of a refused file were committed")
			case !test.refused && err != nil:
				t.Errorf("refused: %v", err)
			}
		})
	}
}

// TestCheckNamesPlaces holds that a check says where the rows in quarantine stand.
func TestCheckNamesPlaces(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.csv")
	write(t, name, "id;stage;p\n1;Won;5\n2;Won;5\n3;Won;500\n4;Gone;5\n4;Won;5\n4;Won;5\n;Won;5\n5;Flown;5\n6;Won;5\n7;Won;5\n")
	report, err := open(t, settings.Sheet{File: name, Columns: map[string]string{"id": "id", "stage": "stage", "probability": "p"}}).Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []source.ReasonReport{
		{Reason: record.BadStage, Count: 2, First: "row 5, column stage"},
		{Reason: record.BadDuplicate, Count: 1, First: "row 7, column id"},
		{Reason: record.BadID, Count: 1, First: "row 8, column id"},
	}
	if diff := cmp.Diff(want, report.File.Reasons); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	if len(report.File.Warnings) != 1 || !strings.Contains(report.File.Warnings[0], "row 4, column p") {
		t.Errorf("warnings are %q", report.File.Warnings)
	}
}

// TestPatternWithoutEnding holds that files which a pattern matches and nobody can read are not left out without a word.
func TestPatternWithoutEnding(t *testing.T) {
	folder := t.TempDir()
	s := open(t, settings.Sheet{File: filepath.Join(folder, "*"), Columns: map[string]string{"id": "id", "stage": "stage"}})
	write(t, filepath.Join(folder, "a.csv"), "id;stage\n1;Won\n")
	write(t, filepath.Join(folder, "b.TSV"), "id\tstage\n2\tWon\n")
	write(t, filepath.Join(folder, ".hidden"), "x")
	to := &sink{}
	if _, err := s.Sync(t.Context(), nil, to); err != nil || len(to.deals()) != 2 {
		t.Fatalf("%d deals, %v", len(to.deals()), err)
	}
	for _, name := range []string{"notes.pdf", "deals.csv.bak", "README"} {
		write(t, filepath.Join(folder, name), "x")
		if _, err := s.Sync(t.Context(), nil, &sink{}); source.ReasonOf(err) != source.ReasonConfig || !strings.Contains(err.Error(), "* matches "+name) {
			t.Errorf("%s: got %v", name, err)
		}
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEmptyStages holds that a refused file says that a value is missing.
func TestEmptyStages(t *testing.T) {
	_, _, err := findings(t, "id;stage\n1;\n2;\n", nil)
	if err == nil || !strings.Contains(err.Error(), "row 2, column stage is empty") {
		t.Errorf("got %v", err)
	}
}
