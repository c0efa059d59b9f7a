//! `reject-order`: the restaurant does not take an order on.

use app::{Access, Code, Context, Effect, Endpoint, Function, Json, Problem, Route, User, code};
use domain::Role;
use schemars::JsonSchema;

use crate::{Action, ORDERS, OrderView, acting::act, ending::Ending, paths::OrderPath};

/// The restaurant does not take an order on. What was held of the customer's money is let go.
#[derive(JsonSchema)]
pub struct RejectOrder;

impl Endpoint for RejectOrder {
    const FUNCTION: Function =
        Function::new("reject-order").settings(crate::settings::SETTINGS).gets(ORDERS).writes(ORDERS);
    const ROUTE: Route = Route::post("/v1/orders/{order_id}/reject");
    const ACCESS: Access = Access::roles(&[Role::Merchant]);
    const PROBLEMS: &'static [Code] = &[code::ILLEGAL_TRANSITION];
    const EXAMPLE: &'static str = r#"{"reason": "We are out of carrots."}"#;
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
        act(context, caller, path, Action::Reject, Some(reason), |_| {}).await
    }
}

#[cfg(test)]
mod tests {
    use domain::OrderKind;
    use testing::{World, a_user, input, user};

    use super::*;
    use crate::sample;

    #[tokio::test]
    async fn a_paid_order_is_rejected_by_its_own_merchant_with_a_reason() {
        let world = World::new();
        let order = sample::order();
        sample::save(&world, &[]).await;
        sample::save(&world, &[Action::Authorize]).await;
        let context = world.context(crate::SERVICE, "reject-order");
        let path = OrderPath { order_id: order.id };
        let reject =
            async |caller: &User| RejectOrder::call(&context, caller, &path, &input(RejectOrder::EXAMPLE)).await;
        assert_eq!(reject(&a_user(Role::Merchant)).await.unwrap_err().code, code::NOT_FOUND);
        let effect = reject(&user(order.merchant_id, Role::Merchant)).await.unwrap();
        assert_eq!(effect.changes.facts[0].kind, OrderKind::Rejected);
        assert_eq!(serde_json::to_value(&effect.reply).unwrap()["reason"], "We are out of carrots.");
    }
}
