//! Every route is reached by exactly one rule, which leads to its function; nothing else is.

use std::collections::BTreeSet;

use app::{EndpointDeclaration, code};
use regex_lite::Regex;
use serde_json::Value;

use super::Subject;
use crate::{
    aws::Fault,
    mesh::{
        names::{GATEWAY, alias, authority},
        policy::methods,
        rendered::{items, name, text},
    },
};

/// What stands for a parameter of a path.
const PARAMETER: &str = "x-1";

/// A method that no path answers to.
const NO_METHOD: &str = "TRACE";
/// What tries again after a 503, whoever said it.
const BUSY: [&str; 4] = ["503", "5xx", "gateway-error", "retriable-status-codes"];

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let mut faults = Vec::new();
    let declared = subject.declared();
    for (declaration, endpoint) in declared.filter_map(|one| Some((one, one.as_endpoint()?))) {
        let function = declaration.function.name;
        let path = sample(endpoint.route.path);
        for method in asked(endpoint) {
            let reached: Vec<&Value> = routes(subject)
                .filter(|service| of_api(service))
                .filter_map(|service| reached(service, &path, method))
                .collect();
            let leads = |rule: &&Value| leads_to(rule, function);
            match reached.as_slice() {
                [rule] if method == "OPTIONS" || leads(rule) => {}
                [rule] => {
                    let rule = text(&rule["name"]);
                    faults.push(Fault::new(function, format!("{method} {path} leads to the rule {rule}")));
                }
                rules => {
                    faults.push(Fault::new(function, format!("{} virtual services take {method} {path}", rules.len())));
                }
            }
        }
    }
    faults.extend(not_allowed(subject));
    for service in routes(subject) {
        let rules = items(&service["spec"]["http"]).iter().filter(|rule| rule["directResponse"].is_null());
        for rule in rules {
            faults.extend(rule_faults(subject, rule, of_api(service)));
        }
    }
    faults
}

/// Every path refuses methods that it does not answer to, and names those that it does.
fn not_allowed(subject: &Subject) -> Vec<Fault> {
    let declared = || subject.services.iter().flat_map(|service| service.functions).filter_map(|one| one.as_endpoint());
    let mut faults = Vec::new();
    for path in declared().map(|endpoint| endpoint.route.path).collect::<BTreeSet<_>>() {
        let answered = declared().filter(|one| one.route.path == path).flat_map(asked);
        let answered: BTreeSet<&str> = answered.collect();
        let sample = sample(path);
        for rule in routes(subject).filter_map(|service| reached(service, &sample, NO_METHOD)) {
            let allowed: BTreeSet<&str> = text(&rule["headers"]["response"]["set"]["allow"]).split(", ").collect();
            if rule["directResponse"]["status"] != code::METHOD_NOT_ALLOWED.status || allowed != answered {
                faults
                    .push(Fault::new(path, format!("answers {NO_METHOD}, or says that it is answered by {allowed:?}")));
            }
        }
        if !routes(subject).any(|service| reached(service, &sample, NO_METHOD).is_some()) {
            faults.push(Fault::new(path, "does not say by which methods it is answered"));
        }
    }
    faults
}

fn routes<'a>(subject: &'a Subject) -> impl Iterator<Item = &'a Value> {
    subject.rendered.of("VirtualService")
}

/// Whether it is the API's, and not the pages'.
fn of_api(service: &Value) -> bool {
    items(&service["spec"]["gateways"]).contains(&GATEWAY.into())
}

/// What a rule has to say, and what it names.
fn rule_faults(subject: &Subject, rule: &Value, is_of_api: bool) -> Vec<Fault> {
    let about = text(&rule["name"]);
    let mut wrong = Vec::new();
    if rule["retries"]["attempts"].is_null() {
        wrong.push("says nothing of retries: Istio would try twice".to_owned());
    }
    if BUSY.iter().any(|word| text(&rule["retries"]["retryOn"]).split(',').any(|one| one == *word)) {
        wrong.push("tries again what a busy program refuses, which says itself when to come back".to_owned());
    }
    if !rule["retries"]["perTryTimeout"].is_null() {
        wrong.push("gives up a try that may still do its work".to_owned());
    }
    let matches = items(&rule["match"]);
    let is_stream = !matches.is_empty() && matches.iter().all(|one| !one["headers"]["accept"].is_null());
    if rule["timeout"].is_null() != is_stream {
        wrong.push("says nothing of its time, or is a stream and ends by it".to_owned());
    }
    if !rule["fault"].is_null() && rule["retries"]["attempts"] != 0 {
        wrong.push("injects faults and tries again, which Istio does not do in one rule".to_owned());
    }
    let host = |destination: &Value| text(&destination["destination"]["host"]).to_owned();
    for host in items(&rule["route"]).iter().map(host) {
        if !is_there(subject, &host) {
            wrong.push(format!("leads to {host}, which is nobody's name"));
        }
    }
    let rewritten = text(&rule["rewrite"]["authority"]);
    if is_of_api && !subject.rendered.functions().any(|function| authorities(function).any(|known| known == rewritten))
    {
        wrong.push(format!("names {rewritten} to Knative, which is not there"));
    }
    wrong.into_iter().map(|wrong| Fault::new(about, wrong)).collect()
}

/// Whether a host is a name of the mesh, or, past the gateway, a service of the cluster.
fn is_there(subject: &Subject, host: &str) -> bool {
    let is_entry = |entry: &Value| items(&entry["spec"]["hosts"]).contains(&host.into());
    let is_service = |service: &Value| service["apiVersion"] == "v1" && authority(name(service)) == host;
    subject.rendered.of("ServiceEntry").any(is_entry) || subject.rendered.of("Service").any(is_service)
}

/// How Knative knows a function: by its name, and by each tag of its traffic.
fn authorities(function: &Value) -> impl Iterator<Item = String> {
    let tags = items(&function["spec"]["traffic"]).iter().filter_map(|one| one["tag"].as_str());
    let tagged = tags.map(|tag| format!("{tag}-{}", authority(name(function))));
    [authority(name(function))].into_iter().chain(tagged)
}

/// The first rule of a virtual service that takes such a request.
fn reached<'a>(service: &'a Value, path: &str, method: &str) -> Option<&'a Value> {
    items(&service["spec"]["http"]).iter().find(|rule| {
        items(&rule["match"]).iter().any(|one| {
            one["headers"].is_null()
                && (one["method"].is_null() || takes(&one["method"], method))
                && takes(&one["uri"], path)
        })
    })
}

/// Whether a text is matched: whole, by its beginning, or by an expression for the whole.
fn takes(matching: &Value, subject: &str) -> bool {
    if let Some(exact) = matching["exact"].as_str() {
        return exact == subject;
    }
    if let Some(prefix) = matching["prefix"].as_str() {
        return subject.starts_with(prefix);
    }
    let whole = matching["regex"].as_str().and_then(|regex| Regex::new(&format!("^(?:{regex})$")).ok());
    whole.is_some_and(|whole| whole.is_match(subject))
}

fn leads_to(rule: &Value, function: &str) -> bool {
    let is_alias = items(&rule["route"]).iter().all(|one| one["destination"]["host"] == alias(function).as_str());
    is_alias && rule["rewrite"]["authority"] == authority(function).as_str()
}

/// The methods by which a route is asked.
pub(super) fn asked(endpoint: &EndpointDeclaration) -> impl Iterator<Item = &'static str> {
    methods(endpoint.route.method).into_iter()
}

pub(super) fn sample(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { PARAMETER } else { segment });
    segments.collect::<Vec<_>>().join("/")
}
