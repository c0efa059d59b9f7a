//! Who may call a function, and for what.

use app::{Method, Trigger};

use crate::{
    function_spec::FunctionSpec,
    mesh::{
        knative_service::labels,
        names::{
            ACTIVATOR_PRINCIPAL, DEAD_LETTERS_PRINCIPAL, EVENTING_NAMESPACE, EVENTS_PATH, GATEWAY_PRINCIPAL,
            SERVICE_LABEL, SERVING_NAMESPACE,
        },
        object::Object,
    },
    yaml::{Map, Value, map},
};

/// What Knative asks of every pod.
const PROBES: [&str; 4] = ["/healthz", "/metrics", "/ready", "/wait-for-drain"];
/// One segment of a path, as policies have it.
pub(crate) const SEGMENT: &str = "{*}";

/// Its policy: what is not named is refused.
pub(crate) fn policy(spec: &FunctionSpec) -> Object {
    let probes = map! { "to" => [map! { "operation" => map! { "paths" => Value::from(PROBES) } }] };
    let probes = from([map! { "namespaces" => Value::from([SERVING_NAMESPACE]) }]).and(probes);
    let rules = called_by(spec).into_iter().chain([probes]).collect::<Value>();
    let selector = map! { "matchLabels" => map! { SERVICE_LABEL => spec.name() } };
    let policy = map! { "selector" => selector, "action" => "ALLOW", "rules" => rules };
    Object::of_spec("security.istio.io/v1", "AuthorizationPolicy", spec.name(), policy).labelled(labels(spec))
}

fn called_by(spec: &FunctionSpec) -> Vec<Map> {
    let activator = (!spec.declaration.function.is_sensitive).then_some(ACTIVATOR_PRINCIPAL);
    match &spec.declaration.trigger {
        Trigger::Endpoint(endpoint) => {
            let callers = principals([GATEWAY_PRINCIPAL].into_iter().chain(activator));
            vec![from([callers]).and(to(&methods(endpoint.route.method), &template(endpoint.route.path)))]
        }
        trigger @ (Trigger::Subscriber { .. } | Trigger::Sweep { .. } | Trigger::Schedule { .. }) => {
            let is_replayed = matches!(trigger, Trigger::Subscriber { .. });
            let callers = activator.into_iter().chain(is_replayed.then_some(DEAD_LETTERS_PRINCIPAL));
            let callers: Vec<&str> = callers.collect();
            let sources = [eventing()].into_iter().chain((!callers.is_empty()).then(|| principals(callers)));
            vec![from(sources).and(to(&["POST"], EVENTS_PATH))]
        }
    }
}

fn eventing() -> Map {
    map! { "namespaces" => Value::from([EVENTING_NAMESPACE]) }
}

fn principals(names: impl IntoIterator<Item = &'static str>) -> Map {
    map! { "principals" => names.into_iter().collect::<Value>() }
}

fn from(sources: impl IntoIterator<Item = Map>) -> Map {
    map! { "from" => sources.into_iter().map(|source| map! { "source" => source }).collect::<Value>() }
}

fn to(methods: &[&str], path: &str) -> Map {
    let operation = map! { "methods" => methods.to_vec(), "paths" => [path] };
    map! { "to" => [map! { "operation" => operation }] }
}

/// The methods that reach a route: those it answers to, and OPTIONS, a browser's question before it.
pub(crate) fn methods(method: Method) -> Vec<&'static str> {
    answered(method).chain(["OPTIONS"]).collect()
}

/// The methods that a route answers to: HEAD is GET without a body.
pub(crate) fn answered(method: Method) -> impl Iterator<Item = &'static str> {
    let head = (method == Method::Get).then_some("HEAD");
    [method.name()].into_iter().chain(head)
}

/// The path with any segment in place of each parameter.
pub(crate) fn template(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { SEGMENT } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_templates_and_methods_what_browsers_send() {
        assert_eq!(template("/v1/orders/{order_id}/accept"), "/v1/orders/{*}/accept");
        assert_eq!(template("/v1/orders"), "/v1/orders");
        assert_eq!(methods(Method::Get), ["GET", "HEAD", "OPTIONS"]);
        assert_eq!(methods(Method::Post), ["POST", "OPTIONS"]);
    }
}
