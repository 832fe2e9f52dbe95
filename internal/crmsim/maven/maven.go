// Package maven fills a simulated CRM account from CSV files, such as those of the public data set "CRM Sales
// Opportunities" of Maven Analytics.
package maven

import (
	"path/filepath"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crm"
	"github.com/sales-exporter/sales_exporter/internal/crmsim"
)

// Load reads the public data set "CRM Sales Opportunities" of Maven Analytics from a folder with
// sales_pipeline.csv, sales_teams.csv and accounts.csv. A deal is named by its opportunity_id; its team is its agent's
// manager and its territory the agent's office. A nil clock is the real one.
func Load(dir string, now func() time.Time) (*crmsim.World, error) {
	return LoadCSV(CSVOptions{
		Deals: CSVDeals{
			File: filepath.Join(dir, "sales_pipeline.csv"),
			Name: "opportunity_id", Rep: "sales_agent", Account: "account", Stage: "deal_stage",
			Created: "engage_date", Close: "close_date", Amount: "close_value",
			Properties: CSVProperties{"product": {"product", "Product__c"}},
		},
		Reps: CSVReps{
			File: filepath.Join(dir, "sales_teams.csv"),
			Rep:  "sales_agent", Team: "manager",
			Properties: CSVProperties{"regional_office": {"region", "Region__c"}},
		},
		Accounts: CSVAccounts{
			File: filepath.Join(dir, "accounts.csv"),
			Name: "account",
			Properties: CSVProperties{
				"sector": {"industry", "Industry"}, "office_location": {"country", "BillingCountry"},
			},
		},
		Pipeline: crmsim.Pipeline{ID: "default", Label: "Sales Pipeline", Stages: []crmsim.Stage{
			crmsim.OpenStage("prospecting", "Prospecting", "0.2", crm.ForecastPipeline),
			crmsim.OpenStage("engaging", "Engaging", "0.6", crm.ForecastBestCase),
			crmsim.WonStage("closedwon", "Won"),
			crmsim.LostStage("closedlost", "Lost"),
		}},
		DateFormat: time.DateOnly,
		Info:       crmsim.Info{Name: "MavenTech", Number: 20170101, Currency: "USD", TimeZone: "UTC"},
		Now:        now,
	})
}
