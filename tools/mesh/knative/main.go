// Knative says what Knative Serving's own webhook would refuse: each of its objects is decoded strictly, given its defaults, and
// validated as one that is created.
//
// usage: knative FILE|FOLDER...
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"knative.dev/pkg/apis"
	"knative.dev/serving/pkg/apis/config"
	v1 "knative.dev/serving/pkg/apis/serving/v1"
	"knative.dev/serving/pkg/apis/serving/v1beta1"
	"sigs.k8s.io/yaml"
)

type object interface {
	apis.Defaultable
	apis.Validatable
}

type header struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name string `json:"name"`
	} `json:"metadata"`
}

type checker struct {
	objects int
	faults  int
}

func main() {
	c := &checker{}
	for _, files := range os.Args[1:] {
		if err := filepath.WalkDir(files, c.file); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
	}
	fmt.Printf("knative: %d objects, %d faults\n", c.objects, c.faults)
	if c.faults > 0 || c.objects == 0 {
		os.Exit(1)
	}
}

func (c *checker) file(path string, entry fs.DirEntry, err error) error {
	if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := c.check(path, document); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
}

func (c *checker) check(path string, document []byte) error {
	var header header
	if err := yaml.Unmarshal(document, &header); err != nil {
		return err
	}
	object := blank(header)
	if object == nil {
		return nil
	}
	c.objects++
	name := fmt.Sprintf("%s: %s/%s", path, header.Kind, header.Metadata.Name)
	if err := yaml.UnmarshalStrict(document, object); err != nil {
		c.faults++
		fmt.Printf("%s: %v\n", name, err)
		return nil
	}
	ctx := apis.WithinCreate(config.ToContext(context.Background(), config.FromContextOrDefaults(context.Background())))
	object.SetDefaults(ctx)
	found := object.Validate(ctx)
	if fault := found.Filter(apis.ErrorLevel); fault != nil {
		c.faults++
		fmt.Printf("%s: %v\n", name, fault)
	}
	if warning := found.Filter(apis.WarningLevel); warning != nil {
		fmt.Printf("%s: warning: %v\n", name, warning)
	}
	return nil
}

// An object of this kind; none where Knative Serving knows no such kind.
func blank(header header) object {
	switch header.APIVersion + "/" + header.Kind {
	case "serving.knative.dev/v1/Service":
		return &v1.Service{}
	case "serving.knative.dev/v1/Configuration":
		return &v1.Configuration{}
	case "serving.knative.dev/v1/Route":
		return &v1.Route{}
	case "serving.knative.dev/v1/Revision":
		return &v1.Revision{}
	case "serving.knative.dev/v1beta1/DomainMapping":
		return &v1beta1.DomainMapping{}
	}
	return nil
}
