package config

import (
	"fmt"
	"regexp"
	"slices"
	"time"
)

var sourceName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// maxRequestsPerSecond is HubSpot's largest allowance many times over; a simulator on this machine can take it.
const maxRequestsPerSecond = 1000

func (c *checker) sourceList(d *documentYAML) []Source {
	switch {
	case d.Sources.broken:
		return nil
	case !d.Sources.set():
		c.lacks(d.place, "needs sources", "config.example.yaml has two that need no account")
	case len(d.Sources.items) == 0:
		c.add(d.Sources.place, "must have at least one source", "")
	}
	var sources []Source
	for _, item := range d.Sources.items {
		if item.usable() {
			sources = append(sources, c.source(item))
		}
	}
	return sources
}

// minInterval is the least time between two syncs. It keeps a typing error from spinning; what protects an account's
// API is its budget.
const minInterval = time.Second

func (c *checker) source(s sourceYAML) Source {
	source := Source{Name: c.sourceName(s)}
	switch kinds := c.sourceKinds(s); {
	case len(kinds) != 1:
		return source
	case kinds[0] == "hubspot":
		source.HubSpot = c.hubspot(s.HubSpot)
		source.Account = c.portalID(s.Account)
		source.Map = c.mappings(s.Map, hubspotRules())
		source.Amount = c.amount(s.Amount, hubspotRules())
	case kinds[0] == "salesforce":
		source.Salesforce = c.salesforce(s.Salesforce)
		source.Account = c.orgID(s.Account)
		source.Map = c.mappings(s.Map, salesforceRules())
		source.Amount = c.amount(s.Amount, salesforceRules())
	case kinds[0] == "spreadsheet":
		source.Spreadsheet = c.spreadsheet(s.Spreadsheet)
		c.withoutEffect(s.Account.place, "account", "remove it")
		c.withoutEffect(s.Map.place, "map", "name the column under spreadsheet.deals.columns")
		c.withoutEffect(s.Amount.place, "amount", "name the column under spreadsheet.deals.columns")
		c.withoutEffect(s.APIBudget.place, "api_budget", "remove it")
		if _, column := source.Spreadsheet.Deals.Columns["pipeline"]; !column && s.Pipelines.set() {
			c.add(s.Pipelines.place, "has no effect on a sheet without a column of pipelines",
				"name the column under spreadsheet.deals.columns, or remove it")
		}
	case kinds[0] == "demo":
		if s.Account.set() {
			c.add(s.Account.place, "has no effect on a demo", "remove it")
		}
		source.Demo = c.demo(s.Demo)
		source.Map = c.mappings(s.Map, demoRules(source.Demo.CRM))
		source.Amount = c.amount(s.Amount, demoRules(source.Demo.CRM))
	}
	source.Currency = c.currencyCode(s.Currency, "")
	source.Interval = c.duration(s.Interval, 5*time.Minute, minInterval)
	source.FullSyncInterval = c.duration(s.FullSyncInterval, max(day, source.Interval), source.Interval)
	source.Budget = c.budget(s.APIBudget)
	source.Pipelines = c.labels(s.Pipelines)
	source.Exclude = c.expression(s.Exclude)
	c.readsEmpty(s.Exclude.place, &source)
	return source
}

func (c *checker) sourceName(s sourceYAML) string {
	if !c.need(s.place, "name", s.Name.place) {
		return ""
	}
	name := s.Name.text
	switch {
	case !sourceName.MatchString(name):
		c.add(s.Name.place, quote(name)+" is not a source name",
			"use up to 63 letters, digits, dots, - and _, beginning with a letter or digit")
	case slices.Contains(c.sources, name):
		c.add(s.Name.place, quote(name)+" is already the name of another source", "names must be unique")
	}
	c.sources = append(c.sources, name)
	return name
}

// sourceKinds returns the kinds that a source has keys for, and reports all but exactly one.
func (c *checker) sourceKinds(s sourceYAML) []string {
	var kinds []string
	broken := false
	for _, kind := range []struct {
		name string
		place
	}{
		{"hubspot", s.HubSpot.place},
		{"salesforce", s.Salesforce.place},
		{"spreadsheet", s.Spreadsheet.place},
		{"demo", s.Demo.place},
	} {
		if kind.set() {
			kinds = append(kinds, kind.name)
		}
		broken = broken || kind.broken
	}
	switch {
	case len(kinds) == 0:
		c.lacks(s.place, "needs one of hubspot, salesforce, spreadsheet and demo", "")
	case len(kinds) > 1:
		c.add(s.place, fmt.Sprintf("is both %s and %s", kinds[0], kinds[1]), "write two sources")
	case broken:
		return nil
	}
	return kinds
}

// withoutEffect refuses a key that would be ignored.
func (c *checker) withoutEffect(at place, key, hint string) {
	if at.set() {
		c.add(at, key+" has no effect on a spreadsheet", hint)
	}
}

func (c *checker) budget(b budgetYAML) Budget {
	share := func(f float64) bool { return f > 0 && f <= 1 }
	rate := func(f float64) bool { return f > 0 && f <= maxRequestsPerSecond }
	return Budget{
		DailyShare: c.number(b.DailyShare, 0.5, share, "above 0 and at most 1"),
		RequestsPerSecond: c.number(b.RequestsPerSecond, 10, rate,
			fmt.Sprintf("above 0 and at most %d", maxRequestsPerSecond)),
	}
}

// labels reads a list of names as the CRM shows them.
func (c *checker) labels(l list[scalar]) []string {
	var labels []string
	for _, item := range l.items {
		if item.usable() {
			labels = append(labels, c.label(item))
		}
	}
	c.distinct(l.items)
	return labels
}

func (c *checker) expression(s scalar) *Expression {
	if !s.usable() {
		return nil
	}
	expression, err := CompileExpression(s.text, c.zone)
	if err != nil {
		c.add(s.place, err.Error(), "")
	}
	return expression
}

func (c *checker) demo(d demoYAML) *Demo {
	c.need(d.place, "crm", d.CRM.place)
	const maxDeals = 1_000_000
	return &Demo{
		CRM:   choice(c, d.CRM, "", kindHubSpot, kindSalesforce),
		Seed:  uint64(c.integer(d.Seed, 1, 0, 1<<53)), //nolint:gosec // not negative, and exact in a float
		Deals: c.integer(d.Deals, 3000, 1, maxDeals),
	}
}
