// Package shape proves where the program is extended: each folder of testdata holds what a contributor writes to add a
// part, and a copy of the project with that part, and a line for it in a list, must work.
package shape
