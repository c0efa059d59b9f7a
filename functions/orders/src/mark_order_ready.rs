//! `mark-order-ready`: the food is ready.

use app::{Access, Code, Context, Effect, Empty, Endpoint, Function, Problem, Route, User, code};
use domain::Role;
use schemars::JsonSchema;

use crate::{Action, ORDERS, OrderView, acting::act, paths::OrderPath};

/// The restaurant says that the food is ready.
#[derive(JsonSchema)]
pub struct MarkOrderReady;

impl Endpoint for MarkOrderReady {
    const FUNCTION: Function =
        Function::new("mark-order-ready").settings(crate::settings::SETTINGS).gets(ORDERS).writes(ORDERS);
    const ROUTE: Route = Route::post("/v1/orders/{order_id}/ready");
    const ACCESS: Access = Access::roles(&[Role::Merchant]);
    const PROBLEMS: &'static [Code] = &[code::ILLEGAL_TRANSITION];
    type Caller = User;
    type Path = OrderPath;
    type Input = Empty;
    type Reply = OrderView;

    async fn call(
        context: &Context,
        caller: &User,
        path: &OrderPath,
        Empty {}: &Empty,
    ) -> Result<Effect<OrderView>, Problem> {
        act(context, caller, path, Action::MarkReady, None, |_| {}).await
    }
}

#[cfg(test)]
mod tests {
    use domain::OrderKind;
    use testing::{World, user};

    use super::*;
    use crate::sample;

    #[tokio::test]
    async fn only_what_was_accepted_becomes_ready() {
        let world = World::new();
        let order = sample::order();
        let context = world.context(crate::SERVICE, "mark-order-ready");
        let path = OrderPath { order_id: order.id };
        let merchant = user(order.merchant_id, Role::Merchant);
        sample::save(&world, &[]).await;
        sample::save(&world, &[Action::Authorize]).await;
        let early = MarkOrderReady::call(&context, &merchant, &path, &Empty {}).await.unwrap_err();
        assert_eq!(early.code, code::ILLEGAL_TRANSITION);
        assert_eq!(early.members["action"], "ready");
        sample::save(&world, &[Action::Accept]).await;
        let effect = MarkOrderReady::call(&context, &merchant, &path, &Empty {}).await.unwrap();
        assert_eq!(effect.changes.facts[0].kind, OrderKind::Ready);
    }
}
