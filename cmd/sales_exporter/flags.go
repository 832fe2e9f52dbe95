package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	promslogflag "github.com/prometheus/common/promslog/flag"

	"github.com/sales-exporter/sales_exporter/internal/app"
)

// flags holds what the command line says.
type flags struct {
	configFile      string
	configNamed     bool
	checkFile       string
	checkSource     string
	listenAddresses []string
	webConfigFile   string
	telemetryPath   string
	disableMetrics  bool
	rejectsSource   string
	asOf            string
	log             promslog.Config
	limited         []*limitedFlag

	dashboards struct {
		dir, currency    string
		fiscalStartMonth int
	}
	rules struct {
		dir    string
		maxFor model.Duration
	}
	records  struct{ kind, source, format string }
	backfill struct {
		from, to, out string
		step          model.Duration
	}
}

// withCommand returns the arguments with the command that they ask for: serve where they name none. kingpin's own default
// command would hide all others from the shell's completion.
func withCommand(args []string, commands []*kingpin.CmdModel) []string {
	for _, arg := range args {
		switch {
		case arg == "--version":
			return []string{"version"}
		case arg == "-h", strings.HasPrefix(arg, "--help"), strings.HasPrefix(arg, "--completion-"):
			return args
		case slices.ContainsFunc(commands, func(c *kingpin.CmdModel) bool { return c.Name == arg }):
			return args
		}
	}
	return append([]string{"serve"}, args...)
}

func (f *flags) define(stdout io.Writer) *kingpin.Application {
	a := kingpin.New("sales_exporter", "Sales KPIs from your CRM for Prometheus.")
	a.UsageWriter(stdout)
	a.HelpFlag.Short('h')
	a.Flag("config.file", "Configuration file.").Default("config.yaml").IsSetByUser(&f.configNamed).
		SetValue(&text{"--config.file", &f.configFile})
	f.only(a.Flag("web.listen-address", "Address to listen on. Can be repeated. For serve.").
		Default(app.DefaultListenAddress), "serve").StringsVar(&f.listenAddresses)
	f.only(a.Flag("web.config.file",
		"File that enables TLS or authentication (exporter-toolkit web configuration). For serve."), "serve").
		SetValue(&text{"--web.config.file", &f.webConfigFile})
	f.only(a.Flag("web.telemetry-path", "Path of the metrics. For serve.").Default("/metrics"), "serve").
		StringVar(&f.telemetryPath)
	f.only(a.Flag("web.disable-exporter-metrics",
		"Do not serve the metrics of the process: go_*, process_* and promhttp_*. For serve and once."), "serve", "once").
		BoolVar(&f.disableMetrics)
	f.only(a.Flag("kpi.as-of",
		"Compute KPIs as of this time instead of now (RFC 3339), for replays and tests. For serve and once."), "serve", "once").
		StringVar(&f.asOf)
	promslogflag.AddFlags(a, &f.log)

	a.Command("serve", "Sync on schedule and serve the metrics. This is the default command.")
	a.Command("check-config", "Check a configuration file and exit. Makes no network connection.").
		Arg("file", "Configuration file. Default: --config.file.").StringVar(&f.checkFile)
	a.Command("check-source", "Check credentials, scopes and reachability of the sources and exit.").
		Arg("name", "Source to check. Default: all sources.").StringVar(&f.checkSource)
	a.Command("rejects", "List the records that could not be read, with their place, reason and value. Can run while serve is running.").
		Arg("source", "Source to list. Default: all sources.").StringVar(&f.rejectsSource)
	a.Command("metrics", "Print every metric with its definition, as Markdown.")
	a.Command("once", "Sync every source once, print the metrics and exit.")
	f.defineMirror(a)
	f.defineGenerators(a)
	f.defineBackfill(a)
	a.Command("version", "Print the version.")
	return a
}

// limitedFlag is a flag that means something to some commands only.
type limitedFlag struct {
	name     string
	commands []string
	given    bool
}

// only limits a flag to some commands.
func (f *flags) only(flag *kingpin.FlagClause, commands ...string) *kingpin.FlagClause {
	limited := &limitedFlag{name: flag.Model().Name, commands: commands}
	f.limited = append(f.limited, limited)
	return flag.IsSetByUser(&limited.given)
}

// misplaced returns an error for a flag that the command would ignore.
func (f *flags) misplaced(command string) error {
	for _, flag := range f.limited {
		if flag.given && !slices.Contains(flag.commands, command) {
			return fmt.Errorf("--%s does not apply to %s; it is a flag of %s", flag.name, command,
				strings.Join(flag.commands, " and "))
		}
	}
	return nil
}

func (f *flags) defineMirror(a *kingpin.Application) {
	mirror := a.Command("mirror", "Look into the mirror. May run beside serve.")
	mirror.Command("kinds", "Print what the mirror holds of each kind of record, as Markdown.")
	records := mirror.Command("records", "Write the records of a kind that the served numbers are made of.")
	records.Arg("kind", "Kind of record, such as deals.").Required().StringVar(&f.records.kind)
	records.Flag("source", "Source to read; all where none is given.").StringVar(&f.records.source)
	records.Flag("format", "csv, or json for an object a line.").Default("csv").EnumVar(&f.records.format, "csv", "json")
}

func (f *flags) defineGenerators(a *kingpin.Application) {
	dashboards := a.Command("dashboards", "Write the Grafana dashboards.")
	dashboards.Flag("out", "Directory to write to.").Required().StringVar(&f.dashboards.dir)
	dashboards.Flag("currency", "Currency of the amounts (ISO 4217).").
		PlaceHolder("that of --config.file, else USD").StringVar(&f.dashboards.currency)
	dashboards.Flag("fiscal-start-month", "Month in which fiscal years begin, 1 to 12.").
		PlaceHolder("that of --config.file, else 1").IntVar(&f.dashboards.fiscalStartMonth)
	rules := a.Command("rules", "Write the Prometheus rules.")
	rules.Flag("out", "Directory to write to.").Required().StringVar(&f.rules.dir)
	rules.Flag("max-for", "Longest time that an alert waits before it fires, such as 15s. For demos.").
		Default("0s").SetValue(&duration{"--max-for", &f.rules.maxFor})
}

func (f *flags) defineBackfill(a *kingpin.Application) {
	backfill := a.Command("backfill", "Compute the KPIs of past instants and write them as OpenMetrics.")
	backfill.Flag("from", "First instant: a date in the reporting time zone, or RFC 3339.").
		Required().StringVar(&f.backfill.from)
	backfill.Flag("to", "Last instant. Default: now, or the last complete sync.").StringVar(&f.backfill.to)
	backfill.Flag("step", "Time between two instants; whole days are days of the reporting time zone.").
		Default("1d").SetValue(&duration{"--step", &f.backfill.step})
	backfill.Flag("out", "File to write.").Required().StringVar(&f.backfill.out)
}

// text is a flag that must not be empty: "--config.file=$UNSET" would otherwise read another file than the one meant.
type text struct {
	flag  string
	value *string
}

// Set implements kingpin.Value.
func (t *text) Set(value string) error {
	if value == "" {
		return fmt.Errorf("%s needs a value", t.flag)
	}
	*t.value = value
	return nil
}

// String implements kingpin.Value.
func (t *text) String() string { return *t.value }

// duration is a flag whose value may be in days. kingpin hands on the value's own error, which does not name the flag.
type duration struct {
	flag  string
	value *model.Duration
}

// Set implements kingpin.Value.
func (d *duration) Set(text string) error {
	if err := d.value.Set(text); err != nil {
		return fmt.Errorf("%s must be a duration such as 1d, 6h or 30s, but is %q", d.flag, text)
	}
	return nil
}

// String implements kingpin.Value.
func (d *duration) String() string { return d.value.String() }
