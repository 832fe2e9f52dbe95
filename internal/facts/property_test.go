package facts

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/expression"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// company is a source as a slow oracle knows it: records by id.
type company struct {
	deals     map[string]crm.Deal
	reps      map[string]crm.Rep
	pipelines map[string]crm.Pipeline
	stages    map[string]crm.Stage
	accounts  map[string]crm.Account
}

// verdict is the slow, obvious one.
func (c *company) verdict(t *testing.T, d crm.Deal, pipelines []string, exclude *expression.Expression) Verdict {
	t.Helper()
	pipeline, listed := c.pipelines[d.Pipeline]
	wanted := len(pipelines) == 0
	for _, p := range pipelines {
		wanted = wanted || p == d.Pipeline || listed && p == pipeline.Label
	}
	if !wanted {
		return OtherPipeline
	}
	if exclude == nil {
		return Counts
	}
	rep, account, stage := c.reps[d.Rep], c.accounts[d.Account], c.stages[d.Stage]
	r := expression.Record{
		ID: d.ID, Name: d.Name, Pipeline: pipeline.Label, Stage: stage.Label, Rep: rep.Name,
		Team: cmp.Or(d.Dimensions["team"], rep.Team), Outcome: cmp.Or(stage.Outcome, d.Outcome).String(),
		Currency: cmp.Or(d.Currency, "EUR"), ForecastCategory: string(d.ForecastCategory),
		Segment:     cmp.Or(d.Dimensions["segment"], account.Dimensions["segment"], rep.Dimensions["segment"]),
		Territory:   cmp.Or(d.Dimensions["territory"], account.Dimensions["territory"], rep.Dimensions["territory"]),
		Amount:      d.Amount.Float(),
		AmountKnown: d.AmountKnown,
	}
	if d.Probability != value.ProbabilityUnknown {
		r.Probability, r.ProbabilityKnown = float64(d.Probability)/value.ProbabilityScale, true
	}
	if d.Created.Known() {
		r.Created, r.CreatedKnown = d.Created.In(time.UTC), true
	}
	if d.Closed.Known() {
		r.Closed, r.ClosedKnown = d.Closed.In(time.UTC), true
	}
	matched, err := exclude.Match(r)
	if err != nil {
		t.Fatal(err)
	}
	if matched {
		return Excluded
	}
	return Counts
}

// change makes a random change of the company and returns it as a batch.
func (c *company) change(r *rand.Rand) (b record.Batch) {
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	numbered := func(prefix string, n int) string { return fmt.Sprint(prefix, r.IntN(n)) }
	dimensions := func() value.Dimensions {
		d := value.Dimensions{}
		for _, name := range []string{"segment", "territory"} {
			if text := pick("", "", "smb", "enterprise"); text != "" {
				d[name] = text
			}
		}
		return d
	}
	gone := func(kind record.Name, id string) {
		b.Removals = append(b.Removals, record.Removal{Kind: kind, ID: id, Reason: record.RemovedDeleted})
	}
	switch remove := r.IntN(5) == 0; r.IntN(9) {
	case 0:
		rep := crm.Rep{Head: named(numbered("rep", 6), dimensions()), Name: pick("Ann", "Bob", "Test"), Team: pick("", "North", "South")}
		if delete(c.reps, rep.ID); remove {
			gone(crm.Reps.Name(), rep.ID)
			break
		}
		c.reps[rep.ID] = rep
		crm.Reps.Append(&b.Rows, rep)
	case 1:
		stage := crm.Stage{Head: named(numbered("stage", 4), nil), Label: pick("Talk", "Test"), Outcome: crm.Outcome(r.IntN(4))}
		if delete(c.stages, stage.ID); remove {
			gone(crm.Stages.Name(), stage.ID)
			break
		}
		c.stages[stage.ID] = stage
		crm.Stages.Append(&b.Rows, stage)
	case 2:
		account := crm.Account{Head: named(numbered("account", 8), dimensions())}
		if delete(c.accounts, account.ID); remove {
			gone(crm.Accounts.Name(), account.ID)
			break
		}
		c.accounts[account.ID] = account
		crm.Accounts.Append(&b.Rows, account)
	case 3:
		// The configured one is always there.
		pipeline := crm.Pipeline{Head: named(pick("p1", "p2"), nil), Label: pick("New", "Renewals", "Test")}
		c.pipelines[pipeline.ID] = pipeline
		crm.Pipelines.Append(&b.Rows, pipeline)
	default:
		d := crm.Deal{
			Head: named(numbered("deal", 60), dimensions()), Name: pick("", "TEST one", "two", "three"), Pipeline: pick("", "p0", "p1", "p2", "p3"),
			Stage: numbered("stage", 5), Rep: numbered("rep", 7), Account: numbered("account", 9), Outcome: crm.Outcome(r.IntN(4)),
			Amount: value.Money(r.IntN(3) * value.MoneyScale), AmountKnown: r.IntN(4) > 0, Currency: pick("", "EUR", "USD", "GBP"),
			Probability: []value.Probability{value.ProbabilityUnknown, 0, 500_000}[r.IntN(3)],
			Created:     []value.Instant{{}, value.Date(2019, 5, 1), value.Date(2024, 5, 1)}[r.IntN(3)],
			Closed:      []value.Instant{{}, value.Moment(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)), value.Date(2025, 1, 1)}[r.IntN(3)],
		}
		if team := pick("", "", "North"); team != "" {
			d.Dimensions["team"] = team
		}
		if delete(c.deals, d.ID); remove {
			gone(crm.Deals.Name(), d.ID)
			break
		}
		c.deals[d.ID] = d
		crm.Deals.Append(&b.Rows, d)
	}
	return b
}

// TestVerdictsFollowEveryChange holds that verdicts which are brought up to date change by change are those of a slow
// oracle that judges all deals anew.
func TestVerdictsFollowEveryChange(t *testing.T) {
	for text, pipelines := range map[string][]string{
		``:                                      {"p0"},
		`rep == "Test"`:                         nil,
		`team == "North" && outcome == "won"`:   nil,
		`segment == "smb"`:                      {"p0", "New"},
		`stage == "Test" || pipeline == "Test"`: nil,
		`amount == 0`:                           nil,
		`!known(amount)`:                        nil,
		`known(created) && rep == "Bob"`:        nil,
		`amount == 0 && name contains "TEST"`:   nil,
		`currency != "EUR" && forecast_category == "" && territory == "enterprise"`:                                  {"p0", "New"},
		`created < date("2020-01-01") || closed >= date("2025-01-01") && team != "South"`:                            nil,
		`!known(amount) || amount > 1 && segment in ["smb", ""] || not (probability < 0.5)`:                          nil,
		`name == rep || id endsWith "7" && rep startsWith "A" || count([amount, probability], {# > 0}) == 2`:         nil,
		`(amount > 0 ? team : segment) == "North" && (name contains "t" || created == date("2024-05-01"))`:           {"New", "p0"},
		`$env["amount"] == 1 || $env.team == "South" && closed > created`:                                            nil,
		`any(["smb", "North"], {# == segment || # == team}) && (amount in [0, 2] || closed not in [created])`:        nil,
		`let big = amount > 1; big && rep == "Bob" || !big && outcome == "lost" && lower(name) matches "^t.*e$"`:     nil,
		`probability == 0.5 && amount >= 1 && amount <= 1 && created != closed && stage != "" && territory != "smb"`: nil,
	} {
		t.Run(text, func(t *testing.T) {
			for seed := range uint64(3) {
				selection := excluding(t, text, time.UTC, pipelines...)
				s := selected(selection)
				r := rand.New(rand.NewPCG(seed, 11))
				c := &company{
					deals: map[string]crm.Deal{}, reps: map[string]crm.Rep{}, stages: map[string]crm.Stage{}, accounts: map[string]crm.Account{},
					pipelines: map[string]crm.Pipeline{"p0": {Head: named("p0", nil), Label: "New"}},
				}
				s.Apply(record.Batch{Rows: record.Rows{crm.Pipelines.Of(c.pipelines["p0"])}})
				for range 150 {
					for range r.IntN(6) {
						s.Apply(c.change(r))
					}
					c.compare(t, s, pipelines, selection.Exclude)
				}
			}
		})
	}
}

// compare compares the verdicts on all deals, and what is counted of them.
func (c *company) compare(t *testing.T, s *Source, pipelines []string, exclude *expression.Expression) {
	t.Helper()
	amounts := amountCounts{}
	for id, d := range c.deals {
		want := c.verdict(t, d, pipelines, exclude)
		if got := s.verdict(t, id); got != want {
			t.Fatalf("%s is %q, want %q: %+v", id, got, want, d)
		}
		if want == Counts && d.AmountKnown {
			if cmp.Or(d.Currency, "EUR") == "EUR" {
				amounts.priced++
			} else {
				amounts.foreign++
			}
		}
	}
	if s.Deals.Live() != len(c.deals) || s.Deals.amounts != amounts {
		t.Fatalf("%d deals with %+v, want %d with %+v", s.Deals.Live(), s.Deals.amounts, len(c.deals), amounts)
	}
}
