//! The functions of a service in a template of their own, nested in the one that holds what services share: what they need of
//! that, and what it is told itself, they are given by parameters.

use std::{collections::BTreeSet, convert::Infallible, slice};

use anyhow::Result;
use app::{Placement, Service};

use crate::{
    aws::{
        canary,
        front::Front,
        function_spec::specs,
        functions,
        intrinsics::{FIND_IN_MAP, GET_ATT, IF, REF, SUB, get_att, reference, renamed, sub},
        names::{self, logical_id},
        parameters,
        resource::{log_group, output, resource},
        template::{SAM, VERSION},
    },
    yaml::{Map, Value, map},
};

/// A template that another nests.
pub(crate) struct Nested {
    pub(crate) template: Map,
    /// The stack that it becomes, as a resource of the other.
    pub(crate) stack: Map,
    /// What the other outputs of it.
    pub(crate) outputs: Map,
}

/// The logical id of the stack with the functions of a service.
pub(crate) fn id(service: &Service) -> String {
    logical_id(service.name)
}

/// The template of a service's functions, where these resources stand in the one around it.
pub(crate) fn nested(service: &Service, front: Front, around: &Map) -> Result<Nested> {
    let specs = specs(slice::from_ref(service), Placement::Inside);
    let mut resources = map! { names::logs(service) => log_group() };
    for spec in &specs {
        resources = resources.and(functions::function(spec, front)?);
    }
    let mut references = References::new(around);
    let resources = references.moved_map(resources);
    let globals = references.moved_map(functions::globals());
    let mappings = canary::mappings().only(|name| references.names.contains(name));
    let mappings = if mappings.is_empty() {
        mappings
    } else {
        map! { "Mappings" => mappings }
    };
    let conditions = parameters::conditions(&specs, front).only(|name| references.names.contains(name));
    let conditions = references.moved_map(conditions);
    let told = parameters::parameters(&specs, front).only(|name| references.names.contains(name));
    let passed_on = told.keys().map(|name| (name.to_owned(), reference(name)));
    let stack = map! {
        "TemplateURL" => front.nested(service),
        "Parameters" => passed_on.chain(references.arguments()).collect::<Map>(),
    };
    let urls = front.outputs(&specs);
    let outputs = urls.keys().map(|name| (name.to_owned(), output(get_att(&id(service), &format!("Outputs.{name}")))));
    Ok(Nested {
        outputs: outputs.collect(),
        stack: resource("AWS::CloudFormation::Stack", stack),
        template: map! {
            "AWSTemplateFormatVersion" => VERSION,
            "Transform" => SAM,
            "Description" => format!("Tiffin: the functions of {}, nested in {}", service.name, front.path()),
            "Parameters" => told.and(references.parameters().collect()),
        }
        .and(mappings)
        .and(map! {
            "Conditions" => conditions,
            "Globals" => globals,
            "Resources" => resources.spaced(),
            "Outputs" => urls,
        }),
    })
}

/// What a template refers to that it does not say itself.
struct References {
    /// The ids of what stands in the template around it.
    around: BTreeSet<String>,
    /// What is named in it: parameters, resources of its own, conditions, mappings.
    names: BTreeSet<String>,
    /// What of that which is around it: a resource (`Events`), or an attribute of one (`UsersTable.Arn`). Each is a parameter.
    given: Vec<String>,
}

impl References {
    fn new(around: &Map) -> Self {
        Self { around: around.keys().map(str::to_owned).collect(), names: BTreeSet::new(), given: Vec::new() }
    }

    /// The same with parameters in place of what stands around it.
    fn moved(&mut self, value: Value) -> Value {
        match value {
            Value::Tagged(function, argument) => self.moved_call(function, *argument),
            Value::Map(map) => self.moved_map(map).into(),
            Value::List(items) => items.into_iter().map(|item| self.moved(item)).collect(),
            Value::Bool(_) | Value::Whole(_) | Value::Text(_) | Value::Lines(_) => value,
        }
    }

    fn moved_map(&mut self, map: Map) -> Map {
        map.replaced(|value| self.moved(value))
    }

    fn moved_call(&mut self, function: &'static str, argument: Value) -> Value {
        match (function, argument) {
            (REF | GET_ATT, Value::Text(place)) => match self.parameter(&place) {
                Some(parameter) => reference(parameter),
                None => Value::Tagged(function, Box::new(place.into())),
            },
            (SUB, Value::Text(text)) => {
                let mut name =
                    |place: &str| Ok::<_, Infallible>(self.parameter(place).unwrap_or_else(|| place.to_owned()));
                let Ok(moved) = renamed(&text, &mut name);
                sub(moved)
            }
            (function, argument) => {
                if let (IF | FIND_IN_MAP, Value::List(items)) = (function, &argument)
                    && let Some(Value::Text(name)) = items.first()
                {
                    self.names.insert(name.clone());
                }
                Value::Tagged(function, Box::new(self.moved(argument)))
            }
        }
    }

    /// The parameter for a resource around it, or for an attribute of one; none for anything else.
    fn parameter(&mut self, place: &str) -> Option<String> {
        let id = place.split('.').next().unwrap_or(place);
        if !self.around.contains(id) {
            self.names.insert(id.to_owned());
            return None;
        }
        if self.given.iter().all(|known| known != place) {
            self.given.push(place.to_owned());
        }
        Some(parameter(place))
    }

    fn parameters(&self) -> impl Iterator<Item = (String, Map)> {
        let about = |place: &str| format!("{place} of the stack around this one");
        let declared = move |place: &str| map! { "Type" => "String", "Description" => about(place) };
        self.given.iter().map(move |place| (parameter(place), declared(place)))
    }

    fn arguments(&self) -> impl Iterator<Item = (String, Value)> {
        let argument = |place: &str| match place.split_once('.') {
            Some((id, attribute)) => get_att(id, attribute),
            None => reference(place),
        };
        self.given.iter().map(move |place| (parameter(place), argument(place)))
    }
}

/// The name of the parameter for a resource, or for an attribute of one: `UsersTableArn`.
fn parameter(place: &str) -> String {
    place.replace('.', "")
}

#[cfg(test)]
mod tests {
    use crate::aws::intrinsics::{arn, if_, only_if};

    use super::*;

    #[test]
    fn what_stands_around_it_is_given_by_parameters() {
        let around = map! { "UsersTable" => Map::default(), "Events" => Map::default() };
        let mut references = References::new(&around);
        let moved = references.moved_map(map! {
            "Table" => reference("UsersTable"),
            "Allowed" => [arn("UsersTable"), sub("${UsersTable.Arn}/index/by-role"), sub("${AWS::StackName}-x")],
            "Told" => only_if("HasIssuer", if_("Local", reference("Issuer"), reference("Events"))),
            "Own" => arn("GetUserRole"),
        });
        let expected = map! {
            "Table" => reference("UsersTable"),
            "Allowed" => [reference("UsersTableArn"), sub("${UsersTableArn}/index/by-role"), sub("${AWS::StackName}-x")],
            "Told" => only_if("HasIssuer", if_("Local", reference("Issuer"), reference("Events"))),
            "Own" => arn("GetUserRole"),
        };
        assert_eq!(moved, expected);
        let given: Map = references.arguments().collect();
        let table = map! { "UsersTable" => reference("UsersTable"), "UsersTableArn" => arn("UsersTable") };
        assert_eq!(given, table.with("Events", reference("Events")));
        for name in ["HasIssuer", "Local", "Issuer", "GetUserRole"] {
            assert!(references.names.contains(name), "{name}");
        }
        assert!(!references.names.contains("Events"));
    }
}
