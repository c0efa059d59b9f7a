//! What is left of a person's data where something has to stay.

use std::str::FromStr;

use crate::{Address, Contact, CourierCard, Kind, Stop};

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
}
