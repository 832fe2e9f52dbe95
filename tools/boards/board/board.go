package board

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Board is a dashboard as its file holds it, with the two lists that the schema wraps taken out.
type Board struct {
	Path string `json:"-"`
	Raw  []byte `json:"-"`

	UID                  string     `json:"uid"`
	Title                string     `json:"title"`
	Description          string     `json:"description"`
	Tags                 []string   `json:"tags"`
	Editable             bool       `json:"editable"`
	SchemaVersion        int        `json:"schemaVersion"`
	Refresh              string     `json:"refresh"`
	Timezone             string     `json:"timezone"`
	Time                 TimeRange  `json:"time"`
	FiscalYearStartMonth int        `json:"fiscalYearStartMonth"`
	Panels               []Panel    `json:"panels"`
	Links                []Link     `json:"links"`
	Variables            []Variable `json:"-"`

	Annotations []Annotation `json:"-"`
}

// TimeRange is the range that a board opens with, in Grafana's words: "now/fQ" to "now".
type TimeRange struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Link is a link of a board or of a panel, or a data link of a field. Data links have only a title and a URL.
type Link struct {
	Title       string   `json:"title"`
	Type        string   `json:"type"`
	URL         string   `json:"url"`
	Tags        []string `json:"tags"`
	AsDropdown  bool     `json:"asDropdown"`
	IncludeVars bool     `json:"includeVars"`
	KeepTime    bool     `json:"keepTime"`
	TargetBlank bool     `json:"targetBlank"`
}

// Load reads one board.
func Load(path string) (*Board, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // The path is the caller's own.
	if err != nil {
		return nil, fmt.Errorf("read board: %w", err)
	}
	b, err := Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("parse board %s: %w", path, err)
	}
	b.Path = path
	return b, nil
}

// Parse reads a board from its JSON.
func Parse(raw []byte) (*Board, error) {
	var file struct {
		Board
		Templating struct {
			List []Variable `json:"list"`
		} `json:"templating"`
		Annotations struct {
			List []Annotation `json:"list"`
		} `json:"annotations"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, err
	}
	b := file.Board
	b.Raw, b.Variables, b.Annotations = raw, file.Templating.List, file.Annotations.List
	return &b, nil
}

// LoadDir reads every *.json of a directory, sorted by uid.
func LoadDir(dir string) ([]*Board, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("list boards: %w", err)
	}
	boards := make([]*Board, 0, len(paths))
	for _, path := range paths {
		b, err := Load(path)
		if err != nil {
			return nil, err
		}
		boards = append(boards, b)
	}
	slices.SortStableFunc(boards, func(a, b *Board) int { return cmp.Compare(a.UID, b.UID) })
	return boards, nil
}

// AllPanels returns the board's panels in order, each row followed by the panels that it hides while collapsed.
func (b *Board) AllPanels() []Panel {
	var all []Panel
	for _, p := range b.Panels {
		all = append(all, p)
		all = append(all, p.Panels...)
	}
	return all
}

// Variable returns the variable of a name.
func (b *Board) Variable(name string) (Variable, bool) {
	i := slices.IndexFunc(b.Variables, func(v Variable) bool { return v.Name == name })
	if i < 0 {
		return Variable{}, false
	}
	return b.Variables[i], true
}
