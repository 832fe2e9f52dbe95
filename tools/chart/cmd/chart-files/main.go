// Command chart-files writes what the chart holds of the product: rules, boards, and the schema of its values.
package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kingpin/v2"
)

func main() {
	app := kingpin.New("chart-files", "Writes the files of the Helm chart that are made from the product.")
	app.HelpFlag.Short('h')
	chart := app.Flag("chart", "Directory of the chart.").Required().ExistingDir()
	kingpin.MustParse(app.Parse(os.Args[1:]))

	if err := run(*chart); err != nil {
		fmt.Fprintln(os.Stderr, "chart-files:", err)
		os.Exit(1)
	}
}

func run(chart string) error {
	files, err := generate(chart)
	if err != nil {
		return err
	}
	return write(chart, files)
}
