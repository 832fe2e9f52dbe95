package expression

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/file"

	"github.com/sales-exporter/sales_exporter/internal/spelling"
)

// compileError turns the compiler's drawing of several lines into one, and says what to write instead.
func compileError(err error) error {
	e, ok := errors.AsType[*file.Error](err)
	if !ok {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return fmt.Errorf("expression: %s", first)
	}
	first, _, _ := strings.Cut(e.Message, "\n")
	if hint := expressionHint(first); hint != "" {
		first += "; " + hint
	}
	return fmt.Errorf("expression, line %d, character %d: %s", max(e.Line, 1), e.Column+1, first)
}

var (
	unknownName     = regexp.MustCompile(`^unknown name (\w+)`)
	unexpectedToken = regexp.MustCompile(`^unexpected token \w+\("(.*)"\)`)
)

// expressionHint says what to write instead of what the compiler refuses.
func expressionHint(message string) string {
	if match := unknownName.FindStringSubmatch(message); match != nil {
		return "known names are: " + strings.Join(namesNear(match[1]), ", ")
	}
	match := unexpectedToken.FindStringSubmatch(message)
	if match == nil {
		return ""
	}
	instead := map[string]string{"=": "==", "&": "&&", ">": "!=", "AND": "&&", "OR": "||"}[strings.ToUpper(match[1])]
	if instead == "" {
		return ""
	}
	return "write " + instead
}

// namesNear returns the names that an expression may use, those that are most like a word first. Functions are among
// them only where they are much like it.
func namesNear(word string) []string {
	distance := func(name string) int { return spelling.Distance(spelling.Fold(word), spelling.Fold(name)) }
	var names []string
	for field := range reflect.TypeFor[Record]().Fields() {
		if name := field.Tag.Get("expr"); !strings.Contains(name, " ") {
			names = append(names, name)
		}
	}
	for _, name := range append(functions(), functionKnown, functionDate) {
		if spelling.Nearest(word, []string{name}) != "" {
			names = append(names, name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(distance(a), distance(b)) })
	return names
}
