//! What is left of a person's data where something has to stay.

use std::str::FromStr;

use crate::{
    Actor, Address, AnyFact, Contact, CourierCard, DeliveryFact, Event, Kind, OrderFact, Stop, UserFact, UserId,
};

/// Stands where a person's text stood.
pub const REDACTED: &str = "redacted";

/// Why the system ends orders and deliveries; any other reason that is no event's name is in a person's words.
const SYSTEMS_REASONS: [&str; 8] = [
    "payment_declined",
    "payment_timeout",
    "restaurant_silent",
    "no_courier",
    "pick_up_overdue",
    "drop_off_overdue",
    "capture_refused",
    "order_ended",
];

/// How many decimals of a person's place are left: the town, not the house.
const PLACE_DECIMALS: u32 = 1;

/// A text without what it said.
///
/// # Panics
/// If a text of this type may not be [`REDACTED`].
pub fn redacted<T: FromStr>() -> T {
    REDACTED.parse().unwrap_or_else(|_| panic!("a redacted text is a text"))
}

/// Takes a person's words out of a reason; the system's own stay.
pub fn redact_reason(reason: &mut String) {
    let mut systems = SYSTEMS_REASONS.into_iter().chain(Kind::ALL.map(Kind::short));
    if !systems.any(|word| word == reason) {
        REDACTED.clone_into(reason);
    }
}

impl Contact {
    /// Nobody in particular.
    pub const NOBODY: Self = Self { name: None, phone: None };
}

impl Stop {
    /// The town alone.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let Address { street: _, city, postcode: _, country } = self.address.clone();
        Self {
            place: self.place.rounded(PLACE_DECIMALS),
            address: Address { street: redacted(), city, postcode: None, country },
            notes: None,
        }
    }
}

impl OrderFact {
    /// The fact without a person's data.
    #[must_use]
    pub fn redacted(mut self, user: UserId) -> Self {
        if self.customer_id == user {
            self.contact = Contact::NOBODY;
            self.deliver_to = self.deliver_to.redacted();
            self.payment_method = self.payment_method.map(|_| redacted());
            self.reason.iter_mut().for_each(redact_reason);
        }
        Self { by: self.by.redacted(user), ..self }
    }
}

impl DeliveryFact {
    /// The fact without a person's data.
    #[must_use]
    pub fn redacted(self, user: UserId) -> Self {
        let courier = self.courier.map(|courier| if courier.id == user { courier.redacted() } else { courier });
        Self { courier, by: self.by.redacted(user), ..self }
    }
}

impl UserFact {
    /// The fact without a person's data.
    #[must_use]
    pub fn redacted(self, user: UserId) -> Self {
        let name = self.name.filter(|_| self.user_id != user);
        Self { name, by: self.by.redacted(user), ..self }
    }
}

impl Actor {
    /// Somebody in that role, where it was this user.
    fn redacted(self, user: UserId) -> Self {
        Self { id: self.id.filter(|id| *id != user), ..self }
    }
}

impl Event {
    /// The event without a person's data, to be kept until it is delivered; nothing where this version can't read it.
    pub fn redacted(&self, user: UserId) -> Option<Self> {
        let data = match self.typed::<AnyFact>().ok()?.data {
            AnyFact::User(_, fact) => serde_json::to_value(fact.redacted(user)),
            AnyFact::Order(_, fact) => serde_json::to_value(fact.redacted(user)),
            // It names nobody but by their ids.
            AnyFact::Payment(_, fact) => serde_json::to_value(fact),
            AnyFact::Delivery(_, fact) => serde_json::to_value(fact.redacted(user)),
        };
        Some(Self { data: data.ok()?, ..self.clone() })
    }
}

impl CourierCard {
    /// A courier without a name.
    #[must_use]
    pub fn redacted(&self) -> Self {
        Self { name: redacted(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Name, PaymentMethod, Street};

    #[test]
    fn a_reason_in_a_persons_words_is_redacted_and_the_systems_own_stays() {
        for (reason, left) in
            [("no_courier", "no_courier"), ("order.cancelled", "order.cancelled"), ("Ana moved away", REDACTED)]
        {
            let mut reason = reason.to_owned();
            redact_reason(&mut reason);
            assert_eq!(reason, left);
        }
    }

    #[test]
    fn every_text_that_has_to_stay_can_be_redacted() {
        assert_eq!(redacted::<Name>().as_str(), REDACTED);
        assert_eq!(redacted::<Street>().as_str(), REDACTED);
        assert_eq!(redacted::<PaymentMethod>().as_str(), REDACTED);
    }

    #[test]
    fn an_event_that_is_kept_says_nothing_of_a_person_who_is_gone() {
        let fixture = |text: &str| serde_json::from_str::<Event>(text).unwrap();
        for (event, words) in [
            (fixture(include_str!("../fixtures/order.1.json")), &["contact", "deliver_to"][..]),
            (fixture(include_str!("../fixtures/delivery.1.json")), &["courier"]),
            (fixture(include_str!("../fixtures/user.1.json")), &["name"]),
        ] {
            for user in UserId::named_in(&event.data.to_string()) {
                let left = event.redacted(user).unwrap();
                assert_eq!(left.redacted(user).as_ref(), Some(&left), "once is enough");
                let changed: Vec<&str> =
                    words.iter().copied().filter(|word| left.data[word] != event.data[word]).collect();
                let is_subject = event.data["customer_id"] == *user.to_string() && event.data["contact"].is_object()
                    || event.data["courier"]["id"] == *user.to_string()
                    || event.data["user_id"] == *user.to_string();
                assert_eq!(changed == words, is_subject, "{user}: {changed:?}");
            }
        }
        let mut unreadable = fixture(include_str!("../fixtures/order.1.json"));
        unreadable.data["total"] = "much".into();
        assert_eq!(unreadable.redacted(UserId::from_uuid(uuid::Uuid::nil())), None);
    }
}
