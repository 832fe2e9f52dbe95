package crm

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"testing"
)

// TestQuarantineReasons finds a reason that is on no list: its count would not start at 0. A deal can have all of them.
func TestQuarantineReasons(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "batch.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var constants []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "QuarantineReason" {
				constants = append(constants, spec.Names[0].Name)
			}
		}
		return true
	})
	listed := QuarantineReasons(ObjectDeal)
	if len(constants) == 0 || len(constants) != len(listed) {
		t.Errorf("there are the reasons %v, and %d are listed", constants, len(listed))
	}
	slices.Sort(listed)
	if len(slices.Compact(listed)) != len(constants) {
		t.Errorf("a reason is listed twice: %v", listed)
	}
}
