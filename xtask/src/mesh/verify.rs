//! Everything that must hold of the manifests, on everything that is rendered.

use std::{
    collections::BTreeSet,
    fs,
    num::NonZero,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::{Context as _, Result};
use app::{ACCESS_TOKEN, Jwks, KeyPair, Service};
use host::requirements::PUBLIC_KEYS;
use serde_json::json;

use crate::{
    aws::Fault,
    function_spec::specs,
    mesh::{
        lint::{self, Subject},
        names::{NAMESPACE, PROVIDERS, SERVICE_LABEL},
        rendered::{Rendered, name},
        tools::{Tools, VERSIONS, Verdict, kubectl, missing},
    },
    root,
};

/// Where manifests are.
const FOLDER: &str = "k8s-knative";
const FILE: &str = "kustomization.yaml";
/// What is a part, and not to be rendered by itself.
const PART: &str = "kind: Component";
/// Parts of the base.
const BASE: &str = "base";
/// Keys are no part of what is committed: for what is checked, something stands for them.
const KEYS: &str = "overlays/kind/keys.env";
const PLACEHOLDER: &str = "placeholder";
/// Public ones, which the gateway is told of; for what is checked, some that nobody has.
const JWKS: &str = "tests/jwks/jwks.json";
/// How many: while one follows another, there are two.
const JWKS_COUNT: usize = 2;
/// What a kubectl is tried with, where there is one.
const TRIED_BY_KUBECTL: &str = "overlays/kind";
/// Stages that are for people.
const FOR_PEOPLE: [&str; 2] = ["staging", "production"];

/// What was found.
pub enum Checked {
    /// Nothing, for want of this.
    Skipped(String),
    /// What was looked at, line by line, and what is wrong.
    Done(Vec<String>, Vec<Fault>),
}

/// Renders all that can be applied, and holds it against everything that there is.
pub fn verify(services: &[Service]) -> Result<Checked> {
    if let Some(missing) = missing() {
        return Ok(Checked::Skipped(missing));
    }
    let tools = Tools::build()?;
    let copy = tempfile::tempdir()?;
    copy_tree(&root().join(FOLDER), copy.path())?;
    fs::write(copy.path().join(KEYS), keys(services))?;
    fs::write(copy.path().join(JWKS), jwks()?)?;
    let mut lines = vec![VERSIONS.to_owned()];
    let mut faults = planted(&tools)?;
    let look = |folder: &PathBuf| {
        let named = folder.strip_prefix(copy.path()).unwrap_or(folder).display().to_string();
        look_at(&tools, services, folder, &named).with_context(|| named)
    };
    for looked in side_by_side(&applied(copy.path())?, look) {
        let looked = looked?;
        lines.extend(looked.0);
        faults.extend(looked.1);
    }
    Ok(Checked::Done(lines, faults))
}

/// Renders a folder, and holds it against everything: a line for each thing that looked at it, and what is wrong.
fn look_at(tools: &Tools, services: &[Service], folder: &Path, named: &str) -> Result<(Vec<String>, Vec<Fault>)> {
    let mut lines = Vec::new();
    let mut faults = Vec::new();
    let text = tools.render(folder)?;
    if folder.ends_with(TRIED_BY_KUBECTL) {
        match kubectl(folder)? {
            None => {}
            Some(Err(old)) => lines.push(old),
            Some(Ok(same)) if same == text => lines.push(format!("{named}: kubectl makes the same of it")),
            Some(Ok(_)) => faults.push(Fault::new(named, "kubectl makes something else of it than kustomize")),
        }
    }
    let rendered = Rendered::read(&text)?;
    let directory = tempfile::tempdir()?;
    fs::write(directory.path().join("all.yaml"), &text)?;
    fs::write(directory.path().join("workloads.yaml"), workloads(&rendered))?;
    let mut verdicts = vec![tools.schemas(directory.path())?, tools.analyze(directory.path())?];
    // What others' installations are told has no function in it.
    let has_functions = rendered.functions().next().is_some();
    if has_functions {
        verdicts.push(tools.knative(directory.path())?);
    }
    for verdict in verdicts {
        lines.push(format!("{named}: {}", verdict.summary));
        faults.extend(faults_of(named, verdict));
    }
    if has_functions {
        let is_for_people = FOR_PEOPLE.iter().any(|stage| folder.ends_with(stage));
        let found = lint::check(&Subject { rendered: &rendered, services, is_for_people });
        lines.push(format!("{named}: {} objects by the declarations, {} faults", rendered.all().len(), found.len()));
        faults.extend(found.into_iter().map(|fault| Fault::new(format!("{named}: {}", fault.about), fault.wrong)));
    }
    Ok((lines, faults))
}

/// Does this with each, as many at once as there are processors. What comes of it, in their order.
fn side_by_side<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(index) else { return done };
            done.push((index, work(one)));
        }
    };
    let at_once = thread::available_parallelism().map_or(1, NonZero::get);
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(take)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("it does not panic")).collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What a cluster makes of them: a pod of each template, which policies and sidecars select, and a service for a function's revision.
fn workloads(rendered: &Rendered) -> String {
    let pods = rendered.all().iter().filter_map(|object| {
        let mut labels = object["spec"]["template"]["metadata"]["labels"].as_object()?.clone();
        labels.insert(SERVICE_LABEL.to_owned(), name(object).into());
        labels.insert("istio.io/rev".to_owned(), "default".into());
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or(NAMESPACE);
        let metadata = json!({"name": format!("{}-pod", name(object)), "namespace": namespace, "labels": labels});
        let containers = ["function", "istio-proxy"].map(|name| json!({"name": name, "image": "image"}));
        Some(json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": containers}}))
    });
    let revisions = rendered.functions().map(|function| {
        let given = function["spec"]["template"]["metadata"]["name"].as_str();
        let revision = given.map_or_else(|| format!("{}-00001", name(function)), str::to_owned);
        let metadata = json!({"name": revision, "namespace": NAMESPACE});
        let port = json!({"name": "http", "port": 80, "targetPort": 8012, "protocol": "TCP"});
        json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"ports": [port]}})
    });
    pods.chain(revisions).map(|object| object.to_string()).collect::<Vec<_>>().join("\n---\n")
}

/// A line for each variable that holds a key.
fn keys(services: &[Service]) -> String {
    let specs = specs(services, PROVIDERS);
    let names = specs.iter().flat_map(|spec| spec.requirements.secrets()).chain([PUBLIC_KEYS.to_owned()]);
    let names: BTreeSet<String> = names.collect();
    names.into_iter().map(|name| format!("{name}={PLACEHOLDER}\n")).collect()
}

/// The keys of access tokens, as `get-jwks` answers.
pub(crate) fn jwks() -> Result<String> {
    let pairs = (0..JWKS_COUNT).map(|_| KeyPair::generate(ACCESS_TOKEN)).collect::<Result<Vec<_>, _>>()?;
    let keys = pairs.iter().map(KeyPair::public).collect::<Result<Vec<_>, _>>()?;
    Ok(serde_json::to_string(&Jwks { keys })?)
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("{} can't be read", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Each line of a program is a fault: warnings that nobody reads are of no use.
fn faults_of(named: &str, verdict: Verdict) -> Vec<Fault> {
    let silent = (!verdict.is_good && verdict.lines.is_empty()).then(|| verdict.summary.clone());
    verdict.lines.into_iter().chain(silent).map(|line| Fault::new(named, line)).collect()
}

/// Every folder that somebody applies: neither a part of another, nor of the base.
fn applied(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        let file = folder.join(FILE);
        if file.is_file() && !fs::read_to_string(&file)?.contains(PART) {
            found.push(folder.clone());
        }
        if folder.ends_with(BASE) {
            continue;
        }
        for entry in fs::read_dir(&folder).with_context(|| format!("{} can't be read", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                left.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Objects with a fault each, of the kind that only one program finds, and what it has to say of each.
type Planted = (&'static str, fn(&Tools, &Path) -> Result<Verdict>, &'static [&'static str]);
const PLANTED: &[Planted] = &[
    (
        include_str!("planted/schemas.yaml"),
        Tools::schemas,
        &["two-endpoints", "misspelt", "no-such-action", "no-duration", "two-credentials", "no-such-field"],
    ),
    (include_str!("planted/analyze.yaml"), Tools::analyze, &["no-gateway", "no-destination"]),
    (include_str!("planted/knative.yaml"), Tools::knative, &["annotated", "shared-out", "reserved"]),
];

/// That each program finds what is planted for it: one that finds nothing may as well look at nothing.
fn planted(tools: &Tools) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    for (objects, program, named) in PLANTED {
        let directory = tempfile::tempdir()?;
        fs::write(directory.path().join("planted.yaml"), objects)?;
        let found = program(tools, directory.path())?;
        let missed = named.iter().filter(|name| !found.lines.iter().any(|line| line.contains(**name)));
        faults.extend(missed.map(|name| Fault::new(*name, format!("is planted, and not found by {}", found.summary))));
    }
    Ok(faults)
}
