//! The mesh's manifests, as far as they follow from the declarations: what Knative runs, and what Istio lets through. What is policy
//! is written by hand beside them, in `k8s-knative/`.

mod alias;
mod callers;
mod config;
mod egress;
mod environment;
mod events;
mod knative_service;
mod lint;
mod names;
mod network_policies;
mod object;
mod policy;
mod provider;
mod rendered;
mod replies;
mod routes;
mod tools;
mod verify;

use anyhow::Result;
use app::{Service, Trigger};

use crate::{
    Generated,
    function_spec::{FunctionSpec, specs},
    mesh::object::Object,
    yaml::{self, Map, Value, map},
};

/// Where they are.
const FOLDER: &str = "k8s-knative";
/// Parts of it, and what is generated there.
const FUNCTIONS: &str = "base/functions";
const ROUTES: &str = "base/routes";
const EGRESS: &str = "base/egress";
const NETWORK_POLICIES: &str = "components/network-policies";
const JWT_AT_GATEWAY: &str = "components/jwt-at-gateway";
const PROVIDER: &str = "components/provider";
pub(crate) use names::{DEAD_LETTERS, NAMESPACE, PROVIDERS};
pub use verify::{Checked, verify};

const HEADING: &str = "# Generated from the declarations by `cargo xtask generate`.\n";

/// Every generated file.
pub(crate) fn files(services: &[Service]) -> Result<Vec<Generated>> {
    let specs = specs(services, PROVIDERS);
    let mut files = Vec::new();
    for spec in &specs {
        files.push(file(FUNCTIONS, spec.name(), function(spec)?)?);
    }
    for service in services.iter().filter(|service| routes::has_any(service)) {
        files.push(file(ROUTES, service.name, vec![routes::virtual_service(service)])?);
    }
    files.push(file(EGRESS, "sidecars", egress::sidecars(&specs))?);
    for folder in [FUNCTIONS, ROUTES, EGRESS] {
        files.push(kustomization(folder, &files)?);
    }
    files.push(file(NETWORK_POLICIES, "policies", network_policies::policies())?);
    files.push(file(JWT_AT_GATEWAY, "callers", vec![callers::tokens(), callers::policy(services)])?);
    files.push(file(JWT_AT_GATEWAY, "replies", vec![replies::filter()])?);
    files.push(file(PROVIDER, "provider", provider::objects())?);
    files.push(Generated::new(config::PATH, config::text(services)));
    Ok(files)
}

/// All that belongs to a function.
fn function(spec: &FunctionSpec) -> Result<Vec<Object>> {
    let mut objects = vec![knative_service::account(spec), knative_service::service(spec), policy::policy(spec)];
    match &spec.declaration.trigger {
        Trigger::Endpoint(_) => objects.extend([alias::entry(spec), alias::destination_rule(spec)]),
        Trigger::Subscriber { subscribes_to, .. } => objects.push(events::trigger(spec, &subscribes_to())),
        Trigger::Sweep { period_s, .. } | Trigger::Schedule { period_s, .. } => {
            objects.push(events::ping(spec, *period_s)?);
        }
    }
    Ok(objects)
}

fn file(folder: &str, name: &str, objects: Vec<Object>) -> Result<Generated> {
    let documents: Vec<Value> = objects.into_iter().map(Value::from).collect();
    Ok(Generated::new(format!("{FOLDER}/{folder}/{name}.yaml"), HEADING.to_owned() + &yaml::text(&documents)?))
}

/// What kustomize takes of a folder: every file that is generated there.
fn kustomization(folder: &str, files: &[Generated]) -> Result<Generated> {
    let beginning = format!("{FOLDER}/{folder}/");
    let names: Vec<&str> = files.iter().filter_map(|file| file.path.strip_prefix(&beginning)).collect();
    let document: Map = map! {
        "apiVersion" => "kustomize.config.k8s.io/v1beta1",
        "kind" => "Kustomization",
        "resources" => names,
    };
    let content = HEADING.to_owned() + &yaml::text(&[document.into()])?;
    Ok(Generated::new(format!("{beginning}kustomization.yaml"), content))
}
