//! `track-deliveries`: who carries an order that goes on, by the facts of its delivery.

use app::{Changes, Context, Failure, Function, Subscriber, System};
use domain::{DeliveryFact, DeliveryKind, Event};
use schemars::JsonSchema;

use crate::{USERS, open_orders::track, tracked_order::Involved};

/// Remembers which courier has the delivery of an order that goes on, until they lose it or the order ends: their account is not
/// deleted before.
#[derive(JsonSchema)]
pub struct TrackDeliveries;

impl Subscriber for TrackDeliveries {
    const FUNCTION: Function = Function::new("track-deliveries").gets(USERS).writes(USERS);
    type Data = DeliveryFact;
    const SUBSCRIBES_TO: &'static [DeliveryKind] = &[DeliveryKind::Assigned, DeliveryKind::Unassigned];

    async fn handle(context: &Context, _system: &System, event: &Event<DeliveryFact>) -> Result<Changes, Failure> {
        let involved = Involved::by_delivery(event);
        let now = context.now();
        track(context, event.data.order_id, |order| order.with_delivery(involved, now)).await
    }
}
