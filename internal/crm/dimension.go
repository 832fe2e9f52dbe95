package crm

// DimensionNames returns the dimensions that every configuration knows, in their canonical order. Others are free: they
// exist where a source fills them.
func DimensionNames() []string {
	return []string{"pipeline", "rep", "team", "territory", "business_type", "segment", "channel", "product"}
}

// DimensionMapped reports whether a dimension exists only where the configuration maps a CRM property to it.
// The other ones (pipeline, rep, team) follow from the records.
func DimensionMapped(name string) bool { return name != "pipeline" && name != "rep" && name != "team" }
