//! The simulated provider: a component of its own, with its own table and its own books, behind the same trait as a real
//! one would be.

use app::{Context, Draft, StoreError, Versioned};
use domain::{Money, MoneyError, PaymentId, PaymentMethod, PaymentOperation, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Call, FailedCall, PROVIDER, Provider, ProviderAnswer, ProviderError, simulated_methods::Behaviour};

/// How much later it answers what it does not answer at once, in seconds.
const SLOW_S: i64 = 3;
/// How often it decides again when two calls race.
const ATTEMPTS: usize = 8;

/// The simulated provider, as a function with grants on its table reaches it.
#[derive(Clone, Copy)]
pub struct SimulatedProvider<'a>(pub &'a Context);

/// What the provider knows of a payment it has held money for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Our id of the payment.
    pub payment_id: PaymentId,
    /// The token of the means of payment.
    pub method: PaymentMethod,
    /// How much it ever held.
    pub authorized: Money,
    /// How much of it was taken.
    pub captured: Money,
    /// How much of that was given back.
    pub refunded: Money,
    /// Whether what it held was let go.
    pub voided: bool,
}

/// What the provider was asked under a key, and what it answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredCall {
    /// The idempotency key.
    pub key: String,
    /// Our id of the payment.
    pub payment_id: PaymentId,
    pub operation: PaymentOperation,
    pub amount: Money,
    pub answer: ProviderAnswer,
    /// From when on it answers; at once where nothing is said.
    #[serde(default)]
    pub answers_at: Option<Timestamp>,
    /// When to send the answer by webhook, where that is owed.
    #[serde(default)]
    pub webhook_due: Option<Timestamp>,
    /// How often sending it failed.
    #[serde(default)]
    pub failures: u32,
}

impl Provider for SimulatedProvider<'_> {
    async fn perform(&self, operation: PaymentOperation, call: Call<'_>) -> Result<ProviderAnswer, ProviderError> {
        let mut lost = StoreError::Conflict;
        for _ in 0..ATTEMPTS {
            match self.answer_once(operation, call).await {
                Ok(answered) => return answered,
                Err(error) if error.is_lost_race() => lost = error,
                // It may have been committed.
                Err(error @ StoreError::Unknown) => return Err(ProviderError::Unknown(error.into())),
                Err(error) => return Err(ProviderError::Unavailable(error.into())),
            }
        }
        Err(ProviderError::Unavailable(lost.into()))
    }
}

impl SimulatedProvider<'_> {
    /// Answers as it does for this means of payment; what it answers, and what was done, are one unit of work.
    async fn answer_once(
        &self,
        operation: PaymentOperation,
        call: Call<'_>,
    ) -> Result<Result<ProviderAnswer, ProviderError>, StoreError> {
        let Call { key, payment_id, amount, .. } = call;
        let key = key.to_owned();
        let now = self.0.now();
        if let Some(answered) = self.0.find::<AnsweredCall>(&key).await? {
            return Ok(answered.value.again(operation, call, now).ok_or(ProviderError::Later));
        }
        let behaviour = Behaviour::of(call.method);
        if behaviour == Behaviour::FailsAtFirst && self.fails(&key).await? {
            return Ok(Err(ProviderError::Unavailable("it is away for the first calls".into())));
        }
        let charge = after(self.0.find(&payment_id).await?, operation, call);
        let answer = match &charge {
            Ok(_) => ProviderAnswer::Done { reference: format!("sim_{payment_id}") },
            Err(reason) => ProviderAnswer::Refused { reason: (*reason).to_owned() },
        };
        let answers_at = (behaviour == Behaviour::AnswersLater).then(|| now.plus_seconds(SLOW_S));
        let answered = AnsweredCall {
            key: key.clone(),
            payment_id,
            operation,
            amount,
            answer: answer.clone(),
            answers_at,
            webhook_due: answers_at,
            failures: 0,
        };
        let mut answered = Draft::new(&key, answered);
        if let Ok(charge) = charge {
            answered.saves(charge);
        }
        self.0.commit(PROVIDER, answered.into()).await?;
        Ok(match behaviour {
            Behaviour::AnswersLater => Err(ProviderError::Later),
            Behaviour::LosesItsAnswer => Err(ProviderError::Unknown("the answer is lost".into())),
            Behaviour::Works | Behaviour::FailsAtFirst | Behaviour::Refuses(_) => Ok(answer),
        })
    }

    /// Whether a call under this key fails, and nothing is done; records it if so.
    async fn fails(&self, key: &String) -> Result<bool, StoreError> {
        let failed = match self.0.find::<FailedCall>(key).await?.map(Draft::of) {
            None => Draft::new(key, FailedCall { failures: 1 }),
            Some(mut failed) if failed.fails_again() => {
                failed.step().failures += 1;
                failed
            }
            Some(_) => return Ok(false),
        };
        self.0.commit(PROVIDER, failed.into()).await?;
        Ok(true)
    }
}

impl AnsweredCall {
    /// The same answer, if the same is asked, once it answers.
    fn again(&self, operation: PaymentOperation, call: Call<'_>, now: Timestamp) -> Option<ProviderAnswer> {
        let same = self.operation == operation && self.payment_id == call.payment_id && self.amount == call.amount;
        if !same {
            return Some(ProviderAnswer::Refused { reason: "idempotency_key_reused".to_owned() });
        }
        self.answer_at(now).cloned()
    }

    /// How it ended, once it answers.
    pub fn answer_at(&self, now: Timestamp) -> Option<&ProviderAnswer> {
        self.answers_at.is_none_or(|at| at <= now).then_some(&self.answer)
    }
}

/// The charge after an operation, or the word for why it is refused.
fn after(
    found: Option<Versioned<Charge>>,
    operation: PaymentOperation,
    call: Call<'_>,
) -> Result<Draft<Charge>, &'static str> {
    match (found.map(Draft::of), operation) {
        (None, PaymentOperation::Authorize) => Ok(Draft::new(&call.payment_id, Charge::authorized(call)?)),
        (Some(_), PaymentOperation::Authorize) => Err("already_authorized"),
        (None, PaymentOperation::Capture | PaymentOperation::Void | PaymentOperation::Refund) => Err("unknown_charge"),
        (Some(mut charge), PaymentOperation::Capture) => charge.step().capture(call.amount).map(|()| charge),
        (Some(mut charge), PaymentOperation::Void) => charge.step().void().map(|()| charge),
        (Some(mut charge), PaymentOperation::Refund) => charge.step().refund(call.amount).map(|()| charge),
    }
}

impl Charge {
    fn authorized(call: Call<'_>) -> Result<Self, &'static str> {
        if let Behaviour::Refuses(reason) = Behaviour::of(call.method) {
            return Err(reason);
        }
        if call.amount.is_negative() {
            return Err("amount_invalid");
        }
        let zero = Money::zero(call.amount.currency);
        Ok(Self {
            payment_id: call.payment_id,
            method: call.method.clone(),
            authorized: call.amount,
            captured: zero,
            refunded: zero,
            voided: false,
        })
    }

    fn capture(&mut self, amount: Money) -> Result<(), &'static str> {
        if self.voided {
            return Err("already_voided");
        }
        self.captured = within(self.captured, amount, self.authorized).ok_or("capture_exceeds_authorized")?;
        Ok(())
    }

    fn void(&mut self) -> Result<(), &'static str> {
        match (self.voided, self.captured.is_zero()) {
            (true, _) => Err("already_voided"),
            (false, false) => Err("already_captured"),
            (false, true) => {
                self.voided = true;
                Ok(())
            }
        }
    }

    fn refund(&mut self, amount: Money) -> Result<(), &'static str> {
        self.refunded = within(self.refunded, amount, self.captured).ok_or("refund_exceeds_captured")?;
        Ok(())
    }
}

/// The sum, if `more` is an amount and the sum does not exceed `limit`.
fn within(sum: Money, more: Money, limit: Money) -> Option<Money> {
    let sum: Result<Money, MoneyError> = sum.checked_add(more);
    sum.ok().filter(|sum| !more.is_negative() && sum.currency == limit.currency && sum.amount <= limit.amount)
}

#[cfg(test)]
mod tests {
    use domain::Currency;
    use proptest::prelude::*;
    use testing::World;

    use super::*;
    use crate::{
        SERVICE,
        given_provider::GivenProvider,
        placed::{PLACES, world},
    };

    const OPERATIONS: [PaymentOperation; 4] =
        [PaymentOperation::Authorize, PaymentOperation::Capture, PaymentOperation::Void, PaymentOperation::Refund];

    fn euros(amount: i64) -> Money {
        Money::new(amount, Currency::EUR)
    }

    fn call<'a>(key: &'a str, method: &'a PaymentMethod, amount: i64) -> Call<'a> {
        let payment_id = PaymentId::of(crate::sample::order());
        Call { key, payment_id, reference: None, method, amount: euros(amount) }
    }

    async fn ask(world: &World, operation: PaymentOperation, call: Call<'_>) -> Result<(), String> {
        let context = world.context(SERVICE, "settle-payment");
        match GivenProvider::of(&context).perform(operation, call).await.unwrap() {
            ProviderAnswer::Done { reference } => {
                assert_eq!(reference, format!("sim_{}", call.payment_id));
                Ok(())
            }
            ProviderAnswer::Refused { reason } => Err(reason),
        }
    }

    #[tokio::test]
    async fn the_same_key_is_done_once_and_answered_alike() {
        for place in PLACES {
            let world = world(place);
            let method = "tok_ok".parse().unwrap();
            for _ in 0..3 {
                assert_eq!(ask(&world, PaymentOperation::Authorize, call("a", &method, 100)).await, Ok(()));
                assert_eq!(ask(&world, PaymentOperation::Capture, call("b", &method, 60)).await, Ok(()));
                let more = ask(&world, PaymentOperation::Capture, call("c", &method, 60)).await;
                assert_eq!(more, Err("capture_exceeds_authorized".to_owned()));
            }
            for (operation, amount) in [(PaymentOperation::Authorize, 60), (PaymentOperation::Capture, 61)] {
                let other = ask(&world, operation, call("b", &method, amount)).await;
                assert_eq!(other, Err("idempotency_key_reused".to_owned()));
            }
        }
    }

    #[tokio::test]
    async fn captures_and_refunds_stay_within_what_was_held_and_taken() {
        for place in PLACES {
            let world = world(place);
            let method = "tok_ok".parse().unwrap();
            let refused = |reason: &str| Err(reason.to_owned());
            for (number, (operation, amount, expected)) in [
                (PaymentOperation::Capture, 100, refused("unknown_charge")),
                (PaymentOperation::Authorize, 100, Ok(())),
                (PaymentOperation::Authorize, 100, refused("already_authorized")),
                (PaymentOperation::Refund, 1, refused("refund_exceeds_captured")),
                (PaymentOperation::Capture, 100, Ok(())),
                (PaymentOperation::Void, 100, refused("already_captured")),
                (PaymentOperation::Refund, -1, refused("refund_exceeds_captured")),
                (PaymentOperation::Refund, 100, Ok(())),
                (PaymentOperation::Refund, 1, refused("refund_exceeds_captured")),
            ]
            .into_iter()
            .enumerate()
            {
                let key = number.to_string();
                assert_eq!(ask(&world, operation, call(&key, &method, amount)).await, expected, "{number}");
            }
        }
    }

    #[tokio::test]
    async fn what_was_let_go_cannot_be_taken() {
        for place in PLACES {
            let world = world(place);
            let method = "tok_ok".parse().unwrap();
            assert_eq!(ask(&world, PaymentOperation::Authorize, call("a", &method, 100)).await, Ok(()));
            assert_eq!(ask(&world, PaymentOperation::Void, call("b", &method, 100)).await, Ok(()));
            for (key, operation) in [("c", PaymentOperation::Void), ("d", PaymentOperation::Capture)] {
                assert_eq!(ask(&world, operation, call(key, &method, 100)).await, Err("already_voided".to_owned()));
            }
        }
    }

    #[test]
    fn only_means_of_payment_that_work_hold_money() {
        for (method, amount, expected) in [
            ("tok_ok", 0, Ok(())),
            ("tok_ok", -1, Err("amount_invalid")),
            ("tok_slow", 1, Ok(())),
            ("tok_lost", 1, Ok(())),
            ("tok_flaky", 1, Ok(())),
            ("tok_declined", 1, Err("declined")),
            ("tok_insufficient_funds", 1, Err("insufficient_funds")),
            ("tok_of_another", 1, Err("unknown_method")),
        ] {
            let method = method.parse().unwrap();
            assert_eq!(Charge::authorized(call("a", &method, amount)).map(drop), expected);
        }
    }

    proptest! {
        #[test]
        fn no_more_is_given_back_than_taken_nor_taken_than_held(
            asked in proptest::collection::vec((0..4_usize, any::<i64>(), -5..50_i64), 0..40),
        ) {
            let method = "tok_ok".parse().unwrap();
            let mut charge: Option<Versioned<Charge>> = None;
            for (operation, huge, small) in asked {
                let amount = if huge % 8 == 0 { huge } else { small };
                if let Ok(next) = after(charge.clone(), OPERATIONS[operation], call("a", &method, amount)) {
                    let Charge { authorized, captured, refunded, voided, .. } = next.value;
                    prop_assert!([0, refunded.amount, captured.amount, authorized.amount].is_sorted());
                    prop_assert!(!voided || captured.is_zero());
                    charge = Some(next.into_versioned());
                }
            }
        }
    }
}
