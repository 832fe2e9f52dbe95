package spreadsheet

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // The tests name zones, wherever they run.

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/files"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// written is a deal as the writer of a table knows it.
type written struct {
	id, rep, team, stage string
	amount               value.Money
	priced               bool
	chance               int // millionths, -1 where there is none
	created, closed      moment
}

// moment is a time in the zone of the writer; the zero moment is unknown.
type moment struct {
	at   time.Time
	date bool
}

// style is how one table is written. Each field is one convention, and every table draws each of them anew.
type style struct {
	zone       *time.Location
	workbook   bool
	decimal    string
	thousands  string
	decimals   int // 0, 2, 3; -1 writes what is needed
	accountant bool
	currency   string // "" writes none
	inFront    bool
	chances    string // ratio, percent, signed
	times      string // date, midnight, moment
	clock      string // how times are spelt
	layout     string // of dates in text, "" is ISO 8601
	order      []string
	// Of text files.
	separator, lineEnd, encoding, title, extra string
	quoted, trimmed, separatorLine, noEnd      bool
	// Of workbooks.
	shared, noReferences, from1904, numbersAsText bool
}

func pick[T any](r *rand.Rand, choices ...T) T { return choices[r.IntN(len(choices))] }

func chance(r *rand.Rand, percent int) bool { return r.IntN(100) < percent }

func drawStyle(r *rand.Rand, zones []*time.Location) style {
	s := style{
		zone: pick(r, zones...), workbook: chance(r, 30), decimal: pick(r, ".", ","),
		decimals: pick(r, 0, 2, 2, 3, -1), accountant: chance(r, 20),
		currency: pick(r, "", "", "EUR", "€", "$", "GBP"), inFront: chance(r, 50),
		chances: pick(r, "ratio", "percent", "signed"), times: pick(r, "date", "midnight", "moment"),
		clock: pick(r, "T15:04:05", " 15:04:05", "T15:04:05.000", "T15:04", "T15:04:05Z07:00", "T15:04:05.000Z0700", " 15:04:05 UTC", "T15:04:05Z"),
		order: []string{"id", "stage", "amount", "created", "closed", "rep", "team", "p"},

		separator: pick(r, ",", ";", "\t", "|"), lineEnd: pick(r, "\n", "\n", "\r\n", "\r"),
		encoding: pick(r, "", "", "bom", "utf16"), title: pick(r, "", "", "Deals; all, of them"),
		extra: pick(r, "", "", "note (free, optional)", "a|b", "x;y,z"), quoted: chance(r, 30), trimmed: chance(r, 30),
		separatorLine: chance(r, 20), noEnd: chance(r, 20),

		shared: chance(r, 50), noReferences: chance(r, 20), from1904: chance(r, 20), numbersAsText: chance(r, 40),
	}
	s.thousands = pick(r, "", "", map[string]string{".": ",", ",": "."}[s.decimal], " ", "\u00a0", "\u202f", "'", "’")
	if s.times == "date" {
		s.layout = pick(r, "", "", "02.01.2006", "2.1.2006", "1/2/2006", "02/01/2006", "20060102", "2 January 2006", "Jan 2, 2006")
	} else if chance(r, 30) {
		s.layout = pick(r, "02.01.2006 15:04:05", "1/2/2006 3:04:05 PM", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z07:00")
	}
	r.Shuffle(len(s.order), func(i, j int) { s.order[i], s.order[j] = s.order[j], s.order[i] })
	if s.extra != "" {
		s.order = append(s.order, s.extra)
	}
	if last := s.order[len(s.order)-1]; last == "amount" || last == "p" {
		s.noEnd = false // Nobody knows whether such a number is whole.
	}
	return s
}

func drawDeals(r *rand.Rand, s style) []written {
	deals := make([]written, 1+r.IntN(6))
	for i := range deals {
		d := &deals[i]
		*d = written{
			id: strconv.Itoa(100 + i), stage: pick(r, "Won", "Lost", "Open"), rep: pick(r, "Ann Lee", "Bo", "José", ""),
			team: pick(r, "East", "West", ""), priced: chance(r, 90), chance: -1, created: drawMoment(r, s), closed: drawMoment(r, s),
		}
		step := map[int]int64{0: 10_000, 2: 100, 3: 10, -1: 1}[s.decimals]
		d.amount = value.Money(pick(r, r.Int64N(100), r.Int64N(100_000), r.Int64N(100_000_000)) * step)
		if chance(r, 10) {
			d.amount = -d.amount
		}
		if chance(r, 80) {
			d.chance = 10_000 * (1 + r.IntN(100))
		}
	}
	// A table says what its columns are: a column of times holds a time of day, one of percents a number above 1.
	deals[0].chance = 10_000 * (2 + r.IntN(97))
	if s.times == "moment" {
		for _, m := range []*moment{&deals[0].created, &deals[0].closed} {
			for m.at.IsZero() || m.at.Hour() == 0 {
				*m = drawMoment(r, s)
			}
			m.at = m.at.Add(time.Minute * time.Duration(1+r.IntN(29)))
		}
	}
	return deals
}

// drawMoment returns a time that its zone has once, to the half hour.
func drawMoment(r *rand.Rand, s style) moment {
	if chance(r, 15) {
		return moment{}
	}
	for {
		at := time.Date(2023, 1, 1, 0, 30*r.IntN(48*700), 0, 0, time.UTC).In(s.zone)
		if s.times != "moment" {
			return moment{at: time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC), date: true}
		}
		_, offset := at.Zone()
		_, before := at.Add(-3 * time.Hour).Zone()
		_, after := at.Add(3 * time.Hour).Zone()
		if offset == before && offset == after {
			return moment{at: at}
		}
	}
}

func (s style) source(t *testing.T) *Source {
	t.Helper()
	columns := map[string]string{"probability": "p"}
	for _, field := range []string{"id", "stage", "amount", "created", "closed", "rep", "team"} {
		columns[field] = field
	}
	sheet := settings.Sheet{
		Columns: columns, DateFormat: s.layout,
		Stages: map[string]crm.Outcome{"Won": crm.OutcomeWon, "Lost": crm.OutcomeLost, "Open": crm.OutcomeOpen},
	}
	if s.title != "" {
		sheet.HeaderRow = s.headerRow()
	}
	cfg := config.Source{Name: "ledger", Settings: &settings.Settings{Deals: sheet}}
	src, err := New("ledger", cfg, source.Environment{Logger: slog.New(slog.DiscardHandler), Now: time.Now, Currency: "USD", Location: s.zone})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// tables is how many random tables the property is tried on.
const tables = 10_000

// TestRandomTables writes tables of deals in the conventions of people and programs, and reads them. The reader must
// come back with the deals that were written, or refuse the file. It must never come back with other deals.
func TestRandomTables(t *testing.T) {
	var zones []*time.Location
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "America/Bogota", "Asia/Kathmandu", "Pacific/Auckland"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	refusals := 0
	for seed := range uint64(tables) {
		r := rand.New(rand.NewPCG(seed, 8))
		s := drawStyle(r, zones)
		deals := drawDeals(r, s)
		f := s.write(r, deals)
		got, err := s.source(t).read([]files.File{f}, nil)
		if err != nil {
			if refusals++; !strings.Contains(err.Error(), " may be ") {
				t.Fatalf("table %d, %+v: refused: %v\n%s", seed, s, err, show(f))
			}
			continue
		}
		if problem := s.compare(deals, got); problem != "" {
			t.Fatalf("table %d, %+v: %s\n%s", seed, s, problem, show(f))
		}
	}
	if refusals > tables/4 {
		t.Errorf("%d of %d tables were refused, which are more than are ambiguous", refusals, tables)
	}
	t.Logf("%d of %d tables were refused", refusals, tables)
}

func show(f files.File) string {
	if strings.HasSuffix(f.Name, "x") {
		return "a workbook"
	}
	return fmt.Sprintf("%q", f.Content)
}

func (s style) compare(deals []written, got *contents) string {
	if len(got.quarantined) > 0 || len(got.deals) != len(deals) {
		return fmt.Sprintf("%d deals instead of %d, quarantine %+v", len(got.deals), len(deals), got.quarantined)
	}
	for i, want := range deals {
		d := got.deals[i]
		currency := ""
		if want.priced {
			currency = map[string]string{"": "", "EUR": "EUR", "€": "EUR", "$": "USD", "GBP": "GBP"}[s.currency]
		}
		amount := want.amount
		if !want.priced {
			amount = 0
		}
		switch {
		case d.ID != want.id || d.Stage != want.stage || d.Dimensions["team"] != want.team || d.Rep != strings.ToLower(want.rep):
			return fmt.Sprintf("deal %+v instead of %+v", d, want)
		case d.Amount != amount || d.AmountKnown != want.priced || d.Currency != currency:
			return fmt.Sprintf("amount %d %s instead of %d %s", d.Amount, d.Currency, amount, currency)
		case int(d.Probability) != want.chance:
			return fmt.Sprintf("probability %d instead of %d", d.Probability, want.chance)
		case !s.same(d.Created, want.created) || !s.same(d.Closed, want.closed):
			return fmt.Sprintf("times %s, %s instead of %v, %v", d.Created.Encode(), d.Closed.Encode(), want.created, want.closed)
		}
	}
	return ""
}

func (s style) same(got value.Instant, want moment) bool {
	switch {
	case want.at.IsZero():
		return !got.Known()
	case want.date:
		return got == value.Date(want.at.Date())
	default:
		return got.Known() && got.In(s.zone).Equal(want.at)
	}
}
