//! Functions that subscribe to events.

use std::future::Future;

use domain::{Event, EventData, InvalidData};
use schemars::JsonSchema;

use crate::{Changes, Context, Function, Problem, StoreError, System};

/// An idempotent consumer of events. Its doc comment is its description wherever functions are listed.
///
/// It is called at least once per event, in any order; the host keeps the inbox, so the changes it returns are
/// committed once.
pub trait Subscriber: JsonSchema + 'static {
    /// Its name, grants and requirements.
    const FUNCTION: Function;
    /// What the events are about, as it is handed them.
    type Data: EventData<Kind: Send + Sync> + Send + Sync;
    /// The kinds of events it handles.
    const SUBSCRIBES_TO: &'static [<Self::Data as EventData>::Kind];

    /// Decides what an event means here.
    fn handle(
        context: &Context,
        system: &System,
        event: &Event<Self::Data>,
    ) -> impl Future<Output = Result<Changes, Failure>> + Send;
}

/// Why an event, or something due, was not handled.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Not now: again later, with backoff.
    #[error("try again: {0}")]
    Retry(String),
    /// Not ever: to the dead letters, with this reason.
    #[error("never: {0}")]
    Never(String),
    /// The store failed or refused; the host knows whether that is worth another try.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<InvalidData> for Failure {
    fn from(error: InvalidData) -> Self {
        Self::Never(error.to_string())
    }
}

/// For an operation that shares a driver with subscribers.
impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Retry(reason) => Self::unavailable(reason),
            Failure::Never(reason) => Self::internal(reason),
            Failure::Store(error) => error.into(),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        if problem.code.status >= 500 { Self::Retry(problem.detail) } else { Self::Never(problem.detail) }
    }
}
