//! What a simulator does, whoever it plays.

use std::time::Duration;

use super::api::ApiError;

/// Somebody who does a little now and then.
pub(super) trait Actor: Send {
    /// Does what is to be done now, and returns how long there is nothing to do.
    fn act(&mut self) -> impl Future<Output = Result<Duration, ApiError>> + Send;

    /// Lets a person take over; everything stays as it is.
    fn step_aside(&mut self) {}

    /// Leaves the city in good order.
    fn leave(&mut self) -> impl Future<Output = Result<(), ApiError>> + Send {
        async { Ok(()) }
    }
}
