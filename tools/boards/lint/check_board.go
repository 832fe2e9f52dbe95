package lint

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sales-exporter/sales_exporter/tools/boards/board"
)

const (
	operationsBoard = "sales-exporter-operations"
	wallBoard       = "sales-wallboard"
	overviewBoard   = "sales-overview"

	schemaVersion = 41
	// maxSize keeps a board in a ConfigMap well under the 256 KiB that client-side apply can annotate.
	maxSize = 120 * 1024
)

func boardChecks() []check[*board.Board] {
	return []check[*board.Board]{
		{"uid-is-file-name", checkUID},
		{"uneditable", checkEditable},
		{"conventions", checkConventions},
		{"canonical-json", checkCanonical},
		{"size", checkSize},
		{"core-panels-only", checkCore},
		{"template-datasource", checkDatasourceVariable},
		{"template-job", checkJobVariable},
		{"template-instance", checkInstanceVariable},
		{"variable-undefined", checkUndefinedVariables},
		{"variable-unused", checkUnusedVariables},
		{"panel-ids", checkPanelIDs},
		{"grid", checkGrid},
		{"first-screen", checkFirstScreen},
		{"board-links", checkBoardLinks},
		{"link-target", checkLinkTargets},
		{"link-encoding", checkLinkEncoding},
		{"annotations", checkAnnotations},
	}
}

func checkUID(_ *Input, b *board.Board, report reporter) {
	if name := filepath.Base(b.Path); name != b.UID+".json" {
		report("the uid is %q; name the file %s.json, links and bookmarks depend on the uid", b.UID, b.UID)
	}
}

func checkEditable(_ *Input, b *board.Board, report reporter) {
	if b.Editable {
		report("the board can be edited in Grafana; set editable to false, the next deployment would undo the edit")
	}
}

func checkConventions(_ *Input, b *board.Board, report reporter) {
	if b.SchemaVersion != schemaVersion {
		report("schemaVersion is %d; write %d, which Grafana 9 to 13 read", b.SchemaVersion, schemaVersion)
	}
	if b.Timezone != "browser" {
		report("timezone is %q; use browser, so that each reader sees their own", b.Timezone)
	}
	if b.Refresh == "" || b.Time.From == "" || b.Time.To == "" {
		report("refresh or the default time range is missing; set both")
	}
	tagged := slices.ContainsFunc(b.Tags, func(tag string) bool { return strings.HasPrefix(tag, "sales") })
	if !tagged {
		report("has no tag that begins with sales; add one, the menu of boards finds them by it")
	}
}

func checkCanonical(_ *Input, b *board.Board, report reporter) {
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(b.Raw), "", "  "); err != nil {
		report("is no JSON: %v; generate it again", err)
		return
	}
	out.WriteByte('\n')
	if !bytes.Equal(out.Bytes(), b.Raw) {
		report("is not indented by two spaces with a newline at the end; generate it again")
	}
	if regexp.MustCompile(`\\u00(3c|3e|26)`).Match(b.Raw) {
		report(`escapes <, > or & as \u00..; encode without HTML escaping, queries must be readable in a diff`)
	}
}

func checkSize(_ *Input, b *board.Board, report reporter) {
	if len(b.Raw) > maxSize {
		report("is %d KiB; keep it under %d KiB: drop panels or split the board", len(b.Raw)/1024, maxSize/1024)
	}
}

func checkCore(_ *Input, b *board.Board, report reporter) {
	core := []string{
		"row", "text", "stat", "gauge", "bargauge", "barchart", "timeseries", "table", "piechart", "histogram", "heatmap",
		"state-timeline", "status-history", "trend", "xychart", "alertlist", "dashlist",
	}
	for _, p := range b.AllPanels() {
		if !slices.Contains(core, p.Type) {
			report("%s is of type %q; use a panel of Grafana's core, a plugin may not be installed", panelName(p), p.Type)
		}
	}
	if bytes.Contains(b.Raw, []byte(`"libraryPanel"`)) {
		report("has a library panel; write the panel out, files cannot provision libraries")
	}
}

// checkAnnotations looks for the four that a reader of any graph needs, by what they query.
func checkAnnotations(_ *Input, b *board.Board, report reporter) {
	needed := []struct{ what, metric string }{
		{"period boundaries", "sales_target_start_timestamp_seconds"},
		{"target changes", "sales_target_value"},
		{"deployments of the exporter", "process_start_time_seconds"},
		{"stale data", "ALERTS"},
	}
	for _, n := range needed {
		i := slices.IndexFunc(b.Annotations, func(a board.Annotation) bool { return mentions(a.Expr, n.metric) })
		switch {
		case i < 0:
			report("no annotation shows %s; add one that queries %s", n.what, n.metric)
		case b.Annotations[i].Hide:
			report("the annotation of %s has no switch; set hide to false", n.what)
		}
	}
}

// checkBoardLinks wants the menu of boards, and that no link loses what the reader has chosen.
func checkBoardLinks(_ *Input, b *board.Board, report reporter) {
	menu := false
	for _, l := range b.Links {
		internal := l.Type == "dashboards" || strings.HasPrefix(l.URL, "/d/")
		if internal && (!l.IncludeVars || !l.KeepTime) {
			report("the link %q drops variables or time; set includeVars and keepTime", l.Title)
		}
		menu = menu || l.Type == "dashboards"
	}
	if !menu {
		report("no link lists the other boards; add one of type dashboards by tag")
	}
}

var boardURL = regexp.MustCompile(`["(](?:https?://[^/"]*)?/d/([A-Za-z0-9_-]+)([^")]*)`)

// checkLinkTargets follows every link to a board, wherever in the file it stands.
func checkLinkTargets(in *Input, b *board.Board, report reporter) {
	for _, m := range boardURL.FindAllSubmatch(b.Raw, -1) {
		uid, rest := string(m[1]), string(m[2])
		if !in.hasBoard(uid) {
			report("a link leads to /d/%s, which is no board; correct the uid", uid)
		}
		inMenu := slices.ContainsFunc(b.Links, func(l board.Link) bool { return l.URL == "/d/"+uid+rest })
		if !inMenu && !keepsContext(rest) {
			report("the link to /d/%s%s loses variables or time; add ${__all_variables} and ${__url_time_range}", uid, rest)
		}
	}
}

var (
	anyURL     = regexp.MustCompile(`"url": "[^"]*"`)
	fieldInURL = regexp.MustCompile(`\$\{__data\.fields[^}]*\}`)
)

// checkLinkEncoding looks at what links take from a row: a name with & in it would end the parameter.
func checkLinkEncoding(_ *Input, b *board.Board, report reporter) {
	for _, url := range anyURL.FindAllString(string(b.Raw), -1) {
		for _, field := range fieldInURL.FindAllString(url, -1) {
			if !strings.HasSuffix(field, ":percentencode}") {
				report("a link takes %s as it is; write %s:percentencode}", field, strings.TrimSuffix(field, "}"))
			}
		}
	}
}

func (in *Input) hasBoard(uid string) bool {
	return slices.ContainsFunc(in.Boards, func(b *board.Board) bool { return b.UID == uid })
}

func keepsContext(url string) bool {
	time := strings.Contains(url, "__url_time_range") || strings.Contains(url, "from=")
	variables := strings.Contains(url, "__all_variables") || strings.Contains(url, "var-") ||
		strings.Contains(url, ":queryparam")
	return time && variables
}
