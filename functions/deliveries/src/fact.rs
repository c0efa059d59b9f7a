//! The facts that are published about a delivery.

use app::Fact;
use domain::{Actor, DeliveryFact, DeliveryKind};

use crate::{Delivery, State};

impl Delivery {
    /// The fact that this happened to the delivery, which has this version now.
    pub(crate) fn fact(&self, kind: DeliveryKind, by: Actor, version: u64) -> Fact {
        let fact = DeliveryFact {
            delivery_id: self.id,
            order_id: self.order_id(),
            order_number: self.order_number.clone(),
            customer_id: self.customer_id,
            merchant_id: self.merchant_id,
            restaurant_name: self.restaurant_name.clone(),
            courier: self.courier.clone(),
            offered_to: self.offer.map(|offer| offer.courier_id),
            offer_expires_at: self.offer.map(|offer| offer.expires_at),
            to_pick_up_m: self.offer.map(|offer| offer.to_pick_up_m),
            earning: self.earning,
            assigned_at: self.assigned_at,
            unassigned: self.unassigned.map(|last| last.courier_id),
            unassigned_at: self.unassigned.map(|last| last.at),
            picked_up_at: self.picked_up_at,
            completed_at: self.ended_at.filter(|_| self.state == State::Delivered),
            picked_up: self.picked_up_at.is_some(),
            reason: self.reason.clone(),
            by,
        };
        Fact::new(kind, self.id, self.order_id(), version, &fact)
    }
}
