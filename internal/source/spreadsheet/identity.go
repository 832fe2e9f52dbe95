package spreadsheet

import (
	"slices"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/config"
	"github.com/sales-exporter/sales_exporter/internal/source"
	"github.com/sales-exporter/sales_exporter/internal/source/spreadsheet/settings"
)

// mappingVersion is raised when rows come to be read differently. In 1, times without a zone were UTC and the ids of
// reps their names.
const mappingVersion = 2

// identityOf describes what decides what the rows of a file say.
func identityOf(configured *settings.Settings, cfg config.Source, env source.Environment) source.Identity {
	sheet := configured.Deals
	identity := env.Deals(cfg, mappingVersion, cfg.Map, nil)
	zone := env.Location
	if zone == nil {
		zone = time.UTC
	}
	meaning := env.Meaning(cfg, mappingVersion)
	// Times that name no zone are in the reporting one, and a sign of many countries means the reporting currency.
	meaning["currency"], meaning["zone"] = env.Currency, zone.String()
	meaning["decimal"], meaning["sheet"], meaning["header_row"] = configured.Decimal, sheet.Sheet, sheet.HeaderRow
	meaning["stages"], meaning["date_format"] = sheet.Stages, sheet.DateFormat
	identity.Meaning = meaning.Identity(nil).Meaning
	dimensions := sheet.Dimensions()
	for field, header := range sheet.Columns {
		if field == "name" && !source.NewSelection(cfg).NeedsName() {
			continue // It is not read then, although the file has it.
		}
		if slices.Contains(dimensions, field) {
			identity.Columns[field] += " " + header
		} else {
			identity.Columns["deals/"+field] = header
		}
	}
	return identity
}
