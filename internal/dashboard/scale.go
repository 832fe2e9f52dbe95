package dashboard

import "github.com/sales-exporter/sales_exporter/internal/alerting"

// scale says how good a number is: the words of a status and the colours of its steps, worst or best first. Where an alert
// looks at the same number, the scale has the alert's threshold.
type scale struct {
	levels []level
	steps  []step
}

// onPlan rates what was reached as a share of what should have been reached by today.
func onPlan() scale {
	warning := alerting.DefaultThresholds().PaceWarning.Number()
	return scale{
		levels: []level{{warning, "AT RISK"}, {1, "ON TRACK"}},
		steps:  steps(colorBad, from(warning, colorWarn), from(1, colorGood)),
	}
}

// covered rates the open deals as a multiple of what is missing to a target.
func covered() scale {
	enough := alerting.DefaultThresholds().Coverage.Number()
	return scale{
		levels: []level{{2, "TIGHT"}, {enough, "ENOUGH"}},
		steps:  steps(colorBad, from(2, colorWarn), from(enough, colorGood)),
	}
}

// overdueShare rates the part of the open pipeline whose close date has passed.
func overdueShare() scale {
	warning := alerting.DefaultThresholds().Overdue.Number()
	return scale{
		levels: []level{{warning, "NEEDS CLEAN-UP"}, {0.25, "UNRELIABLE"}},
		steps:  steps(colorGood, from(warning, colorWarn), from(0.25, colorBad)),
	}
}

// allowance rates the part of a vendor's API allowance that is left.
func allowance() scale {
	t := alerting.DefaultThresholds()
	critical, warning := t.QuotaCritical.Number(), t.QuotaWarning.Number()
	return scale{
		levels: []level{{critical, "LOW"}, {warning, "ENOUGH"}},
		steps:  steps(colorBad, from(critical, colorWarn), from(warning, colorGood)),
	}
}
