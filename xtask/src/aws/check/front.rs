//! A function is reached by the route it declares: at the API, at `cargo lambda watch`, and as the document says. The API
//! answers HEAD as GET, and has a function for requests without a route.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::aws::{
    api::no_route,
    check::{
        permissions::{callee, forbidden},
        subject::Subject,
    },
    expanded::Resource,
    fault::Fault,
    front::Front,
    function_spec::FunctionSpec,
    watch,
};

/// Methods and paths, with the function for each.
pub(super) type Routes = BTreeMap<String, String>;

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let declared = declared(subject);
    let mut faults = match watch::routes(subject.router) {
        Ok(watched) => differences(watch::PATH, &declared, &watched.into_iter().collect()),
        Err(error) => vec![Fault::new(watch::PATH, format!("{error:#}"))],
    };
    faults.extend(undocumented(subject, &declared));
    match subject.front {
        Front::Api => {
            let wanted = at_api(&declared);
            let apis = subject.expanded.of("AWS::ApiGatewayV2::Api");
            let routes: Routes = apis.flat_map(|api| routes(subject, &api)).collect();
            faults.extend(differences("Api", &wanted, &routes));
            faults.extend(forbidden(subject, &wanted));
        }
        Front::Urls => faults.extend(urls(subject)),
    }
    faults
}

fn declared(subject: &Subject) -> Routes {
    let endpoints = subject.specs.iter().filter_map(|spec| Some((spec, spec.declaration.as_endpoint()?)));
    endpoints
        .map(|(spec, endpoint)| {
            (format!("{} {}", endpoint.route.method.name(), endpoint.route.path), spec.name().to_owned())
        })
        .collect()
}

/// The routes of the API: for each GET a HEAD, and one for requests that have no other.
fn at_api(declared: &Routes) -> Routes {
    let head = declared.iter().filter_map(|(route, function)| {
        let path = route.strip_prefix("GET ")?;
        Some((format!("HEAD {path}"), function.clone()))
    });
    let default = (no_route::ROUTE.to_owned(), no_route::NAME.to_owned());
    declared.clone().into_iter().chain(head).chain([default]).collect()
}

/// The routes of an HTTP API, from its document.
fn routes(subject: &Subject, api: &Resource) -> Vec<(String, String)> {
    let paths = api.at("/Body/paths").as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, operations)| {
        operations.as_object().into_iter().flatten().map(move |(method, operation)| (path, method, operation))
    });
    let functions: Vec<&str> = subject.specs.iter().map(FunctionSpec::name).chain([no_route::NAME]).collect();
    operations
        .map(|(path, method, operation)| {
            let uri =
                operation.pointer("/x-amazon-apigateway-integration/uri").map(Value::to_string).unwrap_or_default();
            let leads = |name: &str| {
                let callee = callee(subject, name);
                [format!("/${{{callee}}}/"), format!("/${{{callee}.Arn}}/")].iter().any(|end| uri.contains(end))
            };
            let function = functions.iter().find(|name| leads(name)).map(|name| (*name).to_owned());
            let is_default = operation.get("isDefaultRoute") == Some(&Value::Bool(true));
            let route = if is_default {
                path.trim_start_matches('/').to_owned()
            } else {
                format!("{} {path}", method.to_uppercase())
            };
            (route, function.unwrap_or_default())
        })
        .collect()
}

fn differences(place: &str, declared: &Routes, found: &Routes) -> Vec<Fault> {
    let missing = declared.iter().filter(|(route, function)| found.get(*route) != Some(function));
    let missing = missing.map(|(route, function)| Fault::new(place, format!("{route} does not lead to {function}")));
    let strange = found.keys().filter(|route| !declared.contains_key(*route));
    missing.chain(strange.map(|route| Fault::new(place, format!("nobody declares {route}")))).collect()
}

/// The OpenAPI document holds the same routes.
fn undocumented(subject: &Subject, declared: &Routes) -> Vec<Fault> {
    let document = host::openapi(subject.services);
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let documented: BTreeSet<String> = paths
        .flat_map(|(path, operations)| {
            let methods = operations.as_object().into_iter().flatten();
            methods.map(move |(method, _)| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let declared: BTreeSet<String> = declared.keys().cloned().collect();
    let odd = documented.symmetric_difference(&declared);
    odd.map(|route| Fault::new("openapi.json", format!("{route} is not in both"))).collect()
}

/// Every function that answers requests has a URL, and no other.
fn urls(subject: &Subject) -> Vec<Fault> {
    let wanted: BTreeSet<String> =
        subject.specs.iter().filter(|spec| spec.requirements.answers).map(|spec| spec.id() + "Url").collect();
    let urls = || subject.expanded.of("AWS::Lambda::Url");
    let found: BTreeSet<String> = urls().map(|url| url.id.to_owned()).collect();
    let odd = wanted.symmetric_difference(&found).map(|id| Fault::new(id, "is not both wanted and there"));
    let closed = urls().filter(|url| url.at("/AuthType") != "NONE").map(|url| Fault::new(url.id, "is not open"));
    odd.chain(closed).collect()
}
