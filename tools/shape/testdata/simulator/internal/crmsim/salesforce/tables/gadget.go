package tables

import (
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
)

func gadgets() Naming {
	return Naming{
		Kind: crmsim.KindGadget, Object: "Gadget__c", Prefix: "a08", Replicated: true,
		Fields: slices.Concat([]Field{
			IsDeleted(),
			{Name: "Price__c", Type: soql.TypeCurrency, Nillable: true, From: "price"},
			{Name: "Due__c", Type: soql.TypeDate, Nillable: true, From: "due"},
			{Name: "Urgent__c", Type: soql.TypeBoolean, From: "urgent"},
			custom("Colour__c", soql.TypePicklist),
			{Name: "Deal__c", Type: soql.TypeReference, Nillable: true, From: "deal", To: "Opportunity"},
		}, Audit()),
	}
}
