//! `get-courier`: a courier as they are now.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Problem, Route, User};
use domain::Role;
use schemars::JsonSchema;

use crate::{Courier, CourierAction, CourierView, DELIVERIES, paths::CourierPath};

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
        Ok(Effect::reply(CourierView::of(courier.value, courier.version)))
    }
}

#[cfg(test)]
mod tests {
    use app::code;
    use testing::{a_user, user};

    use super::*;
    use crate::sample::{TestCity, someone};

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
    async fn without_a_profile_there_is_nothing_to_see() {
        let city = TestCity::new();
        let path = CourierPath { courier_id: someone(1) };
        let refusal = city.run::<GetCourier>(&user(someone(1), Role::Courier), &path, &Empty {}).await.unwrap_err();
        assert_eq!(refusal.code, code::NOT_FOUND);
    }
}
