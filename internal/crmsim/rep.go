package crmsim

import (
	"fmt"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// KindRep is the kind of reps.
const KindRep = "rep"

// Rep owns deals: a HubSpot owner or a Salesforce user.
type Rep struct {
	world.Head

	FirstName string
	LastName  string
	Email     string
	Team      int64 // id of a Team, 0 for none
	Active    bool
}

func reps() Kind {
	return Kind{
		Kind: world.Declare(KindRep,
			world.TextColumn("first_name", func(r *Rep) *string { return &r.FirstName }),
			world.TextColumn("last_name", func(r *Rep) *string { return &r.LastName }),
			world.TextColumn("email", func(r *Rep) *string { return &r.Email }),
			world.ReferenceColumn("team", KindTeam, func(r *Rep) *int64 { return &r.Team }),
			world.FlagColumn("active", func(r *Rep) *bool { return &r.Active }),
		),
		Generate: (*Generator).reps,
		founding: true,
	}
}

// UserNumber is HubSpot's userId, another number than the owner's id.
func (r *Rep) UserNumber() int64 { return 555_000 + r.ID }

// AddRep stores a rep under a new id and returns it.
func (w *World) AddRep(r Rep) int64 { return w.reps.Add(r) }

// Reps returns every rep, inactive ones included, by id.
func (w *World) Reps() []Rep { return values(w.reps.All(w.Now())) }

// UpdateRep edits a rep. No deal is modified by it.
func (w *World) UpdateRep(id int64, edit func(*Rep)) error { return w.reps.Update(id, edit) }

// RenameRep gives a rep another name. No deal is modified by it.
func (w *World) RenameRep(id int64, first, last string) error {
	return w.UpdateRep(id, func(r *Rep) { r.FirstName, r.LastName = first, last })
}

// salesperson is what the generator knows of a rep and no CRM tells.
type salesperson struct {
	id       int64
	workload float64 // share of the team's deals
	skill    float64 // factor on the chance to win
	left     time.Time
	region   spelling
}

// reps hires the staff of every team.
func (g *Generator) reps() {
	first, last := firstNames(), lastNames()
	g.Rand.Shuffle(len(last), func(i, j int) { last[i], last[j] = last[j], last[i] })
	n := 0
	for t, team := range g.company.teams {
		var staff []salesperson
		for i := range team.reps {
			hired := g.Start.AddDate(0, 0, -n).Truncate(time.Millisecond)
			rep := Rep{
				Head:      world.Head{Created: hired, Modified: hired},
				FirstName: first[n%len(first)], LastName: last[n%len(last)], Team: g.company.teamIDs[t], Active: true,
			}
			rep.Email = fmt.Sprintf("rep%d@example.test", n+1)
			person := salesperson{
				workload: 0.5 + g.Rand.Float64(), skill: 0.7 + 0.6*g.Rand.Float64(), region: pick(g.Rand, regions()),
			}
			if i == team.reps-1 && team.reps > 3 { // somebody of every larger team has left the company
				person.left = g.Now.AddDate(0, 0, -90-g.Rand.IntN(200))
				rep.Active, rep.Modified = false, person.left
			}
			person.id = g.create(KindRep, &rep)
			staff = append(staff, person)
			n++
		}
		g.company.staff = append(g.company.staff, staff)
	}
}
