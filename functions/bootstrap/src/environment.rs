//! The environment a program starts in.

use std::env;

/// A variable that is set and not empty: empty is how templates leave out what is not wanted.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
