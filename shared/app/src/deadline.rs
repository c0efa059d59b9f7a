//! How much time the running function has left, for code that waits on its behalf.

use std::{future::Future, time::Duration};

use tokio::time::Instant;

tokio::task_local! {
    static ENDS: Instant;
}

/// The deadline of the call under way. A host sets it from the function's declared timeout; adapters ask how much of it
/// is left before they wait or try again.
#[derive(Clone, Copy, Debug)]
pub struct Deadline;

impl Deadline {
    /// Runs `work` with so much time, and no more than the work it is part of has left. It may ask what is left, and is not
    /// cut off: what ends a call is up to the platform.
    pub async fn within<T>(budget: Duration, work: impl Future<Output = T>) -> T {
        let budget = Self::left().map_or(budget, |left| left.min(budget));
        ENDS.scope(Instant::now() + budget, work).await
    }

    /// The same work with the deadline of the call under way, whatever task it then runs in.
    pub fn carried<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
        let ends = ENDS.try_with(|ends| *ends).ok();
        async move {
            match ends {
                Some(ends) => ENDS.scope(ends, work).await,
                None => work.await,
            }
        }
    }

    /// What is left; `None` where nobody set a deadline.
    pub fn left() -> Option<Duration> {
        ENDS.try_with(|ends| ends.saturating_duration_since(Instant::now())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_left_is_known_inside_and_nowhere_else() {
        assert_eq!(Deadline::left(), None);
        let left = Deadline::within(Duration::from_mins(1), async { Deadline::left() }).await.unwrap();
        assert!(left <= Duration::from_mins(1) && left > Duration::from_secs(50), "{left:?}");
        let none = Deadline::within(Duration::ZERO, async { Deadline::left() }).await;
        assert_eq!(none, Some(Duration::ZERO));
    }

    #[tokio::test]
    async fn another_task_has_the_same_deadline() {
        let left = Deadline::within(Duration::from_mins(1), async {
            tokio::spawn(Deadline::carried(async { Deadline::left() })).await.unwrap()
        });
        assert!(left.await.is_some_and(|left| left > Duration::from_secs(50)));
        assert_eq!(Deadline::carried(async { Deadline::left() }).await, None);
    }

    #[tokio::test]
    async fn a_part_has_no_more_time_than_the_whole() {
        let part = |budget| Deadline::within(budget, async { Deadline::left() });
        let whole = Deadline::within(Duration::from_secs(10), part(Duration::from_mins(1))).await.unwrap();
        assert!(whole <= Duration::from_secs(10), "{whole:?}");
        let less = Deadline::within(Duration::from_mins(1), part(Duration::from_secs(10))).await.unwrap();
        assert!(less <= Duration::from_secs(10), "{less:?}");
    }
}
