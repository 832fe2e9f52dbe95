package crmsim

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// deals generates the history: deals in the order of their creation, some of them archived, a few merged.
func (g *Generator) deals() {
	created := make([]time.Time, 0, g.Deals)
	for len(created) < g.Deals {
		created = append(created, g.creation())
	}
	slices.SortFunc(created, time.Time.Compare)
	for _, at := range created {
		d := g.deal(at)
		g.create(KindDeal, &d)
	}
	g.accidents()
}

// accidents archives one deal in a hundred and merges one in three hundred with its neighbour. The deals exist, so the
// changes cannot fail.
func (g *Generator) accidents() {
	for id := int64(1); id < int64(g.Deals); id += 2 {
		d, _ := g.World.Deal(id)
		at := g.between(d.Modified, g.Now)
		switch {
		case g.Rand.IntN(100) == 0:
			_ = g.World.DoAt(at, func(tx world.Tx) error { return tx.Delete(KindDeal, id) })
		case g.Rand.IntN(150) == 0:
			_ = g.World.DoAt(at, func(tx world.Tx) error {
				_, err := tx.Merge(KindDeal, id, id+1)
				return err
			})
		}
	}
}

// creation draws the time of a new deal: business grows, is slow in summer and at the turn of the year, and people
// work on weekdays.
func (g *Generator) creation() time.Time {
	season := [...]float64{0.80, 0.95, 1.10, 1.00, 1.00, 0.95, 0.75, 0.65, 1.10, 1.15, 1.10, 0.70}
	for {
		at := g.Start.Add(time.Duration(g.Rand.Int64N(int64(historyLength))))
		growth := 0.75 + 0.25*float64(at.Sub(g.Start))/float64(historyLength)
		if g.Rand.Float64()*1.15 > season[at.Month()-1]*growth {
			continue
		}
		if at = g.officeHours(at); at.Before(g.Now) {
			return at
		}
	}
}

// deal makes up one deal that was created at a given time, with everything that happened to it until now.
func (g *Generator) deal(created time.Time) Deal {
	d, prospect := g.lead(created)
	days := prospect.cycleDays * math.Exp(0.5*g.Rand.NormFloat64())
	wins := g.Rand.Float64() < prospect.winChance
	if !wins {
		days *= 0.85
	}
	end := g.backLoaded(created, created.Add(time.Duration(days*24*float64(time.Hour))))
	stages := g.World.stages(d.Pipeline)
	switch {
	case end.After(g.Now):
		g.leaveOpen(&d, stages, end)
	case wins:
		g.close(&d, stages, end, true)
	default:
		g.close(&d, stages, end, false)
	}
	return d
}

// prospect is what will become of a new deal.
type prospect struct {
	cycleDays float64
	winChance float64
}

// lead makes up a deal as it is on the day of its creation, in the first stage.
func (g *Generator) lead(created time.Time) (Deal, prospect) {
	t := weighted(g.Rand, len(g.company.teams), func(i int) float64 { return g.company.teams[i].share })
	team := g.company.teams[t]
	staff := g.company.staff[t]
	rep := staff[weighted(g.Rand, len(staff), func(i int) float64 {
		if !staff[i].left.IsZero() && created.After(staff[i].left) {
			return 0
		}
		return staff[i].workload
	})]
	channel, product := pick(g.Rand, channels()), pick(g.Rand, products())
	kind, outlook := "newbusiness", prospect{team.cycleDays, team.winChance * rep.skill * channel.luck}
	kindLabel, median := "New Business", team.amount
	if g.Rand.Float64() > team.newBusiness {
		kind, kindLabel, median = "existingbusiness", "Existing Business", team.amount*0.6
		outlook = prospect{outlook.cycleDays * 0.6, math.Min(0.85, outlook.winChance*1.5)}
	}
	first := g.World.stages(team.pipeline)[0]
	d := Deal{
		Pipeline: team.pipeline, Stage: first.ID, ForecastCategory: first.ForecastCategory, Rep: rep.id,
		Account:      g.customer(rep.region.hubspot),
		StageEntered: created, Close: g.officeHours(created.AddDate(0, 0, int(outlook.cycleDays)+1)),
	}
	d.Created, d.Modified = created, created
	d.Properties = map[string]string{
		"region": rep.region.hubspot, "Region__c": rep.region.salesforce,
		"dealtype": kind, "Type": kindLabel,
		"hs_analytics_source": channel.hubspot, "LeadSource": channel.salesforce,
		"product": product.hubspot, "Product__c": product.salesforce,
	}
	if g.Rand.IntN(30) > 0 {
		d.Amount = g.amountText(median, team.spread)
	}
	if g.Rand.IntN(80) == 0 {
		d.Rep = 0
	}
	d.Name = fmt.Sprintf("%s %s %d", product.salesforce, kindLabel, 1000+g.Rand.IntN(9000))
	return d, outlook
}

// customer draws an account of the region; one deal in twenty-five has none. Low numbers are drawn more often, so that
// some customers buy again and again.
func (g *Generator) customer(region string) int64 {
	accounts := g.company.accountsOf[region]
	if len(accounts) == 0 || g.Rand.IntN(25) == 0 {
		return 0
	}
	u := g.Rand.Float64()
	return accounts[int(u*math.Sqrt(u)*float64(len(accounts)))]
}

func (g *Generator) close(d *Deal, stages []Stage, end time.Time, won bool) {
	for _, s := range stages {
		if s.Closed && s.Won == won {
			d.Stage, d.ForecastCategory = s.ID, s.ForecastCategory
		}
	}
	d.Close, d.StageEntered = end, end
	d.Modified = end
	if g.Rand.IntN(3) == 0 { // somebody tidied up a few days later
		d.Modified = g.between(end, earliest(g.Now, end.AddDate(0, 0, 4)))
	}
}

// leaveOpen puts a deal that will end after now into a stage. Its close date is what the rep believes, which for one
// deal in four is too early and often already past: those deals slip.
func (g *Generator) leaveOpen(d *Deal, stages []Stage, end time.Time) {
	var steps []Stage
	for _, s := range stages {
		if !s.Closed {
			steps = append(steps, s)
		}
	}
	age, length := g.Now.Sub(d.Created), end.Sub(d.Created)
	at := int(float64(len(steps)) * float64(age) / float64(length))
	d.Stage, d.ForecastCategory = steps[at].ID, steps[at].ForecastCategory
	d.StageEntered = d.Created.Add(time.Duration(float64(length) * float64(at) / float64(len(steps)))).
		Truncate(time.Millisecond)
	d.Modified = g.between(d.StageEntered, earliest(g.Now, d.StageEntered.AddDate(0, 0, 10)))
	d.Close = end
	if g.Rand.IntN(4) == 0 {
		d.Close = g.officeHours(d.Created.Add(time.Duration(float64(length) * (0.5 + 0.5*g.Rand.Float64()))))
	}
	if d.ForecastCategory == crm.ForecastBestCase && g.Rand.IntN(4) == 0 {
		d.ForecastCategory = crm.ForecastMostLikely
	}
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// backLoaded moves a close date within its quarter, for deals are signed when the quarter ends: 23, 33 and 43 percent
// of them in its three months.
func (g *Generator) backLoaded(created, natural time.Time) time.Time {
	first := time.Date(natural.Year(), (natural.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	month := 2
	switch draw := g.Rand.IntN(100); {
	case draw < 23:
		month = 0
	case draw < 23+33:
		month = 1
	}
	from := first.AddDate(0, month, 0)
	length := from.AddDate(0, 1, 0).Sub(from)
	late := max(g.Rand.Float64(), g.Rand.Float64())
	end := g.officeHours(from.Add(time.Duration(late * float64(length))))
	if end.Before(created.Add(20 * time.Hour)) {
		return g.officeHours(natural.AddDate(0, 0, 3))
	}
	return end
}

// amountText draws a price: most have cents, some were rounded by people.
func (g *Generator) amountText(median, spread float64) string {
	amount := median * math.Exp(spread*g.Rand.NormFloat64())
	if g.Rand.IntN(6) == 0 {
		return strconv.FormatFloat(math.Max(100, math.Round(amount/100)*100), 'f', 0, 64)
	}
	return strconv.FormatFloat(math.Max(50, amount), 'f', 2, 64)
}
