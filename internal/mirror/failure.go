package mirror

import (
	"errors"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/record"
)

// BrakeError refuses a sweep that looks like a lost permission rather than like deletions: an account whose
// credential was narrowed looks exactly like one whose records were all deleted.
type BrakeError struct {
	Kind      record.Name
	Vanishing int
	Live      int
}

// Error implements error.
func (e *BrakeError) Error() string {
	return fmt.Sprintf("%d of %d %s were missing from a full sync; they were kept, because a lost permission looks the same",
		e.Vanishing, e.Live, e.Kind)
}

// AccountError refuses a batch of another account than the one that the stream's records came from: two accounts added
// up are a number that no account has.
type AccountError struct{ Pinned, Got string }

// Error implements error.
func (e *AccountError) Error() string {
	return fmt.Sprintf("the credential belongs to account %s, but the mirror has account %s; no data of account %s is taken "+
		"over", e.Got, e.Pinned, e.Got)
}

// Errors of a store's opening.
var (
	// ErrCorrupt is a mirror that fails its integrity check, or a row that fails its checksum.
	ErrCorrupt = errors.New("mirror is corrupt")
	// ErrSchema is a mirror written by a newer program.
	ErrSchema = errors.New("mirror has an unknown schema version")
)
