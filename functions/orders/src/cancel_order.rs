//! `cancel-order`: somebody cancels an order.

use app::{Access, Code, Context, Effect, Endpoint, Function, Json, Problem, Route, User, code};
use domain::Role;
use schemars::JsonSchema;

use crate::{Action, ORDERS, OrderView, acting::act, ending::Ending, paths::OrderPath};

/// Somebody calls an order off: its customer until it is accepted, its merchant from then until it is picked up, an
/// administrator until it is delivered.
#[derive(JsonSchema)]
pub struct CancelOrder;

impl Endpoint for CancelOrder {
    const FUNCTION: Function =
        Function::new("cancel-order").settings(crate::settings::SETTINGS).gets(ORDERS).writes(ORDERS);
    const ROUTE: Route = Route::post("/v1/orders/{order_id}/cancel");
    const ACCESS: Access = Access::roles(&[Role::Customer, Role::Merchant, Role::Admin]);
    const PROBLEMS: &'static [Code] = &[code::ILLEGAL_TRANSITION];
    const EXAMPLE: &'static str = r#"{"reason": "I changed my mind."}"#;
    type Caller = User;
    type Path = OrderPath;
    type Input = Json<Ending>;
    type Reply = OrderView;

    async fn call(
        context: &Context,
        caller: &User,
        path: &OrderPath,
        Ending { reason }: &Ending,
    ) -> Result<Effect<OrderView>, Problem> {
        act(context, caller, path, Action::Cancel, Some(reason), |_| {}).await
    }
}

#[cfg(test)]
mod tests {
    use testing::{World, a_user, input, user};

    use super::*;
    use crate::sample;

    async fn cancel(world: &World, caller: &User) -> Result<String, Code> {
        let context = world.context(crate::SERVICE, "cancel-order");
        let path = OrderPath { order_id: sample::order().id };
        let result = CancelOrder::call(&context, caller, &path, &input(CancelOrder::EXAMPLE)).await;
        let shown = result.map(|effect| serde_json::to_value(effect.reply).unwrap());
        shown.map(|shown| shown["status"].as_str().unwrap().to_owned()).map_err(|problem| problem.code)
    }

    #[tokio::test]
    async fn whose_turn_it_is_changes_with_acceptance_and_pick_up() {
        let world = World::new();
        let order = sample::order();
        let customer = user(order.customer_id, Role::Customer);
        let merchant = user(order.merchant_id, Role::Merchant);
        let admin = a_user(Role::Admin);
        sample::save(&world, &[]).await;
        assert_eq!(cancel(&world, &customer).await, Ok("cancelled".to_owned()));
        sample::save(&world, &[Action::Authorize]).await;
        assert_eq!(cancel(&world, &merchant).await, Err(code::ILLEGAL_TRANSITION));
        sample::save(&world, &[Action::Accept]).await;
        assert_eq!(cancel(&world, &customer).await, Err(code::ILLEGAL_TRANSITION));
        assert_eq!(cancel(&world, &merchant).await, Ok("cancelled".to_owned()));
        sample::save(&world, &[Action::PickUp]).await;
        assert_eq!(cancel(&world, &merchant).await, Err(code::ILLEGAL_TRANSITION));
        assert_eq!(cancel(&world, &admin).await, Ok("undeliverable".to_owned()));
        sample::save(&world, &[Action::Deliver]).await;
        assert_eq!(cancel(&world, &admin).await, Err(code::ILLEGAL_TRANSITION));
    }
}
