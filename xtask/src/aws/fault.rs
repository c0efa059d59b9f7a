//! What a check finds.

use std::fmt;

/// Something that is wrong in an expanded template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The logical id of what it is about, or a word for the whole.
    pub about: String,
    /// What is wrong, in a sentence.
    pub wrong: String,
}

impl Fault {
    /// A fault of this resource.
    pub(crate) fn new(about: impl Into<String>, wrong: impl Into<String>) -> Self {
        Self { about: about.into(), wrong: wrong.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.about, self.wrong)
    }
}
