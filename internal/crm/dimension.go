package crm

// DimensionNames returns every label a deal metric may carry, in their canonical order.
func DimensionNames() []string {
	return []string{"pipeline", "rep", "team", "territory", "business_type", "segment", "channel", "product"}
}

// DimensionMapped reports whether a dimension exists only where the configuration maps a CRM property to it.
// The other ones (pipeline, rep, team) follow from the records.
func DimensionMapped(name string) bool {
	switch name {
	case "territory", "business_type", "segment", "channel", "product":
		return true
	default:
		return false
	}
}
