package maven

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/sales-exporter/sales_exporter/internal/crmsim"
	"github.com/sales-exporter/sales_exporter/internal/crmsim/world"
)

// CSVOptions say how an account is read from CSV files with a header line. Columns are named by their headers; a
// column that is "" does not exist.
type CSVOptions struct {
	Deals    CSVDeals
	Reps     CSVReps     // optional: no file, no teams
	Accounts CSVAccounts // optional: no file, no properties

	Pipeline   crmsim.Pipeline // the only one; deals name its stages by Label
	DateFormat string          // a Go layout
	Info       crmsim.Info
	Now        func() time.Time // the world's clock; nil is the real one. Everything was modified at its first reading.
}

// CSVDeals is the file of deals. An empty cell is null.
type CSVDeals struct {
	File                                              string
	Name, Rep, Account, Stage, Created, Close, Amount string
	Properties                                        CSVProperties
}

// CSVReps is the file of reps: their teams, and properties that they lend to their deals.
type CSVReps struct {
	File       string
	Rep, Team  string
	Properties CSVProperties
}

// CSVAccounts is the file of accounts.
type CSVAccounts struct {
	File       string
	Name       string
	Properties CSVProperties
}

// CSVProperties are the names of the CRM properties that each column fills.
type CSVProperties map[string][]string

// table is a CSV file as read.
type table struct {
	file    string
	columns map[string]int
	rows    [][]string
}

// LoadCSV reads an account from files. The order of the deals is that of their file.
func LoadCSV(o CSVOptions) (*crmsim.World, error) {
	deals, err := readTable(o.Deals.File)
	if err != nil {
		return nil, err
	}
	reps, err := readTable(o.Reps.File)
	if err != nil {
		return nil, err
	}
	accounts, err := readTable(o.Accounts.File)
	if err != nil {
		return nil, err
	}
	w := crmsim.NewWorld(o.Now, o.Info)
	w.AddPipeline(o.Pipeline)
	l := csvLoader{
		world: w, options: o, now: w.Moment(),
		reps: map[string]int64{}, lent: map[string]map[string]string{}, accounts: map[string]int64{},
	}
	return w, errors.Join(l.loadReps(reps), l.loadAccounts(accounts), l.loadDeals(deals))
}

func readTable(file string) (*table, error) {
	if file == "" {
		return &table{}, nil
	}
	f, err := os.Open(file) //nolint:gosec // whoever runs a simulator chooses its data
	if err != nil {
		return nil, fmt.Errorf("open data set: %w", err)
	}
	defer func() { _ = f.Close() }()
	reader := csv.NewReader(f)
	header, err := reader.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read header of %s: %w", file, err)
	}
	t := &table{file: file, columns: map[string]int{}}
	for i, name := range header {
		t.columns[strings.TrimPrefix(name, "\ufeff")] = i
	}
	if t.rows, err = reader.ReadAll(); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return t, nil
}

// require checks that the named columns exist, so that a wrong name is not taken for a column of nulls.
func (t *table) require(properties CSVProperties, names ...string) error {
	if t.file == "" {
		return nil
	}
	for _, name := range slices.Concat(names, slices.Sorted(maps.Keys(properties))) {
		if _, ok := t.columns[name]; name != "" && !ok {
			return fmt.Errorf("read %s: no column %q", t.file, name)
		}
	}
	return nil
}

func (t *table) cell(row []string, name string) string {
	i, ok := t.columns[name]
	if !ok {
		return ""
	}
	return strings.TrimSpace(row[i])
}

func (t *table) properties(row []string, names CSVProperties) map[string]string {
	values := map[string]string{}
	for column, properties := range names {
		for _, property := range properties {
			if value := t.cell(row, column); value != "" {
				values[property] = value
			}
		}
	}
	return values
}

// csvLoader remembers which names have become which records.
type csvLoader struct {
	world   *crmsim.World
	options CSVOptions
	now     time.Time

	reps     map[string]int64
	lent     map[string]map[string]string // properties of a rep's deals
	accounts map[string]int64
}

func (l *csvLoader) loadReps(t *table) error {
	o := l.options.Reps
	if err := t.require(o.Properties, o.Rep, o.Team); err != nil {
		return err
	}
	teams := map[string]int64{}
	for _, row := range t.rows {
		team := t.cell(row, o.Team)
		if team != "" && teams[team] == 0 {
			teams[team] = l.world.AddTeam(team)
		}
		name := t.cell(row, o.Rep)
		l.rep(name, teams[team])
		l.lent[name] = t.properties(row, o.Properties)
	}
	return nil
}

// rep returns the id of a rep by name, whom it hires on first sight.
func (l *csvLoader) rep(name string, team int64) int64 {
	if name == "" {
		return 0
	}
	if id, ok := l.reps[name]; ok {
		return id
	}
	first, last, _ := strings.Cut(name, " ")
	l.reps[name] = l.world.AddRep(crmsim.Rep{
		FirstName: first, LastName: last, Team: team, Active: true,
		Email: fmt.Sprintf("rep%d@example.test", len(l.reps)+1),
	})
	return l.reps[name]
}

func (l *csvLoader) loadAccounts(t *table) error {
	o := l.options.Accounts
	if err := t.require(o.Properties, o.Name); err != nil {
		return err
	}
	for _, row := range t.rows {
		l.account(t.cell(row, o.Name), t.properties(row, o.Properties))
	}
	return nil
}

func (l *csvLoader) account(name string, properties map[string]string) int64 {
	if name == "" {
		return 0
	}
	if l.accounts[name] == 0 {
		l.accounts[name] = l.world.AddAccount(crmsim.Account{Head: world.Head{Properties: properties}, Name: name})
	}
	return l.accounts[name]
}

func (l *csvLoader) loadDeals(t *table) error {
	o := l.options.Deals
	err := t.require(o.Properties, o.Name, o.Rep, o.Account, o.Stage, o.Created, o.Close, o.Amount)
	if err != nil {
		return err
	}
	for i, row := range t.rows {
		d, err := l.deal(t, row)
		if err != nil {
			return fmt.Errorf("read %s: row %d: %w", t.file, i+1, err)
		}
		err = l.world.Do(func(tx world.Tx) error {
			_, err := tx.Create(crmsim.KindDeal, &d) // as it is: many have no creation date
			return err
		})
		if err != nil {
			return fmt.Errorf("read %s: row %d: %w", t.file, i+1, err)
		}
	}
	return nil
}

func (l *csvLoader) deal(t *table, row []string) (crmsim.Deal, error) {
	o := l.options.Deals
	created, err := l.date(t.cell(row, o.Created))
	if err != nil {
		return crmsim.Deal{}, err
	}
	closed, err := l.date(t.cell(row, o.Close))
	if err != nil {
		return crmsim.Deal{}, err
	}
	label := t.cell(row, o.Stage)
	stage, ok := l.world.FindStage(l.options.Pipeline.ID, func(s crmsim.Stage) bool { return s.Label == label })
	if !ok {
		return crmsim.Deal{}, fmt.Errorf("stage %q: %w", label, crmsim.ErrUnknown)
	}
	d := crmsim.Deal{
		Head: world.Head{Created: created, Modified: l.now, Properties: t.properties(row, o.Properties)},
		Name: t.cell(row, o.Name), Pipeline: l.options.Pipeline.ID, Stage: stage.ID,
		Rep: l.rep(t.cell(row, o.Rep), 0), Account: l.account(t.cell(row, o.Account), nil),
		Amount: t.cell(row, o.Amount), Close: closed, StageEntered: created,
		ForecastCategory: stage.ForecastCategory,
	}
	if stage.Closed {
		d.StageEntered = closed
	}
	maps.Copy(d.Properties, l.lent[t.cell(row, o.Rep)])
	return d, nil
}

func (l *csvLoader) date(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(l.options.DateFormat, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("parse date: %w", err)
	}
	return t, nil
}
