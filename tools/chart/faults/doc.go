// Package faults puts mistakes that other charts made back into this one, to see that its tests notice.
package faults
