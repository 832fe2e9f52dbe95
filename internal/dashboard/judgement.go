package dashboard

import "github.com/sales-exporter/sales_exporter/internal/alerting"

// scale is how good a number is, from the worst or the best on: the words of a verdict and the colours of its steps. What
// an alert judges as well has the alert's threshold.
type scale struct {
	levels []level
	steps  []step
}

// onPlan judges what was reached as a share of what should have been by today.
func onPlan() scale {
	warning := alerting.DefaultThresholds().PaceWarning.Number()
	return scale{
		levels: []level{{warning, "AT RISK"}, {1, "ON TRACK"}},
		steps:  steps(colorBad, from(warning, colorWarn), from(1, colorGood)),
	}
}

// covered judges the open deals as a multiple of what is missing to a target.
func covered() scale {
	enough := alerting.DefaultThresholds().Coverage.Number()
	return scale{
		levels: []level{{2, "TIGHT"}, {enough, "ENOUGH"}},
		steps:  steps(colorBad, from(2, colorWarn), from(enough, colorGood)),
	}
}

// overdueShare judges the part of the open pipeline whose close date has passed.
func overdueShare() scale {
	warning := alerting.DefaultThresholds().Overdue.Number()
	return scale{
		levels: []level{{warning, "NEEDS CLEAN-UP"}, {0.25, "UNRELIABLE"}},
		steps:  steps(colorGood, from(warning, colorWarn), from(0.25, colorBad)),
	}
}

// allowance judges the part of a vendor's API allowance that is left.
func allowance() scale {
	t := alerting.DefaultThresholds()
	critical, warning := t.QuotaCritical.Number(), t.QuotaWarning.Number()
	return scale{
		levels: []level{{critical, "LOW"}, {warning, "ENOUGH"}},
		steps:  steps(colorBad, from(critical, colorWarn), from(warning, colorGood)),
	}
}
