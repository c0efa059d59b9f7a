//! Functions that a schedule calls for what has no deadline.

use std::future::Future;

use schemars::JsonSchema;

use crate::{Changes, Context, Failure, Function, System};

/// What is done again and again. The host also publishes what earlier commits left in the service's outbox. Its doc comment is
/// its description.
pub trait Schedule: JsonSchema + 'static {
    /// Its name, grants and requirements.
    const FUNCTION: Function;
    /// How often it runs where a scheduler must be given a period, in seconds. The local process runs it every second.
    const PERIOD_S: u32 = 60;

    /// Decides what is to be done now.
    fn run(context: &Context, system: &System) -> impl Future<Output = Result<Changes, Failure>> + Send;
}
