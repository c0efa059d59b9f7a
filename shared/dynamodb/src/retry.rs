//! Retries: a few, with exponential backoff and jitter, and never beyond the deadline of the running function.

use std::{future::Future, time::Duration};

use app::{Deadline, StoreError};
use backon::{BackoffBuilder as _, ExponentialBuilder};

use crate::failure::RequestFailure;

/// How often a call is tried.
const ATTEMPTS: usize = 3;
/// The backoff before the second attempt, doubled for the third; each up to twice as long by its jitter.
const FIRST_WAIT: Duration = Duration::from_millis(30);
/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(3);

/// How the last attempt failed.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) last: RequestFailure,
    /// Whether an attempt before it was lost, and so may have happened.
    pub(crate) was_lost: bool,
}

/// Calls until an attempt succeeds or fails for good, or attempts or time run out.
pub(crate) async fn attempts<T, F>(call: impl Fn() -> F + Send) -> Result<T, Failed>
where
    F: Future<Output = Result<T, RequestFailure>> + Send,
{
    let waits = ExponentialBuilder::default().with_min_delay(FIRST_WAIT).with_factor(2.0).with_jitter();
    let mut waits = waits.with_max_times(ATTEMPTS - 1).build();
    let mut was_lost = false;
    loop {
        let last = match attempt(call()).await {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        let enough = |wait: &Duration| Deadline::left().is_none_or(|left| left > *wait);
        let again = last.is_worth_another_try().then(|| waits.next().filter(enough)).flatten();
        let Some(wait) = again else { return Err(Failed { last, was_lost }) };
        was_lost |= matches!(last, RequestFailure::Lost(_));
        tokio::time::sleep(wait).await;
    }
}

async fn attempt<T>(call: impl Future<Output = Result<T, RequestFailure>>) -> Result<T, RequestFailure> {
    let time = Deadline::left().map_or(ATTEMPT, |left| left.min(ATTEMPT));
    if time.is_zero() {
        // Nothing is sent, so that this is known.
        return Err(RequestFailure::Final(StoreError::Unavailable("the function has no time left".to_owned())));
    }
    let lost = |_| Err(RequestFailure::Lost(format!("no answer within {} ms", time.as_millis())));
    tokio::time::timeout(time, call).await.unwrap_or_else(lost)
}
