//! The catalogue of events: every kind of fact that services publish.

use std::fmt;
use std::str::FromStr;

use crate::wire::travels_as_string;

/// A kind of thing that events are about; it has an id, a version and a service that publishes its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// An order; `orders` publishes.
    Order,
    /// A payment; `payments` publishes.
    Payment,
    /// A delivery; `deliveries` publishes.
    Delivery,
}

/// Makes the catalogue from a table: variant, thing, short name, what it says.
macro_rules! kinds {
    ($($kind:ident $thing:ident $short:literal $about:literal;)*) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = $about] $kind,)*
        }

        impl Kind {
            /// All of them, thing by thing, in the order of a life that goes well, then the others.
            pub const ALL: [Self; [$($short),*].len()] = [$(Self::$kind),*];

            /// The name inside Tiffin: `order.placed`.
            pub const fn short(self) -> &'static str {
                match self { $(Self::$kind => $short),* }
            }

            /// The `CloudEvents` type: `tiffin.order.placed.v1`.
            pub const fn event_type(self) -> &'static str {
                match self { $(Self::$kind => concat!("tiffin.", $short, ".v1")),* }
            }

            /// The kind of thing it happened to, whose id is the subject.
            pub const fn thing(self) -> Thing {
                match self { $(Self::$kind => Thing::$thing),* }
            }

            /// What it says, in a sentence.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$kind => $about),* }
            }
        }
    };
}

kinds! {
    OrderPlaced Order "order.placed" "A customer placed an order; it waits for its payment.";
    OrderPaid Order "order.paid" "The payment was authorised; the order waits for the restaurant.";
    OrderPaymentFailed Order "order.payment_failed" "The payment was refused or did not come in time; the order ended.";
    OrderAccepted Order "order.accepted" "The restaurant took the order on.";
    OrderRejected Order "order.rejected" "The restaurant refused the order or did not answer; the order ended.";
    OrderReady Order "order.ready" "The food is ready to be picked up.";
    OrderPickedUp Order "order.picked_up" "The courier has the food.";
    OrderDelivered Order "order.delivered" "The customer has the food; the order ended.";
    OrderCancelled Order "order.cancelled" "The order was called off before its pick-up; it ended.";
    OrderUndeliverable Order "order.undeliverable" "The food was picked up but not delivered; the order ended.";
    PaymentAuthorized Payment "payment.authorized" "The provider holds the money for us.";
    PaymentCaptured Payment "payment.captured" "The money held was taken.";
    PaymentVoided Payment "payment.voided" "The money held was let go.";
    PaymentRefunded Payment "payment.refunded" "Money taken was given back.";
    PaymentFailed Payment "payment.failed" "An operation was refused by the provider; `operation` says which.";
    DeliveryOffered Delivery "delivery.offered" "A courier was asked to deliver.";
    DeliveryAssigned Delivery "delivery.assigned" "A courier will deliver.";
    DeliveryPickedUp Delivery "delivery.picked_up" "The courier picked the food up.";
    DeliveryCompleted Delivery "delivery.completed" "The courier handed the food over.";
    DeliveryFailed Delivery "delivery.failed" "The delivery ended without a handover; `reason` says why.";
}

impl Kind {
    /// The `CloudEvents` source: the service that publishes it, `/tiffin/orders`.
    pub const fn source(self) -> &'static str {
        match self.thing() {
            Thing::Order => "/tiffin/orders",
            Thing::Payment => "/tiffin/payments",
            Thing::Delivery => "/tiffin/deliveries",
        }
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

/// A `CloudEvents` type that is not in the catalogue, as it came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown event type `{0}`")]
pub struct UnknownKind(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_agree() {
        for kind in Kind::ALL {
            assert_eq!(kind.event_type(), format!("tiffin.{}.v1", kind.short()));
            assert_eq!(kind.event_type().parse(), Ok(kind));
            let thing = format!("{:?}.", kind.thing()).to_lowercase();
            assert!(kind.short().starts_with(&thing), "{kind}");
        }
    }
}
