// Package record is how a kind of record is declared: its columns, once, as data. Encoding, checksum, layout, the
// columns of an export and the random records of tests follow from the declaration. The package knows no kind.
//
// A Batch is the unit in which connectors hand records over and mirrors store them.
package record
