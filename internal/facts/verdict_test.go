package facts

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// excluding returns the selection of an expression and some pipelines.
func excluding(t testing.TB, text string, zone *time.Location, pipelines ...string) Selection {
	t.Helper()
	var selection Selection
	for _, p := range pipelines {
		selection.Pipelines = append(selection.Pipelines, []string{p})
	}
	if text == "" {
		return selection
	}
	var err error
	if selection.Exclude, err = expression.Compile(text, zone); err != nil {
		t.Fatal(err)
	}
	return selection
}

// selected returns the block of a source with a selection.
func selected(selection Selection, change ...func(*Options)) *Source {
	options := Options{
		Sources: []string{"acme"}, Selections: map[string]Selection{"acme": selection}, Currency: "EUR",
		Dimensions: []string{"pipeline", "rep", "segment", "channel", "territory"},
	}
	for _, c := range change {
		c(&options)
	}
	return New(options).Source("acme")
}

// verdict returns that on a deal.
func (s *Source) verdict(t testing.TB, id string) Verdict {
	t.Helper()
	if err := s.Judge(); err != nil {
		t.Fatal(err)
	}
	row, found := s.Deals.ids.Find(id)
	if !found {
		t.Fatalf("there is no deal %s", id)
	}
	return s.Deals.Verdict[row]
}

func named(id string, dimensions value.Dimensions) record.Head {
	return record.Head{ID: id, Dimensions: dimensions}
}

// directory is what the deals of the cases point to.
func directory() record.Batch {
	return record.Batch{Rows: record.Rows{
		crm.Reps.Of(crm.Rep{Head: named("r1", value.Dimensions{"segment": "smb", "channel": "phone"}), Name: " Jose\u0301  Lee", Team: "North"}),
		crm.Pipelines.Of(
			crm.Pipeline{Head: named("p1", nil), Label: "Ne\u0301gocie", APIName: "Nego"}, crm.Pipeline{Head: named("p2", nil), Label: "New Sales"},
		),
		crm.Stages.Of(
			crm.Stage{Head: named("won", nil), Label: "Closed Won", Outcome: crm.OutcomeWon}, crm.Stage{Head: named("talk", nil), Label: "Talk"},
		),
		crm.Accounts.Of(crm.Account{Head: named("a1", value.Dimensions{"segment": "enterprise", "territory": "I\u0302le\nde France"})}),
	}}
}

// TestVerdict asks what deals count: what is unknown of one is unknown to the expression (B24), a date that cannot be true
// is unknown (B25), days are those of the reporting zone, and names are those that people see.
func TestVerdict(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	plain := crm.Deal{
		Head: named("1", nil), Name: "Acme", Pipeline: "p1", Stage: "won", Rep: "r1", Outcome: crm.OutcomeOpen,
		Probability: value.ProbabilityUnknown,
	}
	for name, c := range map[string]struct {
		text      string
		pipelines []string
		edit      func(*crm.Deal)
		want      Verdict
	}{
		"nothing is configured": {},
		"B24: no creation date": {text: `created < date("2020-01-01")`},
		"B24: an old creation date": {
			text: `created < date("2020-01-01")`, edit: func(d *crm.Deal) { d.Created = value.Date(2019, 5, 1) }, want: Excluded,
		},
		"B24: no amount":        {text: `amount == 0`},
		"B24: an amount of 0":   {text: `amount == 0`, edit: func(d *crm.Deal) { d.AmountKnown = true }, want: Excluded},
		"another amount":        {text: `amount == 0`, edit: func(d *crm.Deal) { d.Amount, d.AmountKnown = 5, true }},
		"B24: no probability":   {text: `probability <= 0.5`},
		"B24: a probability":    {text: `probability == 0`, edit: func(d *crm.Deal) { d.Probability = 0 }, want: Excluded},
		"B24: no close date":    {text: `closed != date("2024-01-01")`},
		"B25: a workbook's day": {text: `created < date("2020-01-01")`, edit: func(d *crm.Deal) { d.Created = value.Date(1899, 12, 30) }},
		"B25: a placeholder":    {text: `closed > date("2024-01-01")`, edit: func(d *crm.Deal) { d.Closed = value.Date(9999, 12, 31) }},
		"a moment of the next day in the zone": {
			text: `closed >= date("2024-09-01")`,
			edit: func(d *crm.Deal) { d.Closed = value.Moment(time.Date(2024, 8, 31, 22, 30, 0, 0, time.UTC)) }, want: Excluded,
		},
		"a moment of the same day in the zone": {
			text: `closed >= date("2024-09-01")`,
			edit: func(d *crm.Deal) { d.Closed = value.Moment(time.Date(2024, 8, 31, 21, 30, 0, 0, time.UTC)) },
		},
		"a bare date is a day of the zone": {
			text: `closed == date("2024-09-01")`, edit: func(d *crm.Deal) { d.Closed = value.Date(2024, 9, 1) }, want: Excluded,
		},
		"names": {text: `id == "1" && name == "Acme" && pipeline == "Négocie" && stage == "Closed Won"`, want: Excluded},
		"the whole name of a deal": {
			text: `name endsWith "test"`, edit: func(d *crm.Deal) { d.Name = strings.Repeat("x", 500) + " test " }, want: Excluded,
		},
		"the outcome of the stage wins":   {text: `outcome == "won"`, want: Excluded},
		"a stage without an outcome":      {text: `outcome == "open"`, edit: func(d *crm.Deal) { d.Stage = "talk" }, want: Excluded},
		"B15: the rep":                    {text: `rep == "José Lee" && team == "North"`, want: Excluded},
		"the deal's own team wins":        {text: `team == "East"`, edit: func(d *crm.Deal) { d.Dimensions = value.Dimensions{"team": "East"} }, want: Excluded},
		"a dimension of the rep":          {text: `segment == "smb" && channel == "phone"`, want: Excluded},
		"a dimension of the account wins": {text: `segment == "enterprise"`, edit: func(d *crm.Deal) { d.Account = "a1" }, want: Excluded},
		"B15: a dimension of the account": {text: `territory == "Île de France"`, edit: func(d *crm.Deal) { d.Account = "a1" }, want: Excluded},
		"the deal's own dimension wins": {
			text: `channel == "web"`, edit: func(d *crm.Deal) { d.Dimensions = value.Dimensions{"channel": "web"} }, want: Excluded,
		},
		"a deal without a currency": {text: `currency == "EUR"`, want: Excluded},
		"a deal with one":           {text: `currency == "USD"`, edit: func(d *crm.Deal) { d.Currency = "USD" }, want: Excluded},
		"a forecast category": {
			text: `forecast_category == "commit"`, edit: func(d *crm.Deal) { d.ForecastCategory = crm.ForecastCommit }, want: Excluded,
		},
		"what is gone has no name": {
			text: `rep == "" && pipeline == "" && stage == "" && team == "" && segment == ""`,
			edit: func(d *crm.Deal) { d.Rep, d.Pipeline, d.Stage = "r9", "p9", "s9" }, want: Excluded,
		},
		"a pipeline by id":                {pipelines: []string{"P1"}},
		"B15: a pipeline by label":        {pipelines: []string{"NE\u0301GOCIE"}},
		"a pipeline by its API name":      {pipelines: []string{"nego"}},
		"another pipeline":                {pipelines: []string{"new  sales"}, want: OtherPipeline},
		"no pipeline":                     {pipelines: []string{"p1"}, edit: func(d *crm.Deal) { d.Pipeline = "" }, want: OtherPipeline},
		"another pipeline and expression": {text: `name == "Acme"`, pipelines: []string{"p2"}, want: OtherPipeline},
		"the pipeline and expression":     {text: `name == "Acme"`, pipelines: []string{"p2", "p1"}, want: Excluded},
	} {
		t.Run(name, func(t *testing.T) {
			s := selected(excluding(t, c.text, berlin, c.pipelines...), func(o *Options) { o.Location = berlin })
			d := plain
			if c.edit != nil {
				c.edit(&d)
			}
			s.Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(d)}})
			s.Apply(directory())
			if got := s.verdict(t, "1"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestStageByName holds that a stage which is not listed goes by its name where the ids of stages are names.
func TestStageByName(t *testing.T) {
	s := selected(excluding(t, `stage == "Old Stage"`, time.UTC), func(o *Options) {
		o.Traits = map[string]Traits{"acme": {StagesByName: true}}
	})
	s.Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(crm.Deal{Head: named("1", nil), Stage: "Old  Stage"})}})
	if got := s.verdict(t, "1"); got != Excluded {
		t.Errorf("got %q", got)
	}
}

// TestUnknownPipeline holds that a source of which a configured pipeline does not exist has no numbers until it does:
// taken at its word it would turn every KPI into 0.
func TestUnknownPipeline(t *testing.T) {
	s := selected(excluding(t, "", nil, "p1", "Renewals"))
	s.Apply(directory())
	s.Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(crm.Deal{Head: named("1", nil), Pipeline: "p1"})}})
	s.MarkReady()
	unknown, ok := errors.AsType[*UnknownPipelineError](s.Judge())
	if want := []string{"New Sales", "Négocie", "p1", "p2"}; !ok || unknown.Pipeline != "Renewals" || !slices.Equal(unknown.Known, want) {
		t.Fatalf("got %+v", unknown)
	}
	if s.Ready() || len(s.Facts.Ready()) > 0 {
		t.Error("the source is ready")
	}
	s.Apply(record.Batch{Rows: record.Rows{crm.Pipelines.Of(crm.Pipeline{Head: named("p3", nil), Label: "Renewals"})}})
	if got := s.verdict(t, "1"); got != Counts || !s.Ready() {
		t.Errorf("got %q, ready: %t", got, s.Ready())
	}
}

// TestExpressionFails holds that a source has no numbers while its expression cannot be evaluated.
func TestExpressionFails(t *testing.T) {
	s := selected(excluding(t, `date(name) > created`, time.UTC))
	broken := crm.Deal{Head: named("1", nil), Name: "not a date", Created: value.Date(2024, 1, 1)}
	s.Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(broken)}})
	s.MarkReady()
	if err := s.Judge(); err == nil || s.Ready() || s.Judge() == nil {
		t.Errorf("got %v, ready: %t", err, s.Ready())
	}
	broken.Name = "2025-01-01"
	s.Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(broken)}})
	if got := s.verdict(t, "1"); got != Excluded || !s.Ready() {
		t.Errorf("got %q, ready: %t", got, s.Ready())
	}
}

// TestNamesGiveTheirMemoryBack holds that deals which are renamed in every sync do not fill the memory.
func TestNamesGiveTheirMemoryBack(t *testing.T) {
	s := selected(excluding(t, `name startsWith "x"`, time.UTC))
	for round := range 10 * minDead {
		name := strings.Repeat("x", round%2) + strings.Repeat("y", round)
		s.Apply(record.Batch{Rows: record.Rows{crm.Deals.Of(crm.Deal{Head: named("1", nil), Name: name})}})
	}
	if kept := s.Deals.names.texts.Len(); kept > 2*minDead {
		t.Errorf("%d names are kept of one deal", kept)
	}
	if got := s.verdict(t, "1"); got != Excluded {
		t.Errorf("got %q", got)
	}
	if plain := selected(excluding(t, `amount == 0`, time.UTC)); plain.Deals.names != nil {
		t.Error("names are kept that nobody reads")
	}
}
