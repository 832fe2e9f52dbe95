package spreadsheet_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
)

func (s *sink) ids() []string {
	var ids []string
	for _, d := range s.deals() {
		ids = append(ids, d.ID)
	}
	slices.Sort(ids)
	return ids
}

func ledger(rows ...string) string { return header + strings.Join(rows, "") }

func won(id string) string { return id + ",Ann,East,Won,10,2016-10-20,2017-03-01,GTX\n" }

// TestSeveralFiles reads every file that a pattern matches as one table.
func TestSeveralFiles(t *testing.T) {
	dir := t.TempDir()
	for _, folder := range []string{"2016", "2017"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "2016", "deals.csv"), ledger(won("1"), won("2")))
	write(t, filepath.Join(dir, "2017", "deals.csv"), strings.ReplaceAll(ledger(won("3"), won("2")), ",", ";"))
	write(t, filepath.Join(dir, "2017", "~$deals.csv"), "a note of a spreadsheet program")
	write(t, filepath.Join(dir, "2017", ".deals.csv"), "hidden")
	write(t, filepath.Join(dir, "2017", "deals.csv.bak"), "another ending")

	s, to := open(t, settings.Sheet{File: filepath.Join(dir, "*", "*.csv")}), &sink{}
	at, err := s.Sync(t.Context(), nil, to)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1", "2", "3"}, to.ids()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{":duplicate:2017/deals.csv, row 3, column opportunity_id:2"}, to.quarantined()); diff != "" {
		t.Error(diff)
	}

	idle := &sink{}
	if at, err = s.Sync(t.Context(), at, idle); err != nil || len(idle.batches) > 0 {
		t.Errorf("nothing changed: %d batches, %v", len(idle.batches), err)
	}
	write(t, filepath.Join(dir, "2017", "december.csv"), ledger(won("4")))
	more := &sink{}
	if at, err = s.Sync(t.Context(), at, more); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1", "2", "3", "4"}, more.ids()); diff != "" {
		t.Errorf("a new file: %s", diff)
	}
	if err := os.Remove(filepath.Join(dir, "2016", "deals.csv")); err != nil {
		t.Fatal(err)
	}
	fewer := &sink{}
	if _, err = s.Sync(t.Context(), at, fewer); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2", "3", "4"}, fewer.ids()); diff != "" {
		t.Errorf("a file less: %s", diff)
	}
}

func TestPatternThatMatchesNothing(t *testing.T) {
	s := open(t, settings.Sheet{File: filepath.Join(t.TempDir(), "exports-*.csv")})
	_, err := s.Sync(t.Context(), nil, &sink{})
	if source.ReasonOf(err) != source.ReasonConfig || !strings.Contains(err.Error(), "exports-*.csv") {
		t.Errorf("got %v", err)
	}
}

// TestFileNamedLikeAPattern reads the file itself.
func TestFileNamedLikeAPattern(t *testing.T) {
	name := filepath.Join(t.TempDir(), "deals[1].csv")
	write(t, name, ledger(won("1")))
	to := &sink{}
	if _, err := open(t, settings.Sheet{File: name}).Sync(t.Context(), nil, to); err != nil || len(to.deals()) != 1 {
		t.Errorf("%d deals, %v", len(to.deals()), err)
	}
}

// TestDataTime is case B21: the data is as old as the file, however often it is read.
func TestDataTime(t *testing.T) {
	dir := t.TempDir()
	september, october := filepath.Join(dir, "2026-09.csv"), filepath.Join(dir, "2026-10.csv")
	write(t, september, ledger(won("1")))
	write(t, october, ledger(won("2")))
	wrote := func(name string, age time.Duration) time.Time {
		at := time.Now().Add(-age).Truncate(time.Second)
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	wrote(september, 51*24*time.Hour)
	want := wrote(october, 21*24*time.Hour)
	s := open(t, settings.Sheet{File: filepath.Join(dir, "*.csv")})
	at, err := s.Sync(t.Context(), nil, &sink{})
	if err != nil || !s.DataTime(at).Equal(want) {
		t.Fatalf("the newest file is of %v, got %v, %v", want, s.DataTime(at), err)
	}
	if at, err = s.Sync(t.Context(), at, &sink{}); err != nil || !s.DataTime(at).Equal(want) {
		t.Errorf("a second read makes it %v, %v", s.DataTime(at), err)
	}
	want = wrote(october, time.Hour) // the same content, written again
	if at, err = s.Sync(t.Context(), at, &sink{}); err != nil || !s.DataTime(at).Equal(want) {
		t.Errorf("written again at %v, got %v, %v", want, s.DataTime(at), err)
	}
	if restarted := open(t, settings.Sheet{File: october}); !restarted.DataTime(at).Equal(want) {
		t.Error("a restart forgets the age")
	}
	if !s.DataTime(nil).IsZero() || !s.DataTime([]byte("{")).IsZero() {
		t.Error("without a read there is an age")
	}
}

// published is a sheet that somebody published to the web: the address redirects to the host that holds it.
type published struct {
	content, media, etag, modified string
	asked                          []string
}

const publishedURL = "https://docs.google.com/spreadsheets/d/e/2PACX-canary/pub?output=csv"

// RoundTrip implements http.RoundTripper.
func (p *published) RoundTrip(r *http.Request) (*http.Response, error) {
	p.asked = append(p.asked, r.URL.Host)
	answer := &http.Response{Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(""))}
	switch {
	case r.URL.Host == "docs.google.com":
		answer.StatusCode = http.StatusTemporaryRedirect
		answer.Header.Set("Location", "https://doc-0s-sheets.googleusercontent.com/pub/canary")
	case p.etag != "" && r.Header.Get("If-None-Match") == p.etag:
		answer.StatusCode = http.StatusNotModified
	default:
		answer.StatusCode = http.StatusOK
		for header, value := range map[string]string{
			"Content-Type": p.media, "ETag": p.etag, "Last-Modified": p.modified,
		} {
			if value != "" {
				answer.Header.Set(header, value)
			}
		}
		answer.Body = io.NopCloser(strings.NewReader(p.content))
	}
	return answer, nil
}

func openPublished(t *testing.T, p *published, now func() time.Time) *spreadsheet.Source {
	t.Helper()
	s, err := spreadsheet.New("ledger", config.Source{Name: "ledger", Settings: &settings.Settings{
		Deals: settings.Sheet{File: publishedURL, Columns: columns(), Stages: stages()},
	}}, source.Environment{
		Logger: slog.New(slog.DiscardHandler), Observer: source.DiscardObserver{}, Now: now, Currency: "USD", Transport: p,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPublishedSheet(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	p := &published{content: ledger(won("1")), media: "text/csv", etag: `"a"`}
	s, to := openPublished(t, p, func() time.Time { return now }), &sink{}
	at, err := s.Sync(t.Context(), nil, to)
	if err != nil || len(to.deals()) != 1 {
		t.Fatalf("%d deals, %v", len(to.deals()), err)
	}
	if first := now; !s.DataTime(at).Equal(first) {
		t.Errorf("a sheet without a date is of its first download, not of %v", s.DataTime(at))
	}
	now = now.Add(48 * time.Hour)
	idle := &sink{}
	if at, err = s.Sync(t.Context(), at, idle); err != nil || len(idle.batches) > 0 {
		t.Errorf("nothing changed: %d batches, %v", len(idle.batches), err)
	}
	if age := now.Sub(s.DataTime(at)); age != 48*time.Hour {
		t.Errorf("nobody wrote it for two days, its age is %s", age)
	}
	p.content, p.etag = ledger(won("1"), won("2")), `"b"`
	more := &sink{}
	if at, err = s.Sync(t.Context(), at, more); err != nil || len(more.deals()) != 2 || !s.DataTime(at).Equal(now) {
		t.Errorf("a change: %d deals of %v, %v", len(more.deals()), s.DataTime(at), err)
	}
	if want := []string{"docs.google.com", "doc-0s-sheets.googleusercontent.com"}; !slices.Equal(p.asked[:2], want) {
		t.Errorf("asked %v", p.asked)
	}
}

// TestPublishedSheetThatCannotBeRead is downloaded again until it can: that it did not change says nothing of it.
func TestPublishedSheetThatCannotBeRead(t *testing.T) {
	p := &published{content: "no,such,columns\n1,2,3\n", media: "text/csv", etag: `"a"`}
	s := openPublished(t, p, time.Now)
	for range 2 {
		if _, err := s.Sync(t.Context(), nil, &sink{}); source.ReasonOf(err) != source.ReasonConfig {
			t.Fatalf("got %v", err)
		}
	}
}

func TestPublishedSheetThatIsNone(t *testing.T) {
	p := &published{content: "<html>Sign in</html>", media: "text/html; charset=utf-8"}
	_, err := openPublished(t, p, time.Now).Sync(t.Context(), nil, &sink{})
	e, ok := errors.AsType[*source.Error](err)
	if !ok || e.Reason != source.ReasonConfig || !strings.Contains(e.Error(), "docs.google.com answers with a web page") {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(e.Error()+e.Hint, "canary") {
		t.Errorf("the message shows the address of the sheet: %v", e)
	}
}

func TestPublishedSheetTellsItsDate(t *testing.T) {
	p := &published{content: ledger(won("1")), media: "text/csv", modified: "Sun, 01 Sep 2024 10:00:00 GMT"}
	s := openPublished(t, p, time.Now)
	at, err := s.Sync(t.Context(), nil, &sink{})
	if want := time.Date(2024, 9, 1, 10, 0, 0, 0, time.UTC); err != nil || !s.DataTime(at).Equal(want) {
		t.Errorf("got %v, %v", s.DataTime(at), err)
	}
}
