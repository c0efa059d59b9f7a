//! `get-courier`: a courier as they are now.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Problem, Route, User};
use domain::Role;
use schemars::JsonSchema;

use crate::{Courier, CourierAction, CourierView, DELIVERIES, paths::CourierPath, position::Position};

/// A courier as they are now: for themselves and for administrators. One without a profile is not there.
#[derive(JsonSchema)]
pub struct GetCourier;

impl Endpoint for GetCourier {
    const FUNCTION: Function = Function::new("get-courier").gets(DELIVERIES);
    const ROUTE: Route = Route::get("/v1/couriers/{courier_id}");
    const ACCESS: Access = Access::roles(&[Role::Courier, Role::Admin]);
    type Caller = User;
    type Path = CourierPath;
    type Input = Empty;
    type Reply = CourierView;

    async fn call(
        context: &Context,
        caller: &User,
        &CourierPath { courier_id }: &CourierPath,
        Empty {}: &Empty,
    ) -> Result<Effect<CourierView>, Problem> {
        let courier = context.read::<Courier>(&courier_id).await?.authorize(caller, CourierAction::Read)?;
        let position = context.find::<Position>(&courier_id).await?;
        Ok(Effect::reply(CourierView::of(courier.at_newest(position.as_deref()), courier.version)))
    }
}

#[cfg(test)]
mod tests {
    use app::code;
    use serde_json::json;
    use testing::{a_user, user};

    use super::*;
    use crate::sample::{Deed, TestCity, north, someone};

    #[tokio::test]
    async fn couriers_see_themselves_and_administrators_see_everybody() {
        let city = TestCity::with_couriers(&[100]).await;
        let path = CourierPath { courier_id: someone(1) };
        for caller in [user(someone(1), Role::Courier), a_user(Role::Admin)] {
            let shown = city.run::<GetCourier>(&caller, &path, &Empty {}).await.unwrap();
            let shown = serde_json::to_value(shown).unwrap();
            assert_eq!(shown["id"], someone(1).to_string());
            assert_eq!(shown["online"], true);
        }
        let refusal = city.run::<GetCourier>(&user(someone(2), Role::Courier), &path, &Empty {}).await.unwrap_err();
        assert_eq!(refusal.code, code::NOT_FOUND);
    }

    #[tokio::test]
    async fn the_newer_place_is_shown() {
        let city = TestCity::with_couriers(&[100]).await;
        let place = async || {
            let path = CourierPath { courier_id: someone(1) };
            let caller = user(someone(1), Role::Courier);
            let shown = city.run::<GetCourier>(&caller, &path, &Empty {}).await.unwrap();
            let shown = serde_json::to_value(shown).unwrap();
            assert_eq!(shown["located_at"], json!(city.world.clock.seconds()));
            shown["place"].clone()
        };
        assert_eq!(place().await, json!(north(100)));
        city.world.clock.advance_s(5);
        city.perform(Deed::Report(1, 150)).await;
        assert_eq!(city.courier(1).await.place, Some(north(100)));
        assert_eq!(place().await, json!(north(150)));
        city.world.clock.advance_s(5);
        city.online(1, 120).await;
        assert_eq!(place().await, json!(north(120)));
    }

    #[tokio::test]
    async fn without_a_profile_there_is_nothing_to_see() {
        let city = TestCity::new();
        let path = CourierPath { courier_id: someone(1) };
        let refusal = city.run::<GetCourier>(&user(someone(1), Role::Courier), &path, &Empty {}).await.unwrap_err();
        assert_eq!(refusal.code, code::NOT_FOUND);
    }
}
