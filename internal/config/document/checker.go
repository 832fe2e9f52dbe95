// Package document reads a YAML document into values that know where they stand, and collects everything that is wrong
// with them. It knows no key: the model is given to it, as structs of Scalar, List, Table and other structs.
//
// What stands there (decode.go) and what it means (the Checker) are apart. No secret passes through either: a document
// names secrets, and they are read where they are used.
package document

import (
	"hash"
	"hash/fnv"
)

// Checker turns texts of a document into what they mean, and collects everything that is wrong on the way.
type Checker struct {
	*report
	name   string      // of the document
	folder string      // paths are relative to it
	sum    hash.Hash64 // of what the document means, with the contents of the files that it names

	files    []string
	warnings []string
}

// Read parses a YAML text of one document into a model. The name stands in messages; paths in the document are relative
// to folder. The error is a Problems: without a document there is nothing to check.
func Read(name string, data []byte, folder string, model Value) (*Checker, error) {
	c := &Checker{report: &report{}, name: name, folder: folder, sum: fnv.New64a()}
	top := c.root(name, data)
	if top == nil {
		return nil, c.Err()
	}
	(&Decoder{report: c.report, file: name}).decode(top, "", model)
	digest(c.sum, top)
	return c, nil
}

// Err returns the problems found so far as Problems, in the order in which they stand, nil where there are none.
func (c *Checker) Err() error { return c.err(c.name) }

// Hash identifies what the document means: its values and the bytes of the files that it names, without comments and
// layout.
func (c *Checker) Hash() uint64 { return c.sum.Sum64() }

// Files are the files that the document names and whose contents are part of it.
func (c *Checker) Files() []string { return c.files }

// Warn notes what is allowed but unwise.
func (c *Checker) Warn(warning string) { c.warnings = append(c.warnings, warning) }

// Warnings are what was noted with Warn.
func (c *Checker) Warnings() []string { return c.warnings }

// Folder is the one to which paths in the document are relative.
func (c *Checker) Folder() string { return c.folder }
