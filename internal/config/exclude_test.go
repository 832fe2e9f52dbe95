package config_test

import (
	"strings"
	"testing"

	"github.com/sales-exporter/sales_exporter/internal/app/known/knowntest"
)

// TestExpressionsReadWhatTheSourceFills refuses expressions over fields that are unknown on every deal.
func TestExpressionsReadWhatTheSourceFills(t *testing.T) {
	const (
		hub   = "hubspot: {token_file: token}\n"
		force = "demo: {crm: salesforce}\n"
		sheet = "spreadsheet: {deals: {file: a.csv, columns: {id: I, stage: S, name: N, territory: T}, stages: {Won: won}}}\n"
	)
	for _, c := range []struct{ dimensions, kind, exclude, want string }{
		{"rep", hub, `segment == "SMB"`, "reads segment, which the source does not read: it is unknown on every deal; add it to dimensions"},
		{"segment", hub, `segment == "SMB"`, "reads segment, which no property is mapped to"},
		{"rep", hub, `business_type == "x"`, "reads business_type, which the source does not read"},
		{"business_type, channel", hub, `business_type == "x" || channel == "y"`, ""},
		{"segment", hub + "    map: {segment: {property: size}}\n", `segment == "SMB"`, ""},
		{"rep", hub, `team == "x" && pipeline == "y" && known(amount) && forecast_category == "omitted"`, ""},
		{"territory", hub, `territory == ""`, "no property is mapped to"},
		{"territory", force, `territory == ""`, ""},
		{"rep", force, `product in ["a"]`, "reads product"},
		{"rep", sheet, `territory == "x" && name == "y" && stage == "Won" && outcome == "won" && currency == "USD"`, ""},
		{"rep", sheet, `segment == "x"`, "reads segment, which no column is mapped to"},
		{"rep", sheet, `rep == "x"`, "reads rep, which no column is mapped to"},
		{"rep", sheet, `amount == 0`, "reads amount, which no column is mapped to"},
		{"rep", sheet, `created < date("2020-01-01")`, "reads created, which no column is mapped to"},
		{"rep", sheet, `forecast_category == "commit"`, "reads forecast_category, which no sheet has"},
	} {
		yaml := "dimensions: [" + c.dimensions + "]\nsources:\n  - name: acme\n    exclude: '" + c.exclude + "'\n    " + c.kind
		_, err := knowntest.Parse([]byte(yaml), t.TempDir())
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), "config.yaml:4:14: sources[0].exclude: ") || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s of %s: %v, want %q", c.exclude, c.kind, err, c.want)
		}
	}
}
