//! The little YAML that templates are written in.

/// A text as a scalar; JSON's strings are YAML's.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A list in one line: `[a, b]`.
pub(crate) fn list<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    format!("[{}]", items.join(", "))
}

/// Lines `name: value`, indented.
pub(crate) fn pairs(indent: usize, pairs: &[(String, String)]) -> String {
    pairs.iter().map(|(name, value)| format!("{:indent$}{name}: {value}\n", "")).collect()
}
