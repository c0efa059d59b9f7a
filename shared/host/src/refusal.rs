//! From a request that does not parse to a problem that names every wrong field.

use app::{EndpointDeclaration, FieldError, Problem, Refused, code};
use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use schemars::{Schema, generate::SchemaSettings};
use serde_json::Value;

/// The schema of an operation's input, with nothing referred to elsewhere.
pub(crate) fn input_schema(endpoint: &EndpointDeclaration) -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    (endpoint.input_schemas)(&mut settings.into_generator()).input
}

/// The validator of an operation's input.
pub(crate) fn validator(endpoint: &EndpointDeclaration) -> Option<Validator> {
    jsonschema::draft202012::new(input_schema(endpoint).as_value())
        .inspect_err(|error| tracing::error!(%error, path = endpoint.route.path, "the schema does not compile"))
        .ok()
}

/// The problem of a body that was refused.
pub(crate) fn of_body(validator: Option<&Validator>, body: &[u8], refused: Refused) -> Problem {
    match serde_json::from_slice::<Value>(if body.is_empty() { b"{}" } else { body }) {
        Ok(instance) => of_instance(validator, &instance, refused),
        Err(error) => Problem::new(code::MALFORMED, format!("The body is not JSON: {error}.")),
    }
}

/// The problem of an input that was refused: what the schema finds wrong, or else what the parser did.
pub(crate) fn of_instance(validator: Option<&Validator>, instance: &Value, refused: Refused) -> Problem {
    let found: Vec<FieldError> = validator
        .into_iter()
        .flat_map(|validator| validator.iter_errors(instance))
        .flat_map(|error| fields(&error))
        .collect();
    if found.is_empty() {
        return Problem::invalid_fields(vec![FieldError {
            pointer: refused.pointer,
            code: "invalid",
            detail: refused.detail,
        }]);
    }
    Problem::invalid_fields(found)
}

fn fields(error: &ValidationError<'_>) -> Vec<FieldError> {
    let at = error.instance_path().to_string();
    let one = |pointer: String, code, detail: String| vec![FieldError { pointer, code, detail }];
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            one(format!("{at}/{name}"), "required", "is required".to_owned())
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let unknown = |name: &String| FieldError {
                pointer: format!("{at}/{name}"),
                code: "unknown",
                detail: "is not known here".to_owned(),
            };
            unexpected.iter().map(unknown).collect()
        }
        ValidationErrorKind::Type { .. } => one(at, "type", without_value(error)),
        ValidationErrorKind::Minimum { .. }
        | ValidationErrorKind::Maximum { .. }
        | ValidationErrorKind::ExclusiveMinimum { .. }
        | ValidationErrorKind::ExclusiveMaximum { .. }
        | ValidationErrorKind::MinLength { .. }
        | ValidationErrorKind::MaxLength { .. }
        | ValidationErrorKind::MinItems { .. }
        | ValidationErrorKind::MaxItems { .. } => one(at, "range", without_value(error)),
        ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => {
            one(at, "unknown-word", without_value(error))
        }
        _ => one(at, "invalid", without_value(error)),
    }
}

/// The sentence without the value that was sent, which may be long or private.
fn without_value(error: &ValidationError<'_>) -> String {
    error.masked_with("the value").to_string()
}
