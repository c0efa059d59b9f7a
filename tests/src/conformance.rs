//! Every reply of every test is checked against `openapi.json`: its status and code are documented, its body is valid.

use std::{collections::HashMap, sync::LazyLock};

use jsonschema::Validator;
use serde_json::{Value, json};
use tiffin::services::SERVICES;

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(operations);

struct Operation {
    method: String,
    path: Vec<String>,
    responses: HashMap<u16, Response>,
}

struct Response {
    /// The schema of a success.
    validator: Option<Validator>,
    /// The codes of a refusal.
    codes: Vec<String>,
}

/// Fails where a reply is not what the document says. Paths of no operation are not checked.
#[track_caller]
pub(crate) fn check(method: &str, path: &str, status: u16, body: &Value) {
    let path = path.split('?').next().unwrap_or_default();
    let Some(operation) = OPERATIONS.iter().find(|operation| operation.answers(method, path)) else { return };
    let response = operation.responses.get(&status);
    let response = response.unwrap_or_else(|| panic!("{method} {path}: {status} is not documented: {body:#}"));
    if status >= 400 {
        let code = body["code"].as_str().unwrap_or_default();
        assert!(response.codes.iter().any(|one| one == code), "{method} {path}: {status} {code} is not documented");
    }
    if let Some(validator) = &response.validator {
        let errors: Vec<String> =
            validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{method} {path}: {errors:#?}\n{body:#}");
    }
}

impl Operation {
    fn answers(&self, method: &str, path: &str) -> bool {
        let segments: Vec<&str> = path.split('/').collect();
        let fits = |(own, segment): (&String, &&str)| own.starts_with('{') || own == segment;
        self.method == method && self.path.len() == segments.len() && self.path.iter().zip(&segments).all(fits)
    }
}

fn operations() -> Vec<Operation> {
    let document = host::openapi(SERVICES);
    let components = &document["components"];
    let mut operations = Vec::new();
    for (path, methods) in members(&document["paths"]) {
        for (method, operation) in members(methods) {
            let responses = members(&operation["responses"])
                .map(|(status, response)| (status.parse().expect("a status"), Response::of(response, components)));
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.split('/').map(str::to_owned).collect(),
                responses: responses.collect(),
            });
        }
    }
    operations
}

impl Response {
    fn of(response: &Value, components: &Value) -> Self {
        let schema = response.pointer("/content/application~1json/schema");
        let validator = schema.map(|schema| {
            let mut closed = json!({"allOf": [schema], "components": {"schemas": components["schemas"]}});
            close(&mut closed);
            jsonschema::draft202012::new(&closed).expect("the schema compiles")
        });
        let examples = response.pointer("/content/application~1problem+json/examples");
        let codes = examples.into_iter().flat_map(members).map(|(code, _)| code.clone()).collect();
        Self { validator, codes }
    }
}

/// Refuses members that a schema does not name, so that a reply shows nothing undocumented.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("properties").is_some_and(Value::is_object) && members.contains_key("type") {
                members.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            members.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
