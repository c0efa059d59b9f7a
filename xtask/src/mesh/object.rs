//! An object of Kubernetes.

use crate::{
    mesh::names::NAMESPACE,
    yaml::{Map, Value, map},
};

/// An object, with its name, labels and all else that it has.
pub(crate) struct Object {
    api_version: &'static str,
    kind: &'static str,
    name: String,
    namespace: &'static str,
    labels: Map,
    rest: Map,
}

impl Object {
    /// One of the namespace.
    pub(crate) fn new(api_version: &'static str, kind: &'static str, name: impl Into<String>, rest: Map) -> Self {
        Self { api_version, kind, name: name.into(), namespace: NAMESPACE, labels: Map::default(), rest }
    }

    /// One that is described by `spec` alone.
    pub(crate) fn of_spec(api_version: &'static str, kind: &'static str, name: impl Into<String>, spec: Map) -> Self {
        Self::new(api_version, kind, name, map! { "spec" => spec })
    }

    /// The same in another namespace.
    pub(crate) const fn within(mut self, namespace: &'static str) -> Self {
        self.namespace = namespace;
        self
    }

    pub(crate) fn labelled(mut self, labels: Map) -> Self {
        self.labels = labels;
        self
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        let Object { api_version, kind, name, namespace, labels, rest } = object;
        let mut metadata = map! { "name" => name, "namespace" => namespace };
        if !labels.is_empty() {
            metadata.insert("labels", labels);
        }
        map! { "apiVersion" => api_version, "kind" => kind, "metadata" => metadata }.and(rest).into()
    }
}
