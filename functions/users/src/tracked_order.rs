//! What is known of an order from its facts and those of its delivery: who is in it, while it goes on. Pure.

use app::{PLACEHOLDER_LIFE_S, Projected, Projection};
use domain::{DeliveryFact, DeliveryKind, Event, OrderFact, OrderId, OrderKind, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// An order that goes on, and who is in it; or that it is over, which is remembered for as long as an earlier fact may come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TrackedOrder {
    pub(crate) order_id: OrderId,
    /// Its customer and its merchant, by its own facts.
    order: Option<Projected<Involved>>,
    /// Its courier, by the facts of its delivery, which have a sequence of their own.
    delivery: Option<Projected<Involved>>,
    /// When it is forgotten, once nobody is in it.
    pub(crate) expires_at: Option<Timestamp>,
}

/// Who is in an order by the facts of one thing, until that ends. It names nobody then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Involved {
    people: Vec<UserId>,
    ended: bool,
}

impl Projection for Involved {
    /// An end is final.
    fn apply(self, later: Self) -> Self {
        if self.ended { self } else { later }
    }
}

impl Involved {
    const fn ended() -> Self {
        Self { people: Vec::new(), ended: true }
    }

    fn going_on(people: impl IntoIterator<Item = UserId>) -> Self {
        Self { people: people.into_iter().collect(), ended: false }
    }

    /// Names these no more.
    pub(crate) fn leave_out(&mut self, erased: &[UserId]) {
        self.people.retain(|person| !erased.contains(person));
    }

    /// What an event says of an order.
    pub(crate) fn by_order(event: &Event<OrderFact>) -> Projected<Self> {
        let fact = &event.data;
        let value = match event.kind {
            OrderKind::Placed | OrderKind::Paid | OrderKind::Accepted | OrderKind::Ready | OrderKind::PickedUp => {
                Self::going_on([fact.customer_id, fact.merchant_id])
            }
            OrderKind::PaymentFailed
            | OrderKind::Rejected
            | OrderKind::Delivered
            | OrderKind::Cancelled
            | OrderKind::Undeliverable => Self::ended(),
        };
        Projected { value, sequence: event.sequence }
    }

    /// What an event says of a delivery.
    pub(crate) fn by_delivery(event: &Event<DeliveryFact>) -> Projected<Self> {
        let value = match event.kind {
            // Of one that has lost its courier there is none.
            DeliveryKind::Offered | DeliveryKind::Assigned | DeliveryKind::Unassigned | DeliveryKind::PickedUp => {
                Self::going_on(event.data.courier.as_ref().map(|courier| courier.id))
            }
            DeliveryKind::Completed | DeliveryKind::Failed => Self::ended(),
        };
        Projected { value, sequence: event.sequence }
    }
}

impl TrackedOrder {
    /// One that nothing is known of.
    pub(crate) const fn unknown(order_id: OrderId) -> Self {
        Self { order_id, order: None, delivery: None, expires_at: None }
    }

    /// What is known once this is known of the order as well.
    pub(crate) fn with_order(self, later: Projected<Involved>, now: Timestamp) -> Self {
        let order = Some(then(self.order.clone(), later));
        if order == self.order { self } else { Self { order, ..self }.kept(now) }
    }

    /// What is known once this is known of its delivery as well.
    pub(crate) fn with_delivery(self, later: Projected<Involved>, now: Timestamp) -> Self {
        let delivery = Some(then(self.delivery.clone(), later));
        if delivery == self.delivery { self } else { Self { delivery, ..self }.kept(now) }
    }

    /// Who is in it, each once; nobody once the order has ended.
    pub(crate) fn people(&self) -> Vec<UserId> {
        let all = [&self.order, &self.delivery].into_iter().flatten();
        let mut people: Vec<UserId> = all.flat_map(|part| part.people.iter().copied()).collect();
        people.sort_unstable();
        people.dedup();
        people
    }

    /// The same without this person.
    pub(crate) fn without(mut self, user: UserId) -> Self {
        for part in [&mut self.order, &mut self.delivery].into_iter().flatten() {
            part.value.people.retain(|person| *person != user);
        }
        self
    }

    fn kept(mut self, now: Timestamp) -> Self {
        if self.order.as_ref().is_some_and(|order| order.ended)
            && let Some(delivery) = &mut self.delivery
        {
            delivery.value.people.clear();
        }
        self.expires_at = self.people().is_empty().then(|| now.plus_seconds(PLACEHOLDER_LIFE_S));
        self
    }
}

fn then(known: Option<Projected<Involved>>, later: Projected<Involved>) -> Projected<Involved> {
    match known {
        Some(known) => known.then(later),
        None => later,
    }
}
