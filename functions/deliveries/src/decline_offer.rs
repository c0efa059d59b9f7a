//! `decline-offer`: the courier who is asked does not take the delivery on.

use app::{Access, Code, Context, Effect, Empty, Endpoint, Function, Problem, Route, User, code};
use domain::Role;
use schemars::JsonSchema;

use crate::{
    DELIVERIES, DeliveryView, FREE_COURIERS, Purpose,
    acting::{Touches, act},
    paths::DeliveryPath,
    plan::Plan,
    refusal::OFFER_EXPIRED,
};

/// The courier who is asked does not take the delivery on. It goes on to the next courier at once, and the one who declined
/// is offered at once what else waits near them.
#[derive(JsonSchema)]
pub struct DeclineOffer;

impl Endpoint for DeclineOffer {
    const FUNCTION: Function = Function::new("decline-offer")
        .settings(crate::settings::SETTINGS)
        .gets(DELIVERIES)
        .queries(DELIVERIES)
        .queries_index(DELIVERIES, FREE_COURIERS)
        .writes(DELIVERIES);
    const ROUTE: Route = Route::post("/v1/deliveries/{delivery_id}/decline");
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
        act(context, caller, path, Purpose::Answer, Touches::CourierToo, Plan::decline).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        State,
        sample::{TestCity, delivery_id},
    };

    #[tokio::test]
    async fn it_goes_on_to_the_next_and_the_courier_to_another_delivery() {
        let city = TestCity::with_couriers(&[100, 900]).await;
        // The second courier is asked for the third delivery, so that the second delivery waits.
        for number in [1, 2, 3] {
            city.paid(number).await;
        }
        assert_eq!(city.courier(1).await.open_offer, Some(delivery_id(1)));
        assert_eq!(city.courier(2).await.open_offer, Some(delivery_id(2)));
        assert_eq!(city.state(3).await, State::Searching);
        city.answer(2, 2, "decline").await.unwrap();
        assert_eq!(city.courier(2).await.open_offer, Some(delivery_id(3)), "another delivery");
        assert_eq!(city.state(2).await, State::Searching, "nobody else is free");
        city.answer(1, 1, "decline").await.unwrap();
        assert_eq!(city.courier(1).await.open_offer, Some(delivery_id(2)));
        assert_eq!(city.state(1).await, State::Searching);
        city.answer(2, 3, "accept").await.unwrap();
        assert_eq!(city.courier(2).await.open_offer, Some(delivery_id(1)));
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn with_nobody_else_it_waits_and_who_declined_sees_no_more_of_it() {
        let city = TestCity::with_couriers(&[100]).await;
        city.paid(1).await;
        let shown = serde_json::to_value(city.answer(1, 1, "decline").await.unwrap()).unwrap();
        assert_eq!(shown["state"], "searching");
        assert_eq!(shown["deliver_to"], json!(null));
        assert_eq!(city.answer(1, 1, "decline").await.unwrap_err().code, OFFER_EXPIRED);
        assert!(city.listed(1).await.is_empty());
        city.world.clock.advance_s(60);
        city.sweep().await;
        assert_eq!(city.state(1).await, State::Searching, "they are passed over");
        assert_eq!(city.courier(1).await.turned_down, 1);
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn what_is_taken_or_was_never_offered_cannot_be_declined() {
        let city = TestCity::with_couriers(&[100]).await;
        city.enlist(2).await;
        city.assigned(1, 1).await;
        assert_eq!(city.answer(1, 1, "decline").await.unwrap_err().code, code::ILLEGAL_TRANSITION);
        assert_eq!(city.answer(2, 1, "decline").await.unwrap_err().code, code::NOT_FOUND);
    }
}
