package config

import "gopkg.in/yaml.v3"

// The types below are the file as it is written, key for key and in the order in which people read about them. They
// hold text and places; the engine's view is Config.

type documentYAML struct {
	place
	Timezone             scalar             `yaml:"timezone"`
	Currency             scalar             `yaml:"currency"`
	FiscalYearStartMonth scalar             `yaml:"fiscal_year_start_month"`
	WeekStart            scalar             `yaml:"week_start"`
	WorkingDays          list[scalar]       `yaml:"working_days"`
	Holidays             list[scalar]       `yaml:"holidays"`
	HolidaysFile         scalar             `yaml:"holidays_file"`
	PlausibleDates       datesYAML          `yaml:"plausible_dates"`
	Mirror               mirrorYAML         `yaml:"mirror"`
	Sources              list[sourceYAML]   `yaml:"sources"`
	Dimensions           list[scalar]       `yaml:"dimensions"`
	HistogramDimensions  list[scalar]       `yaml:"histogram_dimensions"`
	Rollups              list[list[scalar]] `yaml:"rollups"`
	Windows              list[scalar]       `yaml:"windows"`
	RepLabel             scalar             `yaml:"rep_label"`
	HashKeyFile          scalar             `yaml:"hash_key_file"`
	HashKeyEnv           scalar             `yaml:"hash_key_env"`
	Metrics              metricsYAML        `yaml:"metrics"`
	Limits               limitsYAML         `yaml:"limits"`
	HistogramBuckets     bucketsYAML        `yaml:"histogram_buckets"`
	Quarantine           quarantineYAML     `yaml:"quarantine"`
	Targets              list[targetYAML]   `yaml:"targets"`
	TargetsFiles         list[scalar]       `yaml:"targets_files"`
	Costs                unavailable        `yaml:"costs"`
	BenchmarksFiles      unavailable        `yaml:"benchmarks_files"`
	KPIs                 unavailable        `yaml:"kpis"`
}

type datesYAML struct {
	place
	From scalar `yaml:"from"`
	To   scalar `yaml:"to"`
}

type mirrorYAML struct {
	place
	SQLite   sqliteYAML  `yaml:"sqlite"`
	Postgres unavailable `yaml:"postgres"`
}

type sqliteYAML struct {
	place
	Path scalar `yaml:"path"`
}

type sourceYAML struct {
	place
	Name             scalar             `yaml:"name"`
	Account          scalar             `yaml:"account"`
	HubSpot          hubspotYAML        `yaml:"hubspot"`
	Salesforce       salesforceYAML     `yaml:"salesforce"`
	Spreadsheet      spreadsheetYAML    `yaml:"spreadsheet"`
	Demo             demoYAML           `yaml:"demo"`
	Currency         scalar             `yaml:"currency"`
	Amount           amountYAML         `yaml:"amount"`
	Interval         scalar             `yaml:"interval"`
	FullSyncInterval scalar             `yaml:"full_sync_interval"`
	APIBudget        budgetYAML         `yaml:"api_budget"`
	Pipelines        list[scalar]       `yaml:"pipelines"`
	Exclude          scalar             `yaml:"exclude"`
	Map              table[mappingYAML] `yaml:"map"`
}

type hubspotYAML struct {
	place
	TokenFile  scalar           `yaml:"token_file"`
	TokenEnv   scalar           `yaml:"token_env"`
	OAuth      hubspotOAuthYAML `yaml:"oauth"`
	BaseURL    scalar           `yaml:"base_url"`
	APIVersion scalar           `yaml:"api_version"`
}

type hubspotOAuthYAML struct {
	place
	ClientID         scalar `yaml:"client_id"`
	ClientSecretFile scalar `yaml:"client_secret_file"`
	ClientSecretEnv  scalar `yaml:"client_secret_env"`
	RefreshTokenFile scalar `yaml:"refresh_token_file"`
	RefreshTokenEnv  scalar `yaml:"refresh_token_env"`
}

type salesforceYAML struct {
	place
	InstanceURL       scalar                `yaml:"instance_url"`
	ClientCredentials clientCredentialsYAML `yaml:"client_credentials"`
	JWT               jwtYAML               `yaml:"jwt"`
	APIVersion        scalar                `yaml:"api_version"`
}

type clientCredentialsYAML struct {
	place
	ClientID         scalar `yaml:"client_id"`
	ClientSecretFile scalar `yaml:"client_secret_file"`
	ClientSecretEnv  scalar `yaml:"client_secret_env"`
}

type jwtYAML struct {
	place
	ClientID       scalar `yaml:"client_id"`
	Username       scalar `yaml:"username"`
	PrivateKeyFile scalar `yaml:"private_key_file"`
	PrivateKeyEnv  scalar `yaml:"private_key_env"`
}

type spreadsheetYAML struct {
	place
	Decimal    scalar      `yaml:"decimal"`
	Deals      sheetYAML   `yaml:"deals"`
	Leads      unavailable `yaml:"leads"`
	Activities unavailable `yaml:"activities"`
	Costs      unavailable `yaml:"costs"`
	Feedback   unavailable `yaml:"feedback"`
	External   unavailable `yaml:"external"`
}

type sheetYAML struct {
	place
	File       scalar        `yaml:"file"`
	Sheet      scalar        `yaml:"sheet"`
	HeaderRow  scalar        `yaml:"header_row"`
	Columns    table[scalar] `yaml:"columns"`
	Stages     table[scalar] `yaml:"stages"`
	DateFormat scalar        `yaml:"date_format"`
}

type demoYAML struct {
	place
	CRM   scalar `yaml:"crm"`
	Seed  scalar `yaml:"seed"`
	Deals scalar `yaml:"deals"`
}

type amountYAML struct {
	place
	Property scalar `yaml:"property"`
}

type budgetYAML struct {
	place
	DailyShare        scalar `yaml:"daily_share"`
	RequestsPerSecond scalar `yaml:"requests_per_second"`
}

type mappingYAML struct {
	place
	Property scalar        `yaml:"property"`
	Object   scalar        `yaml:"object"`
	Values   table[scalar] `yaml:"values"`
}

type metricsYAML struct {
	place
	Disable list[scalar]        `yaml:"disable"`
	Grain   table[list[scalar]] `yaml:"grain"`
	Windows table[list[scalar]] `yaml:"windows"`
}

type limitsYAML struct {
	place
	Series             scalar     `yaml:"series"`
	ValuesPerDimension valuesYAML `yaml:"values_per_dimension"`
}

// valuesYAML is one number for all dimensions, or a number by dimension.
type valuesYAML struct {
	table[scalar]
	All scalar
}

func (v *valuesYAML) decode(d *decoder, n *yaml.Node, at place) {
	if n.Kind == yaml.MappingNode {
		v.table.decode(d, n, at)
		return
	}
	v.All.stand(at)
	v.All.decode(d, n, at)
}

type bucketsYAML struct {
	place
	DealSize list[scalar] `yaml:"deal_size"`
	Duration list[scalar] `yaml:"duration"`
}

type quarantineYAML struct {
	place
	KeepValues scalar `yaml:"keep_values"`
}

type targetYAML struct {
	place
	Name        scalar        `yaml:"name"`
	KPI         scalar        `yaml:"kpi"`
	Value       number        `yaml:"value"`
	Growth      number        `yaml:"growth"`
	Over        scalar        `yaml:"over"`
	Period      periodYAML    `yaml:"period"`
	Every       scalar        `yaml:"every"`
	Scope       table[scalar] `yaml:"scope"`
	Pace        scalar        `yaml:"pace"`
	Objective   scalar        `yaml:"objective"`
	Accountable scalar        `yaml:"accountable"`
	ReviewBy    scalar        `yaml:"review_by"`
}

// periodYAML is a period by name ("2026-Q4") or by its first and last day.
type periodYAML struct {
	place
	Name scalar
	From scalar `yaml:"from"`
	To   scalar `yaml:"to"`
}

func (p *periodYAML) decode(d *decoder, n *yaml.Node, at place) {
	if n.Kind == yaml.MappingNode {
		d.structure(n, at, p)
		return
	}
	p.Name.stand(at)
	p.Name.decode(d, n, at)
	p.broken = p.Name.broken
}
