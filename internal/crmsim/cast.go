package crmsim

import "github.com/sales-exporter/sales_exporter/internal/crm"

// teamProfile is how one generated team sells.
type teamProfile struct {
	name        string
	pipeline    string  // id
	share       float64 // of all deals
	reps        int
	amount      float64 // median
	spread      float64 // of the amounts, the sigma of a log-normal
	cycleDays   float64 // median from creation to close
	winChance   float64
	newBusiness float64 // share of new business
}

func teamProfiles() []teamProfile {
	return []teamProfile{
		{"Enterprise", "default", 0.15, 4, 42_000, 0.7, 95, 0.30, 0.75},
		{"Mid-Market", "default", 0.30, 5, 12_000, 0.6, 55, 0.36, 0.65},
		{"Small Business", "default", 0.40, 6, 2_800, 0.55, 26, 0.44, 0.60},
		{"Partners", "74120055", 0.15, 3, 18_000, 0.65, 60, 0.40, 0.70},
	}
}

// generatedPipelines returns HubSpot's stock pipeline and one of an account's own making, whose ids are numbers.
func generatedPipelines() []Pipeline {
	return []Pipeline{
		{ID: "default", Label: "Sales Pipeline", Stages: []Stage{
			OpenStage("appointmentscheduled", "Appointment Scheduled", "0.2", crm.ForecastPipeline),
			OpenStage("qualifiedtobuy", "Qualified To Buy", "0.4", crm.ForecastPipeline),
			OpenStage("presentationscheduled", "Presentation Scheduled", "0.6", crm.ForecastBestCase),
			OpenStage("decisionmakerboughtin", "Decision Maker Bought-In", "0.8", crm.ForecastBestCase),
			OpenStage("contractsent", "Contract Sent", "0.9", crm.ForecastCommit),
			WonStage("closedwon", "Closed Won"),
			LostStage("closedlost", "Closed Lost"),
		}},
		{ID: "74120055", Label: "Partner Pipeline", Stages: []Stage{
			OpenStage("151002001", "Partner Qualified", "0.3", crm.ForecastPipeline),
			OpenStage("151002002", "Joint Proposal", "0.5", crm.ForecastBestCase),
			OpenStage("151002003", "Partner Commit", "0.8", crm.ForecastCommit),
			WonStage("151002004", "Closed Won"),
			LostStage("151002005", "Closed Lost"),
		}},
	}
}

// spelling is one value in the words of HubSpot and of Salesforce.
type spelling struct {
	hubspot, salesforce string
	share               float64
	luck                float64 // factor on the chance to win
}

func regions() []spelling {
	return []spelling{
		{"emea", "EMEA", 0.45, 1}, {"amer", "AMER", 0.40, 1.05}, {"apac", "APAC", 0.15, 0.9},
	}
}

func channels() []spelling {
	return []spelling{
		{"ORGANIC_SEARCH", "Web", 0.26, 1},
		{"PAID_SEARCH", "Advertisement", 0.18, 0.8},
		{"REFERRALS", "Customer Referral", 0.16, 1.5},
		{"EMAIL_MARKETING", "Email", 0.14, 0.9},
		{"DIRECT_TRAFFIC", "Phone Inquiry", 0.14, 1.1},
		{"OFFLINE", "Trade Show", 0.12, 0.85},
	}
}

func products() []spelling {
	return []spelling{
		{"platform", "Platform", 0.5, 1}, {"analytics", "Analytics", 0.3, 1}, {"support", "Support", 0.2, 1},
	}
}

func industries() []spelling {
	return []spelling{
		{"COMPUTER_SOFTWARE", "Technology", 0.3, 1},
		{"FINANCIAL_SERVICES", "Finance", 0.2, 1},
		{"HOSPITAL_HEALTH_CARE", "Healthcare", 0.2, 1},
		{"RETAIL", "Retail", 0.15, 1},
		{"MACHINERY", "Manufacturing", 0.15, 1},
	}
}

func firstNames() []string {
	return []string{
		"Ada", "Ben", "Chiara", "Dmitri", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Keiko", "Liam", "Mara",
		"Noah", "Olga", "Priya", "Quentin", "Rosa", "Sven", "Tara",
	}
}

func lastNames() []string {
	return []string{
		"Adler", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ivanova", "Jansen", "Kowalski",
		"Lindqvist", "Moreau", "Novak", "O'Brien", "Petrov", "Quist", "Rossi", "Sato", "Tanaka",
	}
}

func companyWords() (first, second, legal []string) {
	first = []string{
		"Northern", "Blue", "Granite", "Harbour", "Silver", "Cedar", "Summit", "Delta", "Meridian", "Copper", "Willow",
		"Atlas", "Beacon", "Crown", "Falcon", "Orchard",
	}
	second = []string{
		"Logistics", "Foods", "Energy", "Textiles", "Robotics", "Clinics", "Insurance", "Motors", "Media", "Chemicals",
		"Housing", "Travel",
	}
	return first, second, []string{"GmbH", "Ltd", "Inc", "SA", "AB"}
}
