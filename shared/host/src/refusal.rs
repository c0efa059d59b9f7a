//! From a request that does not parse to a problem that names every wrong field.

use app::{EndpointDeclaration, FieldError, Refused, Sent};
use regex_lite::Regex;
use schemars::{Schema, generate::SchemaSettings};
use serde_json::{Map, Value};

use crate::input;

/// The schema of an operation's input, with nothing referred to elsewhere.
pub fn input_schema(endpoint: &EndpointDeclaration) -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let schema = (endpoint.input_schemas)(&mut settings.into_generator()).input;
    let mut loose = schema.clone().to_value();
    input::allow_blank(&mut loose, &Map::new());
    loose.try_into().unwrap_or(schema)
}

/// How often an input is parsed again to find what else is wrong with it.
const MAX_REPAIRS: usize = 10;

/// Everything wrong with an input that was refused: what its schema finds, and what the parser did where that is more. The
/// parser stops at the first, so that is set right, by the operation's example, and the rest is parsed again.
pub(crate) fn of(
    endpoint: &EndpointDeclaration,
    schema: &Schema,
    path: &Value,
    input: &Value,
    refused: Refused,
) -> Vec<FieldError> {
    let mut found = wrong_fields(schema, input);
    let example: Value = serde_json::from_str(endpoint.example).unwrap_or_default();
    let mut repaired = input.clone();
    let mut next = Some(refused);
    for _ in 0..=MAX_REPAIRS {
        let Some(Refused { pointer, detail }) = next else { break };
        let can_go_on = repair(&mut repaired, &pointer, &example);
        if !found.iter().any(|wrong| is_within(&wrong.pointer, &pointer)) {
            found.push(FieldError { pointer, code: "invalid", detail });
        }
        next = if can_go_on { (endpoint.prepare)(path.clone(), Sent::Value(repaired.clone())).err() } else { None };
    }
    found
}

/// Whether a pointer leads to what another one does, or into it: `/items/10` is not within `/items/1`.
fn is_within(pointer: &str, other: &str) -> bool {
    pointer.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Makes what a pointer leads to as it is in an example, and takes away a member that is not there. An entry of a list becomes
/// the example's first: to take it away would move what comes after. Returns whether that made a difference.
fn repair(input: &mut Value, pointer: &str, example: &Value) -> bool {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return std::mem::replace(input, example.clone()) != *example;
    };
    let name = name.replace("~1", "/").replace("~0", "~");
    match (input.pointer_mut(parent), example.pointer(parent)) {
        (Some(Value::Object(members)), right) => match right.and_then(|right| right.get(&name)) {
            Some(right) => members.insert(name, right.clone()).as_ref() != Some(right),
            None => members.remove(&name).is_some(),
        },
        (Some(Value::Array(items)), Some(Value::Array(rights))) => {
            let item = name.parse().ok().and_then(|index: usize| items.get_mut(index));
            item.zip(rights.first()).is_some_and(|(item, right)| std::mem::replace(item, right.clone()) != *right)
        }
        _ => false,
    }
}

/// A parameter or member that is not known.
pub(crate) fn unknown(name: &str) -> FieldError {
    field(&below("", name), "unknown", "is not known here".to_owned())
}

/// Everything that a schema finds wrong with a value, as far as schemas that we write go: [`KEYWORDS`] says how far.
///
/// JSON Schema 2020-12 has libraries, but they are a quarter of every program, with its cold start; here, where the parser
/// has refused the value already, nothing hangs on the answer but the words. A test holds it against such a library.
pub fn wrong_fields(schema: &Schema, value: &Value) -> Vec<FieldError> {
    let mut found = Vec::new();
    validate(schema.as_value(), "", value, &mut found);
    found
}

/// The keywords that [`wrong_fields`] knows; all others must be annotations.
pub const KEYWORDS: &[&str] = &[
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "enum",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "oneOf",
    "pattern",
    "properties",
    "required",
    "type",
    "uniqueItems",
];

/// The error of an entry that is earlier in the list as well.
const REPEATED: &str = "must not be listed twice";

fn validate(schema: &Value, at: &str, value: &Value, found: &mut Vec<FieldError>) {
    let Some(schema) = schema.as_object() else { return };
    if let Some(kinds) = schema.get("type").filter(|kinds| !is_of(kinds, value)) {
        return found.push(field(at, "type", format!("must be {}", in_words(kinds))));
    }
    match value {
        Value::Object(members) => validate_members(schema, at, members, found),
        Value::Array(items) => {
            found
                .extend(out_of_range(schema, "Items", count(items.len()), " entries").map(|it| field(at, "range", it)));
            let each = schema.get("items").unwrap_or(&Value::Null);
            let unique = schema.get("uniqueItems").is_some_and(|unique| unique == true);
            for (index, item) in items.iter().enumerate() {
                let at = format!("{at}/{index}");
                let before = found.len();
                validate(each, &at, item, found);
                if unique && found.len() == before && items[..index].contains(item) {
                    found.push(field(&at, "invalid", REPEATED.to_owned()));
                }
            }
        }
        Value::String(text) => found.extend(validate_text(schema, at, text)),
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            found.extend(out_of_range(schema, "imum", number, "").map(|detail| field(at, "range", detail)));
        }
        Value::Null | Value::Bool(_) => {}
    }
    if let Some(words) = schema.get("enum").filter(|words| !words.as_array().is_some_and(|all| all.contains(value))) {
        found.push(field(at, "unknown-word", format!("must be {}", one_of(words))));
    }
    if let Some(word) = schema.get("const").filter(|word| *word != value) {
        found.push(field(at, "unknown-word", format!("must be {word}")));
    }
    for forms in ["anyOf", "oneOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()) {
        validate_forms(forms, at, value, found);
    }
}

/// What is wrong with a text, at most one thing: where white space around it does not count, it is not counted.
fn validate_text(schema: &Map<String, Value>, at: &str, text: &str) -> Option<FieldError> {
    let trimmed = if schema.get("x-trimmed").is_some() { text.trim() } else { text };
    if let Some(detail) = out_of_range(schema, "Length", count(trimmed.chars().count()), " characters") {
        return Some(field(at, "range", detail));
    }
    let others = schema.get("allOf").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let refusing = std::iter::once(schema).chain(others).find(|schema| {
        let pattern = schema.get("pattern").and_then(Value::as_str);
        pattern.is_some_and(|pattern| !is_like(pattern, text))
    })?;
    let message =
        refusing.get("x-message").and_then(Value::as_str).unwrap_or("is not of the form that the document says");
    Some(field(at, "invalid", message.to_owned()))
}

fn validate_members(schema: &Map<String, Value>, at: &str, members: &Map<String, Value>, found: &mut Vec<FieldError>) {
    let none = Map::new();
    let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    for name in required.filter(|name| !members.contains_key(*name)) {
        found.push(field(&below(at, name), "required", "is required".to_owned()));
    }
    for (name, schema) in known {
        if let Some(member) = members.get(name) {
            validate(schema, &below(at, name), member, found);
        }
    }
    let others = schema.get("additionalProperties").unwrap_or(&Value::Null);
    for (name, member) in members.iter().filter(|(name, _)| !known.contains_key(*name)) {
        if others == false {
            found.push(field(&below(at, name), "unknown", "is not known here".to_owned()));
        } else {
            validate(others, &below(at, name), member, found);
        }
    }
}

/// A value that has none of the forms it may have: where only one of them is more than `null`, what that finds.
fn validate_forms(forms: &[Value], at: &str, value: &Value, found: &mut Vec<FieldError>) {
    let tries = forms.iter().map(|form| {
        let mut found = Vec::new();
        validate(form, at, value, &mut found);
        found
    });
    let mut tries: Vec<_> = tries.collect();
    if tries.iter().any(Vec::is_empty) {
        return;
    }
    let blank = input::blank();
    let is_real = |form: &Value| form["type"] != "null" && *form != blank;
    let mut real = (0..forms.len()).filter(|index| forms.get(*index).is_some_and(is_real));
    let words: Option<Vec<&Value>> = forms.iter().map(|form| form.get("const")).collect();
    match (real.next(), real.next(), words) {
        (Some(only), None, _) => found.append(&mut tries.swap_remove(only)),
        (_, _, Some(words)) => {
            let words: Value = words.into_iter().cloned().collect();
            found.push(field(at, "unknown-word", format!("must be {}", one_of(&words))));
        }
        _ => found.push(field(at, "invalid", "has none of the forms it may have".to_owned())),
    }
}

fn is_of(kinds: &Value, value: &Value) -> bool {
    let is = |kind: &Value| match kind.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some("number") => value.is_number(),
        Some("integer") => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        _ => true,
    };
    kinds.as_array().map_or_else(|| is(kinds), |kinds| kinds.iter().any(is))
}

/// The types in a person's words.
fn in_words(kinds: &Value) -> String {
    let word = |kind: &Value| match kind.as_str()? {
        "object" => Some("an object"),
        "array" => Some("a list"),
        "string" => Some("a text"),
        "boolean" => Some("true or false"),
        "number" => Some("a number"),
        "integer" => Some("a whole number"),
        _ => None,
    };
    let words: Vec<&str> =
        kinds.as_array().map_or_else(|| word(kinds).into_iter().collect(), |all| all.iter().filter_map(word).collect());
    words.join(" or ")
}

/// The small regular expressions know no white space but ASCII's. What ends a line is none here: patterns distinguish it.
fn is_like(pattern: &str, text: &str) -> bool {
    let is_space = |it: char| it.is_whitespace() && !it.is_control() && !('\u{2028}'..='\u{2029}').contains(&it);
    let text = text.replace(is_space, " ");
    Regex::new(pattern).is_ok_and(|regex| regex.is_match(&text))
}

#[expect(clippy::cast_precision_loss, reason = "nobody sends that much")]
const fn count(length: usize) -> f64 {
    length as f64
}

/// The error of a size beyond the bounds that `min…` and `max…` of this kind set.
fn out_of_range(schema: &Map<String, Value>, kind: &str, size: f64, unit: &str) -> Option<String> {
    let bound = |end: &str| schema.get(&format!("{end}{kind}")).filter(|bound| bound.is_number());
    let min = bound("min");
    let max = bound("max");
    let too_small = min.and_then(Value::as_f64).is_some_and(|min| size < min);
    let too_big = max.and_then(Value::as_f64).is_some_and(|max| size > max);
    let have = if unit == " entries" { "have" } else { "be" };
    match (min, max) {
        _ if !too_small && !too_big => None,
        (Some(min), Some(max)) if unit.is_empty() => Some(format!("must be from {min} to {max}")),
        (Some(min), Some(max)) => Some(format!("must {have} {min} to {max}{unit}")),
        (Some(min), None) => Some(format!("must {have} at least {min}{unit}")),
        (None, max) => Some(format!("must {have} at most {}{unit}", max.unwrap_or(&Value::Null))),
    }
}

/// `"a"`, or `one of "a", "b"`.
fn one_of(words: &Value) -> String {
    match words.as_array() {
        Some(words) => format!("one of {}", words.iter().map(Value::to_string).collect::<Vec<_>>().join(", ")),
        None => words.to_string(),
    }
}

/// A pointer to a member (RFC 6901).
fn below(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn field(at: &str, code: &'static str, detail: String) -> FieldError {
    FieldError { pointer: at.to_owned(), code, detail }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pointer_is_within_itself_and_what_leads_to_it() {
        assert!(is_within("/items/1", "/items/1"));
        assert!(is_within("/items/1/name", "/items/1"));
        assert!(is_within("/items/1", ""));
        assert!(!is_within("/items/10", "/items/1"));
    }

    #[test]
    fn a_repair_follows_the_example_and_says_whether_it_changed_anything() {
        let example = json!({"a/b": 1, "list": [7]});
        let mut input = json!({"a/b": 2, "list": [8, 9], "more": 3});
        for pointer in ["/a~1b", "/list/1", "/more"] {
            assert!(repair(&mut input, pointer, &example), "{pointer}");
            assert!(!repair(&mut input, pointer, &example), "{pointer} again");
        }
        assert_eq!(input, json!({"a/b": 1, "list": [8, 7]}));
        assert!(!repair(&mut input, "/nowhere/at/all", &example));
    }
}
