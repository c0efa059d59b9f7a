//! The state machine of an order, and who may do what in it.

use std::fmt;

use app::Problem;
use domain::{OrderKind, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OrderStatus", inline)]
pub enum Status {
    /// The customer placed it; the money is being asked for.
    Placed,
    /// The money is held; the restaurant is asked.
    Paid,
    /// The restaurant takes it on.
    Accepted,
    /// The food is ready.
    Ready,
    /// The courier has it.
    PickedUp,
    /// The customer has it.
    Delivered,
    /// There was no money.
    PaymentFailed,
    /// The restaurant does not take it on.
    Rejected,
    /// It was called off before it was picked up.
    Cancelled,
    /// It was picked up and did not arrive.
    Undeliverable,
}

/// What moves an order from one status to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The money is held.
    Authorize,
    /// The money is refused, or nobody said so in time.
    FailPayment,
    /// The restaurant takes it on.
    Accept,
    /// The restaurant does not, or says nothing in time.
    Reject,
    /// The food is ready.
    MarkReady,
    /// The courier takes it along.
    PickUp,
    /// The courier hands it over.
    Deliver,
    /// It can't be handed over.
    FailDelivery,
    /// Somebody calls it off.
    Cancel,
}

/// A status does not take an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an order that is {from} does not take the action {action}")]
pub struct IllegalTransition {
    pub from: Status,
    pub action: Action,
}

impl Status {
    pub const ALL: [Self; 10] = [
        Self::Placed,
        Self::Paid,
        Self::Accepted,
        Self::Ready,
        Self::PickedUp,
        Self::Delivered,
        Self::PaymentFailed,
        Self::Rejected,
        Self::Cancelled,
        Self::Undeliverable,
    ];

    /// The status after an action, or a refusal where the status does not take it.
    pub const fn after(self, action: Action) -> Result<Self, IllegalTransition> {
        use Action::{Accept, Authorize, Cancel, Deliver, FailDelivery, FailPayment, MarkReady, PickUp, Reject};
        match (self, action) {
            (Self::Placed, Authorize) => Ok(Self::Paid),
            (Self::Placed, FailPayment) => Ok(Self::PaymentFailed),
            (Self::Paid, Accept) => Ok(Self::Accepted),
            (Self::Paid, Reject) => Ok(Self::Rejected),
            (Self::Accepted, MarkReady) => Ok(Self::Ready),
            (Self::Accepted | Self::Ready, PickUp) => Ok(Self::PickedUp),
            (Self::PickedUp, Deliver) => Ok(Self::Delivered),
            (Self::PickedUp, FailDelivery | Cancel) => Ok(Self::Undeliverable),
            (Self::Placed | Self::Paid | Self::Accepted | Self::Ready, Cancel) => Ok(Self::Cancelled),
            (Self::Placed, Accept | Reject | MarkReady | PickUp | Deliver | FailDelivery)
            | (Self::Paid, Authorize | FailPayment | MarkReady | PickUp | Deliver | FailDelivery)
            | (Self::Accepted, Authorize | FailPayment | Accept | Reject | Deliver | FailDelivery)
            | (Self::Ready, Authorize | FailPayment | Accept | Reject | MarkReady | Deliver | FailDelivery)
            | (Self::PickedUp, Authorize | FailPayment | Accept | Reject | MarkReady | PickUp)
            | (
                Self::Delivered | Self::PaymentFailed | Self::Rejected | Self::Cancelled | Self::Undeliverable,
                Authorize | FailPayment | Accept | Reject | MarkReady | PickUp | Deliver | FailDelivery | Cancel,
            ) => Err(IllegalTransition { from: self, action }),
        }
    }

    /// Whether nothing can follow.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Placed | Self::Paid | Self::Accepted | Self::Ready | Self::PickedUp => false,
            Self::Delivered | Self::PaymentFailed | Self::Rejected | Self::Cancelled | Self::Undeliverable => true,
        }
    }

    /// Whether a courier may be assigned meanwhile.
    pub const fn awaits_pick_up(self) -> bool {
        match self {
            Self::Paid | Self::Accepted | Self::Ready => true,
            Self::Placed
            | Self::PickedUp
            | Self::Delivered
            | Self::PaymentFailed
            | Self::Rejected
            | Self::Cancelled
            | Self::Undeliverable => false,
        }
    }

    /// The event that an order publishes when it comes to this status.
    pub const fn kind(self) -> OrderKind {
        match self {
            Self::Placed => OrderKind::Placed,
            Self::Paid => OrderKind::Paid,
            Self::Accepted => OrderKind::Accepted,
            Self::Ready => OrderKind::Ready,
            Self::PickedUp => OrderKind::PickedUp,
            Self::Delivered => OrderKind::Delivered,
            Self::PaymentFailed => OrderKind::PaymentFailed,
            Self::Rejected => OrderKind::Rejected,
            Self::Cancelled => OrderKind::Cancelled,
            Self::Undeliverable => OrderKind::Undeliverable,
        }
    }

    /// The word that JSON has for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Paid => "paid",
            Self::Accepted => "accepted",
            Self::Ready => "ready",
            Self::PickedUp => "picked_up",
            Self::Delivered => "delivered",
            Self::PaymentFailed => "payment_failed",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Undeliverable => "undeliverable",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

impl Action {
    pub const ALL: [Self; 9] = [
        Self::Authorize,
        Self::FailPayment,
        Self::Accept,
        Self::Reject,
        Self::MarkReady,
        Self::PickUp,
        Self::Deliver,
        Self::FailDelivery,
        Self::Cancel,
    ];

    /// The last segment of the route that does it, where there is one.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::FailPayment => "fail-payment",
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::MarkReady => "ready",
            Self::PickUp => "pick-up",
            Self::Deliver => "deliver",
            Self::FailDelivery => "fail-delivery",
            Self::Cancel => "cancel",
        }
    }

    /// Whether somebody of this role, who is a party to the order, may do it in this status.
    pub const fn is_for(self, role: Role, status: Status) -> bool {
        match (self, role) {
            (Self::Accept | Self::Reject | Self::MarkReady, Role::Merchant) | (Self::Cancel, Role::Admin) => {
                status.after(self).is_ok()
            }
            (Self::Cancel, Role::Customer) => matches!(status, Status::Placed | Status::Paid),
            (Self::Cancel, Role::Merchant) => matches!(status, Status::Accepted | Status::Ready),
            (Self::Accept | Self::Reject | Self::MarkReady, Role::Customer | Role::Courier | Role::Admin)
            | (Self::Cancel, Role::Courier)
            | (
                Self::Authorize | Self::FailPayment | Self::PickUp | Self::Deliver | Self::FailDelivery,
                Role::Customer | Role::Merchant | Role::Courier | Role::Admin,
            ) => false,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

impl From<IllegalTransition> for Problem {
    fn from(IllegalTransition { from, action }: IllegalTransition) -> Self {
        Self::illegal_transition(from, action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_final_statuses_refuse_everything() {
        for status in Status::ALL {
            let stuck = Action::ALL.into_iter().all(|action| status.after(action).is_err());
            assert_eq!(stuck, status.is_final(), "{status:?}");
        }
    }

    #[test]
    fn words_are_those_of_json_and_of_the_events() {
        for status in Status::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.word());
            assert_eq!(status.kind().short(), format!("order.{}", status.word()));
        }
    }

    #[test]
    fn nobody_may_do_what_the_state_machine_refuses() {
        for (status, action) in Status::ALL.into_iter().flat_map(|status| Action::ALL.map(|action| (status, action))) {
            for role in Role::ALL {
                assert!(!action.is_for(role, status) || status.after(action).is_ok(), "{role} {status} {action}");
            }
        }
    }

    #[test]
    fn a_customer_cancels_until_accepted_and_a_merchant_from_then_on() {
        let may =
            |role| Status::ALL.into_iter().filter(|status| Action::Cancel.is_for(role, *status)).collect::<Vec<_>>();
        assert_eq!(may(Role::Customer), [Status::Placed, Status::Paid]);
        assert_eq!(may(Role::Merchant), [Status::Accepted, Status::Ready]);
        assert_eq!(may(Role::Admin).len(), 5);
        assert!(may(Role::Courier).is_empty());
    }
}
