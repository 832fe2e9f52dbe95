package tables

import (
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
)

func accounts() Naming {
	return Naming{
		Kind: crmsim.KindAccount, Object: "Account", Prefix: prefixAccount, Replicated: true,
		Fields: slices.Concat([]Field{
			IsDeleted(),
			{Name: "MasterRecordId", Type: soql.TypeReference, Nillable: true, Read: func(r Row) soql.Value {
				return soql.ID(ID(prefixAccount, r.Base().MergedInto))
			}},
			{Name: "Name", Type: soql.TypeString, From: "name"},
			custom("Type", soql.TypePicklist),
			custom("Industry", soql.TypePicklist),
			custom("BillingCountry", soql.TypeString),
			custom("AccountSource", soql.TypePicklist),
			unused("ParentId", soql.TypeReference),
		}, Audit()),
	}
}

// users are deactivated, never deleted.
func users() Naming {
	return Naming{
		Kind: crmsim.KindRep, Object: "User", Prefix: prefixUser, Replicated: true,
		Fields: slices.Concat([]Field{
			{Name: "Username", Type: soql.TypeString, From: "email"},
			{Name: "FirstName", Type: soql.TypeString, Nillable: true, From: "first_name"},
			{Name: "LastName", Type: soql.TypeString, From: "last_name"},
			{Name: "Name", Type: soql.TypeString, Read: fullName},
			{Name: "Email", Type: soql.TypeString, From: "email"},
			{Name: "IsActive", Type: soql.TypeBoolean, From: "active"},
			fixed("UserType", soql.TypePicklist, soql.Text("Standard")),
			{Name: "UserRoleId", Type: soql.TypeReference, Nillable: true, From: "team", To: "UserRole"},
			unused("ManagerId", soql.TypeReference),
			custom("Department", soql.TypeString),
			unused("Division", soql.TypeString),
			unused("Title", soql.TypeString),
			{Name: "TimeZoneSidKey", Type: soql.TypePicklist, Read: func(r Row) soql.Value {
				return soql.Text(r.view.info.TimeZone)
			}},
			fixed("ForecastEnabled", soql.TypeBoolean, soql.Boolean(false)),
		}, Audit(), []Field{
			{Name: "DefaultCurrencyIsoCode", Type: soql.TypePicklist, MultiCurrency: true, Read: func(r Row) soql.Value {
				return soql.Text(r.view.info.Currency)
			}},
		}),
	}
}

func fullName(r Row) soql.Value {
	rep := r.Record.(*crmsim.Rep)
	return soql.Text(strings.TrimSpace(rep.FirstName + " " + rep.LastName))
}

func roles() Naming {
	return Naming{
		Kind: crmsim.KindTeam, Object: "UserRole", Prefix: prefixRole,
		Fields: []Field{
			{Name: "Name", Type: soql.TypeString, From: "name"},
			{Name: "DeveloperName", Type: soql.TypeString, Nillable: true, Read: func(r Row) soql.Value {
				return soql.Text(DeveloperName(r.Record.(*crmsim.Team).Name))
			}},
			unused("ParentRoleId", soql.TypeReference),
			unused("ForecastUserId", soql.TypeReference),
			fixed("SystemModstamp", soql.TypeDateTime, soql.DateTimeOf(founded())),
		},
	}
}
