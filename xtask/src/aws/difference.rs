//! What differs between two values, place by place.

use std::fmt;

use serde_json::Value;

/// A place, by its JSON pointer, where two values differ.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    pointer: String,
    change: Change,
}

#[derive(Clone, Debug, PartialEq)]
enum Change {
    Added(Value),
    Removed(Value),
    Changed { before: Value, after: Value },
}

/// Every difference. Lists are compared item by item, from their beginning.
pub(crate) fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(String::new(), Some(before), Some(after), &mut found);
    found
}

/// Compares what is at a place, as far down as there is something on both sides.
fn compare(pointer: String, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    let change = match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let added = after.keys().filter(|key| !before.contains_key(*key));
            for key in before.keys().chain(added) {
                let name = key.replace('~', "~0").replace('/', "~1");
                compare(format!("{pointer}/{name}"), before.get(key), after.get(key), found);
            }
            return;
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            for index in 0..before.len().max(after.len()) {
                compare(format!("{pointer}/{index}"), before.get(index), after.get(index), found);
            }
            return;
        }
        (Some(before), Some(after)) if before != after => {
            Change::Changed { before: before.clone(), after: after.clone() }
        }
        (None, Some(after)) => Change::Added(after.clone()),
        (Some(before), None) => Change::Removed(before.clone()),
        (Some(_), Some(_)) | (None, None) => return,
    };
    found.push(Difference { pointer, change });
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, change } = self;
        match change {
            Change::Added(value) => write!(f, "{pointer} added: {value}"),
            Change::Removed(value) => write!(f, "{pointer} removed: {value}"),
            Change::Changed { before, after } => write!(f, "{pointer} changed: {before} is now {after}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(before: &Value, after: &Value) -> Vec<String> {
        differences(before, after).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_same_has_no_differences() {
        let value = json!({"Resources": {"Queue": {"Tags": ["a", 1, null, {"b": true}]}}});
        assert_eq!(found(&value, &value), Vec::<String>::new());
    }

    #[test]
    fn each_difference_is_named_by_its_place() {
        let before = json!({"paths": {"/v1/a~b": {"get": 1}}, "kept": 0, "gone": {"x": 1}, "kind": {"of": 1}});
        let after = json!({"paths": {"/v1/a~b": {"get": 2}}, "kept": 0, "kind": [1], "new": null});
        assert_eq!(
            found(&before, &after),
            [
                r#"/gone removed: {"x":1}"#,
                r#"/kind changed: {"of":1} is now [1]"#,
                "/paths/~1v1~1a~0b/get changed: 1 is now 2",
                "/new added: null",
            ]
        );
    }

    #[test]
    fn items_of_a_list_are_places() {
        assert_eq!(
            found(&json!({"a": [1, 2, 3]}), &json!({"a": [1, 4]})),
            ["/a/1 changed: 2 is now 4", "/a/2 removed: 3"]
        );
        assert_eq!(found(&json!([]), &json!([["x"]])), [r#"/0 added: ["x"]"#]);
        assert_eq!(found(&json!(1), &json!("1")), [r#" changed: 1 is now "1""#]);
    }
}
