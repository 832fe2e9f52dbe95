package table

import (
	"strings"
	"testing"
)

// FuzzFormula holds that no formula makes the reader fail, and that what it computes is a number or an error value.
func FuzzFormula(f *testing.F) {
	for _, text := range []string{"SUM(A1:B2,{1,2;3})*'a''b'!C1&\"x\"%-ROUND(1,)", "A1(((1E+", "#REF!+[a]b", "}{;,)", "-B1/0", "A1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows := []Row{{Number: 1, Cells: []Cell{{Kind: Formula}, {Kind: Number, Text: "3"}}}}
		c := computer{w: &workbook{}, rows: rows, formulas: map[[2]int]formula{{1, 0}: {text: text}}}
		c.compute()
		if got := rows[0].Cells[0]; got.Kind != Formula && got.Kind != Number && (got.Kind != Fault || !strings.HasPrefix(got.Text, "#")) {
			t.Errorf("%q gives %+v", text, got)
		}
	})
}

// TestFormulaBounds holds that formulas that would take for ever are left alone.
func TestFormulaBounds(t *testing.T) {
	const n = 3000
	rows := make([]Row, n)
	formulas := map[[2]int]formula{}
	for i := range rows {
		rows[i] = Row{Number: i + 1, Cells: []Cell{{Kind: Formula}}}
		formulas[[2]int{i + 1, 0}] = formula{text: "A2", down: i} // Each leads to the next, and the last to nothing.
	}
	c := computer{w: &workbook{}, rows: rows, formulas: formulas}
	c.compute()
	if c.reads > n*(maxChain+1) || rows[0].Cells[0].Kind != Formula {
		t.Errorf("%d reads, %+v", c.reads, rows[0])
	}
}
