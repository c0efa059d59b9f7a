//! `pick-up-delivery`: the courier has the food.

use app::{Access, Code, Context, Effect, Empty, Endpoint, Function, Problem, Route, User, code};
use domain::Role;
use schemars::JsonSchema;

use crate::{
    DELIVERIES, DeliveryView, Purpose,
    acting::{Touches, act},
    paths::DeliveryPath,
    plan::Plan,
    refusal::ORDER_NOT_ACCEPTED,
};

/// The courier has the food, once the restaurant has accepted the order.
#[derive(JsonSchema)]
pub struct PickUpDelivery;

impl Endpoint for PickUpDelivery {
    const FUNCTION: Function =
        Function::new("pick-up-delivery").settings(crate::settings::SETTINGS).gets(DELIVERIES).writes(DELIVERIES);
    const ROUTE: Route = Route::post("/v1/deliveries/{delivery_id}/pick-up");
    const ACCESS: Access = Access::roles(&[Role::Courier]);
    const PROBLEMS: &'static [Code] = &[ORDER_NOT_ACCEPTED, code::ILLEGAL_TRANSITION];
    type Caller = User;
    type Path = DeliveryPath;
    type Input = Empty;
    type Reply = DeliveryView;

    async fn call(
        context: &Context,
        caller: &User,
        path: &DeliveryPath,
        Empty {}: &Empty,
    ) -> Result<Effect<DeliveryView>, Problem> {
        act(context, caller, path, Purpose::Show(context.now()), Touches::Delivery, Plan::pick_up).await
    }
}

#[cfg(test)]
mod tests {
    use domain::{DeliveryKind, OrderKind};
    use serde_json::json;

    use super::*;
    use crate::{
        State,
        sample::{TestCity, someone},
    };

    #[tokio::test]
    async fn an_accepted_order_is_picked_up_and_it_is_published() {
        for kind in [OrderKind::Accepted, OrderKind::Ready] {
            let city = TestCity::with_couriers(&[100]).await;
            city.assigned(1, 1).await;
            city.handle(1, kind).await;
            let shown = serde_json::to_value(city.answer(1, 1, "pick-up").await.unwrap()).unwrap();
            assert_eq!(shown["state"], "picked_up");
            assert_eq!(shown["allowed_actions"], json!(["complete"]));
            let event = city.world.published().pop().unwrap();
            assert_eq!(event.kind, DeliveryKind::PickedUp);
            assert_eq!(event.sequence, city.delivery(1).await.version);
            assert_eq!(event.data["picked_up"], true);
            assert_eq!(event.data["courier"]["id"], json!(someone(1)));
            assert_eq!(event.data["picked_up_at"], json!(city.world.clock.seconds()));
            assert!(event.data["assigned_at"].is_string(), "what was published before is repeated");
            city.assert_sound().await;
        }
    }

    #[tokio::test]
    async fn there_is_nothing_to_pick_up_before_the_restaurant_accepts() {
        let city = TestCity::with_couriers(&[100]).await;
        city.assigned(1, 1).await;
        assert_eq!(city.answer(1, 1, "pick-up").await.unwrap_err().code, ORDER_NOT_ACCEPTED);
    }

    #[tokio::test]
    async fn only_their_courier_picks_up_and_only_once() {
        let city = TestCity::with_couriers(&[100]).await;
        city.enlist(2).await;
        city.paid(1).await;
        city.handle(1, OrderKind::Accepted).await;
        let refusal = city.answer(1, 1, "pick-up").await.unwrap_err();
        assert_eq!(refusal.code, code::ILLEGAL_TRANSITION, "only asked");
        assert_eq!(refusal.members["from"], "offered");
        city.answer(1, 1, "accept").await.unwrap();
        assert_eq!(city.answer(2, 1, "pick-up").await.unwrap_err().code, code::NOT_FOUND);
        city.answer(1, 1, "pick-up").await.unwrap();
        assert_eq!(city.answer(1, 1, "pick-up").await.unwrap_err().code, code::ILLEGAL_TRANSITION);
        assert_eq!(city.state(1).await, State::PickedUp);
    }

    #[tokio::test]
    async fn a_courier_whose_offer_ran_out_sees_nothing_to_pick_up() {
        let city = TestCity::with_couriers(&[100]).await;
        city.paid(1).await;
        city.world.clock.advance_s(30);
        assert_eq!(city.answer(1, 1, "pick-up").await.unwrap_err().code, code::NOT_FOUND);
    }
}
