// Package peer holds what the exporter is compared with: what everybody would write or use in its place, and the limits
// of the machine.
package peer
