// Package crm is the domain model: what a sales exporter knows of a CRM, whichever CRM it came from.
//
// Records refer to each other by id (a deal names its rep, its stage, its account), never by label, so that a renamed
// rep or a moved stage changes every deal at once although no deal was modified. A Batch is the unit in which
// connectors hand records over and mirrors store them.
package crm
