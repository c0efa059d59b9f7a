//! What a simulator means to do, and when.

use std::collections::HashMap;

use tokio::time::{Duration, Instant};

/// Times at which things are to be done, by thing and action.
#[derive(Debug, Default)]
pub(super) struct Plans(HashMap<(String, &'static str), Instant>);

impl Plans {
    /// Whether it is time. The first call sets how long it takes from then.
    pub(super) fn is_time(&mut self, thing: &str, action: &'static str, takes: impl FnOnce() -> Duration) -> bool {
        let planned = self.0.entry((thing.to_owned(), action)).or_insert_with(|| Instant::now() + takes());
        *planned <= Instant::now()
    }

    /// Forgets what is about none of these things.
    pub(super) fn keep<'a>(&mut self, things: impl IntoIterator<Item = &'a str> + Clone) {
        self.0.retain(|(thing, _), _| things.clone().into_iter().any(|kept| kept == thing));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_plan_stands_from_the_first_time_it_is_asked_for() {
        let mut plans = Plans::default();
        assert!(!plans.is_time("one", "accept", || Duration::from_millis(20)));
        assert!(plans.is_time("two", "accept", || Duration::ZERO));
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(plans.is_time("one", "accept", || Duration::from_mins(1)));
        plans.keep(["two"]);
        assert!(!plans.is_time("one", "accept", || Duration::from_mins(1)));
        assert!(plans.is_time("two", "accept", || Duration::from_mins(1)));
    }
}
