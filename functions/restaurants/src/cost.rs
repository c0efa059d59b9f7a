//! What something costs, as a request says it.

use domain::Amount;

/// The most that anything may cost, in minor units: even the largest possible basket stays far below 64 bits.
pub const MAX_AMOUNT: i64 = 1_000_000_000_000;

/// Money from nothing to [`MAX_AMOUNT`].
pub type Cost = Amount<0, MAX_AMOUNT>;
