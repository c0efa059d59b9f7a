//! The gateway's routes: one virtual service for each service, with a rule for each of its endpoints.

use std::collections::{BTreeMap, BTreeSet};

use app::{Declaration, EndpointDeclaration, Method, Service, code};

use crate::{
    mesh::{
        names::{API_HOST, GATEWAY, alias, authority},
        object::Object,
        policy::methods,
    },
    yaml::{Map, Value, map},
};

/// How often a request is tried again.
const ATTEMPTS: u32 = 2;
/// When one is that may come twice. Not after a 503 that a program said: it says itself when to come again.
const IDEMPOTENT: &str = "connect-failure,refused-stream,reset,502,504";
/// When one is that has a key: what did not get through.
const KEYED: &str = "connect-failure,refused-stream,reset-before-request";
/// What may ask for a stream: an `Accept` that has its media type, or any text, among others, whatever weight each has. The function
/// decides; one who is given JSON after all loses no more than the retries of this rule, whereas a stream that is not taken
/// for one is cut.
const STREAM: &str = r"(?i)(.*,)?\s*text/(event-stream|\*)\s*([;,].*)?";
/// Any text of one segment, of the characters that one may have (RFC 3986): of others, policies would know no segment, and let pass
/// what they refuse, or refuse what they let pass. No id has them.
const SEGMENT: &str = "[A-Za-z0-9._~%!$&'()*+,;=:@-]+";

/// Whether a service answers any request.
pub(crate) fn has_any(service: &Service) -> bool {
    service.functions.iter().any(|one| one.as_endpoint().is_some())
}

/// The routes of a service, the most specific first.
pub(crate) fn virtual_service(service: &Service) -> Object {
    let mut endpoints: Vec<(&Declaration, &EndpointDeclaration)> =
        service.functions.iter().filter_map(|one| Some((one, one.as_endpoint()?))).collect();
    endpoints.sort_by_key(|(_, endpoint)| specificity(endpoint.route.path));
    let mut preflighted: Vec<&str> = Vec::new();
    let mut rules = Vec::new();
    for (declaration, endpoint) in endpoints {
        let path = endpoint.route.path;
        // Each function answers preflights alike: one of those with this path does.
        let is_first = !preflighted.contains(&path);
        preflighted.push(path);
        let methods = methods(endpoint.route.method).into_iter().filter(|method| is_first || *method != "OPTIONS");
        rules.extend(stream(declaration, endpoint));
        rules.push(rule(declaration, endpoint, methods));
    }
    rules.extend(not_allowed(service));
    let routes = map! { "hosts" => [API_HOST], "gateways" => [GATEWAY], "http" => rules };
    Object::of_spec("networking.istio.io/v1", "VirtualService", format!("api-{}", service.name), routes)
}

fn rule<'a>(declaration: &Declaration, endpoint: &EndpointDeclaration, methods: impl Iterator<Item = &'a str>) -> Map {
    let name = declaration.function.name;
    let matches: Value = methods.map(|method| matching(endpoint.route.path, method)).collect();
    map! { "name" => name, "match" => matches }
        .and(destination(name))
        .with("timeout", format!("{}s", declaration.function.timeout_s))
        .with("retries", retries(declaration, endpoint))
}

/// A stream lasts as long as it lasts: a rule that names no time has none.
fn stream(declaration: &Declaration, endpoint: &EndpointDeclaration) -> Option<Map> {
    let name = declaration.function.name;
    let accepts = map! { "accept" => map! { "regex" => STREAM } };
    let matching = matching(endpoint.route.path, "GET").with("headers", accepts);
    let rule = map! { "name" => format!("{name}-stream"), "match" => [matching] }
        .and(destination(name))
        .with("retries", map! { "attempts" => 0_u32 });
    endpoint.route.is_live.then_some(rule)
}

/// Paths that are there, asked by a method that they do not answer to: a rule for all that answer to the same ones, after every other;
/// first those without parameters, which would be taken for others.
fn not_allowed(service: &Service) -> Vec<Map> {
    let mut paths: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for route in service.functions.iter().filter_map(|one| one.as_endpoint()).map(|endpoint| endpoint.route) {
        paths.entry(route.path).or_default().extend(methods(route.method));
    }
    let mut alike: BTreeMap<(bool, String), Vec<&str>> = BTreeMap::new();
    for (path, methods) in paths {
        let allowed = methods.into_iter().collect::<Vec<_>>().join(", ");
        alike.entry((path.contains('{'), allowed)).or_default().push(path);
    }
    let rule = |((_, allowed), paths): ((bool, String), Vec<&str>)| {
        let matches: Value = paths.into_iter().map(|path| map! { "uri" => uri(path) }).collect();
        map! {
            "name" => format!("{}-not-allowed", allowed.to_lowercase().replace(", ", "-")),
            "match" => matches,
            "directResponse" => map! { "status" => u32::from(code::METHOD_NOT_ALLOWED.status) },
            "headers" => map! { "response" => map! { "set" => map! { "allow" => allowed } } },
        }
    };
    alike.into_iter().map(rule).collect()
}

/// Knative finds the function by its authority; the path stays.
fn destination(function: &str) -> Map {
    let to = map! { "host" => alias(function), "port" => map! { "number" => 80_u32 } };
    map! {
        "rewrite" => map! { "authority" => authority(function) },
        "route" => [map! { "destination" => to }],
    }
}

/// Written out also where there is none: without it Istio would try twice.
fn retries(declaration: &Declaration, endpoint: &EndpointDeclaration) -> Map {
    let when = match endpoint.route.method {
        Method::Get | Method::Put | Method::Delete => Some(IDEMPOTENT),
        Method::Post if declaration.honours_idempotency_keys() => Some(KEYED),
        Method::Post | Method::Patch => None,
    };
    when.map_or_else(|| map! { "attempts" => 0_u32 }, |when| map! { "attempts" => ATTEMPTS, "retryOn" => when })
}

fn matching(path: &str, method: &str) -> Map {
    map! { "uri" => uri(path), "method" => map! { "exact" => method } }
}

fn uri(path: &str) -> Map {
    if !path.contains('{') {
        return map! { "exact" => path };
    }
    let segments = path.split('/').map(|segment| match segment {
        parameter if parameter.starts_with('{') => SEGMENT.to_owned(),
        literal => literal.replace('.', "\\."),
    });
    map! { "regex" => segments.collect::<Vec<_>>().join("/") }
}

/// Of two paths that both match, the one whose first parameter comes later is meant: `current` is a name before it is an id.
pub(crate) fn specificity(path: &str) -> Vec<bool> {
    path.split('/').map(|segment| segment.starts_with('{')).collect()
}

#[cfg(test)]
mod tests {
    use regex_lite::Regex;

    use super::*;

    #[test]
    fn names_come_before_parameters() {
        let mut paths = ["/v1/sessions/{id}", "/v1/sessions/current", "/v1/{any}/current"];
        paths.sort_by_key(|path| specificity(path));
        assert_eq!(paths, ["/v1/sessions/current", "/v1/sessions/{id}", "/v1/{any}/current"]);
    }

    #[test]
    fn whoever_may_get_a_stream_is_given_its_time() {
        let whole = Regex::new(&format!("^(?:{STREAM})$")).unwrap();
        for stream in [
            "text/event-stream",
            "Text/Event-Stream; charset=utf-8",
            "text/event-stream;q=0.9, application/json;q=0.1",
            "application/json, text/event-stream",
            "text/html,text/event-stream , */*;q=0.1",
            "text/*",
        ] {
            assert!(whole.is_match(stream), "{stream}");
        }
        for other in ["", "*/*", "application/json", "text/html", "text/event-streams", "xtext/event-stream"] {
            assert!(!whole.is_match(other), "{other}");
        }
    }

    #[test]
    fn a_path_with_parameters_is_matched_whole() {
        assert_eq!(uri("/v1/orders"), map! { "exact" => "/v1/orders" });
        assert_eq!(
            uri("/v1/orders/{order_id}/accept"),
            map! { "regex" => "/v1/orders/[A-Za-z0-9._~%!$&'()*+,;=:@-]+/accept" }
        );
    }
}
