//! YAML from values: how a document is built, and how it is written.

use anyhow::{Result, ensure};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_saphyr::{FlowSeq, LitStr, SpaceAfter, Tagged, ser_options, to_string_multiple_with_options};

/// How wide a list may be and still stand in one line, in characters.
const MAX_LIST_WIDTH: usize = 100;

/// Part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Bool(bool),
    Whole(u64),
    Text(String),
    /// A text that is written line by line.
    Lines(String),
    List(Vec<Value>),
    Map(Map),
    /// A value with a tag before it: `!Ref Stage`.
    Tagged(&'static str, Box<Value>),
}

/// A mapping: entries as they were put in. A document in which one has the same key twice can't be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Map {
    entries: Vec<(String, Value)>,
    is_spaced: bool,
}

/// Writes a mapping down as it looks: `map! { "Type" => "AWS::SQS::Queue" }`.
macro_rules! map {
    ($($key:expr => $value:expr),* $(,)?) => {
        $crate::yaml::Map::default()$(.with($key, $value))*
    };
}
pub(crate) use map;

/// These documents as one text, with a line that divides each from the one before it.
pub(crate) fn text(documents: &[Value]) -> Result<String> {
    documents.iter().try_for_each(|document| unambiguous("", document))?;
    let options = ser_options! { compact_list_indent: false, prefer_block_scalars: false };
    Ok(to_string_multiple_with_options(documents, options)?.trim_end().to_owned() + "\n")
}

/// Of two entries with one key, most readers silently take the last.
fn unambiguous(path: &str, value: &Value) -> Result<()> {
    match value {
        Value::Bool(_) | Value::Whole(_) | Value::Text(_) | Value::Lines(_) => Ok(()),
        Value::Tagged(_, value) => unambiguous(path, value),
        Value::List(items) => items.iter().try_for_each(|item| unambiguous(path, item)),
        Value::Map(Map { entries, .. }) => entries.iter().enumerate().try_for_each(|(index, (key, value))| {
            let path = format!("{path}/{key}");
            ensure!(entries.iter().take(index).all(|(earlier, _)| earlier != key), "{path} is there twice");
            unambiguous(&path, value)
        }),
    }
}

impl Map {
    /// With one more entry.
    pub(crate) fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.insert(key, value);
        self
    }

    /// With the entries of another.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.entries.extend(other.entries);
        self
    }

    pub(crate) fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.entries.push((key.into(), value.into()));
    }

    /// With an empty line after each entry.
    pub(crate) fn spaced(mut self) -> Self {
        self.is_spaced = true;
        self
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(key, _)| key.as_str())
    }

    /// With those entries alone whose key is wanted.
    pub(crate) fn only(mut self, is_wanted: impl Fn(&str) -> bool) -> Self {
        self.entries.retain(|(key, _)| is_wanted(key));
        self
    }

    /// With something else in place of each value.
    pub(crate) fn replaced(self, mut by: impl FnMut(Value) -> Value) -> Self {
        let entries = self.entries.into_iter().map(|(key, value)| (key, by(value))).collect();
        Self { entries, ..self }
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Self { entries, is_spaced: false }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Whole(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Whole(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Map> for Value {
    fn from(value: Map) -> Self {
        Self::Map(value)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        items.into_iter().collect()
    }
}

impl<T: Into<Self>, const N: usize> From<[T; N]> for Value {
    fn from(items: [T; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<T: Into<Self>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

impl Value {
    /// How wide it is in one line, more or less; nothing where it holds a mapping, or lines, which stand below one another.
    fn width(&self) -> Option<usize> {
        match self {
            Self::Bool(_) | Self::Whole(_) => Some(5),
            Self::Text(text) => Some(text.len()),
            Self::Tagged(tag, value) => Some(tag.len() + value.width()?),
            Self::List(items) => items.iter().map(|item| Some(item.width()? + 2)).sum(),
            Self::Lines(_) | Self::Map(_) => None,
        }
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for (key, value) in &self.entries {
            if self.is_spaced {
                map.serialize_entry(key, &SpaceAfter(value))?;
            } else {
                map.serialize_entry(key, value)?;
            }
        }
        map.end()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => value.serialize(serializer),
            Self::Whole(value) => value.serialize(serializer),
            Self::Text(text) => text.serialize(serializer),
            Self::Lines(text) => LitStr(text).serialize(serializer),
            Self::List(items) if self.width().is_some_and(|width| width <= MAX_LIST_WIDTH) => {
                FlowSeq(items.iter().map(InLine).collect::<Vec<_>>()).serialize(serializer)
            }
            Self::List(items) => items.serialize(serializer),
            Self::Map(map) => map.serialize(serializer),
            Self::Tagged(tag, value) => Tagged(value, Some((*tag).to_owned())).serialize(serializer),
        }
    }
}

/// A value within a list that stands in one line. Lists in it say nothing of their form: the writer would keep that for
/// the next list after the line.
struct InLine<'a>(&'a Value);

impl Serialize for InLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::List(items) => serializer.collect_seq(items.iter().map(InLine)),
            Value::Tagged(tag, value) => Tagged(InLine(value), Some((*tag).to_owned())).serialize(serializer),
            value => value.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(id: &str) -> Value {
        Value::Tagged("!Ref", Box::new(id.into()))
    }

    #[test]
    fn documents_are_written_as_people_write_them() {
        let choice = ["Given".into(), Value::from([reference("Topic")]), reference("Nothing")];
        let first = map! {
            "Version" => "2012-10-17",
            "Port" => 8080_u32,
            "Ready" => true,
            "Zone" => "no",
            "Empty" => "",
            "Actions" => Value::Tagged("!If", Box::new(choice.into())),
            "Items" => [map! { "Name" => "a", "Labels" => Map::default() }, map! { "Name" => "b: c" }],
            "Names" => ["x".repeat(60), "y".repeat(60)],
        };
        let second = map! { "One" => map! { "A" => 1_u32 }, "Two" => reference("One") }.spaced();
        let expected = format!(
            "Version: \"2012-10-17\"\nPort: 8080\nReady: true\nZone: \"no\"\nEmpty: \"\"\n\
             Actions: !If [Given, [!Ref Topic], !Ref Nothing]\n\
             Items:\n  - Name: a\n    Labels: {{}}\n  - Name: \"b: c\"\n\
             Names:\n  - {}\n  - {}\n---\nOne:\n  A: 1\n\nTwo: !Ref One\n",
            "x".repeat(60),
            "y".repeat(60)
        );
        assert_eq!(text(&[first.into(), second.into()]).expect("it can be written"), expected);
    }

    #[test]
    fn nothing_is_named_twice() {
        let twice = map! { "Queue" => 1_u32, "Topic" => 2_u32 }.and(map! { "Queue" => 3_u32 });
        let document = map! { "Stacks" => [map! { "Resources" => twice }] };
        let error = text(&[document.into()]).expect_err("it is ambiguous");
        assert_eq!(error.to_string(), "/Stacks/Resources/Queue is there twice");
    }
}
