//! The catalogue of events: every kind of fact that services publish, by what it is about.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::wire::travels_as_string;

/// Makes the catalogue: of each thing, who publishes about it, and what may happen to it.
macro_rules! kinds {
    ($(
        $thing:ident($kinds:ident) by $service:literal, $of:literal { $($kind:ident $short:literal $about:literal;)* }
    )*) => {
        $(
            #[doc = $of]
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum $kinds {
                $(#[doc = $about] $kind,)*
            }

            impl $kinds {
                /// All of them, in the order of a life that goes well, then the others.
                pub const ALL: [Self; [$($short),*].len()] = [$(Self::$kind),*];

                /// The name inside Tiffin: `order.placed`.
                pub const fn short(self) -> &'static str {
                    match self { $(Self::$kind => $short),* }
                }
            }

            impl From<$kinds> for Kind {
                fn from(kind: $kinds) -> Self {
                    Self::$thing(kind)
                }
            }

            impl PartialEq<$kinds> for Kind {
                fn eq(&self, other: &$kinds) -> bool {
                    *self == Self::$thing(*other)
                }
            }

            impl fmt::Display for $kinds {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    Kind::$thing(*self).fmt(f)
                }
            }
        )*

        /// What happened, by the kind of thing it happened to, whose id is the subject.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = $of] $thing($kinds),)*
        }

        impl Kind {
            /// All of them, thing by thing.
            pub const ALL: [Self; [$($($short),*),*].len()] = [$($(Self::$thing($kinds::$kind)),*),*];

            /// The name inside Tiffin: `order.placed`.
            pub const fn short(self) -> &'static str {
                match self { $(Self::$thing(kind) => kind.short()),* }
            }

            /// The `CloudEvents` type: `tiffin.order.placed.v1`.
            pub const fn event_type(self) -> &'static str {
                match self { $($(Self::$thing($kinds::$kind) => concat!("tiffin.", $short, ".v1")),*),* }
            }

            /// What it says, in a sentence.
            pub const fn about(self) -> &'static str {
                match self { $($(Self::$thing($kinds::$kind) => $about),*),* }
            }

            /// The name of the service that publishes it.
            pub const fn service(self) -> &'static str {
                match self { $(Self::$thing(_) => $service),* }
            }

            /// The `CloudEvents` source: `/tiffin/orders`.
            pub const fn source(self) -> &'static str {
                match self { $(Self::$thing(_) => concat!("/tiffin/", $service)),* }
            }
        }
    };
}

kinds! {
    User(UserKind) by "users", "What happened to an account." {
        Updated "user.updated" "Somebody's name changed, or whether they may act.";
        Deleted "user.deleted" "An account is gone; whoever holds personal data of it erases that.";
    }
    Order(OrderKind) by "orders", "What happened to an order." {
        Placed "order.placed" "A customer placed an order; it waits for its payment.";
        Paid "order.paid" "The payment was authorised; the order waits for the restaurant.";
        PaymentFailed "order.payment_failed" "The payment was refused or did not come in time; the order ended.";
        Accepted "order.accepted" "The restaurant took the order on.";
        Rejected "order.rejected" "The restaurant refused the order or did not answer; the order ended.";
        Ready "order.ready" "The food is ready to be picked up.";
        PickedUp "order.picked_up" "The courier has the food.";
        Delivered "order.delivered" "The customer has the food; the order ended.";
        Cancelled "order.cancelled" "The order was called off before its pick-up; it ended.";
        Undeliverable "order.undeliverable" "The food was picked up but not delivered; the order ended.";
    }
    Payment(PaymentKind) by "payments", "What happened to a payment." {
        Authorized "payment.authorized" "The provider holds the money for us.";
        Captured "payment.captured" "The money held was taken.";
        Voided "payment.voided" "The money held was let go.";
        Refunded "payment.refunded" "Money taken was given back.";
        Failed "payment.failed" "An operation was refused by the provider; `operation` says which.";
    }
    Delivery(DeliveryKind) by "deliveries", "What happened to a delivery." {
        Offered "delivery.offered" "A courier was asked to deliver.";
        Assigned "delivery.assigned" "A courier will deliver.";
        Unassigned "delivery.unassigned" "The courier does not deliver after all; another is looked for.";
        PickedUp "delivery.picked_up" "The courier picked the food up.";
        Completed "delivery.completed" "The courier handed the food over.";
        Failed "delivery.failed" "The delivery ended without a handover; `reason` says why.";
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.event_type())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    /// Reads the `CloudEvents` type.
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let found = Self::ALL.into_iter().find(|kind| kind.event_type() == text);
        found.ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

travels_as_string!(Kind, "enum": Kind::ALL.map(Kind::event_type));

/// A `CloudEvents` type that is not in the catalogue, as it came: a newer version's, perhaps. Whoever is brought such an event
/// has it put among the dead letters, from where it can be replayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown-kind: this version knows no event type `{0}`")]
pub struct UnknownKind(pub String);

/// A kind of event as it is kept with what it is about: one that only a newer version knows can be read all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KindName(String);

impl KindName {
    /// The kind, where this version knows it.
    pub fn known(&self) -> Option<Kind> {
        self.0.parse().ok()
    }

    /// The name inside Tiffin: `order.placed`.
    pub fn short(&self) -> &str {
        let name = self.0.strip_prefix("tiffin.").unwrap_or(&self.0);
        name.rsplit_once('.').map_or(name, |(name, _version)| name)
    }
}

impl<K: Into<Kind>> From<K> for KindName {
    fn from(kind: K) -> Self {
        Self(kind.into().event_type().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_agree() {
        for kind in Kind::ALL {
            assert_eq!(kind.event_type(), format!("tiffin.{}.v1", kind.short()));
            assert_eq!(kind.event_type().parse(), Ok(kind));
            assert_eq!(KindName::from(kind).short(), kind.short());
            assert_eq!(KindName::from(kind).known(), Some(kind));
            assert_eq!(kind.source(), format!("/tiffin/{}", kind.service()));
        }
        let newer: KindName = serde_json::from_str(r#""tiffin.order.eaten.v2""#).unwrap();
        assert_eq!(newer.known(), None);
        assert_eq!(newer.short(), "order.eaten");
        assert!(UserKind::ALL.iter().all(|kind| kind.short().starts_with("user.")));
        assert!(OrderKind::ALL.iter().all(|kind| kind.short().starts_with("order.")));
        assert!(PaymentKind::ALL.iter().all(|kind| kind.short().starts_with("payment.")));
        assert!(DeliveryKind::ALL.iter().all(|kind| kind.short().starts_with("delivery.")));
    }
}
