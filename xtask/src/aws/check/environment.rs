//! A function is told what it needs, and may touch what it is told of.

use std::collections::BTreeSet;

use host::needs::{CORS_ORIGINS, PUBLIC_KEYS, TOPIC_ARN, secret_variable, table_variable};
use serde_json::{Map, Value};

use crate::aws::{
    check::Subject,
    expanded::{Resource, holding, many, target},
    fault::Fault,
    names::table,
    role::actions,
    unit::Unit,
};

pub(super) fn check(subject: &Subject) -> Vec<Fault> {
    let functions = subject.units.iter().filter_map(|unit| Some((unit, subject.expanded.resource(&unit.id())?)));
    functions.flat_map(|(unit, function)| of(subject, unit, &function)).collect()
}

fn of(subject: &Subject, unit: &Unit, function: &Resource) -> Vec<Fault> {
    let none = Map::new();
    let environment = function.at("/Environment/Variables").as_object().unwrap_or(&none);
    let wrong = |wrong: String| Fault::new(function.id, wrong);
    let unset = wanted(unit).into_iter().filter(|name| !environment.contains_key(name));
    let mut faults: Vec<Fault> = unset.map(|name| wrong(format!("is not told {name}"))).collect();
    let Some(role) = target(function.at("/Role")).and_then(|id| subject.expanded.resource(id)) else {
        faults.push(wrong("has no role".to_owned()));
        return faults;
    };
    let tables = environment.iter().filter(|(name, _)| name.starts_with(TABLE)).filter_map(|(_, value)| target(value));
    let touched = touched(&role);
    let refused = tables.filter(|table| !touched.contains(table));
    faults.extend(refused.map(|table| wrong(format!("is told of {table}, and may not touch it"))));
    faults.extend(missing(unit, &role).into_iter().map(|missing| Fault::new(role.id, missing)));
    faults
}

/// What the variables of tables begin with.
const TABLE: &str = "TIFFIN_TABLE_";

/// The variables that its program reads.
fn wanted(unit: &Unit) -> Vec<String> {
    let needs = &unit.needs;
    let tables = needs.tables.iter().map(|one| table_variable(*one));
    let secrets = needs.secrets().into_iter().flat_map(|name| [secret_variable(&name), name]);
    let settings = needs.settings.iter().map(|setting| setting.name.to_owned());
    let topic = needs.publishes.then(|| TOPIC_ARN.to_owned());
    let answering = needs.answers.then(|| [PUBLIC_KEYS.to_owned(), CORS_ORIGINS.to_owned()]);
    tables.chain(secrets).chain(settings).chain(topic).chain(answering.into_iter().flatten()).collect()
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
fn missing(unit: &Unit, role: &Resource) -> Vec<String> {
    let allowed = statements(role);
    let grants = unit.needs.grants.iter().filter_map(|grant| Some((grant, grant.table()?, actions(*grant)?)));
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
