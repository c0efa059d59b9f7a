// Schemas says what an API server would refuse: of custom resources unknown fields, what their schema, its lists and its rules (CEL) do
// not allow, by the API server's own code; of Kubernetes' own kinds unknown fields and wrong types.
//
// usage: schemas DEFINITIONS FILE|FOLDER...
package main

import (
	"context"
	"fmt"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	gvk "k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"tiffin.example/mesh/documents"
)

// A custom resource, as its definition has it.
type custom struct {
	structural *schema.Structural
	openAPI    validation.SchemaValidator
	rules      *cel.Validator
}

type checker struct {
	customs map[gvk.GroupVersionKind]custom
	strict  runtime.Decoder
	objects int
	faults  int
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: schemas DEFINITIONS FILE|FOLDER...")
		os.Exit(2)
	}
	c := &checker{
		customs: map[gvk.GroupVersionKind]custom{},
		strict:  serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer(),
	}
	err := documents.Each(os.Args[1], func(_ string, document []byte) error { return c.define(document) })
	for _, files := range os.Args[2:] {
		if err == nil {
			err = documents.Each(files, c.check)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	fmt.Printf("schemas: %d objects, %d faults, by %d definitions\n", c.objects, c.faults, len(c.customs))
	if c.faults > 0 || c.objects == 0 {
		os.Exit(1)
	}
}

func (c *checker) define(document []byte) error {
	var definition v1.CustomResourceDefinition
	if err := yaml.Unmarshal(document, &definition); err != nil || definition.Kind != "CustomResourceDefinition" {
		return err
	}
	for _, version := range definition.Spec.Versions {
		var props apiextensions.JSONSchemaProps
		if err := v1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, &props, nil); err != nil {
			return err
		}
		structural, err := schema.NewStructural(&props)
		if err != nil {
			return fmt.Errorf("%s: %w", definition.Name, err)
		}
		openAPI, _, err := validation.NewSchemaValidator(&props)
		if err != nil {
			return fmt.Errorf("%s: %w", definition.Name, err)
		}
		kind := gvk.GroupVersionKind{Group: definition.Spec.Group, Version: version.Name, Kind: definition.Spec.Names.Kind}
		c.customs[kind] = custom{structural, openAPI, cel.NewValidator(structural, true, celconfig.PerCallLimit)}
	}
	return nil
}

func (c *checker) check(path string, document []byte) error {
	object, err := documents.Object(document)
	if object == nil {
		return err
	}
	c.objects++
	kind := gvk.FromAPIVersionAndKind(documents.Text(object, "apiVersion"), documents.Text(object, "kind"))
	var faults []string
	if custom, isCustom := c.customs[kind]; isCustom {
		faults = custom.faults(object)
	} else if _, _, err := c.strict.Decode(document, nil, nil); err != nil {
		faults = []string{err.Error()}
	}
	for _, fault := range faults {
		c.faults++
		fmt.Printf("%s: %s: %s\n", path, documents.Name(object), fault)
	}
	return nil
}

func (c custom) faults(object map[string]any) []string {
	var faults []string
	unknown := schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	for _, path := range pruning.PruneWithOptions(object, c.structural, true, unknown) {
		faults = append(faults, "unknown field "+path)
	}
	defaulting.Default(object, c.structural)
	var all field.ErrorList
	all = append(all, validation.ValidateCustomResource(nil, object, c.openAPI)...)
	all = append(all, objectmeta.Validate(nil, object, c.structural, true)...)
	all = append(all, listtype.ValidateListSetsAndMaps(nil, c.structural, object)...)
	if c.rules != nil {
		broken, _ := c.rules.Validate(context.Background(), nil, c.structural, object, nil, celconfig.RuntimeCELCostBudget)
		all = append(all, broken...)
	}
	for _, err := range all {
		faults = append(faults, err.Error())
	}
	return faults
}
