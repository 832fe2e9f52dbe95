package record

import (
	"fmt"
	"strings"
)

// Type says how the values of a column are encoded. A released type never changes its encoding.
type Type string

// The types of columns.
const (
	TypeText        Type = "text"        // UTF-8 text, "" where unknown
	TypeReference   Type = "reference"   // id of another record, "" where there is none
	TypeWord        Type = "word"        // a word of a closed set
	TypeAmount      Type = "amount"      // ten-thousandths of a currency unit, or unknown
	TypeProbability Type = "probability" // millionths, or unknown
	TypeInstant     Type = "instant"     // a moment in milliseconds, a bare date, or unknown
	TypeWhole       Type = "whole"       // a whole number
	TypeFlag        Type = "flag"        // yes or no
	TypeDimensions  Type = "dimensions"  // dimension names with their values
)

// Explain says to people what a column of the type holds.
func (t Type) Explain() string {
	switch t {
	case TypeText:
		return "text"
	case TypeReference:
		return "id of another record"
	case TypeWord:
		return "a word of a closed set"
	case TypeAmount:
		return "an amount of money, or unknown"
	case TypeProbability:
		return "a probability, or unknown"
	case TypeInstant:
		return "a moment or a date, or unknown"
	case TypeWhole:
		return "a whole number"
	case TypeFlag:
		return "yes or no"
	case TypeDimensions:
		return "the values of mapped dimensions"
	default:
		return string(t)
	}
}

// Field is the name and the type of a column.
type Field struct {
	Name string
	Type Type
}

// Layout is the order in which the values of a record's columns follow each other in its content. A layout that was
// stored never changes: a kind that gains or loses a column has a new one.
type Layout []Field

// String returns the text under which a layout is stored: "pipeline reference, amount amount".
func (l Layout) String() string {
	parts := make([]string, 0, len(l))
	for _, f := range l {
		parts = append(parts, f.Name+" "+string(f.Type))
	}
	return strings.Join(parts, ", ")
}

// ParseLayout reads what String wrote. It refuses a type that this program does not know, because it could not find
// the end of such a value.
func ParseLayout(text string) (Layout, error) {
	if text == "" {
		return nil, nil
	}
	var l Layout
	for part := range strings.SplitSeq(text, ", ") {
		name, kind, _ := strings.Cut(part, " ")
		f := Field{Name: name, Type: Type(kind)}
		if _, known := skippers[f.Type]; !known || name == "" {
			return nil, fmt.Errorf("read layout: column %q has the unknown type %q", name, kind)
		}
		l = append(l, f)
	}
	return l, nil
}
