//! Where time and randomness come from. Both are handed in, so that tests own them.

/// The source of time.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> jiff::Timestamp;
}

/// The source of randomness.
pub trait Random: Send + Sync {
    /// Overwrites every byte with a random one.
    fn fill(&self, bytes: &mut [u8]);
}
