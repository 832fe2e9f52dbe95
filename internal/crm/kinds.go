package crm

import "github.com/sales-exporter/sales_exporter/internal/record"

// Kinds returns every kind of record, in the order in which they are listed to people. A kind that is not on the list
// exists nowhere: no mirror stores it, no export shows it.
func Kinds() []record.Kind {
	return []record.Kind{
		Deals,
		Accounts,
		Reps,
		Pipelines,
		Stages,
	}
}

// Names returns the name of every kind, in the same order.
func Names() []record.Name { return record.Names(Kinds()) }
