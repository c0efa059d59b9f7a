//! The environment a program starts in.

use std::env;

/// A variable that is set and not empty: templates leave a variable empty where it is not wanted.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
