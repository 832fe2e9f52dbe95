// Package wire is what façades of a simulated CRM have in common on the wire: faults that happen on purpose, a record of
// the calls, rolling limits, and what a caller may not see.
package wire
