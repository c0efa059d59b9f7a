//! What an endpoint takes besides its path: the type says in which form it is sent, the host reads it, an operation is given
//! its value.

use std::{collections::BTreeMap, marker::PhantomData, ops::Deref};

use domain::{Limit, Position};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use serde_path_to_error::Segment;

use crate::{Context, Problem, SecretName, code, standard_webhooks};

/// A form of input.
pub trait Input: 'static {
    /// What an operation is given.
    type Value: Send + Sync + 'static;
    /// How it is sent.
    const FORM: InputForm;

    /// The schema of what is sent.
    fn schema(generator: &mut SchemaGenerator) -> Schema;

    /// Takes what was sent.
    fn parse(sent: Sent) -> Result<Self::Value, Refused>;
}

/// How an input is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputForm {
    /// There is none: no query, and no body but `{}`.
    Nothing,
    /// In the query.
    Query,
    /// In the query, with the limit and the cursor of a page.
    Paged,
    /// A body of JSON.
    Json,
    /// A body of JSON that changes the members it has, and removes those that are null (RFC 7396).
    MergePatch,
    /// A body of any kind, whose bytes are signed.
    Raw,
}

impl InputForm {
    /// Whether it may be sent by this method.
    pub(crate) const fn suits(self, method: crate::Method) -> bool {
        match self {
            Self::Nothing => true,
            Self::Query | Self::Paged => !method.has_body(),
            Self::Json | Self::Raw => method.has_body(),
            Self::MergePatch => matches!(method, crate::Method::Patch),
        }
    }
}

/// What was sent.
#[derive(Clone, Debug)]
pub enum Sent {
    /// JSON, or a query as JSON.
    Value(Value),
    /// Bytes, with the headers.
    Raw(Raw),
}

/// Why a request could not be parsed: the first thing that was wrong.
#[derive(Debug)]
pub struct Refused {
    /// A JSON pointer to it.
    pub pointer: String,
    /// What is wrong with it, in a sentence.
    pub detail: String,
}

impl Sent {
    /// Reads JSON or a query as a `T`.
    fn read<T: DeserializeOwned>(self) -> Result<T, Refused> {
        match self {
            Self::Value(value) => from_value(value),
            Self::Raw(_) => Err(Refused { pointer: String::new(), detail: "is not JSON".to_owned() }),
        }
    }
}

/// Reads a value, and says where it is wrong.
pub(crate) fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Refused> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer = error.path().iter().map(step).collect::<Vec<_>>().concat();
        Refused { pointer, detail: error.into_inner().to_string() }
    })
}

/// A step of a pointer (RFC 6901). A variant is no step: it is how a value is read.
fn step(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    }
}

/// No parameters, no query, no body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Empty {}

impl Input for Empty {
    type Value = Self;
    const FORM: InputForm = InputForm::Nothing;

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        Self::json_schema(generator)
    }

    fn parse(sent: Sent) -> Result<Self, Refused> {
        sent.read()
    }
}

/// A body of JSON.
#[derive(Debug)]
pub struct Json<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned + JsonSchema + Send + Sync + 'static> Input for Json<T> {
    type Value = T;
    const FORM: InputForm = InputForm::Json;

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }

    fn parse(sent: Sent) -> Result<T, Refused> {
        sent.read()
    }
}

/// A merge patch.
#[derive(Debug)]
pub struct MergePatch<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned + JsonSchema + Send + Sync + 'static> Input for MergePatch<T> {
    type Value = T;
    const FORM: InputForm = InputForm::MergePatch;

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }

    fn parse(sent: Sent) -> Result<T, Refused> {
        sent.read()
    }
}

/// A query.
#[derive(Debug)]
pub struct UrlQuery<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned + JsonSchema + Send + Sync + 'static> Input for UrlQuery<T> {
    type Value = T;
    const FORM: InputForm = InputForm::Query;

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }

    fn parse(sent: Sent) -> Result<T, Refused> {
        sent.read()
    }
}

/// The query of a list: which entries, how many of them, and from where on.
#[derive(Clone, Debug, Default)]
pub struct Paged<T> {
    filter: T,
    page: PageQuery,
}

/// How many entries of a list, and from where on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    limit: Option<Limit>,
    cursor: Option<Position>,
}

impl PageQuery {
    /// The most entries of the page.
    pub fn limit(&self) -> usize {
        self.limit.unwrap_or_default().get() as usize
    }

    /// Where the page before ended.
    pub const fn after(&self) -> Option<&Position> {
        self.cursor.as_ref()
    }
}

impl<T> Paged<T> {
    /// How many entries, and from where on.
    pub const fn page(&self) -> &PageQuery {
        &self.page
    }
}

impl<T> Deref for Paged<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.filter
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + Sync + 'static> Input for Paged<T> {
    type Value = Self;
    const FORM: InputForm = InputForm::Paged;

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        let page = PageQuery::json_schema(generator);
        let more = page.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        let properties = schema.ensure_object().entry("properties").or_insert_with(|| Map::new().into());
        if let Some(properties) = properties.as_object_mut() {
            properties.extend(more);
        }
        schema
    }

    fn parse(sent: Sent) -> Result<Self, Refused> {
        let mut filter: Map<String, Value> = sent.read()?;
        let page = ["limit", "cursor"].into_iter().filter_map(|name| filter.remove_entry(name)).collect();
        Ok(Self { filter: from_value(Value::Object(filter))?, page: from_value(Value::Object(page))? })
    }
}

/// A body as it was sent, with the headers: what a signature is about.
#[derive(Clone, Debug, Default)]
pub struct Raw {
    /// The headers by their names in lower case; of one that is there more than once, the first.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Raw {
    /// The id of a message that whoever shares this secret has signed as Standard Webhooks are, and that not long ago; else 401.
    pub fn verified(&self, context: &Context, secret: SecretName) -> Result<&str, Problem> {
        let id = standard_webhooks::verified(context.secret(secret)?, &self.headers, &self.body, context.now());
        id.map_err(Problem::internal)?.ok_or_else(|| Problem::new(code::UNAUTHENTICATED, UNSIGNED))
    }

    /// The body, if it is JSON.
    pub fn json(&self) -> Result<Value, Problem> {
        serde_json::from_slice(&self.body).map_err(|_| Problem::of(code::MALFORMED))
    }
}

const UNSIGNED: &str = "The message is signed by nobody we know, or was signed more than five minutes ago.";

impl Input for Raw {
    type Value = Self;
    const FORM: InputForm = InputForm::Raw;

    fn schema(_generator: &mut SchemaGenerator) -> Schema {
        Schema::default()
    }

    fn parse(sent: Sent) -> Result<Self, Refused> {
        match sent {
            Sent::Raw(raw) => Ok(raw),
            Sent::Value(value) => Ok(Self { headers: BTreeMap::new(), body: value.to_string().into_bytes() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        unread: Option<bool>,
    }

    fn parse(query: Value) -> Result<Paged<Filter>, String> {
        Paged::parse(Sent::Value(query)).map_err(|refused| refused.pointer)
    }

    #[test]
    fn a_list_has_its_filter_and_a_page() {
        let query = parse(json!({"unread": true, "limit": 5, "cursor": "2026"})).unwrap();
        assert_eq!(query.unread, Some(true));
        assert_eq!(query.page().limit(), 5);
        assert_eq!(query.page().after(), Some(&Position::new("2026")));
        assert_eq!(parse(json!({})).unwrap().page().limit(), 20);
    }

    #[test]
    fn what_is_wrong_of_either_is_named() {
        assert_eq!(parse(json!({"limit": 101})).unwrap_err(), "/limit");
        assert_eq!(parse(json!({"unread": 7})).unwrap_err(), "/unread");
        assert!(parse(json!({"all": true})).is_err());
        let schema = serde_json::to_value(Paged::<Filter>::schema(&mut SchemaGenerator::default())).unwrap();
        let properties = schema["properties"].as_object().unwrap();
        assert!(["unread", "limit", "cursor"].iter().all(|name| properties.contains_key(*name)), "{schema}");
    }
}
