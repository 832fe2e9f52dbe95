package facts

import (
	"github.com/sales-exporter/sales_exporter/internal/dictionary"
	"github.com/sales-exporter/sales_exporter/internal/value"
)

// names holds the names of deals, by row. Only an expression reads them, and only where one does they are kept.
type names struct {
	codes []uint32
	texts dictionary.Dictionary
}

// put sets the name of a row.
func (n *names) put(row int, name string) {
	if n == nil {
		return
	}
	code := n.texts.Code(value.CleanText(name))
	if row == len(n.codes) {
		n.codes = append(n.codes, code)
		return
	}
	n.codes[row] = code
}

// at returns the name of a row, "" where none are kept.
func (n *names) at(row int) string {
	if n == nil {
		return ""
	}
	return string(n.texts.At(n.codes[row]))
}

// worn reports whether most of the texts are names of the past.
func (n *names) worn() bool { return n != nil && n.texts.Len() > 2*len(n.codes)+minDead }

func (n *names) bytes() int {
	if n == nil {
		return 0
	}
	return 4*cap(n.codes) + n.texts.Bytes()
}
