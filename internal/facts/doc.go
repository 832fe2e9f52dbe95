// Package facts holds the mirror's records in memory, as tables of numbers: what KPIs are computed from. Texts are numbered
// once, when a record is applied.
package facts
