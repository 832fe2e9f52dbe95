package syntax

import (
	"fmt"
	"strings"
)

// MalformedQuery is the code of a statement that cannot be read.
const MalformedQuery = "MALFORMED_QUERY"

// maxErrorContext is how much of a statement an error shows on either side of the place, in bytes.
const maxErrorContext = 40

// Error is a refused query, as the API words it.
type Error struct {
	Code    string
	Message string
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// ErrorAt words an error with the place it points to: the line, a caret below it, row and column counted from 1.
func ErrorAt(query string, position int, code, format string, args ...any) *Error {
	start := strings.LastIndexByte(query[:position], '\n') + 1
	row := strings.Count(query[:start], "\n") + 1
	column := position - start
	end := len(query)
	if i := strings.IndexByte(query[position:], '\n'); i >= 0 {
		end = position + i
	}
	from, to := max(start, position-maxErrorContext), min(end, position+maxErrorContext)
	return &Error{
		Code: code,
		Message: fmt.Sprintf("\n%s\n%s^\nERROR at Row:%d:Column:%d\n%s", query[from:to],
			strings.Repeat(" ", position-from), row, column+1, fmt.Sprintf(format, args...)),
	}
}

// Malformed words an error of the whole statement.
func Malformed(format string, args ...any) *Error {
	return &Error{Code: MalformedQuery, Message: fmt.Sprintf(format, args...)}
}
