package record

import "github.com/sales-exporter/sales_exporter/internal/value"

// Head is what every record has. Structs of records embed it.
type Head struct {
	// ID is the record's id in its source, never "".
	ID string
	// Version is when the CRM last modified the record, in milliseconds since 1970. Of two copies the older loses.
	Version int64
	// Dimensions are the record's own values of the configured dimensions.
	Dimensions value.Dimensions
}

// head makes a struct that embeds a Head a Row.
func (h *Head) head() *Head { return h }

// Row is a pointer to a record of any kind. Only structs that embed a Head have one.
type Row interface{ head() *Head }
