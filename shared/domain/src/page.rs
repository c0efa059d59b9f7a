//! Lists, a page at a time.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;

use crate::int;
use crate::wire::travels_as_string;

int! {
    /// How many entries a page may have; 20 unless given.
    pub struct Limit(u32: 1..=100);
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

/// Where a page ends: the sort key of its last entry. A client sees it only as a signed cursor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(String);

impl Position {
    /// The position after the entry with that sort key.
    pub fn new(sort_key: impl Into<String>) -> Self {
        Self(sort_key.into())
    }

    /// The sort key, as the store has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Position {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

travels_as_string!(Position, "minLength": 1);

/// Some entries of a list, and where the rest begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub struct Page<T> {
    /// The entries; there may be few or none, though more follow.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; null at the end.
    pub next_cursor: Option<Position>,
}

impl<T> Page<T> {
    /// The same page with each entry changed.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next_cursor: self.next_cursor }
    }
}

impl<T> Default for Page<T> {
    /// An empty list.
    fn default() -> Self {
        Self { items: Vec::new(), next_cursor: None }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Money;

    #[test]
    fn a_page_says_where_the_rest_begins() {
        let page = Page { items: vec![1, 2], next_cursor: Some(Position::new("2")) }.map(|number| number * 10);
        assert_eq!(serde_json::to_value(&page).unwrap(), json!({ "items": [10, 20], "next_cursor": "2" }));
        assert_eq!(Limit::default().get(), 20);
    }

    #[test]
    fn the_schema_is_named_by_what_is_listed() {
        assert_eq!(Page::<Money>::schema_name(), "MoneyPage");
        let schema = serde_json::to_value(schemars::schema_for!(Page<Money>)).unwrap();
        assert_eq!(schema.pointer("/properties/next_cursor/type"), Some(&json!(["string", "null"])));
    }
}
