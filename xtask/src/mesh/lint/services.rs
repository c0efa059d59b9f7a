//! What Knative refuses, or what is not safe, of a service.

use serde_json::Value;

use super::Subject;
use crate::{
    aws::Fault,
    mesh::rendered::{items, name, text},
};

/// The longest name: tag, name and what Knative adds have 63 characters.
const MAX_NAME: usize = 40;
/// The longest that a request may take, unless the cluster says otherwise, and the least, in seconds.
const MAX_TIMEOUT_S: u64 = 600;
const MIN_TIMEOUT_S: u64 = 30;
/// The annotations of scaling, and whether each is a whole number.
const SCALING: [(&str, bool); 12] = [
    ("class", false),
    ("metric", false),
    ("target", true),
    ("target-utilization-percentage", true),
    ("min-scale", true),
    ("max-scale", true),
    ("activation-scale", true),
    ("initial-scale", true),
    ("scale-down-delay", false),
    ("scale-to-zero-pod-retention-period", false),
    ("window", false),
    ("target-burst-capacity", true),
];
const PREFIX: &str = "autoscaling.knative.dev/";
/// What a namespace that is `restricted` asks of each container.
const SECCOMP: &str = "RuntimeDefault";
/// What Knative sets itself.
const RESERVED: [&str; 4] = ["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"];
/// Who delivers events may be anybody where no policy of the mesh is.
const GUARD: &str = "TIFFIN_EVENTS_GUARD";

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let functions = subject.rendered.functions().flat_map(|function| {
        let wrong = [scaling(function), revision(function)].concat();
        wrong.into_iter().map(|wrong| Fault::new(name(function), wrong))
    });
    let workloads = subject.rendered.workloads().flat_map(|(workload, template)| {
        container(template).into_iter().map(|wrong| Fault::new(name(workload), wrong))
    });
    functions.chain(workloads).collect()
}

fn scaling(function: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let own = function["metadata"]["annotations"].as_object().into_iter().flatten();
    for (annotation, _) in own.filter(|(annotation, _)| annotation.starts_with(PREFIX)) {
        wrong.push(format!("{annotation} belongs to its template"));
    }
    let annotations = &function["spec"]["template"]["metadata"]["annotations"];
    for (annotation, value) in annotations.as_object().into_iter().flatten() {
        let Some(word) = annotation.strip_prefix(PREFIX) else { continue };
        match SCALING.iter().find(|(known, _)| *known == word) {
            None => wrong.push(format!("Knative knows no {annotation}")),
            Some((_, true)) if text(value).parse::<i64>().is_err() => {
                wrong.push(format!("{annotation} is no number: {value}"));
            }
            Some(_) => {}
        }
    }
    let number = |word: &str| text(&annotations[format!("{PREFIX}{word}")]).parse::<i64>().ok();
    if let (Some(least), Some(most)) = (number("min-scale"), number("max-scale"))
        && most > 0
        && least > most
    {
        wrong.push(format!("has at least {least} pods and at most {most}"));
    }
    wrong
}

fn revision(function: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    if name(function).len() > MAX_NAME {
        wrong.push(format!("is longer than {MAX_NAME} characters"));
    }
    let percents: u64 = items(&function["spec"]["traffic"]).iter().filter_map(|one| one["percent"].as_u64()).sum();
    if percents != 100 {
        wrong.push(format!("shares {percents} % of its traffic out"));
    }
    let template = &function["spec"]["template"];
    let revision = text(&template["metadata"]["name"]);
    if !revision.is_empty() && !revision.starts_with(&format!("{}-", name(function))) {
        wrong.push(format!("has a revision {revision}, which does not begin with its name"));
    }
    let timeout = template["spec"]["timeoutSeconds"].as_u64().unwrap_or_default();
    if !(MIN_TIMEOUT_S..=MAX_TIMEOUT_S).contains(&timeout) {
        wrong.push(format!("gives a request {timeout} s, which is also what a pod has to end in"));
    }
    wrong
}

fn container(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let of_pod = &template["spec"]["securityContext"];
    for container in items(&template["spec"]["containers"]) {
        let security = &container["securityContext"];
        let is_locked = security["readOnlyRootFilesystem"] == true
            && [security, of_pod].iter().any(|one| one["runAsNonRoot"] == true)
            && [security, of_pod].iter().any(|one| one["seccompProfile"]["type"] == SECCOMP)
            && security["allowPrivilegeEscalation"] == false;
        if !is_locked {
            wrong.push("may write to its root, or become somebody else".to_owned());
        }
        if container["resources"]["limits"]["memory"].is_null() {
            wrong.push("has no limit of memory".to_owned());
        }
        for variable in items(&container["env"]) {
            let named = text(&variable["name"]);
            if RESERVED.contains(&named) {
                wrong.push(format!("sets {named}, which Knative sets"));
            }
            if named == GUARD && variable["value"] != "mesh" {
                wrong.push(format!("says of {GUARD} something else than mesh"));
            }
        }
    }
    wrong
}
