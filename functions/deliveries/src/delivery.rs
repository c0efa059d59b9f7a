//! A delivery: what is to be brought where, who was asked, who brings it, and each step on the way. Pure.

use app::{Policy, Projected, User};
use domain::{Contact, CourierCard, DeliveryId, Money, Name, OrderFact, OrderId, Phone, Stop, Timestamp, UserId, text};
use serde::{Deserialize, Serialize};

use crate::{Action, Asked, Courier, Offer, OrderProgress, OrderStatus, Purpose, Rules, State, Unassigned};

text! {
    /// What shows that the food was handed over: "left with the porter", the name of a picture.
    pub struct Proof(1..=500): trimmed;
}

/// A delivery, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// It has the order's UUID.
    pub id: DeliveryId,
    /// The order's eight characters for people.
    pub order_number: String,
    pub customer_id: UserId,
    pub merchant_id: UserId,
    pub restaurant_name: Name,
    pub restaurant_phone: Option<Phone>,
    /// The customer's.
    pub contact: Contact,
    pub pick_up: Stop,
    pub deliver_to: Stop,
    /// Metres from pick-up to drop-off.
    pub distance_m: u32,
    /// The courier's tip.
    pub tip: Money,
    /// What is known of the order from its events; `heard` in bodies of before.
    #[serde(alias = "heard")]
    pub progress: Projected<OrderProgress>,
    pub state: State,
    /// When the delivery was made, and the first courier looked for; `search_started_at` in bodies of before.
    #[serde(alias = "search_started_at")]
    pub made_at: Timestamp,
    /// Until when a courier is looked for at least.
    pub search_until: Timestamp,
    /// While searching: when to look again.
    pub look_again_at: Timestamp,
    /// The offer that is not answered yet; only while offered.
    pub offer: Option<Offer>,
    /// Everybody who was ever asked, once each.
    pub asked: Vec<Asked>,
    /// The last courier who was assigned and does not deliver after all.
    #[serde(default)]
    pub unassigned: Option<Unassigned>,
    /// Who delivers, from assignment on, also after the end.
    pub courier: Option<CourierCard>,
    /// Metres the courier had to the pick-up when asked.
    pub to_pick_up_m: Option<u32>,
    /// What the courier asked or assigned earns, the tip included; fixed when offered.
    pub earning: Option<Money>,
    /// When a courier took it on.
    pub assigned_at: Option<Timestamp>,
    /// When the courier had the food.
    pub picked_up_at: Option<Timestamp>,
    /// When it ended, however it did.
    pub ended_at: Option<Timestamp>,
    /// Why it failed: `no_courier` or `order_ended`.
    pub reason: Option<String>,
    pub proof: Option<Proof>,
}

impl Delivery {
    /// The delivery of an order that was paid; a courier is looked for.
    pub fn made(fact: OrderFact, progress: Projected<OrderProgress>, now: Timestamp, rules: &Rules) -> Self {
        Self {
            id: DeliveryId::of(fact.order_id),
            order_number: fact.number,
            customer_id: fact.customer_id,
            merchant_id: fact.merchant_id,
            restaurant_name: fact.restaurant_name,
            restaurant_phone: fact.restaurant_phone,
            contact: fact.contact,
            pick_up: fact.pick_up,
            deliver_to: fact.deliver_to,
            distance_m: fact.distance_m,
            tip: fact.tip,
            progress,
            state: State::Searching,
            made_at: now,
            search_until: now.plus_seconds(rules.search_s),
            look_again_at: now.plus_seconds(SOON_S),
            offer: None,
            asked: Vec::new(),
            unassigned: None,
            courier: None,
            to_pick_up_m: None,
            earning: None,
            assigned_at: None,
            picked_up_at: None,
            ended_at: None,
            reason: None,
            proof: None,
        }
    }

    pub const fn order_id(&self) -> OrderId {
        self.id.order()
    }

    /// When the search ends without a courier: once it took its time and the food is ready.
    pub fn gives_up_at(&self) -> Timestamp {
        self.progress.ready_by.map_or(self.search_until, |ready_by| ready_by.max(self.search_until))
    }

    /// When a sweep goes on with it. From assignment on it is the order's deadlines that end it.
    pub fn due(&self) -> Option<Timestamp> {
        match self.state {
            State::Searching => Some(self.look_again_at.min(self.gives_up_at())),
            State::Offered => self.offer.map(|offer| offer.expires_at.min(self.gives_up_at())),
            State::Assigned | State::PickedUp | State::Delivered | State::Failed | State::Cancelled => None,
        }
    }

    /// The courier who is asked or delivers, or who delivered it until it ended.
    pub fn party(&self) -> Option<UserId> {
        self.courier.as_ref().map(|courier| courier.id).or(self.offer.map(|offer| offer.courier_id))
    }

    /// Whether this user delivers it, or did.
    pub fn is_brought_by(&self, user: UserId) -> bool {
        self.courier.as_ref().is_some_and(|courier| courier.id == user)
    }

    /// Whether this user holds an offer of it that is open at that time.
    pub fn is_open_to(&self, user: UserId, now: Timestamp) -> bool {
        self.offer.is_some_and(|offer| offer.courier_id == user && offer.is_open(now))
    }

    /// Whether the courier, in this time online of theirs, is not asked (again).
    pub fn passes_over(&self, courier: &Courier) -> bool {
        self.asked.iter().any(|asked| asked.courier_id == courier.id && asked.rules_out(courier.session))
    }

    /// What this user may do with it at that time: what will not be refused.
    pub fn allowed_actions(&self, user: UserId, now: Timestamp) -> &'static [Action] {
        if self.is_open_to(user, now) {
            return &[Action::Accept, Action::Decline];
        }
        match self.state {
            State::Assigned if self.is_brought_by(user) && self.progress.status.lets_pick_up() => &[Action::PickUp],
            State::PickedUp if self.is_brought_by(user) => &[Action::Complete],
            State::Searching
            | State::Offered
            | State::Assigned
            | State::PickedUp
            | State::Delivered
            | State::Failed
            | State::Cancelled => &[],
        }
    }

    /// The order's status. A pick-up and a handover count at once, without an event of orders that says so.
    pub fn order_status(&self) -> OrderStatus {
        let known = self.progress.status;
        match self.state {
            State::PickedUp if known.lets_pick_up() => OrderStatus::PickedUp,
            State::Delivered if known.lets_pick_up() => OrderStatus::Delivered,
            State::Searching
            | State::Offered
            | State::Assigned
            | State::PickedUp
            | State::Delivered
            | State::Failed
            | State::Cancelled => known,
        }
    }
}

/// In so many seconds a search looks again for what it just missed: one whole second at least, as `now` is cut to its second.
pub(crate) const SOON_S: i64 = 2;

impl Policy for Delivery {
    type Purpose = Purpose;

    fn permits(&self, user: &User, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Show(now) => user.is_admin() || self.is_brought_by(user.id) || self.is_open_to(user.id, now),
            Purpose::Answer => self.asked.iter().any(|asked| asked.courier_id == user.id),
            Purpose::Export => {
                let is_party = user.is(self.customer_id) || user.is(self.merchant_id) || self.is_brought_by(user.id);
                is_party || user.is_admin()
            }
            Purpose::Track => user.is(self.customer_id) || self.is_brought_by(user.id) || user.is_admin(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Role;
    use testing::user;

    use super::*;
    use crate::sample::{courier, delivery, now, rules, someone};

    #[test]
    fn a_body_of_before_is_read() {
        let delivery = delivery(1);
        let mut body = serde_json::to_value(&delivery).unwrap();
        let mut progress = body["progress"].take();
        progress.as_object_mut().unwrap().remove("drop_off_overdue");
        let members = body.as_object_mut().unwrap();
        members.remove("progress");
        members.insert("heard".to_owned(), progress);
        assert_eq!(serde_json::from_value::<Delivery>(body).unwrap(), delivery);
    }

    #[test]
    fn a_body_of_before_couriers_could_lose_it_was_made_when_its_search_began() {
        let delivery = delivery(1);
        let mut body = serde_json::to_value(&delivery).unwrap();
        let members = body.as_object_mut().unwrap();
        let made_at = members.remove("made_at").unwrap();
        members.insert("search_started_at".to_owned(), made_at);
        members.remove("unassigned");
        assert_eq!(serde_json::from_value::<Delivery>(body).unwrap(), delivery);
    }

    #[test]
    fn only_its_courier_who_is_asked_and_administrators_see_it() {
        let now = now();
        let sees =
            |delivery: &Delivery, number, purpose| delivery.permits(&user(someone(number), Role::Courier), purpose);
        let open = delivery(1).offered(&courier(1), 700, now, &rules()).unwrap();
        let expiry = open.offer.unwrap().expires_at;
        assert!(sees(&open, 1, Purpose::Show(now)) && !sees(&open, 2, Purpose::Show(now)));
        assert!(!sees(&open, 1, Purpose::Show(expiry)) && sees(&open, 1, Purpose::Answer));
        let declined = open.turned_down(&courier(1), Action::Decline, now).unwrap();
        assert!(!sees(&declined, 1, Purpose::Show(now)) && sees(&declined, 1, Purpose::Answer));
        assert!(!sees(&declined, 2, Purpose::Answer));
        let admin = testing::a_user(Role::Admin);
        assert!(declined.permits(&admin, Purpose::Show(now)) && !declined.permits(&admin, Purpose::Answer));
    }
}
