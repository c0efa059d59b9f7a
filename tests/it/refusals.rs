//! What we say is wrong with an input is what a library for JSON Schema says.

use std::collections::BTreeSet;

use app::EndpointDeclaration;
use host::{KEYWORDS, input_schema, wrong_fields};
use jsonschema::{ValidationError, error::ValidationErrorKind};
use serde_json::{Map, Value, json};
use tiffin::services::SERVICES;

/// Keywords that say nothing of what is valid.
const ANNOTATIONS: &[&str] =
    &["$schema", "default", "description", "examples", "format", "readOnly", "title", "x-message", "x-trimmed"];

#[test]
fn schemas_of_inputs_use_no_keyword_that_is_not_checked() {
    for (name, endpoint) in endpoints() {
        look_for_keywords(name, input_schema(endpoint).as_value());
    }
}

fn look_for_keywords(name: &str, schema: &Value) {
    let Some(schema) = schema.as_object() else { return };
    for (keyword, value) in schema {
        let keyword = keyword.as_str();
        assert!(KEYWORDS.contains(&keyword) || ANNOTATIONS.contains(&keyword), "{name} uses {keyword}");
        match keyword {
            "properties" => {
                value.as_object().into_iter().flat_map(Map::values).for_each(|one| look_for_keywords(name, one));
            }
            "allOf" | "anyOf" | "oneOf" => {
                value.as_array().into_iter().flatten().for_each(|one| look_for_keywords(name, one));
            }
            "items" | "additionalProperties" => look_for_keywords(name, value),
            _ => {}
        }
    }
}

/// What the library reports of a whole list, and we of an entry.
const REPEATED: &str = "repeated";

#[test]
fn what_is_wrong_is_what_a_library_finds_wrong() {
    let mut checked = 0;
    let mut refused = 0;
    for (name, endpoint) in endpoints() {
        let schema = input_schema(endpoint);
        if schema.pointer("/properties").is_none() {
            // The library does not say which members are too many where none is known.
            continue;
        }
        let library = jsonschema::draft202012::new(schema.as_value()).unwrap();
        let example: Value = serde_json::from_str(endpoint.example).unwrap();
        let mut inputs = variants(&example);
        // Several wrong at once.
        let several: Vec<_> = inputs.iter().step_by(23).flat_map(variants).step_by(11).collect();
        inputs.extend(several);
        for input in inputs {
            let ours = wrong_fields(&schema, &input).into_iter().map(|it| (it.pointer, it.code));
            let ours: BTreeSet<_> = ours.map(|it| of_text(&input, it)).collect();
            let theirs = library.iter_errors(&input).flat_map(|error| named(&error));
            let theirs: BTreeSet<_> = theirs.map(|it| of_text(&input, it)).collect();
            let mistyped: BTreeSet<_> = theirs.iter().filter(|it| it.1 == "type").map(|it| it.0.clone()).collect();
            // A value of a wrong type is no known word either, which adds nothing.
            let theirs = theirs.into_iter().filter(|it| it.1 == "type" || !mistyped.contains(&it.0)).collect();
            let theirs = once_each(theirs);
            assert_eq!(ours, theirs, "{name}: {input}");
            checked += 1;
            refused += usize::from(!ours.is_empty());
        }
    }
    assert!(refused > 5_000 && checked > refused, "{refused} of {checked}");
}

/// Of a text we report one error, where the library may find it both too short and malformed.
fn of_text(input: &Value, (pointer, code): (String, &'static str)) -> (String, &'static str) {
    let is_text = ["range", "invalid"].contains(&code) && input.pointer(&pointer).is_some_and(Value::is_string);
    (pointer, if is_text { "of a text" } else { code })
}

/// Of an entry that is invalid in itself we do not report that it is repeated.
fn once_each(theirs: BTreeSet<(String, &'static str)>) -> BTreeSet<(String, &'static str)> {
    let is_wrong = |at: &str| {
        let below = |it: &str| it.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        theirs.iter().any(|it| it.1 != REPEATED && below(&it.0))
    };
    let kept = theirs.iter().filter(|it| it.1 != REPEATED || !is_wrong(&it.0)).cloned();
    kept.map(|(at, code)| (at, if code == REPEATED { "invalid" } else { code })).collect()
}

fn endpoints() -> impl Iterator<Item = (&'static str, &'static EndpointDeclaration)> {
    let declarations = SERVICES.iter().flat_map(|service| service.functions);
    declarations.filter_map(|declaration| Some((declaration.function.name, declaration.as_endpoint()?)))
}

/// The value itself, and the value with one thing changed, once for every place and every change.
fn variants(value: &Value) -> Vec<Value> {
    let mut all = vec![value.clone()];
    for pointer in pointers(value) {
        let others = [
            json!(null),
            json!(true),
            json!(-1),
            json!(0),
            json!(7.5),
            json!(1e15),
            json!(""),
            json!(" \u{3000}"),
            json!("one\ntwo"),
            json!("\u{202e}ana"),
            json!("ord_01h455vb4pex5vsknk084sn02q"),
            json!("\u{fc}".repeat(3000)),
            json!([]),
            json!(["", 0]),
            json!(vec![json!({"a/b~": null}); 60]),
            json!({}),
            json!({"kind": "nobody"}),
        ];
        for other in others {
            let mut changed = value.clone();
            *changed.pointer_mut(&pointer).expect("it is there") = other;
            all.push(changed);
        }
        if let Some(members) = value.pointer(&pointer).and_then(Value::as_object) {
            let with = |members: Map<String, Value>| {
                let mut changed = value.clone();
                *changed.pointer_mut(&pointer).expect("it is there") = Value::Object(members);
                changed
            };
            for name in members.keys() {
                let mut fewer = members.clone();
                fewer.remove(name);
                all.push(with(fewer));
            }
            let mut more = members.clone();
            more.insert("a/b~".to_owned(), json!(1));
            all.push(with(more));
        }
    }
    all
}

fn pointers(value: &Value) -> Vec<String> {
    let below = |name: &str, value| pointers(value).into_iter().map(move |rest| format!("/{name}{rest}")).collect();
    let mut all = vec![String::new()];
    let parts: Vec<Vec<String>> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| below(&escaped(name), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| below(&at.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    all.extend(parts.into_iter().flatten());
    all
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What the library reports, as we report it. Of a value that matches none of several schemas it reports only that; where
/// one schema alone is real, we report what is wrong by that one.
fn named(error: &ValidationError<'_>) -> Vec<(String, &'static str)> {
    let at = error.instance_path().to_string();
    let below = |name: &str| format!("{at}/{}", escaped(name));
    match error.kind() {
        ValidationErrorKind::Required { property } => vec![(below(property.as_str().expect("a name")), "required")],
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|name| (below(name), "unknown")).collect()
        }
        ValidationErrorKind::Type { .. } => vec![(at, "type")],
        ValidationErrorKind::Minimum { .. }
        | ValidationErrorKind::Maximum { .. }
        | ValidationErrorKind::MinLength { .. }
        | ValidationErrorKind::MaxLength { .. }
        | ValidationErrorKind::MinItems { .. }
        | ValidationErrorKind::MaxItems { .. } => vec![(at, "range")],
        ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => vec![(at, "unknown-word")],
        ValidationErrorKind::Pattern { .. } => vec![(at, "invalid")],
        ValidationErrorKind::UniqueItems => {
            let items = error.instance().as_array().expect("a list").clone();
            let repeated = (0..items.len()).filter(|&index| items[..index].contains(&items[index]));
            repeated.map(|index| (below(&index.to_string()), REPEATED)).collect()
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let mut real: Vec<_> = context.iter().filter(|errors| !errors.iter().any(is_of_nothing)).collect();
            // What is no text is neither a text within bounds nor a blank one.
            real.dedup_by_key(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>());
            let word = |error: &ValidationError<'_>| matches!(error.kind(), ValidationErrorKind::Constant { .. });
            match &real[..] {
                [only] => only.iter().flat_map(named).collect(),
                real if real.iter().all(|errors| errors.iter().any(word)) => vec![(at, "unknown-word")],
                _ => vec![(at, "invalid")],
            }
        }
        other => panic!("{other:?} at {at}"),
    }
}

/// Of null, or of blank text.
fn is_of_nothing(error: &ValidationError<'_>) -> bool {
    match error.kind() {
        ValidationErrorKind::Type { .. } => error.to_string().ends_with("\"null\""),
        ValidationErrorKind::Pattern { pattern } => pattern == r"^\s*$",
        _ => false,
    }
}
