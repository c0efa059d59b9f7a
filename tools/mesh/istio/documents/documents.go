// Package documents reads the documents of YAML files.
package documents

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// Each calls visit with each document of a file, or of each file with the suffix .yaml in a folder and those in it.
func Each(root string, visit func(path string, document []byte) error) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
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
			if err == nil {
				err = visit(path, document)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
	})
}

// Object reads a document as the API server does; keys that are there twice are an error. Nil where it is empty.
func Object(document []byte) (map[string]any, error) {
	var strict map[string]any
	if err := yaml.UnmarshalStrict(document, &strict); err != nil || len(strict) == 0 {
		return nil, err
	}
	// Once more, as numbers are whole ones to the API server where they can be.
	asJSON, err := yaml.YAMLToJSON(document)
	if err != nil {
		return nil, err
	}
	var object map[string]any
	return object, utilyaml.Unmarshal(asJSON, &object)
}

// Text is the text of a field at the top of an object.
func Text(object map[string]any, field string) string {
	text, _ := object[field].(string)
	return text
}

// Name is what an object is called: its kind and its name.
func Name(object map[string]any) string {
	metadata, _ := object["metadata"].(map[string]any)
	return Text(object, "kind") + "/" + Text(metadata, "name")
}
