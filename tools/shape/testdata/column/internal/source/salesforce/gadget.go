package salesforce

import (
	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/record"
)

func gadgets() *object {
	return &object{
		kind: crm.Gadgets.Name(),
		columns: newColumns("Gadget__c",
			column{name: "Id", required: true},
			column{name: "IsDeleted", required: true},
			column{name: "SystemModstamp", required: true},
			column{name: "Price__c", required: true},
			column{name: "Due__c", lost: "when gadgets are due"},
			column{name: "Urgent__c", lost: "which gadgets are urgent"},
			column{name: "Deal__c", lost: "the deals of gadgets"},
			column{name: "Colour__c", lost: "the colours of gadgets"}),
		read: reading(crm.Gadgets, readGadget),
	}
}

func readGadget(_ *object, f *fields, h record.Head) crm.Gadget {
	g := crm.Gadget{
		Head: h, Deal: f.reference("Deal__c"), Due: f.date("Due__c"), Urgent: f.flag("Urgent__c", record.BadShape),
		Colour: f.text("Colour__c"),
	}
	g.Price, g.Priced = f.money("Price__c")
	return g
}
