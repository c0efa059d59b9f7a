//! Ids: `TypeID`s, a kind's prefix and a `UUIDv7`, one Rust type per kind (format: `TypeID` specification 0.3).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use crate::wire::travels_as_string;

/// Makes one id type of each line.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// The id of this kind with that UUID.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID without the kind.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// A new id: `UUIDv7` (RFC 9562) of the millisecond of `now` and 74 of the 80 random bits.
            pub fn generate(now: jiff::Timestamp, random: [u8; 10]) -> Self {
                Self(version_7(now, &random))
            }

            /// The id of what is made of the event `from` for `purpose`: the same however often the event is delivered.
            ///
            /// `time` gives the milliseconds (take the event's own time), SHA-256 of `from/purpose` the random bits.
            pub fn derived(time: jiff::Timestamp, from: &EventId, purpose: &str) -> Self {
                let digest = Sha256::digest(format!("{from}/{purpose}"));
                Self(version_7(time, &std::array::from_fn(|index| digest[index])))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let invalid = InvalidId { prefix: $prefix };
                let tail = text.strip_prefix(concat!($prefix, "_")).ok_or(invalid)?;
                decode(tail).map(Self).ok_or(invalid)
            }
        }

        travels_as_string!($name, "pattern": concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$"));
    )*};
}

ids! {
    /// Somebody with an account, in whichever role.
    UserId "usr";
    /// A saved address of a user.
    AddressId "adr";
    /// A restaurant.
    RestaurantId "rst";
    /// A dish on a menu.
    ItemId "itm";
    /// A group of options of a dish.
    OptionGroupId "opg";
    /// One option of a group.
    OptionId "opt";
    /// A priced basket.
    QuoteId "qot";
    /// An order; it has the UUID of its quote.
    OrderId "ord";
    /// The payment of an order; it has the order's UUID.
    PaymentId "pay";
    /// Money given back of a payment.
    RefundId "rfd";
    /// The delivery of an order; it has the order's UUID.
    DeliveryId "dlv";
    /// A notice to somebody.
    NotificationId "ntf";
    /// A published event.
    EventId "evt";
}

impl UserId {
    /// Everybody whose id stands in a text.
    pub fn named_in(text: &str) -> BTreeSet<Self> {
        let length = Self::PREFIX.len() + 1 + LENGTH as usize;
        let ids = text.match_indices("usr_").filter_map(|(start, _)| text.get(start..start + length));
        ids.filter_map(|id| id.parse().ok()).collect()
    }
}

impl OrderId {
    /// The order of that quote: one per quote, by construction.
    pub const fn of(quote: QuoteId) -> Self {
        Self(quote.0)
    }
}

impl PaymentId {
    /// The payment of that order.
    pub const fn of(order: OrderId) -> Self {
        Self(order.0)
    }

    /// The order that is paid for.
    pub const fn order(self) -> OrderId {
        OrderId(self.0)
    }
}

impl DeliveryId {
    /// The delivery of that order.
    pub const fn of(order: OrderId) -> Self {
        Self(order.0)
    }

    /// The order that is delivered.
    pub const fn order(self) -> OrderId {
        OrderId(self.0)
    }
}

/// A text that isn't an id of the kind wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an id: `{prefix}_` and 26 characters of lower-case base 32")]
pub struct InvalidId {
    /// The prefix of the kind wanted.
    pub prefix: &'static str,
}

/// Crockford's alphabet, in lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 26 × 5 bits hold 128, with two to spare.
const LENGTH: u32 = 26;

fn version_7(time: jiff::Timestamp, random: &[u8; 10]) -> Uuid {
    let millisecond = u64::try_from(time.as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millisecond, random).into_uuid()
}

fn encode(uuid: Uuid) -> String {
    let digit = |place: u32| ALPHABET[(uuid.as_u128() >> (5 * place) & 31) as usize];
    (0..LENGTH).rev().map(|place| char::from(digit(place))).collect()
}

fn decode(text: &str) -> Option<Uuid> {
    // A first character over 7 would need more than 128 bits.
    let fits = text.len() == LENGTH as usize && text.as_bytes()[0] <= b'7';
    let digit = |byte: u8| ALPHABET.iter().position(|letter| *letter == byte);
    let number = text.bytes().try_fold(0_u128, |number, byte| Some(number << 5 | digit(byte)? as u128))?;
    fits.then(|| Uuid::from_u128(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: jiff::Timestamp = jiff::Timestamp::constant(1_795_435_200, 123_000_000);

    #[test]
    fn base_32_agrees_with_the_specification() {
        for (text, uuid) in [
            ("00000000000000000000000000", "00000000-0000-0000-0000-000000000000"),
            ("00000000000000000000000001", "00000000-0000-0000-0000-000000000001"),
            ("0000000000000000000000000g", "00000000-0000-0000-0000-000000000010"),
            ("7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
            ("01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ] {
            let uuid: Uuid = uuid.parse().unwrap();
            assert_eq!(encode(uuid), text);
            assert_eq!(decode(text), Some(uuid));
        }
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for text in [
            "",
            "ord",
            "ord_",
            "usr_01h455vb4pex5vsknk084sn02q",
            "ORD_01h455vb4pex5vsknk084sn02q",
            "ord_01H455VB4PEX5VSKNK084SN02Q",
            "ord_81h455vb4pex5vsknk084sn02q",
            "ord_01h455vb4pex5vsknk084sn02",
            "ord_01h455vb4pex5vsknk084sn02qq",
            "ord_01h455vb4pex5vsknk084sn0é",
            "ord_01h455vb4pex5vsknk084sn02i",
            "ord01h455vb4pex5vsknk084sn02q",
        ] {
            assert_eq!(text.parse::<OrderId>(), Err(InvalidId { prefix: "ord" }), "{text}");
        }
    }

    #[test]
    fn an_event_makes_the_same_id_again_and_another_for_another_purpose() {
        let event = EventId::generate(NOW, [7; 10]);
        let id = NotificationId::derived(NOW, &event, "customer");
        assert_eq!(NotificationId::derived(NOW, &event, "customer"), id);
        assert_ne!(NotificationId::derived(NOW, &event, "merchant"), id);
        assert_eq!(id.uuid().get_version_num(), 7);
        assert_eq!(id.uuid().get_variant(), uuid::Variant::RFC4122);
    }

    #[test]
    fn an_order_its_quote_payment_and_delivery_share_a_uuid() {
        let quote = QuoteId::generate(NOW, [9; 10]);
        let order = OrderId::of(quote);
        assert_eq!(order.uuid(), quote.uuid());
        assert_eq!(PaymentId::of(order).order(), order);
        assert_eq!(DeliveryId::of(order).order(), order);
    }

    proptest! {
        #[test]
        fn an_id_survives_text_and_json(bits: u128) {
            let id = OrderId::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(serde_json::from_str::<OrderId>(&json).unwrap(), id);
        }

        #[test]
        fn later_ids_sort_later_as_text(ms in 1_u32.., random: [u8; 10], other: [u8; 10]) {
            let later = NOW + jiff::SignedDuration::from_millis(i64::from(ms));
            let first = OrderId::generate(NOW, random);
            let second = OrderId::generate(later, other);
            prop_assert!(first < second);
            prop_assert!(first.to_string() < second.to_string());
        }
    }

    #[test]
    fn everybody_named_in_a_text_is_found() {
        let text = r#"{"to":"usr_01h455vb4pex5vsknk084sn02q","by":"usr_01h455vb4pex5vsknk084sn03q","no":"usr_short"}"#;
        let named: Vec<String> = UserId::named_in(text).iter().map(ToString::to_string).collect();
        assert_eq!(named, ["usr_01h455vb4pex5vsknk084sn02q", "usr_01h455vb4pex5vsknk084sn03q"]);
        assert!(UserId::named_in("usr_ășț and usr_").is_empty());
    }
}
