// Command kube-schemas writes the schemas of the Kubernetes releases that the chart is tested against, for kubeconform.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/alecthomas/kingpin/v2"

	"github.com/sales-exporter/sales_exporter/tools/chart/kubernetes"
)

func main() {
	a := kingpin.New("kube-schemas", "Write schemas of Kubernetes resources, one directory a release.")
	a.HelpFlag.Short('h')
	out := a.Flag("out", "Directory to write to.").Required().String()
	kingpin.MustParse(a.Parse(os.Args[1:]))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	a.FatalIfError(run(ctx, *out), "")
}

func run(ctx context.Context, out string) error {
	for _, release := range kubernetes.Releases() {
		swagger, err := release.Download(ctx)
		if err != nil {
			return err
		}
		schemas, err := kubernetes.Schemas(swagger)
		if err != nil {
			return fmt.Errorf("schemas of Kubernetes %s: %w", release.Version, err)
		}
		if err := kubernetes.Write(filepath.Join(out, release.Version), schemas); err != nil {
			return err
		}
	}
	return nil
}
