package hubspot

import (
	"strconv"

	"github.com/sales-exporter/sales_exporter/internal/crmsim/hubspot/naming"
)

// DealID returns HubSpot's id of a deal of the world.
func DealID(id int64) string { return strconv.FormatInt(naming.BaseDeal+id, 10) }

// CompanyID returns HubSpot's id of an account of the world.
func CompanyID(id int64) string { return strconv.FormatInt(naming.BaseCompany+id, 10) }

// OwnerID returns HubSpot's id of a rep of the world.
func OwnerID(id int64) string { return strconv.FormatInt(naming.BaseOwner+id, 10) }
