//go:build !cgo

package peer

import (
	"context"
	"errors"

	"github.com/sales-exporter/sales_exporter/bench/internal/world"
)

// DuckDB is missing: its library needs cgo.
type DuckDB struct{}

// ErrNoDuckDB says that the program was built without DuckDB.
var ErrNoDuckDB = errors.New("built without cgo, and so without DuckDB")

// NewDuckDB fails.
func NewDuckDB(context.Context, int) (*DuckDB, error) { return nil, ErrNoDuckDB }

// Close does nothing.
func (*DuckDB) Close() error { return nil }

// Plain fails.
func (*DuckDB) Plain(context.Context) (world.Totals, error) { return nil, ErrNoDuckDB }

// Expert fails.
func (*DuckDB) Expert(context.Context) (world.Totals, error) { return nil, ErrNoDuckDB }
