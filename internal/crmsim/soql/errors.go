package soql

import "github.com/sales-exporter/sales_exporter/internal/crmsim/soql/syntax"

// The error codes of the query resource.
const (
	MalformedQuery           = syntax.MalformedQuery
	InvalidField             = "INVALID_FIELD"
	InvalidType              = "INVALID_TYPE"
	InvalidFilterOperator    = "INVALID_QUERY_FILTER_OPERATOR"
	NumberOutsideValidRange  = "NUMBER_OUTSIDE_VALID_RANGE"
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
type Error = syntax.Error
