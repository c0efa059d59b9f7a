//! Projections: a service's own copy of what it has handled of another's thing.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// What is known of another service's thing, by its facts.
pub trait Projection: Clone + PartialEq {
    /// What is known once a later fact is handled as well.
    #[must_use]
    fn apply(self, later: Self) -> Self;
}

/// A copy, and the highest sequence of the facts it accounts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Projected<T> {
    /// What is known.
    #[serde(flatten)]
    pub value: T,
    /// The highest sequence handled; facts up to it change nothing.
    pub sequence: u64,
}

impl<T: Projection> Projected<T> {
    /// What is known with `other` as well. An older fact changes nothing.
    #[must_use]
    pub fn then(self, other: Self) -> Self {
        if other.sequence <= self.sequence {
            return self;
        }
        Self { value: self.value.apply(other.value), sequence: other.sequence }
    }
}

impl<T> Deref for Projected<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
