package dashboard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crm"
)

// asked returns a variable whose values come from Prometheus.
func asked(name, label, query string) variable {
	// Grafana recognises query_result() and the other functions on one line only.
	query = strings.ReplaceAll(query, "\n", " ")
	return variable{
		Type: "query", Name: name, Label: label, Datasource: prometheus(), Definition: query,
		Query: variableQuery{Query: query, RefID: "PrometheusVariableQueryEditor-VariableQuery"},
		// Sources, teams and targets come and go with the time range.
		Refresh: 2, Sort: 1, Options: []option{},
	}
}

// many lets a variable have several values, and all of them from the start.
func many(v variable, all string) variable {
	v.Multi, v.IncludeAll, v.AllValue = true, true, all
	v.Current = &option{Selected: true, Text: []string{"All"}, Value: []string{"$__all"}}
	return v
}

// anything is the value of "All" for labels that may be empty: a deal without a team belongs to the total.
const anything = ".*"

// something is the value of "All" for labels that every series has.
const something = ".+"

func datasourceVariable() variable {
	return variable{
		Type: "datasource", Name: "datasource", Label: "Data source", Query: "prometheus", Options: []option{}, Refresh: 1,
	}
}

func jobVariable() variable {
	return many(asked("job", "Job", "label_values(sales_exporter_build_info, job)"), something)
}

func instanceVariable() variable {
	return many(asked("instance", "Instance", `label_values(sales_exporter_build_info{job=~"$job"}, instance)`), something)
}

func sourceVariable() variable {
	return many(asked("source", "Source", `label_values(sales_exporter_source_up{job=~"$job"}, source)`), anything)
}

// currencyVariable offers the currency that the boards are made for and no other: the sign of another would be wrong.
func (g *generator) currencyVariable() variable {
	v := asked("currency", "Currency", `label_values(sales_revenue_won_amount{job=~"$job"}, currency)`)
	v.Regex = "/^" + g.options.Currency + "$/"
	v.Description = "Dashboards show one currency. To generate them for yours, run sales_exporter dashboards --currency."
	return v
}

func periodVariable() variable {
	v := asked("period", "Period", `label_values(sales_target_value{job=~"$job",kpi="revenue_won"}, period)`)
	v.Current = &option{Selected: true, Text: "quarter", Value: "quarter"}
	return v
}

// targetVariable offers the targets whose period it is. Those without a scope come first, for they are the company's.
func (g *generator) targetVariable() variable {
	end := g.pick("sales_target_end_timestamp_seconds", `kpi="revenue_won"`, `period="$period"`, `currency=~".*"`)
	whole := end
	for _, d := range append([]string{"source"}, crm.DimensionNames()...) {
		whole.matchers = append(slices.Clip(whole.matchers), d+`=""`)
	}
	v := asked("target", "Target", fmt.Sprintf("query_result(%s or %s)",
		g.running("sort("+whole.max("target")+")"), g.running(end.max("target"))))
	v.Regex, v.Sort = `/target="([^"]+)"/`, 0
	return v
}

// nameless matches what stands for records without a value of a dimension: they belong to totals and are no row, no bar
// and no choice of their own.
const nameless = "|[(]none[)]"

// namedVariable is a dimensionVariable without what has no value.
func namedVariable(name, label, matchers string) variable {
	query := fmt.Sprintf(`label_values(sales_deals_created{job=~"$job",source=~"$source"%s,%s!~"%s"}, %s)`,
		matchers, name, nameless, name)
	return many(asked(name, label, query), anything)
}

// dimensionVariable narrows a board to some values of a dimension of deals.
func dimensionVariable(name, label string) variable {
	query := fmt.Sprintf(`label_values(sales_deals_created{job=~"$job",source=~"$source"}, %s)`, name)
	return many(asked(name, label, query), anything)
}
