//! The ticker: the latest facts about orders, as pages make sentences of them. Kept in memory, and gone with the process.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{DeliveryFact, DeliveryKind, Event, Kind, Name, OrderFact, OrderKind, RestaurantId, Timestamp, UserId};
use serde::{Deserialize as _, Serialize};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// How many facts are kept.
pub const KEPT: usize = 50;
/// How many couriers' names are remembered. With one more, all of them are learnt again.
const MOST_NAMES: usize = 1000;

/// A fact, as far as a sentence needs it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TickerPage {
    /// Its number: one more than that of the fact before.
    pub n: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened: `order.picked_up`.
    pub kind: &'static str,
    /// The order's eight characters for people.
    pub order_number: Option<String>,
    /// Where it was ordered.
    pub restaurant: Option<Name>,
    /// Who was asked, delivers, or delivered.
    pub courier: Option<Name>,
    /// How long cooking takes, where the restaurant has just said so.
    pub prep_minutes: Option<u32>,
    /// Why an order ended as it did.
    pub reason: Option<String>,
    /// Whether it is about the theatre's restaurant.
    pub ours: bool,
}

/// The latest facts, recorded by a listener on the bus and read by pages.
pub struct Ticker {
    restaurant: RestaurantId,
    merchant: UserId,
    recorded: Mutex<Recorded>,
}

#[derive(Default)]
struct Recorded {
    last: u64,
    kept: VecDeque<TickerPage>,
    couriers: HashMap<UserId, Name>,
}

impl Ticker {
    /// An empty ticker, of a theatre with this restaurant of this merchant. It knows these couriers by name; others it
    /// learns from facts.
    pub fn new(restaurant: RestaurantId, merchant: UserId, couriers: impl IntoIterator<Item = (UserId, Name)>) -> Self {
        let recorded = Recorded { couriers: couriers.into_iter().collect(), ..Recorded::default() };
        Self { restaurant, merchant, recorded: Mutex::new(recorded) }
    }

    /// Keeps a fact that pages show: everything about orders, and who is asked and who will deliver. What other facts say,
    /// those about orders say too.
    pub fn record(&self, event: &Event) {
        match event.kind {
            Kind::Order(kind) => self.record_order(event, kind),
            Kind::Delivery(kind) => self.record_delivery(event, kind),
            Kind::User(_) | Kind::Payment(_) => {}
        }
    }

    /// The facts after number `n`, oldest first, and the number of the latest. Everything that is kept where `n` is from
    /// another process.
    pub fn after(&self, n: u64) -> (Vec<TickerPage>, u64) {
        let recorded = self.recorded();
        let n = if n > recorded.last { 0 } else { n };
        (recorded.kept.iter().filter(|page| page.n > n).cloned().collect(), recorded.last)
    }

    fn record_order(&self, event: &Event, kind: OrderKind) {
        let Ok(order) = OrderFact::deserialize(&event.data) else { return };
        let mut recorded = self.recorded();
        let courier = order.courier_id.and_then(|id| recorded.couriers.get(&id).cloned());
        let ours = order.restaurant_id == self.restaurant;
        recorded.keep(|n| TickerPage {
            n,
            at: event.time,
            kind: kind.short(),
            order_number: Some(order.number),
            restaurant: Some(order.restaurant_name),
            courier,
            prep_minutes: (kind == OrderKind::Accepted).then_some(order.prep_minutes),
            reason: order.reason,
            ours,
        });
    }

    fn record_delivery(&self, event: &Event, kind: DeliveryKind) {
        let Ok(delivery) = DeliveryFact::deserialize(&event.data) else { return };
        let mut recorded = self.recorded();
        if let Some(courier) = &delivery.courier {
            recorded.learn(courier.id, courier.name.clone());
        }
        if !matches!(kind, DeliveryKind::Offered | DeliveryKind::Assigned) {
            return;
        }
        let id = delivery.courier.map(|courier| courier.id).or(delivery.offered_to);
        let courier = id.and_then(|id| recorded.couriers.get(&id).cloned());
        let ours = delivery.merchant_id == self.merchant;
        recorded.keep(|n| TickerPage {
            n,
            at: event.time,
            kind: kind.short(),
            order_number: Some(delivery.order_number),
            restaurant: Some(delivery.restaurant_name),
            courier,
            prep_minutes: None,
            reason: delivery.reason,
            ours,
        });
    }

    fn recorded(&self) -> MutexGuard<'_, Recorded> {
        // A panic while holding the lock leaves whole facts behind.
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorded {
    fn keep(&mut self, page: impl FnOnce(u64) -> TickerPage) {
        self.last += 1;
        self.kept.push_back(page(self.last));
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
    }

    fn learn(&mut self, id: UserId, name: Name) {
        if self.couriers.len() >= MOST_NAMES && !self.couriers.contains_key(&id) {
            self.couriers.clear();
        }
        self.couriers.insert(id, name);
    }
}

/// Records published events in a theatre's ticker, until the bus is gone.
pub(crate) async fn listen(theatre: Arc<super::Theatre>, mut events: Receiver<Event>) {
    loop {
        match events.recv().await {
            Ok(event) => theatre.ticker.record(&event),
            // More happened at once than anybody could read.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::PaymentKind;
    use serde_json::{Value, json};

    use super::*;

    const USER: &str = "usr_01h455vb4pex5vsknk084sn0";
    const RESTAURANT: &str = "rst_01h455vb4pex5vsknk084sn0";

    /// A ticker of restaurant 1 and merchant 1 that knows courier 7.
    fn ticker() -> Ticker {
        let [restaurant, merchant, courier] = [format!("{RESTAURANT}01"), format!("{USER}01"), format!("{USER}07")];
        let courier = (courier.parse().unwrap(), "Nico".parse().unwrap());
        Ticker::new(restaurant.parse().unwrap(), merchant.parse().unwrap(), [courier])
    }

    fn event(kind: Kind, data: Value) -> Event {
        let subject = "ord_01h455vb4pex5vsknk084sn02q";
        serde_json::from_value(json!({
            "specversion": "1.0", "id": "evt_01h455vb4pex5vsknk084sn02q", "type": kind.event_type(), "subject": subject,
            "time": "2026-11-23T12:00:00Z", "partitionkey": subject, "sequence": "1", "data": data,
        }))
        .unwrap()
    }

    fn money(amount: i64) -> Value {
        json!({ "amount": amount, "currency": "RON" })
    }

    fn by() -> Value {
        json!({ "role": "system", "id": null })
    }

    fn order(kind: Kind, restaurant: &str, more: Value) -> Event {
        let stop = json!({
            "place": { "lat": 44.0, "lon": 26.0 },
            "address": { "street": "S", "city": "C", "postcode": "1", "country": "RO" },
        });
        let mut data = json!({
            "order_id": "ord_01h455vb4pex5vsknk084sn02q", "number": "K7Q2M9XA", "customer_id": format!("{USER}09"),
            "merchant_id": format!("{USER}01"), "restaurant_id": format!("{RESTAURANT}{restaurant}"),
            "restaurant_name": "Al Teatro", "contact": {}, "pick_up": stop, "deliver_to": stop, "distance_m": 1,
            "total": money(1), "tip": money(0), "placed_at": "2026-11-23T12:00:00Z", "prep_minutes": 12, "by": by(),
        });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event(kind, data)
    }

    fn delivery(kind: Kind, merchant: &str, more: Value) -> Event {
        let mut data = json!({
            "delivery_id": "dlv_01h455vb4pex5vsknk084sn02q", "order_id": "ord_01h455vb4pex5vsknk084sn02q",
            "order_number": "K7Q2M9XA", "customer_id": format!("{USER}09"), "merchant_id": format!("{USER}{merchant}"),
            "restaurant_name": "Al Teatro", "picked_up": false, "by": by(),
        });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event(kind, data)
    }

    fn latest(ticker: &Ticker) -> TickerPage {
        ticker.after(0).0.pop().unwrap()
    }

    #[test]
    fn a_fact_is_shown_with_what_a_sentence_needs() {
        let ticker = ticker();
        ticker.record(&order(Kind::Order(OrderKind::Accepted), "01", json!({})));
        let accepted = json!({
            "n": 1, "at": "2026-11-23T12:00:00Z", "kind": "order.accepted", "order_number": "K7Q2M9XA",
            "restaurant": "Al Teatro", "courier": null, "prep_minutes": 12, "reason": null, "ours": true,
        });
        assert_eq!(serde_json::to_value(latest(&ticker)).unwrap(), accepted);
        ticker.record(&order(Kind::Order(OrderKind::Rejected), "02", json!({ "reason": "out of dough" })));
        let TickerPage { prep_minutes, reason, ours, .. } = latest(&ticker);
        assert_eq!(prep_minutes, None);
        assert_eq!(reason.as_deref(), Some("out of dough"));
        assert!(!ours);
    }

    #[test]
    fn couriers_are_called_by_name_also_those_it_had_to_learn() {
        let ticker = ticker();
        ticker.record(&delivery(
            Kind::Delivery(DeliveryKind::Offered),
            "01",
            json!({ "offered_to": format!("{USER}07") }),
        ));
        let TickerPage { kind, courier, ours, .. } = latest(&ticker);
        assert_eq!(kind, "delivery.offered");
        assert_eq!(courier, "Nico".parse().ok());
        assert!(ours);

        let stranger = json!({ "id": format!("{USER}08"), "name": "Rita", "vehicle": "car" });
        ticker.record(&delivery(
            Kind::Delivery(DeliveryKind::Offered),
            "02",
            json!({ "offered_to": format!("{USER}08") }),
        ));
        assert_eq!(latest(&ticker).courier, None);
        assert!(!latest(&ticker).ours);
        ticker.record(&delivery(Kind::Delivery(DeliveryKind::Assigned), "02", json!({ "courier": stranger })));
        assert_eq!(latest(&ticker).courier, "Rita".parse().ok());
        ticker.record(&order(Kind::Order(OrderKind::PickedUp), "02", json!({ "courier_id": format!("{USER}08") })));
        assert_eq!(latest(&ticker).kind, "order.picked_up");
        assert_eq!(latest(&ticker).courier, "Rita".parse().ok());
    }

    #[test]
    fn what_orders_say_too_and_what_cannot_be_read_is_left_out() {
        let ticker = ticker();
        ticker.record(&delivery(Kind::Delivery(DeliveryKind::PickedUp), "01", json!({})));
        ticker.record(&event(Kind::Payment(PaymentKind::Captured), json!({})));
        ticker.record(&event(Kind::Order(OrderKind::Placed), json!({ "number": 1 })));
        assert_eq!(ticker.after(0), (Vec::new(), 0));
    }

    #[test]
    fn the_last_fifty_are_kept_and_a_page_asks_for_those_it_does_not_know() {
        let ticker = ticker();
        for _ in 0..60 {
            ticker.record(&order(Kind::Order(OrderKind::Placed), "01", json!({})));
        }
        let numbers = |after| -> Vec<u64> { ticker.after(after).0.iter().map(|page| page.n).collect() };
        assert_eq!(numbers(0), (11..=60).collect::<Vec<u64>>());
        assert_eq!(numbers(57), [58, 59, 60]);
        assert!(numbers(60).is_empty());
        assert_eq!(numbers(61).len(), KEPT, "a page that knew another process begins anew");
        assert_eq!(ticker.after(60).1, 60);
    }
}
