package config

import "reflect"

// Kind is what a value of the configuration file may be written as.
type Kind string

// The kinds of values.
const (
	KindScalar          Kind = "scalar"
	KindList            Kind = "list"
	KindTable           Kind = "table"             // a mapping with free keys
	KindMapping         Kind = "mapping"           // a mapping with the keys of its shape
	KindMappingOrScalar Kind = "mapping or scalar" // either of the two
	KindTableOrScalar   Kind = "table or scalar"
)

// Shape is what the file may hold in one place: which keys, not which values.
type Shape struct {
	Kind  Kind
	Keys  []Key  // of a mapping, in the order in which people read about them
	Items *Shape // what a list or a table holds
}

// Key is one key of a mapping.
type Key struct {
	Name  string
	Shape Shape
}

// DocumentShape returns the shape of the whole file, for schemas: keys that they list by hand would drift. Keys of
// later releases are not in it.
func DocumentShape() Shape { return shapeOf(reflect.TypeFor[documentYAML]()) }

// shaped is a value of the model that knows its shape; all others are structs with `yaml` tags.
type shaped interface{ shape() Shape }

func shapeOf(t reflect.Type) Shape {
	if self, ok := reflect.TypeAssert[shaped](reflect.Zero(t)); ok {
		return self.shape()
	}
	return mappingShape(t, KindMapping)
}

func mappingShape(t reflect.Type, kind Kind) Shape {
	s := Shape{Kind: kind}
	for field := range t.Fields() {
		name := field.Tag.Get("yaml")
		if name != "" && field.Type != reflect.TypeFor[unavailable]() {
			s.Keys = append(s.Keys, Key{name, shapeOf(field.Type)})
		}
	}
	return s
}

func (scalar) shape() Shape { return Shape{Kind: KindScalar} }

func (list[T]) shape() Shape { return holding[T](KindList) }

func (table[T]) shape() Shape { return holding[T](KindTable) }

func (periodYAML) shape() Shape {
	return mappingShape(reflect.TypeFor[periodYAML](), KindMappingOrScalar)
}

func (valuesYAML) shape() Shape { return holding[scalar](KindTableOrScalar) }

func holding[T any](kind Kind) Shape {
	items := shapeOf(reflect.TypeFor[T]())
	return Shape{Kind: kind, Items: &items}
}
