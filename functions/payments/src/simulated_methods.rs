//! The means of payment that the simulated provider knows, and what it does with each.

use domain::PaymentMethod;
use serde::{Deserialize, Serialize};

/// The means of payment that people are offered, each with a word for what becomes of it. It knows others as well, for
/// trying what real ones do at times.
pub const METHODS: [(&str, &str); 2] = [("tok_ok", "works"), ("tok_declined", "declined")];

/// How often each call of a means of payment that fails at first fails.
const FAILURES: u32 = 2;

/// What the provider does with what is asked of it for a means of payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// It does it, and says so.
    Works,
    /// It does it, and says so later, by a webhook.
    AnswersLater,
    /// It does it, and its first answer is lost.
    LosesItsAnswer,
    /// It is away for the first calls under a key, and does it then.
    FailsAtFirst,
    /// It holds no money, with this word.
    Refuses(&'static str),
}

impl Behaviour {
    pub(crate) fn of(method: &PaymentMethod) -> Self {
        match method.as_str() {
            "tok_ok" => Self::Works,
            "tok_slow" => Self::AnswersLater,
            "tok_lost" => Self::LosesItsAnswer,
            "tok_flaky" => Self::FailsAtFirst,
            "tok_declined" => Self::Refuses("declined"),
            "tok_insufficient_funds" => Self::Refuses("insufficient_funds"),
            _ => Self::Refuses("unknown_method"),
        }
    }
}

/// How often the calls under a key have failed, where they fail at first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedCall {
    /// How often.
    pub failures: u32,
}

impl FailedCall {
    /// Whether the next call under its key fails as well.
    pub(crate) const fn fails_again(&self) -> bool {
        self.failures < FAILURES
    }
}

#[cfg(test)]
mod tests {
    use app::{Placement, Stored as _};
    use domain::OrderKind;
    use testing::World;

    use super::*;
    use crate::{
        AnsweredCall, PROVIDER, RETRY_S, Status,
        placed::{PLACES, Placed, world},
        sample::{
            assert_the_books_are_right, deliver, event, everything, placed_with, published, stored_payment, sweep,
        },
    };

    /// An order that was placed with this means of payment.
    async fn placed(place: Placement, method: &str) -> Placed {
        let world = world(place);
        deliver(&world, &placed_with(method)).await;
        world
    }

    /// Lets the sweep ask again after the first wait, and after twice that for each time more.
    async fn ask_again(world: &World, times: u32) {
        for time in 0..times {
            world.clock.advance_s(RETRY_S.default << time);
            sweep(world).await;
        }
    }

    /// What was published, without versions and amounts.
    fn facts(world: &World) -> Vec<String> {
        published(world).into_iter().map(|line| line.split('@').next().unwrap().to_owned()).collect()
    }

    /// How often the provider did something.
    async fn done(world: &World) -> usize {
        let items = everything(world, PROVIDER).await.unwrap();
        items.iter().filter(|item| item.kind == AnsweredCall::ITEM).count()
    }

    #[tokio::test]
    async fn what_is_done_though_the_answer_is_lost_is_found_out_by_its_key_and_done_once() {
        for place in PLACES {
            let world = placed(place, "tok_lost").await;
            assert_eq!(stored_payment(&world).await.status, Status::Pending);
            assert_eq!(done(&world).await, 1, "the money is held");
            ask_again(&world, 1).await;
            assert_eq!(stored_payment(&world).await.status, Status::Authorized);
            for (kind, sequence, before, after) in [
                (OrderKind::Accepted, 2, Status::Authorized, Status::Captured),
                (OrderKind::Cancelled, 3, Status::Captured, Status::Refunded),
            ] {
                deliver(&world, &event(kind, sequence)).await;
                assert_eq!(stored_payment(&world).await.status, before, "{place:?}");
                assert_eq!(done(&world).await, usize::try_from(sequence).unwrap());
                ask_again(&world, 1).await;
                assert_eq!(stored_payment(&world).await.status, after, "{place:?}");
            }
            assert_eq!(stored_payment(&world).await.intents, 3);
            assert_eq!(done(&world).await, 3);
            assert_eq!(facts(&world), ["payment.authorized", "payment.captured", "payment.refunded"]);
            assert_the_books_are_right(&world).await;
        }
    }

    #[tokio::test]
    async fn what_fails_twice_is_done_the_third_time() {
        for place in PLACES {
            let world = placed(place, "tok_flaky").await;
            ask_again(&world, 1).await;
            assert_eq!(stored_payment(&world).await.status, Status::Pending);
            assert_eq!(done(&world).await, 0, "nothing is done as long as it fails");
            world.clock.advance_s(2 * RETRY_S.default);
            sweep(&world).await;
            assert_eq!(stored_payment(&world).await.status, Status::Authorized);
            deliver(&world, &event(OrderKind::Rejected, 2)).await;
            assert_eq!(stored_payment(&world).await.status, Status::Authorized);
            ask_again(&world, 2).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Voided);
            assert_eq!(payment.intents, 2, "under the same key");
            assert_eq!(facts(&world), ["payment.authorized", "payment.voided"]);
            assert_the_books_are_right(&world).await;
        }
    }

    #[tokio::test]
    async fn without_funds_the_payment_fails_and_says_so() {
        for place in PLACES {
            let world = placed(place, "tok_insufficient_funds").await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Failed);
            assert_eq!(payment.failure.as_deref(), Some("insufficient_funds"));
            assert_eq!(payment.due, None);
            assert_eq!(world.published()[0].data["failure"], "insufficient_funds");
            assert_the_books_are_right(&world).await;
        }
    }

    #[test]
    fn every_means_of_payment_that_it_lists_is_one_that_it_knows() {
        for (token, _) in METHODS {
            assert_ne!(Behaviour::of(&token.parse().unwrap()), Behaviour::Refuses("unknown_method"), "{token}");
        }
    }
}
