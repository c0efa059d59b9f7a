//! A courier, as they see themselves.

use app::Reply;
use domain::{DeliveryId, Name, Phone, Place, Timestamp, UserId, Vehicle};
use schemars::JsonSchema;
use serde::Serialize;

use crate::Courier;

/// A courier.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Courier")]
pub struct CourierView {
    id: UserId,
    name: Name,
    vehicle: Vehicle,
    phone: Option<Phone>,
    /// Whether they take offers.
    online: bool,
    /// Where they were last known to be.
    place: Option<Place>,
    /// When that was.
    located_at: Option<Timestamp>,
    /// What they have to do, oldest first.
    active_delivery_ids: Vec<DeliveryId>,
    version: u64,
}

impl CourierView {
    pub fn of(courier: Courier, version: u64) -> Self {
        let Courier { id, name, vehicle, phone, online, place, located_at, active, .. } = courier;
        Self { id, name, vehicle, phone, online, place, located_at, active_delivery_ids: active, version }
    }
}

impl Reply for CourierView {
    fn version(&self) -> Option<u64> {
        Some(self.version)
    }
}
