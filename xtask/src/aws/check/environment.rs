//! A function has the variables it needs, and may touch the tables that they name.

use std::collections::BTreeSet;

use host::requirements::{PUBLIC_KEYS, TOPIC_ARN, secret_variable, table_variable};
use serde_json::{Map, Value};

use crate::aws::{
    check::subject::Subject,
    expanded::{Resource, holding, many, target},
    fault::Fault,
    function_spec::FunctionSpec,
    names::table,
    role::actions,
};

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let functions = subject.specs.iter().filter_map(|spec| Some((spec, subject.expanded.resource(&spec.id())?)));
    functions.flat_map(|(spec, function)| of(subject, spec, &function)).collect()
}

fn of(subject: &Subject, spec: &FunctionSpec, function: &Resource) -> Vec<Fault> {
    let none = Map::new();
    let environment = function.at("/Environment/Variables").as_object().unwrap_or(&none);
    let wrong = |wrong: String| Fault::new(function.id, wrong);
    let unset = wanted(spec).into_iter().filter(|name| !environment.contains_key(name));
    let mut faults: Vec<Fault> = unset.map(|name| wrong(format!("has no variable {name}"))).collect();
    let Some(role) = target(function.at("/Role")).and_then(|id| subject.expanded.resource(id)) else {
        faults.push(wrong("has no role".to_owned()));
        return faults;
    };
    let tables = environment.iter().filter(|(name, _)| name.starts_with(TABLE)).filter_map(|(_, value)| target(value));
    let touched = touched(&role);
    let refused = tables.filter(|table| !touched.contains(table));
    faults.extend(refused.map(|table| wrong(format!("names {table}, and may not touch it"))));
    faults.extend(missing(spec, &role).into_iter().map(|missing| Fault::new(role.id, missing)));
    faults
}

/// What the variables of tables begin with.
const TABLE: &str = "TIFFIN_TABLE_";

/// The variables that its program reads.
fn wanted(spec: &FunctionSpec) -> Vec<String> {
    let requirements = &spec.requirements;
    let tables = requirements.tables.iter().map(|one| table_variable(*one));
    let secrets = requirements.secrets().into_iter().flat_map(|name| [secret_variable(&name), name]);
    let settings = requirements.settings.iter().map(|setting| setting.name.to_owned());
    let topic = requirements.publishes.then(|| TOPIC_ARN.to_owned());
    let texts = requirements.texts.iter().map(|text| text.name.to_owned());
    let keys = requirements.answers.then(|| PUBLIC_KEYS.to_owned());
    tables.chain(secrets).chain(settings).chain(texts).chain(topic).chain(keys).collect()
}

/// The resources that a role names.
fn touched<'a>(role: &Resource<'a>) -> BTreeSet<&'a str> {
    statements(role).into_iter().filter_map(|(_, resource)| target(resource)).collect()
}

/// Every action that a role allows, with the resource.
fn statements<'a>(role: &Resource<'a>) -> Vec<(&'a str, &'a Value)> {
    let statements = holding(role.at("/Policies"), "Effect").into_iter();
    statements
        .flat_map(|statement| {
            let resource = statement.get("Resource").unwrap_or(&Value::Null);
            let actions = statement.get("Action").map(many).unwrap_or_default();
            actions.into_iter().filter_map(Value::as_str).map(move |action| (action, resource))
        })
        .collect()
}

/// What its declaration grants, and its role does not allow.
fn missing(spec: &FunctionSpec, role: &Resource) -> Vec<String> {
    let allowed = statements(role);
    let grants = spec.requirements.grants.iter().filter_map(|grant| Some((grant, grant.table()?, actions(*grant)?)));
    grants
        .filter(|(_, one, (actions, _))| {
            let id = table(*one);
            !actions.iter().all(|action| {
                allowed.iter().any(|(allowed, resource)| allowed == action && target(resource) == Some(&id))
            })
        })
        .map(|(grant, ..)| format!("does not allow to {}", grant.describe()))
        .collect()
}
