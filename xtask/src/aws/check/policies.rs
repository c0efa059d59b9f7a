//! No policy allows more than it names.

use serde_json::{Map, Value};

use crate::aws::{
    check::subject::Subject,
    expanded::{Resource, holding, many},
    fault::Fault,
};

/// What SAM gives the role by which canaries are shifted.
const CODE_DEPLOY: &str = "service-role/AWSCodeDeployRoleForLambda";

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    subject.expanded.resources().flat_map(|resource| of(&resource)).collect()
}

fn of(resource: &Resource) -> Vec<Fault> {
    let statements = holding(resource.at(""), "Effect");
    let broad = statements.into_iter().filter_map(broad).map(|wrong| Fault::new(resource.id, wrong));
    let managed = many(resource.at("/ManagedPolicyArns")).into_iter().map(Value::to_string);
    let managed = managed
        .filter(|policy| !policy.contains(CODE_DEPLOY))
        .map(|policy| Fault::new(resource.id, format!("holds {policy}, which allows more than is known here")));
    broad.chain(managed).collect()
}

/// What is too broad about a statement.
fn broad(statement: &Map<String, Value>) -> Option<String> {
    let of = |name: &str| statement.get(name).map(many).unwrap_or_default();
    let is_broad = |value: &&Value| value.to_string().contains('*');
    for name in ["Resource", "Action", "Principal"] {
        if let Some(value) = of(name).into_iter().find(is_broad) {
            return Some(format!("allows {} {value}", name.to_lowercase()));
        }
    }
    let negated = ["NotResource", "NotAction", "NotPrincipal"].into_iter().find(|name| statement.contains_key(*name));
    negated.map(|name| format!("allows by {name}"))
}
