//! What people do to an order: every action decides alike.

use app::{Context, Effect, Problem, User};
use domain::Reason;

use crate::{Action, Journey, Order, OrderView, Rules, paths::OrderPath};

/// Somebody acts on an order, if that is theirs to do now. `prepare` sets what the action brings along.
pub(crate) async fn act(
    context: &Context,
    caller: &User,
    &OrderPath { order_id }: &OrderPath,
    action: Action,
    reason: Option<&Reason>,
    prepare: impl FnOnce(&mut Order),
) -> Result<Effect<OrderView>, Problem> {
    let mut order = context.read::<Order>(&order_id).await?.authorize(caller, ())?;
    prepare(&mut order.value);
    let reason = reason.map(ToString::to_string);
    let acted = Journey::of(order).acted(action, caller, reason, context.now(), &Rules::of(context))?;
    let view = OrderView::of(acted.order.value.clone(), acted.order.version(), caller);
    Ok(Effect::reply(view).saves(acted))
}
