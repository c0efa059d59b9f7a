//! Query strings, typed by the operation's own schema.

use std::collections::HashMap;

use app::{EndpointDeclaration, Problem};
use serde_json::{Map, Value};

use crate::{input, refusal::input_schema};

/// The types of an operation's query parameters.
pub(crate) struct QueryTypes(HashMap<String, ParameterType>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ParameterType {
    Number,
    Boolean,
    Text,
}

impl QueryTypes {
    /// Reads them off the operation's schema.
    pub(crate) fn of(endpoint: &EndpointDeclaration) -> Self {
        let schema = input_schema(endpoint);
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        Self(properties.map(|(name, schema)| (name.clone(), wanted(schema))).collect())
    }

    /// Parses a query string. What is not of its type stays text, for the schema to refuse by name.
    pub(crate) fn parse(&self, query: &str) -> Result<Map<String, Value>, Problem> {
        let mut parsed = Map::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let typed = self.0.get(&*name).map_or(Value::Null, |wanted| wanted.read(&value));
            let typed = if typed.is_null() { Value::String(input::nfc(&value)) } else { typed };
            if parsed.insert(name.to_string(), typed).is_some() {
                return Err(Problem::invalid(format!("/{name}"), "is given more than once"));
            }
        }
        Ok(parsed)
    }
}

impl ParameterType {
    fn read(self, text: &str) -> Value {
        match self {
            Self::Text => Value::Null,
            Self::Boolean => text.parse().map_or(Value::Null, Value::Bool),
            Self::Number => match (text.parse::<i64>(), text.parse::<f64>()) {
                (Ok(whole), _) => Value::from(whole),
                (Err(_), Ok(float)) => input::number(float),
                (Err(_), Err(_)) => Value::Null,
            },
        }
    }
}

/// The type a schema asks for, through `null` alternatives.
fn wanted(schema: &Value) -> ParameterType {
    let words: Vec<&str> = match schema.get("type") {
        Some(Value::String(word)) => vec![word],
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if words.iter().any(|word| ["integer", "number"].contains(word)) {
        return ParameterType::Number;
    }
    if words.contains(&"boolean") {
        return ParameterType::Boolean;
    }
    let alternatives =
        ["anyOf", "oneOf", "allOf"].iter().filter_map(|word| schema.get(word)).filter_map(Value::as_array);
    alternatives.flatten().map(wanted).find(|wanted| *wanted != ParameterType::Text).unwrap_or(ParameterType::Text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_take_the_type_that_the_schema_asks_for() {
        let types = QueryTypes(HashMap::from([
            ("limit".to_owned(), wanted(&json!({"anyOf": [{"type": "integer"}, {"type": "null"}]}))),
            ("unread".to_owned(), wanted(&json!({"type": ["boolean", "null"]}))),
            ("q".to_owned(), wanted(&json!({"type": "string"}))),
            ("lat".to_owned(), wanted(&json!({"type": "number"}))),
        ]));
        let parsed = types.parse("limit=5.0&unread=true&q=12%20x&lat=44.5&other=1").unwrap();
        assert_eq!(Value::Object(parsed), json!({"limit": 5, "unread": true, "q": "12 x", "lat": 44.5, "other": "1"}));
        assert_eq!(types.parse("limit=many").unwrap()["limit"], "many");
        assert_eq!(types.parse("q=a&q=b").unwrap_err().errors[0].pointer, "/q");
    }
}
