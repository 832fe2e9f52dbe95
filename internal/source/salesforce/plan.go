package salesforce

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/source/salesforce/api"
)

const (
	objectAccount      = "Account"
	objectOpportunity  = "Opportunity"
	objectOrganization = "Organization"
	objectRecordType   = "RecordType"
	objectStage        = "OpportunityStage"
	objectUser         = "User"
)

// fieldPath is what may be asked for: SOQL is put together from text, so nothing else may get into it.
var fieldPath = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*){0,5}$`)

// plan is what a configuration makes the connector ask for.
type plan struct {
	objects []*object // that are read by id and by modification time
	deals   *object   // one of them
	reps    *object

	organization, stages, recordTypes *columns
	needsName                         bool
}

// dimension is one configured label and the field that fills it, as a path from the object that holds it.
type dimension struct {
	name    string
	path    string
	mapping config.Mapping
}

// withReps returns all objects that may have mapped fields.
func (p *plan) withReps() []*object { return append(slices.Clip(p.objects), p.reps) }

// listed returns the columns of the small objects, which are read as whole lists.
func (p *plan) listed() []*columns { return []*columns{p.reps.columns, p.stages, p.recordTypes} }

func newPlan(cfg config.Source, needsName bool) (*plan, error) {
	amount, err := newMoney(cfg)
	if err != nil {
		return nil, err
	}
	p := &plan{
		needsName: needsName,
		objects:   objects(amount),
		reps: &object{kind: crm.Reps.Name(), columns: newColumns(objectUser,
			column{name: "Id", required: true},
			column{name: "Name", lost: "the names of reps"},
			column{name: "IsActive", lost: "which reps are active"},
			column{name: "UserRole.Name", lost: "the teams of reps"})},
		organization: newColumns(objectOrganization,
			column{name: "Id", required: true},
			column{name: "DefaultCurrencyIsoCode", quiet: true},
			column{name: "TimeZoneSidKey", quiet: true},
			column{name: "FiscalYearStartMonth", quiet: true}),
		stages: newColumns(objectStage,
			column{name: "Id", required: true},
			column{name: "ApiName", lost: "the API names of stages"},
			column{name: "MasterLabel", lost: "the labels of stages"},
			column{name: "SortOrder", lost: "the order of stages"},
			column{name: "DefaultProbability", lost: "the probabilities of stages"}),
		recordTypes: newColumns(objectRecordType,
			column{name: "Id", required: true},
			column{name: "Name", lost: "the labels of pipelines"},
			column{name: "DeveloperName", lost: "the developer names of pipelines"}),
	}
	p.deals = p.objectOf(crm.Deals.Name())
	if needsName {
		// Without it the exclude expression would silently match nothing.
		p.deals.columns.add(column{name: "Name", required: true})
	}
	for name, mapping := range cfg.Map {
		if err := p.mapDimension(name, mapping); err != nil {
			return nil, err
		}
	}
	p.dropUnmapped()
	for _, o := range p.withReps() {
		slices.SortFunc(o.mapped, func(a, b dimension) int { return cmp.Compare(a.name, b.name) })
		for _, d := range o.mapped {
			o.columns.add(column{name: d.path, lost: "the dimension " + d.name})
		}
	}
	return p, nil
}

// dealColumns returns what every KPI needs of an opportunity. Its name is not among them: it is personal as often as
// not, and no KPI needs it.
func dealColumns(amount string) *columns {
	return newColumns(objectOpportunity,
		column{name: "Id", required: true},
		column{name: "IsDeleted", required: true},
		column{name: "StageName", required: true},
		// Without it all sums would be 0, which is a number and wrong.
		column{name: amount, required: true},
		column{name: "Probability", lost: "the probabilities of deals"},
		column{name: "CloseDate", required: true},
		column{name: "IsClosed", required: true},
		column{name: "IsWon", required: true},
		// The category has fixed values; its name is what screens call it, which an org may rename.
		column{name: "ForecastCategory", quiet: true},
		column{name: "ForecastCategoryName", lost: "the names of forecast categories"},
		column{name: "OwnerId", lost: "the reps of deals"},
		column{name: "AccountId", lost: "the accounts of deals"},
		column{name: "RecordTypeId", lost: "the pipelines of deals"},
		column{name: "CreatedDate", required: true},
		column{name: "SystemModstamp", required: true},
		column{name: "LastStageChangeDate", lost: "the time in stage of deals"},
		column{name: "CurrencyIsoCode", quiet: true})
}

func accountColumns() *columns {
	return newColumns(objectAccount,
		column{name: "Id", required: true},
		column{name: "IsDeleted", required: true},
		column{name: "MasterRecordId", lost: "the merges of accounts"},
		column{name: "SystemModstamp", required: true})
}

// mapDimension finds the object that holds a mapped field. Fields of accounts and owners are not joined in the
// opportunities' query: they do not move the opportunity's SystemModstamp, so a joined copy would go stale.
func (p *plan) mapDimension(name string, mapping config.Mapping) error {
	path := mapping.Property
	if !fieldPath.MatchString(path) {
		return api.ConfigError("use an API name such as Region__c or Account.Industry",
			"map.%s: property is not the name of a field", name)
	}
	parent, rest, joined := strings.Cut(path, ".")
	d := dimension{name: name, path: path, mapping: mapping}
	switch {
	case joined && strings.EqualFold(parent, "Account"):
		d.path = rest
		accounts := p.objectOf(crm.Accounts.Name())
		accounts.mapped = append(accounts.mapped, d)
	case joined && strings.EqualFold(parent, "Owner"):
		d.path = rest
		p.reps.mapped = append(p.reps.mapped, d)
	default:
		p.deals.mapped = append(p.deals.mapped, d)
	}
	return nil
}
