//! `track-open-orders`: who is in an order that goes on, by the order's facts.

use app::{Changes, Context, Failure, Function, Subscriber, System, erasure::erased};
use domain::{Event, OrderFact, OrderKind};
use schemars::JsonSchema;

use crate::{USERS, open_orders::track, tracked_order::Involved};

/// Remembers whose orders go on, from placing to their end: an account with an open order is not deleted, nor a guest forgotten.
/// Who is being erased is not named again by what comes late.
#[derive(JsonSchema)]
pub struct TrackOpenOrders;

impl Subscriber for TrackOpenOrders {
    const FUNCTION: Function = Function::new("track-open-orders").gets(USERS).writes(USERS);
    type Data = OrderFact;
    const SUBSCRIBES_TO: &'static [OrderKind] = &[
        OrderKind::Placed,
        OrderKind::PaymentFailed,
        OrderKind::Rejected,
        OrderKind::Delivered,
        OrderKind::Cancelled,
        OrderKind::Undeliverable,
    ];

    async fn handle(context: &Context, _system: &System, event: &Event<OrderFact>) -> Result<Changes, Failure> {
        let mut involved = Involved::by_order(event);
        if event.kind == OrderKind::Placed {
            let parties = [event.data.customer_id, event.data.merchant_id];
            involved.value.leave_out(&erased(context, USERS, &parties).await?);
        }
        let now = context.now();
        track(context, event.data.order_id, |order| order.with_order(involved, now)).await
    }
}
