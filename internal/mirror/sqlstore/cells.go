package sqlstore

import (
	"errors"
)

// errCell is a cell that its table cannot have been given.
var errCell = errors.New("a column has a value that was never written there")

// cells reads the values of a row one after another and remembers the first that is not what it should be.
type cells struct {
	values  []any
	targets []any
	rest    []any
	fault   error
}

// cell takes a value as the driver hands it out. It spares the copy that database/sql makes of bytes for an *any.
type cell struct{ to *any }

// Scan implements sql.Scanner.
func (c cell) Scan(value any) error {
	*c.to = value
	return nil
}

func newCells(n int) *cells {
	c := &cells{values: make([]any, n), targets: make([]any, n)}
	for i := range c.values {
		c.targets[i] = cell{&c.values[i]}
	}
	return c
}

func take[T any](c *cells) T {
	value, ok := c.rest[0].(T)
	c.rest = c.rest[1:]
	if !ok {
		c.fault = errCell
	}
	return value
}

func (c *cells) text() string { return take[string](c) }

func (c *cells) integer() int64 { return take[int64](c) }

func (c *cells) flag() bool { return take[int64](c) != 0 }

// blob reads bytes, where none and NULL are the same. They are the driver's and only good until the next row.
func (c *cells) blob() []byte {
	if c.rest[0] == nil {
		c.rest = c.rest[1:]
		return nil
	}
	return take[[]byte](c)
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// optional returns bytes as a value, NULL where there are none: the two mean the same.
func optional(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}
