//! From a request that does not parse to a problem that names every wrong field.

use app::{EndpointDeclaration, FieldError, Problem, Refused, code};
use regex_lite::Regex;
use schemars::{Schema, generate::SchemaSettings};
use serde_json::{Map, Value};

/// The schema of an operation's input, with nothing referred to elsewhere.
pub fn input_schema(endpoint: &EndpointDeclaration) -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    (endpoint.input_schemas)(&mut settings.into_generator()).input
}

/// The problem of a body that was refused.
pub(crate) fn of_body(endpoint: &EndpointDeclaration, body: &[u8], refused: Refused) -> Problem {
    match serde_json::from_slice::<Value>(if body.is_empty() { b"{}" } else { body }) {
        Ok(instance) => of_instance(endpoint, &instance, refused),
        Err(error) => Problem::new(code::MALFORMED, format!("The body is not JSON: {error}.")),
    }
}

/// The problem of an input that was refused: what its schema finds wrong, or else what the parser did.
pub(crate) fn of_instance(endpoint: &EndpointDeclaration, instance: &Value, refused: Refused) -> Problem {
    let found = wrong_fields(&input_schema(endpoint), instance);
    if found.is_empty() {
        let Refused { pointer, detail } = refused;
        return Problem::invalid_fields(vec![FieldError { pointer, code: "invalid", detail }]);
    }
    Problem::invalid_fields(found)
}

/// Everything that a schema finds wrong with a value, as far as schemas that we write go: [`KEYWORDS`] says how far.
///
/// JSON Schema 2020-12 has libraries, but they are a quarter of every program, with its cold start; here, where the parser
/// has refused the value already, nothing hangs on the answer but the words. A test holds it against such a library.
pub fn wrong_fields(schema: &Schema, value: &Value) -> Vec<FieldError> {
    let mut found = Vec::new();
    look(schema.as_value(), "", value, &mut found);
    found
}

/// The keywords that [`wrong_fields`] knows; all others must be annotations.
pub const KEYWORDS: &[&str] = &[
    "additionalProperties",
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
];

fn look(schema: &Value, at: &str, value: &Value, found: &mut Vec<FieldError>) {
    let Some(schema) = schema.as_object() else { return };
    if let Some(kinds) = schema.get("type").filter(|kinds| !is_of(kinds, value)) {
        return found.push(field(at, "type", format!("the value is not of type {}", one_of(kinds))));
    }
    let mut range = |keywords, size, words| {
        let off = out_of_range(schema, keywords, size, words);
        found.extend(off.map(|detail| field(at, "range", detail)));
    };
    match value {
        Value::Object(members) => look_at_members(schema, at, members, found),
        Value::Array(items) => {
            range(["minItems", "maxItems"], count(items.len()), ("has fewer items", "has more items"));
            let each = schema.get("items").unwrap_or(&Value::Null);
            for (index, item) in items.iter().enumerate() {
                look(each, &format!("{at}/{index}"), item, found);
            }
        }
        Value::String(text) => {
            range(
                ["minLength", "maxLength"],
                count(text.chars().count()),
                ("has fewer characters", "has more characters"),
            );
            let pattern = schema.get("pattern").and_then(Value::as_str);
            if let Some(pattern) = pattern.filter(|pattern| !is_like(pattern, text)) {
                found.push(field(at, "invalid", format!("the value does not match \"{pattern}\"")));
            }
        }
        Value::Number(number) => {
            range(["minimum", "maximum"], number.as_f64().unwrap_or_default(), ("is less", "is more"));
        }
        Value::Null | Value::Bool(_) => {}
    }
    if let Some(words) = schema.get("enum").filter(|words| !words.as_array().is_some_and(|all| all.contains(value))) {
        found.push(field(at, "unknown-word", format!("the value is not {}", one_of(words))));
    }
    if let Some(word) = schema.get("const").filter(|word| *word != value) {
        found.push(field(at, "unknown-word", format!("the value is not {word}")));
    }
    for forms in ["anyOf", "oneOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()) {
        look_at_forms(forms, at, value, found);
    }
}

fn look_at_members(schema: &Map<String, Value>, at: &str, members: &Map<String, Value>, found: &mut Vec<FieldError>) {
    let none = Map::new();
    let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    for name in required.filter(|name| !members.contains_key(*name)) {
        found.push(field(&below(at, name), "required", "is required".to_owned()));
    }
    for (name, schema) in known {
        if let Some(member) = members.get(name) {
            look(schema, &below(at, name), member, found);
        }
    }
    let others = schema.get("additionalProperties").unwrap_or(&Value::Null);
    for (name, member) in members.iter().filter(|(name, _)| !known.contains_key(*name)) {
        if others == false {
            found.push(field(&below(at, name), "unknown", "is not known here".to_owned()));
        } else {
            look(others, &below(at, name), member, found);
        }
    }
}

/// A value that has none of the forms it may have: where only one of them is more than `null`, what that finds.
fn look_at_forms(forms: &[Value], at: &str, value: &Value, found: &mut Vec<FieldError>) {
    let tries = forms.iter().map(|form| {
        let mut found = Vec::new();
        look(form, at, value, &mut found);
        found
    });
    let mut tries: Vec<_> = tries.collect();
    if tries.iter().any(Vec::is_empty) {
        return;
    }
    let mut real = (0..forms.len()).filter(|index| forms.get(*index).is_some_and(|form| form["type"] != "null"));
    let words: Option<Vec<&Value>> = forms.iter().map(|form| form.get("const")).collect();
    match (real.next(), real.next(), words) {
        (Some(only), None, _) => found.append(&mut tries.swap_remove(only)),
        (_, _, Some(words)) => {
            let words: Value = words.into_iter().cloned().collect();
            found.push(field(at, "unknown-word", format!("the value is not {}", one_of(&words))));
        }
        _ => found.push(field(at, "invalid", "the value has none of the forms it may have".to_owned())),
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

/// The small regular expressions know no white space but ASCII's.
fn is_like(pattern: &str, text: &str) -> bool {
    let text = text.replace(char::is_whitespace, " ");
    Regex::new(pattern).is_ok_and(|regex| regex.is_match(&text))
}

#[expect(clippy::cast_precision_loss, reason = "nobody sends that much")]
const fn count(length: usize) -> f64 {
    length as f64
}

/// What is to be said of a size beyond the bounds that these keywords set.
fn out_of_range(
    schema: &Map<String, Value>,
    [min, max]: [&str; 2],
    size: f64,
    (less, more): (&str, &str),
) -> Option<String> {
    let bound = |keyword| schema.get(keyword).and_then(Value::as_f64);
    let too_small = bound(min).filter(|min| size < *min).map(|min| format!("the value {less} than {min}"));
    too_small.or_else(|| bound(max).filter(|max| size > *max).map(|max| format!("the value {more} than {max}")))
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
