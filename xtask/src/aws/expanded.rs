//! A template as `CloudFormation` gets it, and how to look things up in it.

use serde_json::{Map, Value};

/// An expanded template, as JSON.
#[derive(Clone, Debug)]
pub(crate) struct Expanded(pub(crate) Value);

/// A resource of one.
#[derive(Clone, Copy)]
pub(crate) struct Resource<'a> {
    pub(crate) id: &'a str,
    pub(crate) kind: &'a str,
    properties: &'a Value,
    metadata: &'a Value,
}

impl Expanded {
    pub(crate) fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        let resources = self.0.get("Resources").and_then(Value::as_object);
        resources.into_iter().flatten().map(|(id, one)| Resource {
            id,
            kind: one.get("Type").and_then(Value::as_str).unwrap_or_default(),
            properties: one.get("Properties").unwrap_or(&Value::Null),
            metadata: one.get("Metadata").unwrap_or(&Value::Null),
        })
    }

    /// Every resource of this type: `AWS::SQS::Queue`.
    pub(crate) fn of(&self, kind: &str) -> impl Iterator<Item = Resource<'_>> {
        self.resources().filter(move |resource| resource.kind == kind)
    }

    /// The resource of this id.
    pub(crate) fn resource(&self, id: &str) -> Option<Resource<'_>> {
        self.resources().find(|resource| resource.id == id)
    }

    /// How many entries a section has.
    pub(crate) fn count(&self, section: &str) -> usize {
        self.0.get(section).and_then(Value::as_object).map_or(0, Map::len)
    }
}

impl<'a> Resource<'a> {
    /// What is at this JSON pointer among its properties; null where nothing is.
    pub(crate) fn at(&self, pointer: &str) -> &'a Value {
        self.properties.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The same among its metadata.
    pub(crate) fn metadata(&self, pointer: &str) -> &'a Value {
        self.metadata.pointer(pointer).unwrap_or(&Value::Null)
    }
}

/// The id of the resource that a `Ref`, a `GetAtt`, or a `Sub` that begins with one, is about.
pub(crate) fn target(value: &Value) -> Option<&str> {
    if let Some(id) = value.get("Ref").and_then(Value::as_str) {
        return Some(id);
    }
    if let Some(id) = value.pointer("/Fn::GetAtt/0").and_then(Value::as_str) {
        return Some(id);
    }
    let (_, rest) = value.get("Fn::Sub").and_then(Value::as_str)?.split_once("${")?;
    rest.split(['.', '}']).next()
}

/// The items of a list, or a single value as a list of one.
pub(crate) fn many(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// Every object anywhere in `value` that has this member.
pub(crate) fn holding<'a>(value: &'a Value, member: &str) -> Vec<&'a Map<String, Value>> {
    let inside = |values: Vec<&'a Value>| values.into_iter().flat_map(|one| holding(one, member)).collect::<Vec<_>>();
    match value {
        Value::Object(members) => {
            let own = members.contains_key(member).then_some(members);
            own.into_iter().chain(inside(members.values().collect())).collect()
        }
        Value::Array(items) => inside(items.iter().collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_reference_is_about() {
        for reference in
            [json!({"Ref": "Q"}), json!({"Fn::GetAtt": ["Q", "Arn"]}), json!({"Fn::Sub": "${Q.Arn}/index/due"})]
        {
            assert_eq!(target(&reference), Some("Q"));
        }
        assert_eq!(target(&json!("Q")), None);
    }

    #[test]
    fn a_member_is_found_at_any_depth() {
        let value = json!({"Effect": 1, "a": [{"b": {"Effect": 2}}, "Effect"]});
        assert_eq!(holding(&value, "Effect").len(), 2);
    }
}
