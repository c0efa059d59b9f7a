//! What is made from declarations.

use std::fs;

use anyhow::{Context as _, Result};

use crate::{pictures, root};

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

    /// A file in which what stands between two lines is generated, and all else is written by hand.
    pub fn within(path: &str, begin: &str, end: &str, content: &str) -> Result<Self> {
        let text = fs::read_to_string(root().join(path)).with_context(|| format!("{path} can't be read"))?;
        let (before, rest) = text.split_once(begin).with_context(|| format!("{path} has no line {begin}"))?;
        let (_, after) = rest.split_once(end).with_context(|| format!("{path} has no line {end}"))?;
        Ok(Self::new(path, format!("{before}{begin}{content}{end}{after}")))
    }

    /// Whether other files are generated from it, once it is compiled.
    pub fn is_source(&self) -> bool {
        self.path == pictures::CODE
    }
}
