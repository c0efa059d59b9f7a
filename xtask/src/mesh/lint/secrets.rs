//! No key is in a file that is committed.

use serde_json::Value;

use super::Subject;
use crate::{
    aws::Fault,
    mesh::{
        names::PROVIDERS,
        rendered::{name, text},
    },
};

/// What keys begin with, or have in them: PEM, secrets of webhooks, private JSON Web Keys.
const MARKS: [&str; 4] = ["PRIVATE KEY", "whsec_", "\"d\":", "\"private\""];
/// The keys that everybody knows.
const DEVELOPMENT: &str = include_str!("../../../../local.env");
/// A shorter value is no key.
const KEY_LENGTH: usize = 40;
/// What stands for a key in what is checked, in base64.
const PLACEHOLDER: &str = "cGxhY2Vob2xkZXI=";

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let mut faults = Vec::new();
    for object in subject.rendered.all() {
        let text_of = object.to_string();
        let found = MARKS.iter().find(|mark| text_of.contains(*mark)).copied();
        let known = known().find(|(_, value)| text_of.contains(value)).map(|(name, _)| name);
        if let Some(what) = found.or(known) {
            faults.push(Fault::new(name(object), format!("holds a key: {what}")));
        }
        if object["kind"] == "Secret" && has_data(object) {
            faults.push(Fault::new(name(object), "is a secret with something in it"));
        }
    }
    for function in subject.rendered.functions() {
        let own = keys_of(subject, name(function));
        for key in mounted(function) {
            if own.as_ref().is_some_and(|own| !own.contains(&key.to_owned())) {
                faults.push(Fault::new(name(function), format!("reads {key}, which it does not require")));
            }
        }
    }
    faults
}

fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    DEVELOPMENT.lines().filter_map(|line| line.split_once('=')).filter(|(_, value)| {
        value.len() >= KEY_LENGTH && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    })
}

fn has_data(secret: &Value) -> bool {
    let values =
        ["data", "stringData"].iter().filter_map(|field| secret[*field].as_object()).flat_map(|data| data.values());
    values.into_iter().any(|value| value != PLACEHOLDER)
}

/// The keys that a function requires; nothing of what is not declared.
fn keys_of(subject: &Subject, function: &str) -> Option<Vec<String>> {
    let found = subject.services.iter().find_map(|service| Some((service, service.function(function)?)));
    found.map(|(service, declaration)| {
        let requirements = host::Requirements::of(service, declaration, PROVIDERS);
        let public = requirements.answers.then(|| host::requirements::PUBLIC_KEYS.to_owned());
        requirements.secrets().into_iter().chain(public).collect()
    })
}

/// The keys that a function reads.
fn mounted(function: &Value) -> Vec<&str> {
    let containers = function["spec"]["template"]["spec"]["containers"].as_array();
    let variables = containers.into_iter().flatten().filter_map(|container| container["env"].as_array()).flatten();
    variables
        .map(|variable| text(&variable["valueFrom"]["secretKeyRef"]["key"]))
        .filter(|key| !key.is_empty())
        .collect()
}
