//! What is wrong with a request beyond its shape, gathered so that every wrong field is named at once.

use app::{FieldError, Problem};

/// The wrong fields found so far.
#[derive(Debug, Default)]
pub(crate) struct Wrong(Vec<FieldError>);

impl Wrong {
    /// Records a wrong field.
    pub(crate) fn field(&mut self, pointer: &str, detail: &str) {
        self.0.push(FieldError { pointer: pointer.to_owned(), code: "invalid", detail: detail.to_owned() });
    }

    /// Records a field that is not there, and has to be.
    pub(crate) fn missing(&mut self, pointer: &str) {
        let detail = "is required".to_owned();
        self.0.push(FieldError { pointer: pointer.to_owned(), code: "required", detail });
    }

    /// Refuses if a wrong field was recorded.
    pub(crate) fn refuse(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::invalid_fields(self.0)) }
    }
}
