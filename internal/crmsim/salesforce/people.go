package salesforce

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/soql"
)

// account is a row of Account.
type account struct{ *crmsim.Account }

func (a *account) stamp() time.Time { return latest(a.Modified, a.ArchivedAt) }

// removed is when the account was deleted, the zero time while it lives.
func (a *account) removed() time.Time {
	if a.Archived {
		return a.ArchivedAt
	}
	return time.Time{}
}

// sequence yields the rows of a table in the order of their ids.
func sequence[K comparable, T any](order []K, rows map[K]*T) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for _, key := range order {
			if !yield(rows[key]) {
				return
			}
		}
	}
}

func accountTable() *table {
	property := func(name string, kind soql.FieldType) soql.Field {
		return nullable(name, kind, text(func(a *account) string { return a.Properties[name] }))
	}
	t := newTable("Account", prefixAccount,
		func(v *view) iter.Seq[*account] { return sequence(v.accountIDs, v.accounts) },
		slices.Concat([]soql.Field{
			id(prefixAccount, func(a *account) int64 { return a.ID }),
			column("IsDeleted", soql.TypeBoolean, truth(func(a *account) bool { return a.Archived })),
			nullable("MasterRecordId", soql.TypeReference,
				text(func(a *account) string { return idOf(prefixAccount, a.MergedInto) })),
			column("Name", soql.TypeString, text(func(a *account) string { return a.Name })),
			property("Type", soql.TypePicklist),
			property("Industry", soql.TypePicklist),
			property("BillingCountry", soql.TypeString),
			property("AccountSource", soql.TypePicklist),
			empty("ParentId", soql.TypeReference),
		}, audit(
			func(a *account) time.Time { return a.Created },
			func(a *account) time.Time { return a.Modified },
			(*account).stamp,
		))...)
	t.live = of(func(a *account) bool { return !a.Archived })
	t.stamp, t.removed = of((*account).stamp), of((*account).removed)
	return t
}

// user is a row of User. Users are deactivated, never deleted.
type user struct {
	crmsim.Rep
	view *view
}

func (u *user) name() string { return strings.TrimSpace(u.FirstName + " " + u.LastName) }

func userTable(options Options) *table {
	modified := func(u *user) time.Time { return u.Modified }
	fields := slices.Concat([]soql.Field{
		id(prefixUser, func(u *user) int64 { return u.ID }),
		column("Username", soql.TypeString, text(func(u *user) string { return u.Email })),
		nullable("FirstName", soql.TypeString, text(func(u *user) string { return u.FirstName })),
		column("LastName", soql.TypeString, text(func(u *user) string { return u.LastName })),
		column("Name", soql.TypeString, text((*user).name)),
		column("Email", soql.TypeString, text(func(u *user) string { return u.Email })),
		column("IsActive", soql.TypeBoolean, truth(func(u *user) bool { return u.Active })),
		always("UserType", soql.TypePicklist, soql.Text("Standard")),
		reference("UserRoleId", "UserRole",
			func(u *user) string { return idOf(prefixRole, u.Team) },
			func(u *user) soql.Row { return find(u.view.roles, u.Team) }),
		empty("ManagerId", soql.TypeReference),
		empty("Department", soql.TypeString),
		empty("Division", soql.TypeString),
		empty("Title", soql.TypeString),
		column("TimeZoneSidKey", soql.TypePicklist, text(func(u *user) string { return u.view.info.TimeZone })),
		always("ForecastEnabled", soql.TypeBoolean, soql.Boolean(false)),
	}, audit(func(u *user) time.Time { return u.Created }, modified, modified))
	if options.MultiCurrency {
		fields = append(fields, column("DefaultCurrencyIsoCode", soql.TypePicklist,
			text(func(u *user) string { return u.view.info.Currency })))
	}
	t := newTable("User", prefixUser, func(v *view) iter.Seq[*user] { return sequence(v.userIDs, v.users) }, fields...)
	t.stamp = of(modified)
	return t
}

// role is a row of UserRole.
type role struct{ crmsim.Team }

func roleTable() *table {
	return newTable("UserRole", prefixRole,
		func(v *view) iter.Seq[*role] { return sequence(v.roleIDs, v.roles) },
		id(prefixRole, func(r *role) int64 { return r.ID }),
		column("Name", soql.TypeString, text(func(r *role) string { return r.Name })),
		nullable("DeveloperName", soql.TypeString, text(func(r *role) string { return developerName(r.Name) })),
		empty("ParentRoleId", soql.TypeReference),
		empty("ForecastUserId", soql.TypeReference),
		always("SystemModstamp", soql.TypeDateTime, soql.DateTimeOf(founded())),
	)
}

// founded is when the org was set up: the age of everything that the world does not date.
func founded() time.Time { return time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC) }
