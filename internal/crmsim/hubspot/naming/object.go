package naming

import (
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// View is what the types of one call have in common.
type View struct {
	World   *crmsim.World
	Namings []Naming
	// Direct makes a survivor list only the two records that it was made of.
	Direct bool
	// Hides reports whether permissions hide a property, such as "deals.amount".
	Hides func(name string) bool
}

// Background is what derived properties need beside their record.
type Background struct {
	naming Naming
	world  *crmsim.World
	info   crmsim.Info
	direct bool

	stagesByID map[string]crmsim.Stage // nil until somebody asks
	teamsByRep map[int64]int64         // nil until somebody asks
}

// stages returns the stages by id, which is unique over pipelines.
func (b *Background) stages() map[string]crmsim.Stage {
	if b.stagesByID == nil {
		b.stagesByID = map[string]crmsim.Stage{}
		for _, p := range b.world.Pipelines() {
			for _, s := range p.Stages {
				b.stagesByID[s.ID] = s
			}
		}
	}
	return b.stagesByID
}

// teams returns the teams by rep.
func (b *Background) teams() map[int64]int64 {
	if b.teamsByRep == nil {
		b.teamsByRep = map[int64]int64{}
		for _, r := range b.world.Reps() {
			b.teamsByRep[r.ID] = r.Team
		}
	}
	return b.teamsByRep
}

// Object is a type as one call may see it: without what permissions hide.
type Object struct {
	Naming

	Columns []Column
	byName  map[string]Column
}

// Column is a property that can be read.
type Column struct {
	Property

	Value func(world.Record) Value
}

// Column returns the property of a name.
func (o *Object) Column(name string) (Column, bool) {
	c, ok := o.byName[name]
	return c, ok
}

// Object returns a type with all of its properties: those of its naming, those that follow from how the account is set
// up, and those that only records have, which are enumerations without options.
func (v View) Object(n Naming) *Object {
	o := &Object{Naming: n, byName: map[string]Column{}}
	background := &Background{naming: n, world: v.World, info: v.World.Info(), direct: v.Direct}
	properties := n.Properties
	if n.Further != nil {
		properties = append(slices.Clip(properties), n.Further(v.World)...)
	}
	for _, name := range v.World.PropertyNames(n.Kind) {
		if own(name) {
			defined := name == "dealtype" || name == "industry" || strings.HasPrefix(name, "hs_")
			properties = append(slices.Clip(properties),
				Property{Name: name, Type: "enumeration", Custom: !defined})
		}
	}
	kind := v.World.Kind(n.Kind)
	if kind == nil {
		panic("hubspot: " + n.Type + " name a kind that the world does not have: " + n.Kind)
	}
	for _, p := range properties {
		if v.Hides != nil && v.Hides(n.Type+"."+p.Name) {
			continue
		}
		c := Column{p, v.reader(kind, background, p)}
		o.Columns = append(o.Columns, c)
		if _, known := o.byName[p.Name]; !known {
			o.byName[p.Name] = c
		}
	}
	return o
}

// reader returns how the value of a property is read.
func (v View) reader(kind *world.Kind, b *Background, p Property) func(world.Record) Value {
	if p.Read != nil {
		return func(r world.Record) Value { return p.Read(b, r) }
	}
	if p.Field == "" {
		return func(r world.Record) Value { return text(r.Base().Properties[p.Name]) }
	}
	field, ok := kind.Field(p.Field)
	if !ok {
		panic("hubspot: kind " + kind.Name + " has no field " + p.Field)
	}
	if field.Type != world.Reference {
		return func(r world.Record) Value {
			value := field.Read(r)
			return Value{Text: value.Text, At: value.At}
		}
	}
	base := v.base(field.To)
	return func(r world.Record) Value { return reference(base, field.Read(r).ID) }
}

// base returns what is added to the numbers of a kind.
func (v View) base(kind string) int64 {
	switch kind {
	case crmsim.KindRep:
		return BaseOwner
	case crmsim.KindTeam:
		return BaseTeam
	}
	for _, n := range v.Namings {
		if n.Kind == kind {
			return n.Base
		}
	}
	panic("hubspot: kind " + kind + " has no naming")
}
