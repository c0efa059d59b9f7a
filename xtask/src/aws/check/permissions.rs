//! The API may call the function that a route leads to.

use crate::aws::{
    check::{front::Routes, subject::Subject},
    expanded::{Resource, target},
    fault::Fault,
    names::logical_id,
};

/// What the id of the alias of a canaried function ends with.
const ALIAS: &str = "Aliaslive";
/// What comes before the requests that a permission is for: the API and its stage, as they are written here and by SAM.
const SOURCES: [&str; 2] = ["${Api}/*/", "${__ApiId__}/${__Stage__}/"];

/// What the API calls: a function, or the alias of a canaried one.
pub(super) fn callee(subject: &Subject, name: &str) -> String {
    let id = logical_id(name);
    let alias = format!("{id}{ALIAS}");
    if subject.expanded.resource(&alias).is_some() { alias } else { id }
}

/// The routes whose function the API may not call.
pub(super) fn forbidden(subject: &Subject, routes: &Routes) -> Vec<Fault> {
    let permissions: Vec<Resource> = subject.expanded.of("AWS::Lambda::Permission").collect();
    let is_permitted = |route: &str, function: &str| {
        let callee = callee(subject, function);
        let of = permissions.iter().filter(|permission| target(permission.at("/FunctionName")) == Some(&callee));
        of.filter_map(pattern).any(|pattern| admits(pattern, route))
    };
    let forbidden = routes.iter().filter(|(route, function)| !is_permitted(route, function));
    forbidden.map(|(route, function)| Fault::new("Api", format!("{route} may not call {function}"))).collect()
}

/// The requests that a permission is for: a method and a path.
fn pattern<'a>(permission: &Resource<'a>) -> Option<&'a str> {
    let requests = permission.at("/SourceArn/Fn::Sub");
    let requests = requests.get(0).unwrap_or(requests).as_str()?;
    SOURCES.iter().find_map(|source| Some(requests.split_once(source)?.1))
}

/// Whether a pattern of requests admits those of a route, and of no other path.
fn admits(pattern: &str, route: &str) -> bool {
    let Some((method, path)) = route.split_once(' ') else { return pattern == route };
    let Some((methods, paths)) = pattern.split_once('/') else { return false };
    let path =
        path.trim_start_matches('/').split('/').map(|segment| if segment.starts_with('{') { "*" } else { segment });
    (methods == "*" || methods == method) && paths.split('/').eq(path)
}
