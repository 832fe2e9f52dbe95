package crmsim_test

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/naming"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/salesforce/tables"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// Toy is a kind of record that exists to show what a kind needs: this declaration, a naming for each façade, and a line
// in each list.
type Toy struct {
	world.Head

	Title  string
	Price  string
	Due    time.Time
	Urgent bool
	Rep    int64
	Deal   int64
}

func toys() crmsim.Kind {
	return crmsim.Kind{
		Kind: world.Declare("toy",
			world.TextColumn("title", func(t *Toy) *string { return &t.Title }),
			world.DecimalColumn("price", func(t *Toy) *string { return &t.Price }),
			world.TimeColumn("due", func(t *Toy) *time.Time { return &t.Due }),
			world.FlagColumn("urgent", func(t *Toy) *bool { return &t.Urgent }),
			world.ReferenceColumn("rep", crmsim.KindRep, func(t *Toy) *int64 { return &t.Rep }),
			world.ReferenceColumn("deal", crmsim.KindDeal, func(t *Toy) *int64 { return &t.Deal }),
		),
		Generate: func(g *crmsim.Generator) {
			_ = g.World.DoAt(g.Start, func(tx world.Tx) error {
				for i := range 30 {
					toy := &Toy{Title: fmt.Sprintf("Toy %d", i), Price: strconv.Itoa(g.Rand.IntN(100)), Rep: 1, Deal: int64(i%3 + 1)}
					toy.Created, toy.Modified = tx.At(), tx.At().Add(time.Duration(i)*time.Hour)
					toy.Properties = map[string]string{"colour": "red", "Colour__c": "Red"}
					if _, err := tx.Create("toy", toy); err != nil {
						return err
					}
				}
				return nil
			})
		},
		Live: func(_ *crmsim.Generator, tx world.Tx) {
			if tx.At().Minute() == 0 {
				_, _ = tx.Create("toy", &Toy{Head: world.Head{Created: tx.At(), Modified: tx.At()}, Title: "Hourly"})
			}
		},
	}
}

// hubspotToys is the naming for HubSpot.
func hubspotToys() naming.Naming {
	return naming.Naming{
		Kind: "toy", Type: "toys", Number: "2-77", Single: "toy", Scope: "crm.objects.custom.read", Base: 770_000,
		Shown: []string{"title"}, Title: "title",
		Properties: slices.Concat(naming.Common(), []naming.Property{
			{Name: "title", Type: "string", Field: "title"},
			{Name: "price", Type: "number", Field: "price"},
			{Name: "due", Type: "datetime", Field: "due"},
			{Name: "urgent", Type: "bool", Field: "urgent"},
			{Name: "hubspot_owner_id", Type: "enumeration", External: true, Field: "rep"},
			naming.Merged(),
		}),
		Associations: []naming.Association{{To: "deals", Field: "deal", There: [2]int{901, 902}, Back: [2]int{903, 904}}},
	}
}

// salesforceToys is the naming for Salesforce.
func salesforceToys() tables.Naming {
	return tables.Naming{
		Kind: "toy", Object: "Toy__c", Prefix: "a07", Replicated: true,
		Fields: slices.Concat([]tables.Field{
			tables.IsDeleted(),
			{Name: "Name", Type: soql.TypeString, From: "title"},
			{Name: "Price__c", Type: soql.TypeCurrency, Nillable: true, From: "price"},
			{Name: "Due__c", Type: soql.TypeDate, Nillable: true, From: "due"},
			{Name: "Urgent__c", Type: soql.TypeBoolean, From: "urgent"},
			{Name: "Colour__c", Type: soql.TypePicklist, Nillable: true},
			{Name: "OwnerId", Type: soql.TypeReference, Nillable: true, From: "rep", To: "User"},
			{Name: "Deal__c", Type: soql.TypeReference, Nillable: true, From: "deal", To: "Opportunity"},
		}, tables.Audit()),
	}
}

// The lists with their line more. A test takes each line out again.

func kindsWithToy() []crmsim.Kind { return []crmsim.Kind{toys()} }

func typesWithToy() []naming.Naming { return append(naming.All(), hubspotToys()) }

func objectsWithToy() []tables.Naming { return append(tables.All(), salesforceToys()) }

func portalOf(w *crmsim.World, types []naming.Naming) *hubspot.Handler {
	return hubspot.NewHandler(w, hubspot.Options{
		Tokens: []string{"x"}, Namings: types,
		Limits: hubspot.Limits{TenSecondly: -1, SearchSecondly: -1, Daily: -1},
	})
}

func orgOf(w *crmsim.World, objects []tables.Naming) *salesforce.Handler {
	return salesforce.NewHandler(w, salesforce.Options{Namings: objects, PageSize: 10})
}
