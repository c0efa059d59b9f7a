//! Whom functions call outside: the mesh knows the name, and makes TLS of it that verifies who answers.

use serde_json::Value;

use super::Subject;
use crate::{
    aws::Fault,
    mesh::{
        names::outside,
        rendered::{items, name, text},
    },
};

/// The modes of TLS that a sidecar begins by itself, with somebody who is no part of the mesh.
const ORIGINATED: [&str; 2] = ["SIMPLE", "MUTUAL"];

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let rules = subject.rendered.of("DestinationRule").filter(|rule| originates(rule));
    let mut faults: Vec<Fault> = rules.flat_map(unverified).collect();
    for provider in host::requirements::providers_of(subject.services) {
        let host = outside(provider.callee.name);
        let is_named = |entry: &Value| items(&entry["spec"]["hosts"]).contains(&host.as_str().into());
        if !subject.rendered.of("ServiceEntry").any(is_named) {
            faults.push(Fault::new(&host, "is called, and nobody's name"));
        }
        let is_its = |rule: &Value| rule["spec"]["host"] == host.as_str() && originates(rule);
        if !subject.rendered.of("DestinationRule").any(is_its) {
            faults.push(Fault::new(&host, "is called outside without TLS"));
        }
    }
    faults
}

fn originates(rule: &Value) -> bool {
    ORIGINATED.contains(&text(&rule["spec"]["trafficPolicy"]["tls"]["mode"]))
}

fn unverified(rule: &Value) -> Vec<Fault> {
    let tls = &rule["spec"]["trafficPolicy"]["tls"];
    let has_authority = !text(&tls["caCertificates"]).is_empty()
        // A sidecar gets none but by a rule that selects it.
        || !text(&tls["credentialName"]).is_empty() && !rule["spec"]["workloadSelector"].is_null();
    [
        (text(&tls["sni"]).is_empty(), "says no name to whom it speaks to (sni)"),
        (items(&tls["subjectAltNames"]).is_empty(), "takes a certificate of any name (subjectAltNames)"),
        (!has_authority, "takes a certificate of any authority (caCertificates, credentialName)"),
    ]
    .into_iter()
    .filter(|(is_wrong, _)| *is_wrong)
    .map(|(_, wrong)| Fault::new(name(rule), wrong))
    .collect()
}
