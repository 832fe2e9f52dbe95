package salesforce

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

// objects lists the objects whose records are read by id and by modification time, in the order in which a cycle syncs
// them: each is a stream. To add one is to add its line. Accounts follow the deals: a deal that has just been read may
// name an account that is younger than the last look at the accounts, and would lack what it takes from there.
func objects(amount money) []*object {
	return []*object{
		opportunities(amount),
		accounts(),
	}
}

// object is one kind of record and what is read of it.
type object struct {
	kind    record.Name
	columns *columns
	// read adds what a record says to the rows, unless the fields could not be read.
	read func(o *object, f *fields, h record.Head, rows *record.Rows)
	// onlyMapped objects are read only where the configuration maps a field of theirs.
	onlyMapped bool

	mapped []dimension
	amount money // of deals
}

// reading makes the reader of an object of a function that reads one record.
func reading[R any](
	kind *record.Typed[R], read func(o *object, f *fields, h record.Head) R,
) func(*object, *fields, record.Head, *record.Rows) {
	return func(o *object, f *fields, h record.Head, rows *record.Rows) {
		if row := read(o, f, h); !f.failed() {
			kind.Append(rows, row)
		}
	}
}

// opportunities are the deals.
func opportunities(amount money) *object {
	return &object{
		kind: crm.Deals.Name(), columns: dealColumns(amount.field), read: reading(crm.Deals, readDeal), amount: amount,
	}
}

// accounts have nothing of their own but what is mapped.
func accounts() *object {
	return &object{
		kind: crm.Accounts.Name(), columns: accountColumns(), onlyMapped: true,
		read: reading(crm.Accounts, func(_ *object, _ *fields, h record.Head) crm.Account { return crm.Account{Head: h} }),
	}
}

// objectOf returns the object of a kind of record.
func (p *plan) objectOf(kind record.Name) *object {
	return p.objects[slices.IndexFunc(p.objects, func(o *object) bool { return o.kind == kind })]
}

// dropUnmapped leaves out the objects of which nothing is needed.
func (p *plan) dropUnmapped() {
	p.objects = slices.DeleteFunc(p.objects, func(o *object) bool { return o.onlyMapped && len(o.mapped) == 0 })
}
