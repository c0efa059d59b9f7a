//! What is made from declarations.

use crate::pictures;

/// A file that is generated.
pub struct Generated {
    /// Its path from the root of the workspace.
    pub path: String,
    /// All of its text.
    pub content: String,
}

impl Generated {
    pub fn new(path: impl Into<String>, content: impl Into<String>) -> Self {
        Self { path: path.into(), content: content.into() }
    }

    /// Whether other files are generated from it, once it is compiled.
    pub fn is_source(&self) -> bool {
        self.path == pictures::CODE
    }
}
