package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/sales-exporter/sales_exporter/internal/mirror"
	"github.com/sales-exporter/sales_exporter/internal/source"
)

// storeFailed classifies an error of the mirror. Records that vanish in bulk look like a lost permission; the rest is
// this machine's fault, such as a full disk, and never the CRM's.
func storeFailed(doing string, err error) error {
	failure := &source.Error{Reason: source.ReasonConfig, Err: fmt.Errorf("%s: %w", doing, err)}
	_, braked := errors.AsType[*mirror.BrakeError](err)
	other, another := errors.AsType[*mirror.AccountError](err)
	switch {
	case another:
		failure.Err = err
		failure.Hint = fmt.Sprintf("restore the credential of account %s, or set account: %q at the source to read that "+
			"account; its mirror is then rebuilt", other.Pinned, other.Got)
	case braked:
		failure.Reason = source.ReasonScope
		failure.Hint = "check the credential's permissions; if the records were really deleted, stop the exporter and " +
			"remove its mirror file, which is then rebuilt"
	case errors.Is(err, context.Canceled):
		failure.Reason = source.ReasonCanceled
	}
	return failure
}
