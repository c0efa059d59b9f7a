//! What must hold of everything that a service stores.

use std::fmt;

use crate::{Item, Table};

/// Looks for violations in the items of these tables. They come from a scan, while nothing is written.
#[derive(Clone, Copy, Debug)]
pub struct Audit {
    /// The service's table, and others that it keeps.
    pub tables: &'static [Table],
    /// Everything that is wrong with their items.
    pub violations: fn(&[Item]) -> Vec<Violation>,
}

impl Audit {
    /// Of a service whose items depend on nothing but themselves.
    pub const NONE: Self = Self { tables: &[], violations: |_| Vec::new() };
}

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The id of a thing, or the key of an item that can't be read.
    pub about: String,
    /// What is wrong with it.
    pub what: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.about, self.what)
    }
}
