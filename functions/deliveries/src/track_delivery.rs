//! `track-delivery`: where a delivery is, and when it should be there.

use app::{Access, Code, Context, Effect, Empty, Endpoint, Function, Problem, Reply, Route, User};
use domain::{DeliveryId, Eta, Place, Role, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{DELIVERIES, Delivery, Purpose, Rules, State, eta::eta, paths::DeliveryPath, position::Position};

/// 409: the customer can't follow the courier now.
const NOT_UNDER_WAY: Code = Code::new(
    "not-under-way",
    409,
    "Not under way",
    "You can follow the courier from pick-up to drop-off: the food has not been picked up yet, or the delivery has ended.",
);

/// Where a delivery is, and when it should be there: for its courier and administrators at any time, for the customer
/// from pick-up to drop-off.
#[derive(JsonSchema)]
pub struct TrackDelivery;

/// Where a delivery is.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Track {
    delivery_id: DeliveryId,
    state: State,
    /// Where the courier reported to be within the last ten minutes; nothing once the delivery has ended.
    place: Option<Place>,
    /// When the courier was there.
    at: Option<Timestamp>,
    /// When the customer should have it.
    eta: Option<Eta>,
}

impl Reply for Track {}

impl Endpoint for TrackDelivery {
    const FUNCTION: Function = Function::new("track-delivery").settings(crate::settings::SETTINGS).gets(DELIVERIES);
    const ROUTE: Route = Route::get("/v1/deliveries/{delivery_id}/track").live();
    const ACCESS: Access = Access::roles(&[Role::Customer, Role::Courier, Role::Admin]);
    const PROBLEMS: &'static [Code] = &[NOT_UNDER_WAY];
    type Caller = User;
    type Path = DeliveryPath;
    type Input = Empty;
    type Reply = Track;

    async fn call(
        context: &Context,
        caller: &User,
        &DeliveryPath { delivery_id }: &DeliveryPath,
        Empty {}: &Empty,
    ) -> Result<Effect<Track>, Problem> {
        let delivery = context.read::<Delivery>(&delivery_id).await?.authorize(caller, Purpose::Track)?;
        let state = delivery.state;
        if caller.is(delivery.customer_id) && state != State::PickedUp {
            return Err(Problem::of(NOT_UNDER_WAY));
        }
        let position = match &delivery.courier {
            Some(courier) if state.is_under_way() => context.find::<Position>(&courier.id).await?,
            _ => None,
        };
        Ok(Effect::reply(Track {
            delivery_id,
            state,
            place: position.as_ref().map(|position| position.place),
            at: position.as_ref().map(|position| position.at),
            eta: eta(&delivery, &Rules::of(context)),
        }))
    }
}

#[cfg(test)]
mod tests {
    use app::code;
    use domain::OrderKind;
    use serde_json::{Value, json};
    use testing::{a_user, user, user_id};

    use super::*;
    use crate::sample::{Deed, TestCity, delivery_id, north, now, someone};

    async fn track(city: &TestCity, caller: &User) -> Result<Value, Problem> {
        let path = DeliveryPath { delivery_id: delivery_id(1) };
        let track = city.run::<TrackDelivery>(caller, &path, &Empty {}).await?;
        Ok(serde_json::to_value(track).unwrap())
    }

    fn the_customer() -> User {
        user(user_id(501), Role::Customer)
    }

    fn the_courier() -> User {
        user(someone(1), Role::Courier)
    }

    #[tokio::test]
    async fn the_customer_follows_the_courier_from_pick_up_to_drop_off() {
        let city = TestCity::with_couriers(&[100]).await;
        let refused = async || track(&city, &the_customer()).await.unwrap_err().code == NOT_UNDER_WAY;
        city.paid(1).await;
        assert!(refused().await);
        city.answer(1, 1, "accept").await.unwrap();
        city.world.clock.advance_s(5);
        city.perform(Deed::Report(1, 150)).await;
        assert!(refused().await, "where the courier is before, is not the customer's to know");
        city.handle(1, OrderKind::Ready).await;
        city.answer(1, 1, "pick-up").await.unwrap();
        let shown = track(&city, &the_customer()).await.unwrap();
        let expected = json!({
            "delivery_id": delivery_id(1), "state": "picked_up", "place": north(150), "at": now().plus_seconds(5),
            "eta": { "from": now().plus_seconds(5 + 60), "to": now().plus_seconds(5 + 11 * 60) },
        });
        assert_eq!(shown, expected);
        city.answer(1, 1, "complete").await.unwrap();
        assert!(refused().await);
    }

    #[tokio::test]
    async fn its_courier_and_administrators_see_it_at_any_time() {
        let city = TestCity::with_couriers(&[100]).await;
        city.world.clock.advance_s(5);
        city.perform(Deed::Report(1, 150)).await;
        city.paid(1).await;
        let admin = a_user(Role::Admin);
        assert_eq!(track(&city, &admin).await.unwrap()["place"], json!(null), "nobody brings it yet");
        city.answer(1, 1, "accept").await.unwrap();
        for caller in [the_courier(), admin.clone()] {
            let shown = track(&city, &caller).await.unwrap();
            assert_eq!(shown["state"], "assigned");
            assert_eq!(shown["place"], json!(north(150)));
            assert!(shown["eta"]["from"].is_string());
        }
        city.handle(1, OrderKind::Cancelled).await;
        for caller in [the_courier(), admin] {
            let shown = track(&city, &caller).await.unwrap();
            assert_eq!(shown["state"], "cancelled");
            for member in ["place", "at", "eta"] {
                assert_eq!(shown[member], json!(null), "{member}");
            }
        }
    }

    #[tokio::test]
    async fn a_position_that_has_expired_is_not_shown() {
        let city = TestCity::with_couriers(&[100]).await;
        city.picked_up(1, 1).await;
        assert_eq!(track(&city, &the_customer()).await.unwrap()["place"], json!(null), "none was reported");
        city.world.clock.advance_s(5);
        city.perform(Deed::Report(1, 150)).await;
        assert_eq!(track(&city, &the_customer()).await.unwrap()["place"], json!(north(150)));
        city.world.clock.advance_s(crate::position::POSITION_LIFE_S);
        let shown = track(&city, &the_customer()).await.unwrap();
        assert_eq!(shown["place"], json!(null));
        assert_eq!(shown["at"], json!(null));
        assert!(shown["eta"]["to"].is_string());
    }

    #[tokio::test]
    async fn others_see_nothing() {
        let city = TestCity::with_couriers(&[100]).await;
        city.paid(1).await;
        assert_eq!(track(&city, &the_courier()).await.unwrap_err().code, code::NOT_FOUND, "only asked");
        city.answer(1, 1, "accept").await.unwrap();
        for stranger in [a_user(Role::Customer), user(someone(2), Role::Courier)] {
            assert_eq!(track(&city, &stranger).await.unwrap_err().code, code::NOT_FOUND);
        }
        assert!(!TrackDelivery::ACCESS.allows(Role::Merchant));
    }
}
