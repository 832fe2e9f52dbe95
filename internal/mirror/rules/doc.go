// Package rules decides what a commit does. It is pure: a Plan is made of a batch, says what a store has to read, and
// turns what the store read into the rows that the store has to write. A store reads and writes, and decides nothing.
//
// It knows no kind of record. What a kind asks for, it declares: columns that keep their stored value where the CRM did
// not say it, and numbers for records that are shown under one label.
package rules
