package crmsim

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// GenerateOptions describe a generated account.
type GenerateOptions struct {
	Seed  uint64
	Deals int
	// Now is the world's clock; nil is the real one.
	Now func() time.Time
	// HistoryEnd is where the generated history ends and life begins; the zero time is the clock's first reading.
	// Processes that start at different times see the same account when they agree on it.
	HistoryEnd time.Time
	// Currency of the account, ISO 4217; "" is USD.
	Currency string
	// TimeZone of the account, IANA; "" is US/Eastern.
	TimeZone string
	// Still keeps the account as it is when its clock goes on: nothing happens but what a test does.
	Still bool
}

// historyLength is two years, and a run-up so that there are deals to close in the first quarter of them.
const historyLength = 820 * 24 * time.Hour

// Generate makes up an account with two years of plausible history. Equal options and an equal clock give an equal
// world. Unless it is to stay Still, life goes on in it as its clock does, see World.Advance.
func Generate(o GenerateOptions) *World {
	w := NewWorld(o.Now, Info{
		Name: "Simulated Sales Ltd", Number: 12345678,
		Currency: cmp.Or(o.Currency, "USD"), TimeZone: cmp.Or(o.TimeZone, "US/Eastern"),
		Rates: map[string]string{"EUR": "1.0842", "GBP": "1.2705"},
	})
	now := w.moment()
	if !o.HistoryEnd.IsZero() {
		now = o.HistoryEnd
	}
	g := &generator{
		world: w, now: now, start: now.Add(-historyLength), teams: teamProfiles(),
		rand: rand.New(rand.NewPCG(o.Seed, 0)), //nolint:gosec // equal seeds must give equal worlds
	}
	g.people()
	g.companies(max(20, o.Deals/5))
	g.deals(o.Deals)
	if !o.Still {
		w.life = newLife(o, now, g)
	}
	return w
}

// generator makes deals up, for the past and, in Advance, for the time that passes.
type generator struct {
	world *World
	rand  *rand.Rand
	now   time.Time // no event lies behind it
	start time.Time
	teams []teamProfile
	staff [][]salesperson // by team

	accountsOf map[string][]int64 // by region, HubSpot's spelling
}

// salesperson is what the generator knows of a rep and no CRM tells.
type salesperson struct {
	id       int64
	workload float64 // share of the team's deals
	skill    float64 // factor on the chance to win
	left     time.Time
	region   spelling
}

func (g *generator) people() {
	for _, p := range generatedPipelines() {
		g.world.AddPipeline(p)
	}
	first, last := firstNames(), lastNames()
	g.rand.Shuffle(len(last), func(i, j int) { last[i], last[j] = last[j], last[i] })
	n := 0
	for _, team := range g.teams {
		id := g.world.AddTeam(team.name)
		var staff []salesperson
		for i := range team.reps {
			rep := Rep{
				FirstName: first[n%len(first)], LastName: last[n%len(last)], Team: id, Active: true,
				Created: g.start.AddDate(0, 0, -n).Truncate(time.Millisecond),
			}
			rep.Email = fmt.Sprintf("rep%d@example.test", n+1)
			person := salesperson{
				workload: 0.5 + g.rand.Float64(), skill: 0.7 + 0.6*g.rand.Float64(), region: pick(g.rand, regions()),
			}
			if i == team.reps-1 && team.reps > 3 { // somebody of every larger team has left the company
				person.left = g.now.AddDate(0, 0, -90-g.rand.IntN(200))
				rep.Active, rep.Modified = false, person.left
			}
			person.id = g.world.AddRep(rep)
			staff = append(staff, person)
			n++
		}
		g.staff = append(g.staff, staff)
	}
}

func (g *generator) companies(n int) {
	g.accountsOf = map[string][]int64{}
	first, second, legal := companyWords()
	for i := range n {
		region, industry := pick(g.rand, regions()), pick(g.rand, industries())
		created := g.start.Add(-time.Duration(g.rand.Int64N(int64(historyLength)))).Truncate(time.Millisecond)
		id := g.world.AddAccount(Account{
			Name: strings.Join([]string{
				first[i%len(first)], second[i/len(first)%len(second)], legal[g.rand.IntN(len(legal))],
			}, " "),
			Properties: map[string]string{
				"industry": industry.hubspot, "Industry": industry.salesforce, "region": region.hubspot,
			},
			Created: created, Modified: created,
		})
		g.accountsOf[region.hubspot] = append(g.accountsOf[region.hubspot], id)
	}
}

// deals generates the history: deals in the order of their creation, some of them archived, a few merged.
func (g *generator) deals(n int) {
	created := make([]time.Time, 0, n)
	for len(created) < n {
		created = append(created, g.creation())
	}
	slices.SortFunc(created, time.Time.Compare)
	deals := make([]Deal, 0, n)
	for _, at := range created {
		deals = append(deals, g.deal(at))
	}

	w := g.world
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range deals {
		w.addDeal(d, d.Modified)
	}
	g.accidents(n)
}

// accidents archives one deal in a hundred and merges one in three hundred with its neighbour. The lock is
// held, and the deals exist, so the changes cannot fail.
func (g *generator) accidents(n int) {
	for id := int64(1); id < int64(n); id += 2 {
		at := g.between(g.world.newest(id).Modified, g.now)
		switch {
		case g.rand.IntN(100) == 0:
			_ = g.world.change(id, at, func(d *Deal) { d.Archived, d.ArchivedAt = true, at })
		case g.rand.IntN(150) == 0:
			_, _ = g.world.merge(id, id+1, at)
		}
	}
}

// creation draws the time of a new deal: business grows, is slow in summer and at the turn of the year, and people
// work on weekdays.
func (g *generator) creation() time.Time {
	season := [...]float64{0.80, 0.95, 1.10, 1.00, 1.00, 0.95, 0.75, 0.65, 1.10, 1.15, 1.10, 0.70}
	for {
		at := g.start.Add(time.Duration(g.rand.Int64N(int64(historyLength))))
		growth := 0.75 + 0.25*float64(at.Sub(g.start))/float64(historyLength)
		if g.rand.Float64()*1.15 > season[at.Month()-1]*growth {
			continue
		}
		if at = g.officeHours(at); at.Before(g.now) {
			return at
		}
	}
}

// officeHours moves a time to the working day it belongs to.
func (g *generator) officeHours(at time.Time) time.Time {
	switch at.Weekday() {
	case time.Saturday:
		at = at.AddDate(0, 0, -1)
	case time.Sunday:
		at = at.AddDate(0, 0, -2)
	default:
	}
	day := time.Date(at.Year(), at.Month(), at.Day(), 8, 0, 0, 0, time.UTC)
	return day.Add(time.Duration(g.rand.Int64N(int64(10 * time.Hour)))).Truncate(time.Millisecond)
}

// between draws a time of (from, to], or from where that is empty.
func (g *generator) between(from, to time.Time) time.Time {
	if span := to.Sub(from); span > 0 {
		return from.Add(1 + time.Duration(g.rand.Int64N(int64(span)))).Truncate(time.Millisecond)
	}
	return from
}

// backLoaded moves a close date within its quarter, for deals are signed when the quarter ends: 23, 33 and 43 percent
// of them in its three months.
func (g *generator) backLoaded(created, natural time.Time) time.Time {
	first := time.Date(natural.Year(), (natural.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	month := 2
	switch draw := g.rand.IntN(100); {
	case draw < 23:
		month = 0
	case draw < 23+33:
		month = 1
	}
	from := first.AddDate(0, month, 0)
	length := from.AddDate(0, 1, 0).Sub(from)
	late := max(g.rand.Float64(), g.rand.Float64())
	end := g.officeHours(from.Add(time.Duration(late * float64(length))))
	if end.Before(created.Add(20 * time.Hour)) {
		return g.officeHours(natural.AddDate(0, 0, 3))
	}
	return end
}

// amountText draws a price: most have cents, some were rounded by people.
func (g *generator) amountText(median, spread float64) string {
	amount := median * math.Exp(spread*g.rand.NormFloat64())
	if g.rand.IntN(6) == 0 {
		return strconv.FormatFloat(math.Max(100, math.Round(amount/100)*100), 'f', 0, 64)
	}
	return strconv.FormatFloat(math.Max(50, amount), 'f', 2, 64)
}

// pick draws one of the values by its share.
func pick(r *rand.Rand, values []spelling) spelling {
	return values[weighted(r, len(values), func(i int) float64 { return values[i].share })]
}

// weighted draws an index below n by weight.
func weighted(r *rand.Rand, n int, weight func(int) float64) int {
	total := 0.0
	for i := range n {
		total += weight(i)
	}
	draw := r.Float64() * total
	for i := range n - 1 {
		if draw -= weight(i); draw < 0 {
			return i
		}
	}
	return n - 1
}
