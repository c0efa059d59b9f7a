//! `accept-offer`: the courier who is asked takes the delivery on.

use app::{Access, Code, Context, Effect, Empty, Endpoint, Function, Problem, Route, User, code};
use domain::Role;
use schemars::JsonSchema;

use crate::{
    DELIVERIES, DeliveryView, Purpose,
    acting::{Touches, act},
    paths::DeliveryPath,
    plan::Plan,
    refusal::OFFER_EXPIRED,
};

/// The courier who is asked takes the delivery on. With less than two to do, they are offered at once what else waits near
/// them.
#[derive(JsonSchema)]
pub struct AcceptOffer;

impl Endpoint for AcceptOffer {
    const FUNCTION: Function = Function::new("accept-offer")
        .settings(crate::settings::SETTINGS)
        .gets(DELIVERIES)
        .queries(DELIVERIES)
        .writes(DELIVERIES);
    const ROUTE: Route = Route::post("/v1/deliveries/{delivery_id}/accept");
    const ACCESS: Access = Access::roles(&[Role::Courier]);
    const PROBLEMS: &'static [Code] = &[OFFER_EXPIRED, code::ILLEGAL_TRANSITION];
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
        act(context, caller, path, Purpose::Answer, Touches::CourierToo, Plan::accept).await
    }
}

#[cfg(test)]
mod tests {
    use app::{Precondition, Reply as _};
    use domain::{Actor, DeliveryKind, OrderKind};
    use serde_json::json;
    use testing::user;

    use super::*;
    use crate::{
        State,
        sample::{TestCity, delivery_id, someone},
    };

    #[tokio::test]
    async fn a_courier_who_is_asked_takes_it_on_and_it_is_published() {
        let city = TestCity::with_couriers(&[100]).await;
        city.paid(1).await;
        city.world.clock.advance_s(29);
        let shown = serde_json::to_value(city.answer(1, 1, "accept").await.unwrap()).unwrap();
        assert_eq!(shown["state"], "assigned");
        assert_eq!(shown["courier_id"], json!(someone(1)));
        assert_eq!(shown["deliver_to"]["name"], "Ana Pop");
        let delivery = city.delivery(1).await;
        assert_eq!(delivery.state, State::Assigned);
        assert_eq!(delivery.offer, None);
        let courier = city.courier(1).await;
        assert_eq!(courier.active, [delivery.id]);
        assert_eq!(courier.open_offer, None);
        let event = city.world.published().pop().unwrap();
        assert_eq!(event.kind, DeliveryKind::Assigned);
        assert_eq!(event.sequence, delivery.version);
        let card = json!({ "id": someone(1), "name": "Sam Test", "vehicle": "bicycle" });
        assert_eq!(event.data["courier"], card);
        assert_eq!(event.data["offered_to"], json!(null));
        assert_eq!(event.data["by"], json!(Actor::user(Role::Courier, someone(1))));
        assert_eq!(event.data["assigned_at"], json!(city.world.clock.seconds()));
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn too_late_and_never_asked_are_refused_differently() {
        let city = TestCity::with_couriers(&[100]).await;
        city.enlist(2).await;
        city.paid(1).await;
        assert_eq!(city.answer(2, 1, "accept").await.unwrap_err().code, code::NOT_FOUND);
        assert_eq!(city.answer(1, 7, "accept").await.unwrap_err().code, code::NOT_FOUND, "no such delivery");
        city.world.clock.advance_s(30);
        assert_eq!(city.answer(1, 1, "accept").await.unwrap_err().code, OFFER_EXPIRED, "though not yet swept");
        city.sweep().await;
        assert_eq!(city.answer(1, 1, "accept").await.unwrap_err().code, OFFER_EXPIRED);
        city.ended(1, OrderKind::Cancelled).await;
        assert_eq!(city.answer(1, 1, "accept").await.unwrap_err().code, OFFER_EXPIRED, "withdrawn");
    }

    #[tokio::test]
    async fn couriers_cannot_take_again_what_is_theirs_already() {
        let city = TestCity::with_couriers(&[100]).await;
        city.assigned(1, 1).await;
        let refusal = city.answer(1, 1, "accept").await.unwrap_err();
        assert_eq!(refusal.code, code::ILLEGAL_TRANSITION);
        assert_eq!(refusal.members["from"], "assigned");
        assert_eq!(refusal.members["action"], "accept");
    }

    #[tokio::test]
    async fn the_next_is_offered_at_once_and_a_third_only_when_one_is_done() {
        let city = TestCity::with_couriers(&[100]).await;
        for number in [1, 2, 3] {
            city.paid(number).await;
        }
        city.answer(1, 1, "accept").await.unwrap();
        assert_eq!(city.courier(1).await.open_offer, Some(delivery_id(2)));
        city.answer(1, 2, "accept").await.unwrap();
        let courier = city.courier(1).await;
        assert_eq!(courier.active.len(), 2);
        assert_eq!(courier.open_offer, None);
        assert_eq!(city.state(3).await, State::Searching);
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn an_offer_that_moved_on_is_stale() {
        let city = TestCity::with_couriers(&[100]).await;
        city.paid(1).await;
        let version = city.delivery(1).await.version;
        let caller = user(someone(1), Role::Courier);
        let path = DeliveryPath { delivery_id: delivery_id(1) };
        let accept = async |version| {
            let expected = Precondition::Versions(vec![version]);
            city.run_expecting::<AcceptOffer>(expected, &caller, &path, &Empty {}).await
        };
        assert_eq!(accept(version + 1).await.unwrap_err().code, code::STALE);
        let accepted = accept(version).await.unwrap();
        assert_eq!(accepted.version(), Some(version + 1));
    }
}
