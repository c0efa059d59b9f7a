//! The functions of `CloudFormation` that templates use, in their short form.

use crate::yaml::Value;

/// The tags of those that name something, or begin with a name.
pub(crate) const REF: &str = "!Ref";
pub(crate) const GET_ATT: &str = "!GetAtt";
pub(crate) const SUB: &str = "!Sub";
pub(crate) const IF: &str = "!If";
pub(crate) const FIND_IN_MAP: &str = "!FindInMap";

/// What a parameter holds, or what stands for a resource.
pub(crate) fn reference(id: impl Into<String>) -> Value {
    call(REF, id.into())
}

/// An attribute of a resource.
pub(crate) fn get_att(id: &str, attribute: &str) -> Value {
    call(GET_ATT, format!("{id}.{attribute}"))
}

/// The address of a resource.
pub(crate) fn arn(id: &str) -> Value {
    get_att(id, "Arn")
}

/// A text with `${…}` in it.
pub(crate) fn sub(text: impl Into<String>) -> Value {
    call(SUB, text.into())
}

/// A text with `${…}` in it, with other names there.
pub(crate) fn renamed<E>(text: &str, name: &mut impl FnMut(&str) -> Result<String, E>) -> Result<String, E> {
    let Some((before, rest)) = text.split_once("${") else { return Ok(text.to_owned()) };
    let Some((place, after)) = rest.split_once('}') else { return Ok(text.to_owned()) };
    Ok(format!("{before}${{{}}}{}", name(place)?, renamed(after, name)?))
}

/// One or the other, by a condition.
pub(crate) fn if_(condition: impl Into<String>, then: impl Into<Value>, otherwise: impl Into<Value>) -> Value {
    call(IF, [Value::Text(condition.into()), then.into(), otherwise.into()])
}

/// Something where a condition holds, and nothing at all elsewhere.
pub(crate) fn only_if(condition: impl Into<String>, then: impl Into<Value>) -> Value {
    if_(condition, then, reference("AWS::NoValue"))
}

/// Whether a parameter holds this.
pub(crate) fn equals(parameter: &str, value: &str) -> Value {
    call("!Equals", [reference(parameter), value.into()])
}

pub(crate) fn not(condition: Value) -> Value {
    call("!Not", [condition])
}

pub(crate) fn or(one: Value, other: Value) -> Value {
    call("!Or", [one, other])
}

/// Whether a parameter is given.
pub(crate) fn is_given(parameter: &str) -> Value {
    not(equals(parameter, ""))
}

/// The parts of a text between separators.
pub(crate) fn split(separator: &str, text: Value) -> Value {
    call("!Split", [separator.into(), text])
}

/// What a mapping holds, by what a parameter says.
pub(crate) fn find_in_map(map: &str, parameter: &str, key: &str) -> Value {
    call(FIND_IN_MAP, [map.into(), reference(parameter), key.into()])
}

fn call(name: &'static str, argument: impl Into<Value>) -> Value {
    Value::Tagged(name, Box::new(argument.into()))
}
