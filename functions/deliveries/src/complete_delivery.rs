//! `complete-delivery`: the customer has the food.

use app::{Access, Code, Context, Effect, Endpoint, Function, Json, Problem, Route, User, code};
use domain::Role;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    DELIVERIES, DeliveryView, Proof, Purpose,
    acting::{Touches, act},
    paths::DeliveryPath,
    plan::Plan,
};

/// The customer has the food. The courier now stands at the drop-off, and is offered at once what waits near there.
#[derive(JsonSchema)]
pub struct CompleteDelivery;

/// How the food was handed over.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Handover {
    proof: Option<Proof>,
}

impl Endpoint for CompleteDelivery {
    const FUNCTION: Function = Function::new("complete-delivery")
        .settings(crate::settings::SETTINGS)
        .gets(DELIVERIES)
        .queries(DELIVERIES)
        .writes(DELIVERIES);
    const ROUTE: Route = Route::post("/v1/deliveries/{delivery_id}/complete");
    const ACCESS: Access = Access::roles(&[Role::Courier]);
    const PROBLEMS: &'static [Code] = &[code::ILLEGAL_TRANSITION];
    const EXAMPLE: &'static str = r#"{"proof": "left with the porter"}"#;
    type Caller = User;
    type Path = DeliveryPath;
    type Input = Json<Handover>;
    type Reply = DeliveryView;

    async fn call(
        context: &Context,
        caller: &User,
        path: &DeliveryPath,
        Handover { proof }: &Handover,
    ) -> Result<Effect<DeliveryView>, Problem> {
        let purpose = Purpose::Show(context.now());
        let complete = |plan: &mut Plan, id, courier| plan.complete(id, courier, proof.clone());
        act(context, caller, path, purpose, Touches::CourierToo, complete).await
    }
}

#[cfg(test)]
mod tests {
    use domain::{DeliveryKind, OrderKind};
    use serde_json::json;
    use testing::{input, user};

    use super::*;
    use crate::{
        State,
        sample::{TestCity, delivery_id, someone},
    };

    #[tokio::test]
    async fn the_courier_is_free_at_the_drop_off_and_it_is_published() {
        let city = TestCity::with_couriers(&[100]).await;
        city.picked_up(1, 1).await;
        city.world.clock.advance_s(600);
        let caller = user(someone(1), Role::Courier);
        let path = DeliveryPath { delivery_id: delivery_id(1) };
        let proof = input(CompleteDelivery::EXAMPLE);
        let shown = serde_json::to_value(city.run::<CompleteDelivery>(&caller, &path, &proof).await.unwrap()).unwrap();
        assert_eq!(shown["state"], "delivered");
        assert_eq!(shown["deliver_to"], json!(null));
        assert!(shown["earning"]["amount"].is_number());
        let delivery = city.delivery(1).await;
        assert_eq!(delivery.proof.as_deref(), Some("left with the porter"));
        let courier = city.courier(1).await;
        let now = city.world.clock.seconds();
        assert_eq!(courier.active, []);
        assert_eq!(courier.place, Some(delivery.deliver_to.place));
        assert_eq!(courier.located_at, Some(now));
        assert_eq!(courier.idle_since, Some(now));
        let event = city.world.published().pop().unwrap();
        assert_eq!(event.kind, DeliveryKind::Completed);
        assert_eq!(event.sequence, delivery.version);
        assert_eq!(event.data["completed_at"], json!(now));
        assert_eq!(event.data["courier"]["id"], json!(someone(1)));
        assert!(event.data["assigned_at"].is_string());
        assert!(event.data["picked_up_at"].is_string());
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn what_waited_for_a_free_courier_is_offered_at_once() {
        let city = TestCity::with_couriers(&[100]).await;
        city.picked_up(1, 1).await;
        city.assigned(1, 2).await;
        city.paid(3).await;
        assert_eq!(city.state(3).await, State::Searching);
        city.answer(1, 1, "complete").await.unwrap();
        assert_eq!(city.courier(1).await.open_offer, Some(delivery_id(3)));
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn only_what_was_picked_up_is_handed_over_and_only_by_its_courier() {
        let city = TestCity::with_couriers(&[100]).await;
        city.enlist(2).await;
        city.assigned(1, 1).await;
        let refusal = city.answer(1, 1, "complete").await.unwrap_err();
        assert_eq!(refusal.code, code::ILLEGAL_TRANSITION);
        assert_eq!(refusal.members["from"], "assigned");
        city.handle(1, OrderKind::Ready).await;
        city.answer(1, 1, "pick-up").await.unwrap();
        assert_eq!(city.answer(2, 1, "complete").await.unwrap_err().code, code::NOT_FOUND);
        city.answer(1, 1, "complete").await.unwrap();
        assert_eq!(city.answer(1, 1, "complete").await.unwrap_err().code, code::ILLEGAL_TRANSITION);
    }

    #[test]
    fn a_proof_is_some_text_or_nothing() {
        assert!(serde_json::from_str::<Handover>("{}").is_ok());
        let proof = |characters: usize| json!({ "proof": "x".repeat(characters) }).to_string();
        assert!(serde_json::from_str::<Handover>(&proof(500)).is_ok());
        for bad in [proof(501), proof(0), r#"{"photo": "x"}"#.to_owned()] {
            assert!(serde_json::from_str::<Handover>(&bad).is_err());
        }
    }
}
