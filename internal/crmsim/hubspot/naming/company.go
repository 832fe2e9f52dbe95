package naming

import (
	"fmt"
	"slices"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

func companies() Naming {
	return Naming{
		Kind: crmsim.KindAccount, Type: "companies", Number: "0-2", Single: "company", Scope: "crm.objects.companies.read",
		Base: BaseCompany, Shown: []string{"name", "domain"}, Title: "name",
		Properties: slices.Concat(Common(), []Property{
			{Name: "name", Type: "string", Field: "name"},
			{Name: "domain", Type: "string", Read: func(_ *Background, r world.Record) Value {
				return text(fmt.Sprintf("company%d.example.test", r.Base().ID))
			}},
			Merged(),
		}),
	}
}
