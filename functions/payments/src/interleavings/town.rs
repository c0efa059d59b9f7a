//! A world whose store can be paused at every step, and a host in it that interleaves, crashes and sweeps.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Waker},
};

use app::{
    Endpoint as _, Failure, HttpHeaders, Item, Placement, Raw, Stored as _, Write, code, inbox_key, inbox_record,
    standard_webhooks::signed,
};
use domain::{Actor, Event, OrderKind, PaymentId, Role};
use proptest::{prelude::*, test_runner::TestCaseError};
use serde_json::json;
use testing::{NOON, Outside, sent, user};

use super::{
    AT_ONCE, Case, LIVES, Seen, Turn, facts,
    fate::{Fateful, Fates},
    pausing::{Pausing, finish},
};
use crate::{
    AnsweredCall, Goal, PAYMENTS, PROVIDER, Payment, RefundStatus, SERVICE, Status,
    given_provider::GivenProvider,
    paths::PaymentPath,
    payment_draft::CAPTURES,
    placed::{Placed, world_over},
    receive_provider_webhook::receive,
    refund_payment::{RefundPayment, go_on},
    sample::{due, everything, handle, merchant, order, stored_payment, subscriber},
    sweep_payments::resume,
    violations,
};

/// A secret that is not shared with the provider.
const FORGED: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
/// How often a host decides again after losing a race.
const ATTEMPTS: usize = 8;
/// How many days are enough for what a fact leads to, a capture that is refused for good included, and for whatever is left
/// in the end.
const HEAD_START_DAYS: usize = 12;
const DAYS: usize = 200;

/// A world whose store can be paused at every step, and its provider.
pub(super) struct Model<'a> {
    world: Placed,
    fates: Fates<'a>,
    seen: &'a Seen,
}

/// An invocation under way: the delivery of an event, or a sweep.
struct Running<'a> {
    event: Option<Event>,
    future: Pin<Box<dyn Future<Output = ()> + 'a>>,
}

impl<'a> Model<'a> {
    pub(super) fn new(case: &Case, place: Placement, seen: &'a Seen) -> Self {
        let store = Pausing::default();
        let world = world_over(place, store.inner.clone(), Arc::new(store));
        Self { world, fates: Fates::new(case.fates.clone(), case.refuses_captures, seen), seen }
    }

    /// Takes the turns, and audits the books after each.
    pub(super) fn play(&self, case: &Case) -> Result<(), TestCaseError> {
        let mut waiting: Vec<Event> = case.deliveries.iter().rev().cloned().collect();
        let mut running: Vec<Running<'_>> = Vec::new();
        finish(self.begin(case));
        for turn in &case.turns {
            match *turn {
                Turn::Deliver if running.len() < AT_ONCE => {
                    let Some(event) = waiting.pop() else { continue };
                    running.push(Running { event: Some(event.clone()), future: Box::pin(self.deliver(event)) });
                }
                Turn::Sweep if running.len() < AT_ONCE => {
                    self.world.clock.advance_s(60);
                    running.push(Running { event: None, future: Box::pin(self.sweep()) });
                }
                Turn::Refund(amount) if running.len() < AT_ONCE => {
                    running.push(Running { event: None, future: Box::pin(self.refund(amount)) });
                }
                Turn::Webhook(which) if running.len() < AT_ONCE => {
                    let Some(message) = finish(self.webhook(which)) else { continue };
                    running.push(Running { event: None, future: Box::pin(self.receive(message)) });
                }
                Turn::Forge => finish(self.forge()),
                Turn::Step(which) if which < running.len() => {
                    if running[which].future.as_mut().poll(&mut TaskContext::from_waker(Waker::noop())).is_ready() {
                        running.remove(which);
                    }
                }
                Turn::Crash(which) if which < running.len() => {
                    self.seen.record("a crash");
                    waiting.extend(running.remove(which).event);
                }
                Turn::Deliver | Turn::Sweep | Turn::Refund(_) | Turn::Webhook(_) | Turn::Step(_) | Turn::Crash(_) => {
                    continue;
                }
            }
            self.audit()?;
        }
        // The process dies with whatever still runs; a bus delivers again what was not acknowledged.
        waiting.extend(running.into_iter().filter_map(|running| running.event));
        waiting.into_iter().rev().for_each(|event| finish(self.deliver(event)));
        self.audit()
    }

    fn audit(&self) -> Result<(), TestCaseError> {
        let payments = finish(everything(&self.world, PAYMENTS)).unwrap();
        let provider = finish(everything(&self.world, PROVIDER)).unwrap();
        let items = [payments, provider].concat();
        let found = violations(&items);
        prop_assert!(found.is_empty(), "{found:?}\n{items:#?}");
        Ok(())
    }

    /// The first facts arrive one after the other, and time passes.
    async fn begin(&self, case: &Case) {
        for event in facts(case.method, case.life).into_iter().take(case.head_start) {
            self.deliver(event).await;
            self.sweep_days(HEAD_START_DAYS).await;
        }
    }

    /// Sweeps once a day, for as long as there is something left, and for so many days at most.
    async fn sweep_days(&self, days: usize) {
        for _ in 0..days {
            if due(&self.world).await.is_empty() {
                return;
            }
            self.world.clock.advance_s(24 * 3600);
            self.sweep().await;
        }
    }

    /// Delivers a fact as a host does.
    async fn deliver(&self, event: Event) {
        let context = self.world.context(SERVICE, subscriber(event.kind));
        let inbox = inbox_key(&event.id.to_string(), subscriber(event.kind));
        for _ in 0..ATTEMPTS {
            if self.world.store().get(PAYMENTS, &inbox).await.unwrap().is_some() {
                return;
            }
            let provider = Fateful { fates: &self.fates, real: GivenProvider::of(&context) };
            let result = match handle(&self.world, &context, &provider, &event).await {
                Ok(changes) if changes.is_empty() => return,
                Ok(mut changes) => {
                    if changes
                        .writes
                        .iter()
                        .any(|write| matches!(write, Write::Put(item, _) if item.kind == "placeholder"))
                    {
                        self.seen.record("a placeholder");
                    }
                    changes.writes.push(inbox_record(inbox.clone(), event.sequence, self.world.clock.seconds()));
                    context.commit(PAYMENTS, changes).await.map_err(Failure::Store)
                }
                Err(failure) => Err(failure),
            };
            if self.is_done(result) {
                return;
            }
        }
        panic!("{ATTEMPTS} races lost in a row");
    }

    /// Sweeps as a host does.
    async fn sweep(&self) {
        let context = self.world.context(SERVICE, "sweep-payments");
        for key in due(&self.world).await {
            let provider = Fateful { fates: &self.fates, real: GivenProvider::of(&context) };
            let result = match resume(&context, &self.world.system(), &provider, &key).await {
                Ok(changes) => context.commit(PAYMENTS, changes).await.map_err(Failure::Store),
                Err(failure) => Err(failure),
            };
            // A sweep that lost a race leaves the rest to the next.
            self.is_done(result);
        }
    }

    /// Gives so much of the money back as a host does, once, if there is so much.
    async fn refund(&self, amount: i64) {
        let context = self.world.context(SERVICE, "refund-payment");
        let path = PaymentPath { payment_id: PaymentId::of(order()) };
        let input = json!({"amount": {"amount": amount, "currency": "RON"}, "reason": "Cold soup."}).to_string();
        let input = sent::<RefundPayment>(&input);
        let effect = match RefundPayment::call(&context, &user(merchant(), Role::Merchant), &path, &input).await {
            Ok(effect) => effect,
            Err(refused) => {
                self.seen.record(if refused.code.status == 422 { "more than is left" } else { "nothing to refund" });
                return;
            }
        };
        if !self.is_done(context.commit(PAYMENTS, effect.changes).await.map_err(Failure::Store)) {
            return;
        }
        let provider = Fateful { fates: &self.fates, real: GivenProvider::of(&context) };
        let result = match go_on(&context, &provider, path.payment_id).await {
            Ok(changes) => context.commit(PAYMENTS, changes).await.map_err(Failure::Store),
            Err(failure) => Err(failure),
        };
        self.is_done(result);
    }

    /// The webhook about one of the calls that the provider has answered or will, sent now; nothing while there are none.
    async fn webhook(&self, which: usize) -> Option<Raw> {
        let items = everything(&self.world, PROVIDER).await.unwrap();
        let calls: Vec<&Item> = items.iter().filter(|item| item.kind == AnsweredCall::ITEM).collect();
        let call: AnsweredCall = calls.get(which.checked_rem(calls.len())?)?.read().unwrap();
        let (headers, body) = call.webhook(Outside::SECRET, self.world.clock.seconds()).unwrap();
        Some(raw(headers, body))
    }

    /// Receives a webhook as a host does. After a lost race it is not taken, and may be sent again.
    async fn receive(&self, message: Raw) {
        let context = self.world.context(SERVICE, "receive-provider-webhook");
        let provider = Fateful { fates: &self.fates, real: GivenProvider::of(&context) };
        let changes = match receive(&context, &provider, &message).await {
            Ok(changes) => changes,
            Err(refused) if refused.code == code::CONFLICT => return self.seen.record("a lost race"),
            Err(refused) => panic!("{refused:?}"),
        };
        self.seen.record(if changes.is_empty() { "a webhook without one" } else { "a webhook with an effect" });
        self.is_done(context.commit(PAYMENTS, changes).await.map_err(Failure::Store));
    }

    /// Says in the provider's name that what it was asked was done.
    async fn forge(&self) {
        let context = self.world.context(SERVICE, "receive-provider-webhook");
        let payment_id = PaymentId::of(order());
        let payment = context.find::<Payment>(&payment_id).await.unwrap();
        let Some(intent) = payment.and_then(|payment| payment.value.intent) else { return };
        let data = json!({"key": intent.key, "payment_id": payment_id, "answer": {"done": {"reference": "forged"}}});
        let body = json!({"type": "call.answered", "timestamp": NOON, "data": data}).to_string();
        let headers = signed(FORGED, "msg_forged", self.world.clock.seconds(), body.as_bytes()).unwrap();
        let refused = receive(&context, &GivenProvider::of(&context), &raw(headers, body)).await;
        assert_eq!(refused.unwrap_err().code, code::UNAUTHENTICATED);
        self.seen.record("forged");
    }

    fn is_done(&self, result: Result<(), Failure>) -> bool {
        match result {
            Ok(()) => true,
            Err(Failure::Store(error)) if error.is_lost_race() => {
                self.seen.record("a lost race");
                false
            }
            Err(failure) => panic!("{failure}"),
        }
    }

    /// In the end everything was delivered and swept: the money is where the order's life wants it.
    pub(super) async fn at_rest(&self, case: &Case) -> Result<(), TestCaseError> {
        for event in &case.deliveries {
            self.deliver(event.clone()).await;
        }
        self.sweep_days(DAYS).await;
        prop_assert!(due(&self.world).await.is_empty());
        self.audit()?;
        let payment = stored_payment(&self.world).await;
        let goal = LIVES[case.life].last().map_or(OrderKind::Placed, |kind| *kind);
        let declined = matches!(case.method, "tok_declined" | "tok_insufficient_funds");
        let net = payment.captured.checked_sub(payment.refunded).unwrap().amount;
        let by_system = payment.refunds.iter().filter(|refund| refund.by == Actor::SYSTEM);
        prop_assert!(by_system.count() <= 1);
        prop_assert!(payment.refunds.iter().all(|refund| refund.status != RefundStatus::Pending));
        let by_merchant = payment.refunds.iter().filter(|refund| refund.by != Actor::SYSTEM);
        match by_merchant.filter(|refund| refund.status == RefundStatus::Succeeded).count() {
            0 => {}
            1 => self.seen.record("refunded by the merchant"),
            _ => self.seen.record("refunded by the merchant in parts"),
        }
        match (&payment.wanted.goal, payment.status) {
            (_, Status::Failed) if declined => self.seen.record("declined"),
            (Goal::Capture, Status::Failed) => {
                self.seen.record("refused for good");
                prop_assert!(case.refuses_captures);
                prop_assert_eq!(payment.authorized, payment.amount);
                prop_assert_eq!(payment.captured.amount, 0);
            }
            (Goal::Hold, Status::Authorized) => {
                prop_assert_eq!(goal, OrderKind::Placed);
                prop_assert_eq!(net, 0);
            }
            (Goal::Capture, Status::Captured | Status::PartiallyRefunded | Status::Refunded) => {
                self.seen.record("captured");
                prop_assert_eq!(goal, OrderKind::Delivered);
                prop_assert_eq!(payment.captured, payment.amount);
            }
            (Goal::Release { .. }, Status::Voided) if payment.intents == 0 => self.seen.record("never asked"),
            (Goal::Release { .. }, Status::Voided) => {
                let for_good = payment.capture_refusals == CAPTURES;
                self.seen.record(if for_good { "refused for good and voided" } else { "voided" });
                prop_assert_eq!(payment.captured.amount, 0);
                prop_assert_eq!(net, 0);
            }
            (Goal::Release { .. }, Status::Refunded) => {
                self.seen.record("refunded");
                prop_assert_eq!(payment.captured, payment.amount);
                prop_assert_eq!(net, 0);
            }
            (wanted, status) => prop_assert!(false, "{:?} ended {:?}", wanted, status),
        }
        self.published_once()
    }

    /// No two facts were published under one version. They may have been published out of order.
    fn published_once(&self) -> Result<(), TestCaseError> {
        let published = self.world.published();
        let mut sequences: Vec<u64> = published.iter().map(|event| event.sequence).collect();
        sequences.sort_unstable();
        sequences.dedup();
        prop_assert_eq!(sequences.len(), published.len());
        Ok(())
    }
}

/// A message as it is received.
fn raw(headers: HttpHeaders, body: String) -> Raw {
    Raw {
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body: body.into_bytes(),
    }
}
