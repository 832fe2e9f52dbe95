package crmsim

import (
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// KindAccount is the kind of accounts.
const KindAccount = "account"

// Account is a HubSpot company or a Salesforce account.
type Account struct {
	world.Head

	Name string
}

func accounts() Kind {
	return Kind{
		Kind: world.Declare(KindAccount,
			world.TextColumn("name", func(a *Account) *string { return &a.Name }),
		),
		Generate: (*Generator).accounts,
		founding: true,
	}
}

// AddAccount stores an account under a new id and returns it.
func (w *World) AddAccount(a Account) int64 { return w.accounts.Add(a) }

// Accounts returns every account that there ever was, by id. They must not be changed.
func (w *World) Accounts() []*Account { return w.accounts.All(w.Now()) }

// UpdateAccount edits an account. No deal is modified by it.
func (w *World) UpdateAccount(id int64, edit func(*Account)) error {
	return w.accounts.Update(id, edit)
}

// MergeAccounts makes a new account of two, see world.Tx.Merge.
func (w *World) MergeAccounts(primary, other int64) (int64, error) {
	return w.accounts.Merge(primary, other)
}

// accounts makes up the customers.
func (g *Generator) accounts() {
	g.company.accountsOf = map[string][]int64{}
	first, second, legal := companyWords()
	for i := range max(20, g.Deals/5) {
		region, industry := pick(g.Rand, regions()), pick(g.Rand, industries())
		created := g.Start.Add(-time.Duration(g.Rand.Int64N(int64(historyLength)))).Truncate(time.Millisecond)
		id := g.create(KindAccount, &Account{
			Head: world.Head{
				Created: created, Modified: created,
				Properties: map[string]string{
					"industry": industry.hubspot, "Industry": industry.salesforce, "region": region.hubspot,
				},
			},
			Name: strings.Join([]string{
				first[i%len(first)], second[i/len(first)%len(second)], legal[g.Rand.IntN(len(legal))],
			}, " "),
		})
		g.company.accountsOf[region.hubspot] = append(g.company.accountsOf[region.hubspot], id)
	}
}
