package expression

import (
	"strings"
	"testing"
	"time"
)

// TestWordsThatNoDealHas refuses comparisons that can never be true: nothing would be excluded, without a word.
func TestWordsThatNoDealHas(t *testing.T) {
	for text, want := range map[string]string{ // "" is compiled
		`outcome == "Won"`:                          `line 1, character 12: no deal has the outcome "Won"; it is open, won or lost`,
		`"Closed Won" == outcome`:                   `character 1: no deal has the outcome "Closed Won"`,
		`outcome != "closed"`:                       `"closed"`,
		`amount == 0 && outcome in ["won", "lose"]`: `"lose"`,
		`outcome not in ["LOST"]`:                   `"LOST"`,
		`$env.outcome == "OPEN"`:                    `"OPEN"`,
		`any(["a"], outcome == "")`:                 `the outcome ""`,
		`forecast_category == "Commit"`:             `it is omitted, pipeline, best_case, most_likely, commit or closed`,
		`team == "(none)"`:                          `character 9: no deal has the team "(none)", which is a label only; write team == ""`,
		`rep != "(None)"`:                           `write rep == ""`,
		`segment in ["SMB", "(none)"]`:              `write segment == ""`,
		`$env.team == "(none)"`:                     `write team == ""`,
		`team == ""`:                                "",
		`name == "(none)"`:                          "",
		`outcome == "won"`:                          "",
		`outcome in ["won", "lost", "open"]`:        "",
		`outcome == "unknown"`:                      "",
		`upper(outcome) == "WON"`:                   "",
		`forecast_category == ""`:                   "",
		`forecast_category in ["omitted"]`:          "",
		`stage == "Won" && name == "outcome"`:       "",
	} {
		_, err := Compile(text, time.UTC)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
