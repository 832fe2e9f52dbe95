package document

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

// Shape is what the file may hold in one place: which keys, not which values. Keys of later releases are not in it.
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

// shaped is a value that knows its shape; all others are structs with `yaml` tags.
type shaped interface{ Shape() Shape }

// ShapeOf returns the shape of a value of the model.
func ShapeOf(model Value) Shape {
	if self, ok := model.(shaped); ok {
		return self.Shape()
	}
	return MappingShape(model, KindMapping)
}

// MappingShape returns the shape of a struct of the model.
func MappingShape(model Value, kind Kind) Shape {
	s := Shape{Kind: kind}
	for _, field := range fieldsOf(model) {
		if _, later := field.Value.(*Unavailable); !later {
			s.Keys = append(s.Keys, Key{field.Key, ShapeOf(field.Value)})
		}
	}
	return s
}

// Shape returns that of a single value.
func (Scalar) Shape() Shape { return Shape{Kind: KindScalar} }

// Shape returns that of a list.
func (List[T]) Shape() Shape { return Holding(new(T), KindList) }

// Shape returns that of a mapping with free keys.
func (Table[T]) Shape() Shape { return Holding(new(T), KindTable) }

// Holding returns the shape of what holds values like an item, which points to one.
func Holding(item any, kind Kind) Shape {
	items := ShapeOf(item.(Value))
	return Shape{Kind: kind, Items: &items}
}
