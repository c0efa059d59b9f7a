//! Manifests as kustomize renders them, to be looked at.

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::mesh::names::EGRESS_LABEL;

/// Every object that is applied together.
pub(crate) struct Rendered(Vec<Value>);

impl Rendered {
    /// Reads what kustomize wrote.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let objects = serde_saphyr::from_multiple(text).context("kustomize wrote no YAML")?;
        Ok(Self(objects))
    }

    /// These objects.
    #[cfg(test)]
    pub(crate) const fn of_objects(objects: Vec<Value>) -> Self {
        Self(objects)
    }

    /// The objects of a kind.
    pub(crate) fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |object| object["kind"] == kind)
    }

    /// Those of Knative Serving: Kubernetes has services, too.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &Value> {
        self.of("Service").filter(|object| text(&object["apiVersion"]).starts_with("serving.knative.dev/"))
    }

    /// The function of this name.
    pub(crate) fn function(&self, name: &str) -> Option<&Value> {
        self.functions().find(|object| self::name(object) == name)
    }

    /// What runs in the mesh, functions and others, each with what its pods are made from.
    pub(crate) fn workloads(&self) -> impl Iterator<Item = (&Value, &Value)> {
        let templates = self.0.iter().map(|object| (object, &object["spec"]["template"]));
        templates.filter(|(_, template)| !template["metadata"]["labels"][EGRESS_LABEL].is_null())
    }

    pub(crate) fn all(&self) -> &[Value] {
        &self.0
    }
}

/// What an object is called.
pub(crate) fn name(object: &Value) -> &str {
    text(&object["metadata"]["name"])
}

/// A text; empty where there is none.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What is in a list; nothing where there is none.
pub(crate) fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
