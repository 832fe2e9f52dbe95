package crmsim

import "github.com/sales-exporter/sales_exporter/internal/crmsim/world"

// KindTeam is the kind of teams.
const KindTeam = "team"

// Team is a HubSpot team or a Salesforce role.
type Team struct {
	world.Head

	Name string
}

func teams() Kind {
	return Kind{
		Kind: world.Declare(KindTeam,
			world.TextColumn("name", func(t *Team) *string { return &t.Name }),
		),
		Generate: (*Generator).teams,
		founding: true,
	}
}

// AddTeam stores a team and returns its id.
func (w *World) AddTeam(name string) int64 { return w.teams.Add(Team{Name: name}) }

// Teams returns every team, by id.
func (w *World) Teams() []Team { return values(w.teams.All(w.Now())) }

func values[T any](pointers []*T) []T {
	list := make([]T, len(pointers))
	for i, p := range pointers {
		list[i] = *p
	}
	return list
}

// teams founds the teams of the cast.
func (g *Generator) teams() {
	for _, team := range g.company.teams {
		g.company.teamIDs = append(g.company.teamIDs, g.create(KindTeam, &Team{Name: team.name}))
	}
}
