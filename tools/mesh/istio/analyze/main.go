// Analyze runs istioctl's analyzers over files, all of them: `istioctl analyze --use-kube=false` leaves out those that look at kinds of
// Kubernetes, the check of a route's destination among them. Here these kinds are read from the files, too.
//
// usage: analyze FILE|FOLDER...
package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"istio.io/istio/pkg/config/analysis/analyzers"
	"istio.io/istio/pkg/config/analysis/diag"
	"istio.io/istio/pkg/config/analysis/local"
	"istio.io/istio/pkg/config/resource"
	"istio.io/istio/pkg/log"

	"tiffin.example/mesh/documents"
)

// What Istio knows nothing of.
const knative = "knative.dev/"

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: analyze FILE|FOLDER"))
	}
	quiet := log.DefaultOptions()
	quiet.SetDefaultOutputLevel(log.OverrideScopeName, log.NoneLevel)
	fail(log.Configure(quiet))
	sources := map[string]*bytes.Buffer{}
	var order []string
	for _, files := range os.Args[1:] {
		fail(documents.Each(files, func(path string, document []byte) error {
			object, err := documents.Object(document)
			if object == nil || strings.Contains(documents.Text(object, "apiVersion"), knative) {
				return err
			}
			if sources[path] == nil {
				sources[path] = &bytes.Buffer{}
				order = append(order, path)
			}
			fmt.Fprintf(sources[path], "---\n%s\n", document)
			return nil
		}))
	}
	var readers []local.ReaderSource
	for _, path := range order {
		readers = append(readers, local.ReaderSource{Name: path, Reader: sources[path]})
	}
	// Any namespace: with one named, messages about the others would be left out.
	analyzer := local.NewIstiodAnalyzer(analyzers.AllCombined(), resource.Namespace(""), resource.Namespace("istio-system"), nil)
	isBad := false
	if err := analyzer.AddTestReaderKubeSource(readers); err != nil {
		fmt.Println(err)
		isBad = true
	}
	result, err := analyzer.Analyze(make(chan struct{}))
	fail(err)
	for _, message := range result.Messages {
		fmt.Println(message.String())
		isBad = isBad || message.Type.Level() == diag.Error
	}
	fmt.Printf("analyze: %d analyzers, %d left out, %d messages\n", len(result.ExecutedAnalyzers), len(result.SkippedAnalyzers), len(result.Messages))
	if isBad || len(result.SkippedAnalyzers) > 0 {
		os.Exit(1)
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
