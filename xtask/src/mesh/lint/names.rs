//! What is named is there: functions, their aliases, settings; and each function has all that belongs to it, once.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Subject;
use crate::{
    aws::Fault,
    mesh::{
        names::{EGRESS_LABEL, SERVICE_LABEL},
        rendered::{items, name, text},
    },
};

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let mut faults = Vec::new();
    functions(subject, &mut faults);
    policies(subject, &mut faults);
    egress(subject, &mut faults);
    settings(subject, &mut faults);
    faults
}

/// Every declared function is there, with its identity.
fn functions(subject: &Subject, faults: &mut Vec<Fault>) {
    let accounts: BTreeSet<&str> = subject.rendered.of("ServiceAccount").map(name).collect();
    for function in subject.declared() {
        let wanted = function.function.name;
        match subject.rendered.function(wanted) {
            None => faults.push(Fault::new(wanted, "is declared, and no Knative service runs it")),
            Some(service) => {
                let account = text(&service["spec"]["template"]["spec"]["serviceAccountName"]);
                if account != wanted || !accounts.contains(account) {
                    faults.push(Fault::new(wanted, format!("runs as {account}, which is not its own account")));
                }
            }
        }
    }
}

/// Every policy selects something, and every function has one.
fn policies(subject: &Subject, faults: &mut Vec<Fault>) {
    let selected = |policy: &Value| text(&policy["spec"]["selector"]["matchLabels"][SERVICE_LABEL]).to_owned();
    let mut guarded = BTreeSet::new();
    for policy in subject.rendered.of("AuthorizationPolicy") {
        let function = selected(policy);
        if function.is_empty() {
            continue;
        }
        if subject.rendered.function(&function).is_none() {
            faults.push(Fault::new(name(policy), format!("is a policy of {function}, which is not there")));
        }
        guarded.insert(function);
    }
    for function in subject.rendered.functions().map(name).filter(|name| !guarded.contains(*name)) {
        faults.push(Fault::new(function, "has no policy: nobody may call it"));
    }
}

/// One sidecar configuration selects each program: with two, Istio takes any.
fn egress(subject: &Subject, faults: &mut Vec<Fault>) {
    for (workload, template) in subject.rendered.workloads() {
        let labels = &template["metadata"]["labels"];
        let selects = |sidecar: &&Value| {
            let wanted = sidecar["spec"]["workloadSelector"]["labels"].as_object();
            wanted.is_some_and(|wanted| wanted.iter().all(|(name, value)| &labels[name] == value))
        };
        let count = subject.rendered.of("Sidecar").filter(selects).count();
        if count != 1 {
            let word = text(&labels[EGRESS_LABEL]);
            faults.push(Fault::new(name(workload), format!("is selected by {count} sidecars, not one ({word})")));
        }
    }
}

/// Every setting that a program must be told is there, and every key where the keys are there, too.
fn settings(subject: &Subject, faults: &mut Vec<Fault>) {
    for workload in subject.rendered.functions().chain(subject.rendered.of("Deployment")) {
        for container in items(&workload["spec"]["template"]["spec"]["containers"]) {
            for variable in items(&container["env"]).iter().map(|variable| &variable["valueFrom"]) {
                let wrong = told(subject, "ConfigMap", &variable["configMapKeyRef"])
                    .or_else(|| told(subject, "Secret", &variable["secretKeyRef"]));
                faults.extend(wrong.map(|wrong| Fault::new(name(workload), wrong)));
            }
        }
    }
}

/// What is wrong with where a variable's value is.
fn told(subject: &Subject, kind: &str, reference: &Value) -> Option<String> {
    let holder = reference["name"].as_str()?;
    let Some(found) = subject.rendered.of(kind).find(|one| name(one) == holder) else {
        // Secrets are made beside the manifests, but for trying.
        return (kind == "ConfigMap").then(|| format!("reads {holder}, which is not there"));
    };
    let key = text(&reference["key"]);
    let is_missing = reference["optional"] != true && found["data"][key].is_null();
    is_missing.then(|| format!("must be told {key}, and {holder} does not say it"))
}
