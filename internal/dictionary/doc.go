// Package dictionary numbers texts, and rows of numbers, densely: records in memory hold numbers of four bytes instead of
// texts.
package dictionary
