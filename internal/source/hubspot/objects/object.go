// Package objects holds the records of HubSpot, a file for each: how they are asked for and what they say.
package objects

import (
	"context"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
	"github.com/sales-exporter/sales_exporter/internal/source/hubspot/api"
)

// List returns the objects that a configuration has read, in the order in which a cycle syncs them: each is a stream. To
// add one is to add its line. Companies follow the deals: a deal that has just been read may name a company that is
// younger than the last look at the companies, and would lack what it takes from there.
func List(p *Plan) []*Object {
	all := []*Object{
		deals(p),
		companies(p),
	}
	return slices.DeleteFunc(all, func(o *Object) bool { return o.onlyMapped && len(o.Mapped) == 0 })
}

// HubSpot's names of the objects.
const (
	Deals     = "deals"
	Companies = "companies"
)

// Object is one kind of record that is listed and searched.
type Object struct {
	Kind       record.Name
	Name       string // HubSpot's
	Properties []string
	Mapped     []Dimension // from its properties
	Archived   bool        // archived records are listed too
	onlyMapped bool        // it has nothing of its own but what is mapped

	// Read turns a page into a batch.
	Read func(ctx context.Context, p *Page) (record.Batch, error)
}

// Page is a page of records, and what their reader needs beside them.
type Page struct {
	Records  []api.Record
	API      *api.API
	Currency string // that of the account, in which amounts without a currency are
	// Refer returns what deals refer to, read again where one of them names what nobody has looked for yet.
	Refer func(ctx context.Context, deals []*crm.Deal) (*References, error)
	// Odd is where a reader counts what it found odd.
	Odd *Oddities
}

// Oddities are worth a warning, and no more.
type Oddities struct {
	Disagreements int // deals whose stage and flags say different outcomes
	Unlinked      int // deals whose company HubSpot did not tell
}
