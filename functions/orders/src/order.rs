//! An order: what was bought, where it goes, how far it is, and until when that may last.

use app::{Policy, User};
use domain::{
    Actor, Contact, CourierCard, EtaMinutes, Money, OrderFact, OrderId, PaymentMethod, Price, QuoteClaims,
    RestaurantCard, RestaurantId, Role, Stop, Text, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

use crate::{Action, IllegalTransition, Rules, Status};

/// An order, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The order; it has its quote's UUID.
    pub id: OrderId,
    /// Eight characters for people.
    pub number: String,
    pub customer_id: UserId,
    /// Whose restaurant it is.
    pub merchant_id: UserId,
    pub restaurant_id: RestaurantId,
    /// Its name, phone and picture, as they were when it was quoted.
    pub restaurant: RestaurantCard,
    /// Whom the courier asks for.
    pub contact: Contact,
    /// What was bought, and for how much.
    pub price: Price,
    /// The payment provider's token.
    pub payment_method: PaymentMethod,
    /// What was given back, by the payment's latest fact.
    pub refunded: Money,
    /// Where it is picked up.
    pub pick_up: Stop,
    /// Where it is brought.
    pub deliver_to: Stop,
    /// From pick-up to drop-off, in metres.
    pub distance_m: u32,
    /// When it would be there, as it was quoted.
    pub eta_minutes: EtaMinutes,
    /// For the kitchen.
    pub notes: Option<Text>,
    /// How many minutes the kitchen usually takes, as it was quoted.
    pub prep_minutes: u32,
    /// How many minutes it takes this time, as given at acceptance.
    pub accepted_prep_minutes: Option<u32>,
    pub status: Status,
    /// Why it ended, unless it was delivered: a person's words, or one of the system's.
    pub reason: Option<String>,
    pub placed_at: Timestamp,
    /// When the money was held.
    pub paid_at: Option<Timestamp>,
    pub accepted_at: Option<Timestamp>,
    /// When it is to be ready.
    pub ready_by: Option<Timestamp>,
    /// When the restaurant said that it was.
    pub ready_at: Option<Timestamp>,
    /// Who brings it.
    pub courier: Option<CourierCard>,
    /// Since when the courier is assigned.
    pub assigned_at: Option<Timestamp>,
    /// When the last courier was lost who was assigned; another is looked for from then on.
    #[serde(default)]
    pub unassigned_at: Option<Timestamp>,
    pub picked_up_at: Option<Timestamp>,
    /// When it came to a final status.
    pub ended_at: Option<Timestamp>,
    /// Until when the present status may last.
    pub deadline: Option<Timestamp>,
    /// The highest sequence handled of its payment's events; those up to it are ignored.
    pub payment_sequence: u64,
    /// The highest sequence handled of its delivery's events; those up to it are ignored.
    pub delivery_sequence: u64,
}

/// How many characters a number has.
const NUMBER_LENGTH: usize = 8;

/// What the customer adds to a quote.
#[derive(Clone, Debug)]
pub struct Placing {
    /// The payment provider's token.
    pub payment_method: PaymentMethod,
    /// For the kitchen.
    pub notes: Option<Text>,
    /// Whom the courier asks for.
    pub contact: Contact,
}

impl Order {
    /// The order that a quote becomes.
    pub fn placed(quote: QuoteClaims, placing: Placing, now: Timestamp, rules: &Rules) -> Self {
        let id = OrderId::of(quote.jti);
        let mut order = Self {
            id,
            number: number(id),
            customer_id: quote.sub,
            merchant_id: quote.merchant_id,
            restaurant_id: quote.restaurant_id,
            restaurant: quote.restaurant,
            contact: placing.contact,
            refunded: Money::zero(quote.price.currency()),
            price: quote.price,
            payment_method: placing.payment_method,
            pick_up: quote.pick_up,
            deliver_to: quote.deliver_to,
            distance_m: quote.distance_m,
            eta_minutes: quote.eta_minutes,
            notes: placing.notes,
            prep_minutes: quote.prep_minutes,
            accepted_prep_minutes: None,
            status: Status::Placed,
            reason: None,
            placed_at: now,
            paid_at: None,
            accepted_at: None,
            ready_by: None,
            ready_at: None,
            courier: None,
            assigned_at: None,
            unassigned_at: None,
            picked_up_at: None,
            ended_at: None,
            deadline: None,
            payment_sequence: 0,
            delivery_sequence: 0,
        };
        order.deadline = order.due(rules);
        order
    }

    /// Moves on by an action, and records when.
    pub fn act(
        &mut self,
        action: Action,
        reason: Option<String>,
        at: Timestamp,
        rules: &Rules,
    ) -> Result<(), IllegalTransition> {
        self.status = self.status.after(action)?;
        match self.status {
            Status::Placed => {}
            Status::Paid => self.paid_at = Some(at),
            Status::Accepted => {
                self.accepted_at = Some(at);
                self.ready_by = Some(at.plus_minutes(i64::from(self.cooks_minutes())));
            }
            Status::Ready => self.ready_at = Some(at),
            Status::PickedUp => self.picked_up_at = Some(at),
            Status::Delivered => self.ended_at = Some(at),
            Status::PaymentFailed | Status::Rejected | Status::Cancelled | Status::Undeliverable => {
                self.ended_at = Some(at);
                self.reason = reason;
            }
        }
        self.deadline = self.due(rules);
        Ok(())
    }

    /// Records who brings it and since when; the deadline follows.
    pub fn assign(&mut self, courier: CourierCard, at: Timestamp, rules: &Rules) {
        self.courier = Some(courier);
        self.assigned_at = Some(at);
        self.deadline = self.due(rules);
    }

    /// Records that nobody brings it any more; another courier is looked for, and the deadline follows.
    pub fn unassign(&mut self, at: Timestamp, rules: &Rules) {
        self.courier = None;
        self.assigned_at = None;
        self.unassigned_at = Some(at);
        self.deadline = self.due(rules);
    }

    /// How many minutes the kitchen takes: its usual time, until it named another.
    fn cooks_minutes(&self) -> u32 {
        self.accepted_prep_minutes.unwrap_or(self.prep_minutes)
    }

    /// By when it was promised: as it was quoted, and later by what the kitchen takes longer than it usually does.
    pub fn promised_at(&self) -> Timestamp {
        let longer = self.cooks_minutes().saturating_sub(self.prep_minutes);
        self.placed_at.plus_minutes(i64::from(self.eta_minutes.max) + i64::from(longer))
    }

    /// Until when the present status may last; a final one lasts for ever.
    fn due(&self, rules: &Rules) -> Option<Timestamp> {
        let ready_by = self.ready_by.unwrap_or(self.placed_at);
        match self.status {
            Status::Placed => Some(self.placed_at.plus_seconds(rules.payment_s)),
            Status::Paid => Some(self.paid_at?.plus_seconds(rules.answer_s)),
            Status::Accepted | Status::Ready => Some(match self.assigned_at {
                None => self.unassigned_at.or(self.paid_at)?.plus_seconds(rules.courier_s).max(ready_by),
                Some(assigned_at) => assigned_at.max(ready_by).plus_seconds(rules.pick_up_s),
            }),
            Status::PickedUp => Some(self.picked_up_at?.plus_seconds(rules.drop_off_s)),
            Status::Delivered
            | Status::PaymentFailed
            | Status::Rejected
            | Status::Cancelled
            | Status::Undeliverable => None,
        }
    }

    /// What a passed deadline means, and the reason it gives; nothing where none has passed.
    pub fn overdue(&self, now: Timestamp) -> Option<(Action, &'static str)> {
        self.deadline.filter(|deadline| *deadline <= now)?;
        match (self.status, self.courier.is_some()) {
            (Status::Placed, _) => Some((Action::FailPayment, "payment_timeout")),
            (Status::Paid, _) => Some((Action::Reject, "restaurant_silent")),
            (Status::Accepted | Status::Ready, false) => Some((Action::Cancel, "no_courier")),
            (Status::Accepted | Status::Ready, true) => Some((Action::Cancel, "pick_up_overdue")),
            (Status::PickedUp, _) => Some((Action::FailDelivery, "drop_off_overdue")),
            (
                Status::Delivered
                | Status::PaymentFailed
                | Status::Rejected
                | Status::Cancelled
                | Status::Undeliverable,
                _,
            ) => None,
        }
    }

    /// Who has it on their list: the courier assigned, until the order's end.
    pub fn carried_by(&self) -> Option<UserId> {
        self.courier.as_ref().filter(|_| !self.status.is_final()).map(|courier| courier.id)
    }

    /// What is published of it; the means of payment only with `order.placed`.
    pub fn fact(&self, by: Actor) -> OrderFact {
        OrderFact {
            order_id: self.id,
            number: self.number.clone(),
            customer_id: self.customer_id,
            merchant_id: self.merchant_id,
            restaurant_id: self.restaurant_id,
            restaurant_name: self.restaurant.name.clone(),
            restaurant_phone: self.restaurant.phone.clone(),
            contact: self.contact.clone(),
            pick_up: self.pick_up.clone(),
            deliver_to: self.deliver_to.clone(),
            distance_m: self.distance_m,
            total: self.price.total,
            tip: self.price.tip,
            payment_method: (self.status == Status::Placed).then(|| self.payment_method.clone()),
            placed_at: self.placed_at,
            paid_at: self.paid_at,
            accepted_at: self.accepted_at,
            ready_by: self.ready_by,
            ready_at: self.ready_at,
            picked_up_at: self.picked_up_at,
            ended_at: self.ended_at,
            courier_id: self.courier.as_ref().map(|courier| courier.id),
            reason: self.reason.clone(),
            prep_minutes: self.cooks_minutes(),
            by,
        }
    }

    /// What this caller may do now, as the last segments of routes.
    pub fn allowed_actions(&self, role: Role) -> Vec<&'static str> {
        let allowed = Action::ALL.into_iter().filter(|action| action.is_for(role, self.status));
        allowed.map(Action::word).collect()
    }

    /// Refuses what is not for this role now.
    pub fn allow(&self, action: Action, role: Role) -> Result<(), IllegalTransition> {
        let refused = IllegalTransition { from: self.status, action };
        if action.is_for(role, self.status) { Ok(()) } else { Err(refused) }
    }
}

impl Policy for Order {
    type Purpose = ();

    /// Its customer's; its merchant's once it was paid; its courier's from assignment until its end; administrators'.
    fn permits(&self, user: &User, (): ()) -> bool {
        user.is_admin()
            || user.is(self.customer_id)
            || (user.is(self.merchant_id) && self.paid_at.is_some())
            || self.carried_by() == Some(user.id)
    }
}

/// The last eight characters of the order's id, from the random end of its UUID, in capitals (Crockford's base 32).
fn number(id: OrderId) -> String {
    let id = id.to_string();
    id[id.len() - NUMBER_LENGTH..].to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_number_is_eight_characters_for_people() {
        let order = sample::order();
        assert_eq!(order.number.len(), 8);
        assert!(
            order.number.chars().all(|one| one.is_ascii_digit() || (one.is_ascii_uppercase() && !"ILOU".contains(one)))
        );
    }

    #[test]
    fn deadlines_follow_the_contract() {
        let mut order = sample::order();
        let rules = sample::RULES;
        let at = order.placed_at;
        let left = |order: &Order| order.deadline.map(|deadline| at.seconds_until(deadline));
        assert_eq!(left(&order), Some(120));
        order.act(Action::Authorize, None, at.plus_seconds(10), &rules).unwrap();
        assert_eq!(left(&order), Some(310));
        order.accepted_prep_minutes = Some(30);
        order.act(Action::Accept, None, at.plus_seconds(20), &rules).unwrap();
        assert_eq!(left(&order), Some(1820), "ready_by is later than the search's end");
        order.assign(sample::courier(), at.plus_seconds(30), &rules);
        assert_eq!(left(&order), Some(1820 + 3600));
        order.act(Action::PickUp, None, at.plus_seconds(40), &rules).unwrap();
        assert_eq!(left(&order), Some(40 + 5400));
        order.act(Action::Deliver, None, at.plus_seconds(50), &rules).unwrap();
        assert_eq!(left(&order), None);
        assert_eq!(order.ended_at, Some(at.plus_seconds(50)));
    }

    #[test]
    fn a_courier_who_is_lost_leaves_as_much_time_for_the_next() {
        let mut order = sample::order();
        let rules = sample::RULES;
        let at = order.placed_at;
        for action in [Action::Authorize, Action::Accept] {
            order.act(action, None, at, &rules).unwrap();
        }
        order.assign(sample::courier(), at.plus_seconds(30), &rules);
        order.unassign(at.plus_seconds(400), &rules);
        assert_eq!(order.deadline, Some(at.plus_seconds(400 + 1200)));
        assert_eq!(order.carried_by(), None);
        assert_eq!(order.fact(Actor::SYSTEM).courier_id, None);
        let overdue = order.overdue(at.plus_seconds(400 + 1200));
        assert_eq!(overdue, Some((Action::Cancel, "no_courier")));
        order.ready_by = Some(at.plus_minutes(90));
        order.unassign(at.plus_seconds(500), &rules);
        assert_eq!(order.deadline, order.ready_by, "ready_by is later than the search's end");
    }

    #[test]
    fn a_promise_moves_by_the_kitchens_extra_time_and_never_earlier() {
        let order = sample::order();
        let usual = order.prep_minutes;
        let quoted = i64::from(order.eta_minutes.max);
        for (given, moved) in [(None, 0), (Some(usual), 0), (Some(usual + 45), 45), (Some(1), 0)] {
            let order = Order { accepted_prep_minutes: given, ..order.clone() };
            assert_eq!(order.promised_at(), order.placed_at.plus_minutes(quoted + moved), "{given:?}");
        }
    }

    #[test]
    fn a_deadline_means_something_from_its_second_on() {
        let order = sample::order();
        let deadline = order.deadline.unwrap();
        assert_eq!(order.overdue(deadline.plus_seconds(-1)), None);
        assert_eq!(order.overdue(deadline), Some((Action::FailPayment, "payment_timeout")));
    }
}
