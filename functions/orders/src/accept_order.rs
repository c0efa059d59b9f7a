//! `accept-order`: the restaurant takes an order on.

use app::{Access, Code, Context, Effect, Endpoint, Function, Json, Problem, Route, User, code};
use domain::{PrepMinutes, Role};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Action, ORDERS, OrderView, acting::act, paths::OrderPath};

/// The restaurant takes an order on, and says how long it will take. This is when the money is taken.
#[derive(JsonSchema)]
pub struct AcceptOrder;

/// How long it will take.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    prep_minutes: PrepMinutes,
}

impl Endpoint for AcceptOrder {
    const FUNCTION: Function =
        Function::new("accept-order").settings(crate::settings::SETTINGS).gets(ORDERS).writes(ORDERS);
    const ROUTE: Route = Route::post("/v1/orders/{order_id}/accept");
    const ACCESS: Access = Access::roles(&[Role::Merchant]);
    const PROBLEMS: &'static [Code] = &[code::ILLEGAL_TRANSITION];
    const EXAMPLE: &'static str = r#"{"prep_minutes": 15}"#;
    type Caller = User;
    type Path = OrderPath;
    type Input = Json<Acceptance>;
    type Reply = OrderView;

    async fn call(
        context: &Context,
        caller: &User,
        path: &OrderPath,
        input: &Acceptance,
    ) -> Result<Effect<OrderView>, Problem> {
        let minutes = input.prep_minutes.get();
        act(context, caller, path, Action::Accept, None, |order| order.accepted_prep_minutes = Some(minutes)).await
    }
}

#[cfg(test)]
mod tests {
    use domain::OrderKind;
    use testing::{World, input, user};

    use super::*;
    use crate::sample;

    #[tokio::test]
    async fn it_is_accepted_once_with_the_time_that_was_given() {
        let world = World::new();
        let order = sample::order();
        sample::save(&world, &[]).await;
        sample::save(&world, &[Action::Authorize]).await;
        let context = world.context(crate::SERVICE, "accept-order");
        let path = OrderPath { order_id: order.id };
        let merchant = user(order.merchant_id, Role::Merchant);
        let accept = async || AcceptOrder::call(&context, &merchant, &path, &input(AcceptOrder::EXAMPLE)).await;
        let effect = accept().await.unwrap();
        let shown = serde_json::to_value(&effect.reply).unwrap();
        assert_eq!(shown["status"], "accepted");
        assert_eq!(shown["ready_by"], "2026-11-23T12:15:00Z");
        assert_eq!(effect.changes.facts[0].kind, OrderKind::Accepted);
        world.commit(ORDERS, effect.changes).await;
        let refusal = accept().await.unwrap_err();
        assert_eq!(refusal.code, code::ILLEGAL_TRANSITION);
        assert_eq!(refusal.members["from"], "accepted");
    }
}
