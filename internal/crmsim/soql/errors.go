package soql

import (
	"fmt"
	"strings"
)

// The error codes of the query resource.
const (
	MalformedQuery           = "MALFORMED_QUERY"
	InvalidField             = "INVALID_FIELD"
	InvalidType              = "INVALID_TYPE"
	InvalidFilterOperator    = "INVALID_QUERY_FILTER_OPERATOR"
	NumberOutsideValidRange  = "NUMBER_OUTSIDE_VALID_RANGE"
	maxErrorContext          = 40
	unsupportedObjectMessage = "sObject type '%s' is not supported. If you are attempting to use a custom object, " +
		"be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the " +
		"appropriate names."
	unknownColumnMessage = "No such column '%s' on entity '%s'. If you are attempting to use a custom field, " +
		"be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call " +
		"for the appropriate names."
	unknownRelationshipMessage = "Didn't understand relationship '%s' in field path. If you are attempting to use a " +
		"custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your " +
		"WSDL or the describe call for the appropriate names."
)

// Error is a refused query, as the API words it.
type Error struct {
	Code    string
	Message string
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// errorAt words an error with the place it points to: the line, a caret below it, row and column counted from 1.
func errorAt(query string, position int, code, format string, args ...any) *Error {
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

func malformed(format string, args ...any) *Error {
	return &Error{Code: MalformedQuery, Message: fmt.Sprintf(format, args...)}
}
