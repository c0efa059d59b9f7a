//! `get-order`: somebody concerned looks at an order.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Problem, Route, Scale, User};
use schemars::JsonSchema;

use crate::{ORDERS, Order, OrderView, paths::OrderPath};

/// Somebody concerned looks at an order. One that was never paid does not exist for its merchant.
#[derive(JsonSchema)]
pub struct GetOrder;

impl Endpoint for GetOrder {
    const FUNCTION: Function = Function::new("get-order").gets(ORDERS).scale(Scale::Hot);
    const ROUTE: Route = Route::get("/v1/orders/{order_id}");
    const ACCESS: Access = Access::SIGNED_IN;
    type Caller = User;
    type Path = OrderPath;
    type Input = Empty;
    type Reply = OrderView;

    async fn call(
        context: &Context,
        caller: &User,
        &OrderPath { order_id }: &OrderPath,
        Empty {}: &Empty,
    ) -> Result<Effect<OrderView>, Problem> {
        let order = context.read::<Order>(&order_id).await?.authorize(caller, ())?;
        Ok(Effect::reply(OrderView::of(order.value, order.version, caller)))
    }
}

#[cfg(test)]
mod tests {
    use app::code;
    use domain::Role;
    use testing::{World, a_user, user};

    use super::*;
    use crate::{Action, sample};

    async fn sees(world: &World, caller: &User) -> bool {
        let path = OrderPath { order_id: sample::order().id };
        match GetOrder::call(&world.context(crate::SERVICE, "get-order"), caller, &path, &Empty {}).await {
            Ok(effect) => effect.changes.is_empty(),
            Err(refusal) => {
                assert_eq!(refusal.code, code::NOT_FOUND);
                false
            }
        }
    }

    #[tokio::test]
    async fn only_parties_see_it_and_its_merchant_only_once_it_is_paid() {
        let world = World::new();
        let order = sample::order();
        let customer = user(order.customer_id, Role::Customer);
        let merchant = user(order.merchant_id, Role::Merchant);
        let courier = user(sample::courier().id, Role::Courier);
        sample::save(&world, &[]).await;
        assert!(sees(&world, &customer).await);
        assert!(sees(&world, &a_user(Role::Admin)).await);
        assert!(!sees(&world, &merchant).await);
        assert!(!sees(&world, &a_user(Role::Customer)).await);
        sample::save(&world, &[Action::Authorize]).await;
        assert!(sees(&world, &merchant).await);
        assert!(!sees(&world, &courier).await);
        sample::assign(&world).await;
        assert!(sees(&world, &courier).await);
        sample::save(&world, &[Action::Cancel]).await;
        assert!(!sees(&world, &courier).await);
        assert!(sees(&world, &customer).await);
    }
}
