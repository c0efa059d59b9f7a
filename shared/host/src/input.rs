//! What a request brings, read as the contract reads it: JSON whose numbers count by their value and whose text is in NFC, and
//! optional text that is left out where it is blank.

use std::{collections::BTreeMap, fmt};

use app::{Problem, code};
use http::{HeaderMap, HeaderName};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value, json};
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

/// Whole numbers that a float holds exactly are below this.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads a body; none at all is `{}`.
pub fn read_json(body: &[u8]) -> Result<Value, Problem> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let malformed = |error| Problem::new(code::MALFORMED, format!("The body is not JSON: {error}."));
    serde_json::from_slice(body).map(|Read(value)| value).map_err(malformed)
}

/// The headers that are text, each by its name; of one that is there more than once, the first.
pub(crate) fn texts(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |name: &HeaderName| Some((name.to_string(), headers.get(name)?.to_str().ok()?.to_owned()));
    headers.keys().filter_map(text).collect()
}

/// A number by its value: `1.0` and `1e0` are 1.
pub(crate) fn number(float: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "whole, and held exactly")]
    if float.fract() == 0.0 && float.abs() < MAX_EXACT { Value::from(float as i64) } else { Value::from(float) }
}

/// The text in NFC.
pub(crate) fn nfc(text: &str) -> String {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text.to_owned(),
        IsNormalized::No | IsNormalized::Maybe => text.nfc().collect(),
    }
}

/// A value as it was read.
struct Read(Value);

struct Reader;

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader).map(Self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(number(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(nfc(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Read(item)) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Read(member))) = map.next_entry::<String, Read>()? {
            if members.contains_key(&name) {
                return Err(A::Error::custom(format_args!("the member {name:?} is there twice")));
            }
            members.insert(name, member);
        }
        Ok(Value::Object(members))
    }
}

/// Lets a schema of what is sent say that optional text may be blank, by a form of its own beside the text and null.
/// `definitions` are what it refers to.
pub(crate) fn allow_blank(schema: &mut Value, definitions: &Map<String, Value>) {
    match schema {
        Value::Object(members) => {
            let required = members.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
            let properties = members.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten();
            for (_, schema) in properties.filter(|(name, _)| !required.contains(&Value::from(name.as_str()))) {
                separate_null(schema);
                let forms = schema.get_mut("anyOf").and_then(Value::as_array_mut);
                if let Some(forms) = forms.filter(|forms| is_optional_text(forms, definitions)) {
                    forms.insert(1, blank());
                }
            }
            members.values_mut().for_each(|member| allow_blank(member, definitions));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| allow_blank(item, definitions)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Text or null that stands as one form becomes two, so that there is room for a third between them.
fn separate_null(schema: &mut Value) {
    if has_bounds(schema) && schema.get("type") == Some(&json!(["string", "null"])) {
        let mut text = schema.take();
        text["type"] = "string".into();
        let description = text.as_object_mut().and_then(|text| text.remove("description"));
        *schema = json!({ "anyOf": [text, { "type": "null" }] });
        if let Some(description) = description {
            schema["description"] = description;
        }
    }
}

/// Whether text is such as people write: it has a length, at least and at most.
fn has_bounds(schema: &Value) -> bool {
    ["minLength", "maxLength"].iter().all(|bound| schema.get(bound).is_some())
}

/// The form of blank text.
pub(crate) fn blank() -> Value {
    json!({ "type": "string", "pattern": r"^\s*$" })
}

/// What a reference names.
pub(crate) fn named<'a>(schema: &Value, definitions: &'a Map<String, Value>) -> Option<&'a Value> {
    let name = schema.get("$ref")?.as_str()?.rsplit('/').next()?;
    definitions.get(name)
}

/// Text with bounds, or null: no word of a list, no id, no time.
fn is_optional_text(forms: &[Value], definitions: &Map<String, Value>) -> bool {
    let [text, null] = forms else { return false };
    let text = named(text, definitions).unwrap_or(text);
    null.get("type").is_some_and(|kind| kind == "null")
        && text.get("type").is_some_and(|kind| kind == "string")
        && has_bounds(text)
}

/// Leaves out optional text that is blank, by a schema that [`allow_blank`] has been over. It does not become null, which is
/// more than nothing in a merge patch.
pub(crate) fn leave_out_blank(schema: &Value, value: &mut Value) {
    let blank = blank();
    match value {
        Value::Object(members) => {
            for form in forms(schema) {
                let Some(properties) = form.get("properties").and_then(Value::as_object) else { continue };
                for (name, schema) in properties {
                    let Some(member) = members.get_mut(name) else { continue };
                    if is_blank(member) && forms(schema).any(|form| *form == blank) {
                        members.remove(name);
                    } else {
                        leave_out_blank(schema, member);
                    }
                }
            }
        }
        Value::Array(items) => {
            for form in forms(schema) {
                let Some(each) = form.get("items") else { continue };
                for item in items.iter_mut() {
                    leave_out_blank(each, item);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether a value has lists only where its schema has them.
pub(crate) fn lists_fit(schema: &Value, value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            let fits = |properties: &Map<String, Value>| {
                members.iter().all(|(name, member)| properties.get(name).is_none_or(|schema| lists_fit(schema, member)))
            };
            let mut properties = forms(schema).filter_map(|form| form.get("properties")?.as_object()).peekable();
            properties.peek().is_none() || properties.any(fits)
        }
        Value::Array(items) => {
            let mut each = forms(schema).filter_map(|form| form.get("items"));
            each.any(|each| items.iter().all(|item| lists_fit(each, item)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// A schema, and what it may be instead.
fn forms(schema: &Value) -> impl Iterator<Item = &Value> {
    let others = ["anyOf", "oneOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    std::iter::once(schema).chain(others)
}

#[cfg(test)]
mod tests {
    use domain::{Locale, Name, Patch, Phone, Stop, Text, patched};
    use schemars::{JsonSchema, generate::SchemaSettings};

    use super::*;
    use crate::wrong_fields;

    fn read(text: &str) -> Result<Value, Problem> {
        read_json(text.as_bytes())
    }

    #[test]
    fn a_number_counts_by_its_value() {
        let read = read("[1, 1.0, 1e0, -0.0, 100.0, 1.5, 1e300, 18446744073709551615, 44.4268]").unwrap();
        assert_eq!(read, json!([1, 1, 1, 0, 100, 1.5, 1e300, 18_446_744_073_709_551_615_u64, 44.4268]));
    }

    #[test]
    fn text_is_composed() {
        assert_eq!(read("\"caf\u{65}\u{301}\"").unwrap(), json!("caf\u{e9}"));
    }

    #[test]
    fn nothing_follows_the_json_and_nothing_is_in_it_twice() {
        for text in ["{}~", "{}{}", "{}\0", "{\"a\": 1, \"a\": 1}", "[{\"a\": 1, \"a\": 2}]", "{", "\u{feff}{}"] {
            assert_eq!(read(text).unwrap_err().code, code::MALFORMED, "{text:?}");
        }
        assert_eq!(read("").unwrap(), read(" {} \r\n\t").unwrap());
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Sent {
        name: Name,
        phone: Option<Phone>,
        locale: Option<Locale>,
        stop: Option<Inner>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Inner {
        notes: Option<Text>,
        label: Name,
    }

    #[test]
    fn optional_text_that_is_blank_is_left_out_and_the_schema_allows_it() {
        let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
        let mut schema = settings.into_generator().into_root_schema_for::<Sent>();
        let sent =
            json!({"name": "Ana", "phone": "", "locale": " ", "stop": {"notes": " \u{3000}\n", "label": "Home"}});
        assert!(!wrong_fields(&schema, &sent).is_empty());
        let mut loose = schema.clone().to_value();
        allow_blank(&mut loose, &Map::new());
        schema = loose.clone().try_into().unwrap();
        assert!(wrong_fields(&schema, &sent).is_empty(), "{loose:#}");
        let mut read = sent.clone();
        leave_out_blank(&loose, &mut read);
        assert_eq!(read, json!({"name": "Ana", "stop": {"label": "Home"}}));

        let mut blank = json!({"name": " ", "stop": {"label": ""}});
        let before = blank.clone();
        leave_out_blank(&loose, &mut blank);
        assert_eq!(blank, before, "what is required is not left out");
        let pointers: Vec<_> = wrong_fields(&schema, &blank).into_iter().map(|wrong| wrong.pointer).collect();
        assert_eq!(pointers, ["/name", "/stop/label"]);
        assert!(!wrong_fields(&schema, &json!({"name": "Ana", "phone": "call me"})).is_empty());
    }

    patched! {
        /// Somebody.
        struct Somebody {
            name: Name,
            phone: Option<Phone>,
            home: Stop,
        }
        /// Somebody new.
        struct NewSomebody like r#"{
            "name": "Ana",
            "home": {
                "place": {"lat": 44.4, "lon": 26.1},
                "address": {"street": "Str. Lipscani 1", "city": "București", "country": "RO"}
            }
        }"#;
    }

    #[test]
    fn what_is_blank_in_a_merge_patch_is_kept_and_what_is_null_is_cleared() {
        let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
        let mut schema = settings.into_generator().into_root_schema_for::<Patch<NewSomebody>>().to_value();
        allow_blank(&mut schema, &Map::new());
        let mut patch = json!({"phone": "", "home": {"notes": " ", "address": {"postcode": null, "city": ""}}});
        leave_out_blank(&schema, &mut patch);
        assert_eq!(patch, json!({"home": {"address": {"postcode": null, "city": ""}}}));
    }
}
