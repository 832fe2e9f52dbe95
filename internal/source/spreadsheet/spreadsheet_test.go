package spreadsheet_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

const header = "opportunity_id,sales_agent,manager,deal_stage,close_value,engage_date,close_date,product\n"

// sink keeps what a source commits.
type sink struct{ batches []record.Batch }

func (s *sink) Commit(_ context.Context, b record.Batch) error {
	s.batches = append(s.batches, b)
	return nil
}

func (s *sink) deals() (deals []crm.Deal) {
	for _, b := range s.batches {
		deals = append(deals, crm.Deals.In(b.Rows)...)
	}
	return deals
}

func (s *sink) quarantined() (reasons []string) {
	for _, b := range s.batches {
		for _, q := range b.Quarantined {
			reasons = append(reasons, strings.Join([]string{q.ID, string(q.Reason), q.Place, q.Value}, ":"))
		}
	}
	return reasons
}

func columns() map[string]string {
	return map[string]string{
		"id": "opportunity_id", "rep": "Sales_Agent", "team": "manager", "stage": "deal_stage",
		"amount": "close_value", "created": "engage_date", "closed": "close_date", "product": "product",
	}
}

func stages() map[string]crm.Outcome {
	return map[string]crm.Outcome{"Won": crm.OutcomeWon, "Lost": crm.OutcomeLost, "Engaging": crm.OutcomeOpen, "Open": crm.OutcomeOpen}
}

func open(t *testing.T, sheet settings.Sheet) *spreadsheet.Source {
	t.Helper()
	if sheet.Columns == nil {
		sheet.Columns = columns()
	}
	sheet.Stages = stages()
	return openWith(t, sheet)
}

// openWith opens a sheet with columns and stages of its own.
func openWith(t *testing.T, sheet settings.Sheet) *spreadsheet.Source {
	t.Helper()
	s, err := spreadsheet.New("ledger", config.Source{Name: "ledger", Settings: &settings.Settings{Deals: sheet}},
		source.Environment{Logger: slog.New(slog.DiscardHandler), Observer: source.DiscardObserver{}, Now: time.Now, Currency: "USD"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// write puts a file in place as if it had lain there for an hour.
func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	settle(t, name)
}

func settle(t *testing.T, name string) {
	t.Helper()
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(name, old, old); err != nil {
		t.Fatal(err)
	}
}

func TestSyncCSV(t *testing.T) {
	name := filepath.Join(t.TempDir(), "deals.csv")
	write(t, name, "\ufeff"+header+
		"1,Ann,East,Won,\"$1,054.50 \",2016-10-20,2017-03-01,GTX\r\n"+
		"2,Bo,West,lost,0,2016-10-25,2017-03-11,MG\r\n"+
		",,,,,,,\r\n"+
		"3,Ann,East,Engaging,,,,\r\n")
	s, to := open(t, settings.Sheet{File: name}), &sink{}
	at, err := s.Sync(t.Context(), nil, to)
	if err != nil {
		t.Fatal(err)
	}
	want := []crm.Deal{
		{
			Head: record.Head{ID: "1", Dimensions: value.Dimensions{"product": "GTX", "team": "East"}}, Rep: "ann", Stage: "Won", Outcome: crm.OutcomeWon, Amount: 10_545_000, AmountKnown: true, Currency: "USD",
			Created: value.Date(2016, 10, 20), Closed: value.Date(2017, 3, 1), Probability: value.ProbabilityUnknown,
		},
		{
			Head: record.Head{ID: "2", Dimensions: value.Dimensions{"product": "MG", "team": "West"}}, Rep: "bo", Stage: "Lost", Outcome: crm.OutcomeLost, AmountKnown: true,
			Created: value.Date(2016, 10, 25), Closed: value.Date(2017, 3, 11), Probability: value.ProbabilityUnknown,
		},
		{
			Head: record.Head{ID: "3", Dimensions: value.Dimensions{"team": "East"}}, Rep: "ann", Stage: "Engaging", Outcome: crm.OutcomeOpen, Probability: value.ProbabilityUnknown,
		},
	}
	if diff := cmp.Diff(want, to.deals(), cmp.AllowUnexported(value.Instant{})); diff != "" {
		t.Errorf("deals (-want +got):\n%s", diff)
	}
	reps := []crm.Rep{{Head: record.Head{ID: "ann"}, Name: "Ann", Team: "East", Active: true}, {Head: record.Head{ID: "bo"}, Name: "Bo", Team: "West", Active: true}}
	if diff := cmp.Diff(reps, crm.Reps.In(to.batches[0].Rows), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("reps (-want +got):\n%s", diff)
	}
	if last := to.batches[len(to.batches)-1]; last.Pass != 1 || len(last.Sweep) == 0 {
		t.Errorf("the last page must end pass 1 with a sweep, got %+v", last)
	}

	again := &sink{}
	if next, err := s.Sync(t.Context(), at, again); err != nil || string(next) != string(at) || len(again.batches) > 0 {
		t.Errorf("an unchanged file: cursor %s, error %v, %d pages", next, err, len(again.batches))
	}
	write(t, name, header+"1,Ann,East,Won,7,2016-10-20,2017-03-01,GTX\n")
	changed := &sink{}
	if _, err := s.Sync(t.Context(), at, changed); err != nil {
		t.Fatal(err)
	}
	if got := changed.deals(); len(got) != 1 || got[0].Amount != 70_000 || changed.batches[0].Pass != 2 {
		t.Errorf("a changed file: pass %d, deals %+v", changed.batches[0].Pass, got)
	}
}

// TestCrashInTheMiddle resumes from the cursor of a page in the middle: the file must be read again, as a new pass.
func TestCrashInTheMiddle(t *testing.T) {
	name := filepath.Join(t.TempDir(), "deals.csv")
	var content strings.Builder
	content.WriteString(header)
	for i := range 2500 {
		fmt.Fprintf(&content, "%d,Ann,East,Won,1,2016-10-20,2017-03-01,GTX\n", i)
	}
	write(t, name, content.String())
	s, to := open(t, settings.Sheet{File: name}), &sink{}
	if _, err := s.Sync(t.Context(), nil, to); err != nil {
		t.Fatal(err)
	}
	if len(to.batches) != 4 {
		t.Fatalf("2500 rows came in %d pages", len(to.batches))
	}
	again := &sink{}
	if _, err := s.Sync(t.Context(), to.batches[1].Cursor, again); err != nil {
		t.Fatal(err)
	}
	if len(again.deals()) != 2500 || again.batches[0].Pass != 2 {
		t.Errorf("after a crash: %d deals in pass %d", len(again.deals()), again.batches[0].Pass)
	}
}

func TestSyncXLSX(t *testing.T) {
	name := filepath.Join(t.TempDir(), "deals.xlsx")
	f := excelize.NewFile()
	if _, err := f.NewSheet("Deals"); err != nil {
		t.Fatal(err)
	}
	day := time.Date(2017, 3, 1, 0, 0, 0, 0, time.UTC)
	rows := [][]any{
		{"opportunity_id", "sales_agent", "manager", "deal_stage", "close_value", "engage_date", "close_date", "product"},
		{"1", "Ann", "East", "Won", 1054.25, "2016-10-20", day, "GTX"},
		{2, "Bo", "West", "Won", "$500,000.00 ", day, day.Add(36 * time.Hour), "MG"},
	}
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Deals", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	settle(t, name)
	to := &sink{}
	if _, err := open(t, settings.Sheet{File: name, Sheet: "Deals"}).Sync(t.Context(), nil, to); err != nil {
		t.Fatal(err)
	}
	type short struct {
		ID              string
		Amount          value.Money
		Created, Closed value.Instant
	}
	var got []short
	for _, d := range to.deals() {
		got = append(got, short{d.ID, d.Amount, d.Created, d.Closed})
	}
	want := []short{
		{"1", 10_542_500, value.Date(2016, 10, 20), value.Date(2017, 3, 1)},
		{"2", 5_000_000_000, value.Date(2017, 3, 1), value.Moment(day.Add(36 * time.Hour))},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(value.Instant{})); diff != "" {
		t.Errorf("deals (-want +got):\n%s", diff)
	}
	if _, err := open(t, settings.Sheet{File: name, Sheet: "Nope"}).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "Deals") {
		t.Errorf("a missing sheet must name those there are, got: %v", err)
	}
}

func TestQuarantine(t *testing.T) {
	name := filepath.Join(t.TempDir(), "deals.csv")
	var good strings.Builder
	for i := range 10 {
		fmt.Fprintf(&good, "g%d,Ann,East,Won,1,2016-10-20,2017-03-01,GTX\n", i)
	}
	write(t, name, header+good.String()+
		",Ann,East,Won,1,2016-10-20,2017-03-01,GTX\n"+
		"a,Ann,East,Nearly,1,2016-10-20,2017-03-01,GTX\n"+
		"b,Ann,East,Won,\"1,50,0\",2016-10-20,2017-03-01,GTX\n"+
		"c,Ann,East,Won,1,20.10.2016,2017-03-01,GTX\n"+
		"d,Ann,East,Won,1,2016-10-20,43009,GTX\n"+
		"e,Ann,East,Won,1,000,2016-10-20,2017-03-01,GTX\n"+
		"g1,Bo,East,Won,1,2016-10-20,2017-03-01,GTX\n"+
		"h,#N/A,East,Won,1,2016-10-20,2017-03-01,GTX\n"+
		"f,Ann,East")
	to := &sink{}
	if _, err := open(t, settings.Sheet{File: name}).Sync(t.Context(), nil, to); err != nil {
		t.Fatal(err)
	}
	want := []string{
		":id:row 12, column opportunity_id:", "a:stage:row 13, column deal_stage:Nearly",
		"b:amount:row 14, column close_value:1,50,0", "c:date:row 15, column engage_date:20.10.2016",
		"d:date:row 16, column close_date:43009", "e:shape:row 17, column I:more cells than the header",
		":duplicate:row 18, column opportunity_id:g1", "h:cell_error:row 19, column sales_agent:#N/A", "f:shape:row 20:cut off",
	}
	if diff := cmp.Diff(want, to.quarantined()); diff != "" {
		t.Errorf("quarantine (-want +got):\n%s", diff)
	}
	if n := len(to.deals()); n != 10 {
		t.Errorf("%d good rows landed, want 10", n)
	}
}

// TestRefused holds that a file that is no table of deals is refused before a page of it is committed.
func TestRefused(t *testing.T) {
	var bad strings.Builder
	for i := range 20 {
		fmt.Fprintf(&bad, "%d,Ann,East,Someday,1,2016-10-20,2017-03-01,GTX\n", i)
	}
	tests := []struct {
		name, file, content string
		reason              source.Reason
		says                string
	}{
		{"empty", "a.csv", "", source.ReasonDecode, "it is empty"},
		{"a missing column", "a.csv", "opportunity_id,deal_stage\n1,Won\n", source.ReasonConfig, "has no column close_value, close_date"},
		{"a column twice", "a.csv", "deal_stage,Deal_Stage\n", source.ReasonDecode, "two columns"},
		{"another encoding", "a.csv", header + "1,Zo\xeb,East,Won,1,2016-10-20,2017-03-01,GTX\n", source.ReasonDecode, "not UTF-8"},
		{"a broken quote", "a.csv", header + "1,\"Ann,East,Won,1,2016-10-20,2017-03-01,GTX\n", source.ReasonDecode, "line 2"},
		{"mostly bad rows", "a.csv", header + bad.String(), source.ReasonDecode, "20 of 20 rows cannot be read"},
		{"not a workbook", "a.xlsx", "hello", source.ReasonDecode, "not an XLSX file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), test.file)
			write(t, name, test.content)
			to := &sink{}
			_, err := open(t, settings.Sheet{File: name}).Sync(t.Context(), nil, to)
			if err == nil || source.ReasonOf(err) != test.reason || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %s with %q", err, test.reason, test.says)
			}
			if len(to.batches) > 0 {
				t.Errorf("%d pages were committed", len(to.batches))
			}
		})
	}
	for name, path := range map[string]string{"missing": filepath.Join(t.TempDir(), "no.csv"), "a folder": t.TempDir()} {
		if _, err := open(t, settings.Sheet{File: path}).Check(t.Context()); source.ReasonOf(err) != source.ReasonConfig {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHalfWritten holds that a file is left alone while it is being written: half a CSV file is a good CSV file.
func TestHalfWritten(t *testing.T) {
	name := filepath.Join(t.TempDir(), "deals.csv")
	write(t, name, header+"1,Ann,East,Won,1,2016-10-20,2017-03-01,GTX\n")
	now := time.Now()
	if err := os.Chtimes(name, now, now); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	to := &sink{}
	if _, err := open(t, settings.Sheet{File: name}).Sync(ctx, nil, to); !errors.Is(err, context.Canceled) || len(to.batches) > 0 {
		t.Errorf("a file that was just written was not waited for: %v, %d pages", err, len(to.batches))
	}
}

// TestShrunkenFile holds that a file which lost most of its deals is believed only once it has lain still.
func TestShrunkenFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "deals.csv")
	var content strings.Builder
	content.WriteString(header)
	for i := range 30 {
		fmt.Fprintf(&content, "%d,Ann,East,Won,1,2016-10-20,2017-03-01,GTX\n", i)
	}
	write(t, name, content.String())
	s, to := open(t, settings.Sheet{File: name}), &sink{}
	at, err := s.Sync(t.Context(), nil, to)
	if err != nil {
		t.Fatal(err)
	}
	write(t, name, content.String()[:len(content.String())/3])
	fresh := time.Now().Add(-10 * time.Second)
	if err := os.Chtimes(name, fresh, fresh); err != nil {
		t.Fatal(err)
	}
	shrunken := &sink{}
	if _, err := s.Sync(t.Context(), at, shrunken); source.ReasonOf(err) != source.ReasonDecode || len(shrunken.batches) > 0 {
		t.Errorf("a third of the file was taken for all of it: %v, %d pages", err, len(shrunken.batches))
	}
	settle(t, name)
	if _, err := s.Sync(t.Context(), at, shrunken); err != nil || len(shrunken.deals()) == 0 {
		t.Errorf("a file that has lain still is refused: %v", err)
	}
}

func TestDateFormat(t *testing.T) {
	name := filepath.Join(t.TempDir(), "deals.tsv")
	write(t, name, strings.ReplaceAll(header, ",", "\t")+"1\tAnn\tEast\tWon\t(500)\t20.10.2016\t01.03.2017\tGTX\n")
	to := &sink{}
	if _, err := open(t, settings.Sheet{File: name, DateFormat: "02.01.2006"}).Sync(t.Context(), nil, to); err != nil {
		t.Fatal(err)
	}
	d := to.deals()[0]
	if d.Created != value.Date(2016, 10, 20) || d.Closed != value.Date(2017, 3, 1) || d.Amount != -5_000_000 {
		t.Errorf("got %+v", d)
	}
}

func FuzzSync(f *testing.F) {
	f.Add("a.csv", header+"1,Ann,East,Won,\"$1,054 \",2016-10-20,2017-03-01,GTX\n")
	f.Add("a.csv", strings.ReplaceAll(header, ",", ";")+"1;Ann;East;Won;1;2016-10-20;2017-03-01;GTX\n")
	f.Add("a.tsv", "x\ty\n1\t2\n")
	f.Fuzz(func(t *testing.T, name, content string) {
		if name != "a.csv" && name != "a.tsv" {
			t.Skip("the name decides how a file is read")
		}
		path := filepath.Join(t.TempDir(), name)
		write(t, path, content)
		to := &sink{}
		if _, err := open(t, settings.Sheet{File: path}).Sync(t.Context(), nil, to); err != nil && len(to.batches) > 0 {
			t.Errorf("%d pages of a refused file were committed: %v", len(to.batches), err)
		}
		seen := map[string]bool{}
		for _, d := range to.deals() {
			if seen[d.ID] || d.ID == "" {
				t.Errorf("id %q twice or empty", d.ID)
			}
			seen[d.ID] = true
		}
	})
}
