//! What couriers do to a delivery: every action decides alike.

use app::{Context, Effect, Problem, User};
use domain::{DeliveryId, UserId};

use crate::{Delivery, DeliveryView, Purpose, Rules, paths::DeliveryPath, plan::Plan, refusal::Refusal};

/// What an action touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Touches {
    /// The delivery alone.
    Delivery,
    /// The courier's own record as well; whoever is free after it is matched up.
    CourierToo,
}

/// A courier acts on a delivery that they may see for this purpose.
pub(crate) async fn act(
    context: &Context,
    user: &User,
    &DeliveryPath { delivery_id }: &DeliveryPath,
    purpose: Purpose,
    touches: Touches,
    step: impl FnOnce(&mut Plan, DeliveryId, UserId) -> Result<(), Refusal>,
) -> Result<Effect<DeliveryView>, Problem> {
    let delivery = context.read::<Delivery>(&delivery_id).await?.authorize(user, purpose)?;
    let mut plan = Plan::new(Rules::of(context), context.now());
    plan.add_delivery(delivery);
    if touches == Touches::CourierToo {
        plan.load_courier(context, user.id).await?;
    }
    step(&mut plan, delivery_id, user.id)?;
    if touches == Touches::CourierToo {
        plan.match_up(context).await?;
    }
    let delivery = plan.delivery(delivery_id)?;
    let view = DeliveryView::of(delivery, delivery.version(), user, plan.now(), plan.rules());
    Ok(Effect::reply(view).saves(plan))
}
