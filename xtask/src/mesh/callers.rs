//! Who passes the gateway, where it checks tokens itself: what a token has to be, and which routes ask for one. Functions check again,
//! as they do on every platform; here the refused start no pod.

use app::{ACCESS_TOKEN, Access, EndpointDeclaration, Service};

use crate::{
    mesh::{
        names::{API_HOST, GATEWAY_LABEL, ISTIO_NAMESPACE},
        object::Object,
        policy::{answered, template},
        routes::specificity,
    },
    yaml::{Map, Value, map},
};

const API: &str = "security.istio.io/v1";
/// What both objects are called; refusals name the policy, so that the gateway knows its own.
pub(crate) const CALLERS: &str = "tiffin-callers";
/// Where a token is, and nowhere else: Istio would look into the query, too. The scheme has no case, and Envoy's prefix has.
const SCHEMES: [&str; 2] = ["Bearer ", "bearer "];
/// What the component puts the public keys in the place of.
const NO_KEYS: &str = r#"{"keys":[]}"#;

/// What a token has to be. One that is not is refused on every route, as by functions.
pub(crate) fn tokens() -> Object {
    let headers: Value =
        SCHEMES.into_iter().map(|prefix| map! { "name" => "Authorization", "prefix" => prefix }).collect();
    let rule = map! {
        "issuer" => format!("https://{API_HOST}"),
        "audiences" => [ACCESS_TOKEN.audience],
        "fromHeaders" => headers,
        "forwardOriginalToken" => true,
        "jwks" => NO_KEYS,
    };
    let spec = map! { "selector" => map! { "matchLabels" => gateway() }, "jwtRules" => [rule] };
    Object::of_spec(API, "RequestAuthentication", CALLERS, spec).within(ISTIO_NAMESPACE)
}

/// Refuses whoever has no token, on the routes that ask for one: a rule for each service.
pub(crate) fn policy(services: &[Service]) -> Object {
    let rules =
        services.iter().map(|service| operations(services, service)).filter(|operations| !operations.is_empty());
    let rules: Value = rules
        .map(|operations| {
            let nobody = map! { "source" => map! { "notRequestPrincipals" => Value::from(["*"]) } };
            let to: Value = operations.into_iter().map(|operation| map! { "operation" => operation.map() }).collect();
            map! { "from" => [nobody], "to" => to }
        })
        .collect();
    let spec = map! { "selector" => map! { "matchLabels" => gateway() }, "action" => "DENY", "rules" => rules };
    Object::of_spec(API, "AuthorizationPolicy", CALLERS, spec).within(ISTIO_NAMESPACE)
}

/// The gateway's pods.
pub(crate) fn gateway() -> Map {
    let [label, value] = GATEWAY_LABEL;
    map! { label => value }
}

/// Paths that are refused alike.
struct Operation {
    methods: Vec<&'static str>,
    paths: Vec<String>,
    /// What these would take, too, and is open to everybody.
    but: Vec<String>,
}

impl Operation {
    fn map(self) -> Map {
        // With the port, too: by its name alone the host would be passed by whoever adds it.
        let hosts = [API_HOST.to_owned(), format!("{API_HOST}:*")];
        let operation = map! { "hosts" => hosts, "methods" => self.methods, "paths" => self.paths };
        if self.but.is_empty() { operation } else { operation.with("notPaths", self.but) }
    }
}

/// What of a service asks for a token.
fn operations(all: &[Service], service: &Service) -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::new();
    for endpoint in endpoints(service).filter(|endpoint| endpoint.access != Access::Public) {
        let methods: Vec<&str> = answered(endpoint.route.method).collect();
        let but = open_within(all, endpoint);
        let path = template(endpoint.route.path);
        match operations.iter_mut().find(|operation| operation.methods == methods && operation.but == but) {
            Some(operation) => operation.paths.push(path),
            None => operations.push(Operation { methods, paths: vec![path], but }),
        }
    }
    operations
}

fn endpoints(service: &Service) -> impl Iterator<Item = &'static EndpointDeclaration> {
    service.functions.iter().filter_map(|function| function.as_endpoint())
}

/// Routes open to everybody whose path a route that is not takes as well, and which are meant before it: `…/current` where there is
/// `…/{id}`.
fn open_within(all: &[Service], closed: &EndpointDeclaration) -> Vec<String> {
    let is_open = |one: &&EndpointDeclaration| one.access == Access::Public && one.route.method == closed.route.method;
    let comes_first = |one: &&EndpointDeclaration| specificity(one.route.path) < specificity(closed.route.path);
    let overlaps = |one: &&EndpointDeclaration| overlap(one.route.path, closed.route.path);
    let found = all.iter().flat_map(endpoints).filter(is_open).filter(comes_first).filter(overlaps);
    found.map(|one| template(one.route.path)).collect()
}

/// Whether some path is of both forms.
fn overlap(one: &str, other: &str) -> bool {
    let is_parameter = |segment: &str| segment.starts_with('{');
    one.split('/').count() == other.split('/').count()
        && one
            .split('/')
            .zip(other.split('/'))
            .all(|(one, other)| one == other || is_parameter(one) || is_parameter(other))
}

#[cfg(test)]
mod tests {
    use app::{Declaration, Trigger};
    use tiffin::services::SERVICES;

    use super::*;

    /// The orders, with these routes for `get-order`, each open to everybody or not.
    fn orders(routes: &[(&'static str, bool)]) -> Service {
        let orders = SERVICES.iter().find(|service| service.name == "orders").unwrap();
        let get_order = *orders.function("get-order").unwrap();
        let functions: Vec<Declaration> = routes
            .iter()
            .map(|(path, is_open)| {
                let mut function = get_order;
                let Trigger::Endpoint(endpoint) = &mut function.trigger else { panic!("it answers requests") };
                endpoint.route.path = path;
                endpoint.access = if *is_open { Access::Public } else { Access::SIGNED_IN };
                function
            })
            .collect();
        Service { functions: Vec::leak(functions), ..*orders }
    }

    fn paths(routes: &[(&'static str, bool)]) -> Vec<(Vec<String>, Vec<String>)> {
        let orders = orders(routes);
        operations(&[orders], &orders).into_iter().map(|one| (one.paths, one.but)).collect()
    }

    #[test]
    fn what_is_added_follows_from_its_declaration_alone() {
        let hours = "/v1/orders/{order_id}/hours";
        let closed = |path: &str| (vec![path.to_owned()], vec![]);
        assert_eq!(paths(&[(hours, false)]), [closed("/v1/orders/{*}/hours")]);
        assert_eq!(paths(&[(hours, true)]), []);
    }

    #[test]
    fn what_is_open_stays_open_within_what_is_not() {
        let within = [("/v1/orders/{order_id}", false), ("/v1/orders/newest", true), ("/v1/orders", false)];
        let one = |path: &str| vec![path.to_owned()];
        assert_eq!(paths(&within), [(one("/v1/orders/{*}"), one("/v1/orders/newest")), (one("/v1/orders"), vec![])]);
        // Where the closed one is meant first, nothing is left out of it.
        assert_eq!(
            paths(&[("/v1/orders/{order_id}", true), ("/v1/orders/newest", false)]),
            [(one("/v1/orders/newest"), vec![])]
        );
    }
}
