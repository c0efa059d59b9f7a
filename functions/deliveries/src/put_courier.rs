//! `put-courier`: a courier says what they ride and how to ring them.

use app::{Access, Context, Effect, Endpoint, Function, Json, Problem, Route, User};
use domain::{Phone, Role, Vehicle};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Account, Courier, CourierAction, CourierView, DELIVERIES, Rules, paths::CourierPath, plan::Plan, position::Position,
};

/// A courier says what they ride and how to ring them. The first time makes their profile, which they need to come online;
/// their name is that of their account.
#[derive(JsonSchema)]
pub struct PutCourier;

/// A courier's profile.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CourierProfile {
    vehicle: Vehicle,
    phone: Option<Phone>,
}

impl Endpoint for PutCourier {
    const FUNCTION: Function =
        Function::new("put-courier").settings(crate::settings::SETTINGS).gets(DELIVERIES).writes(DELIVERIES);
    const ROUTE: Route = Route::put("/v1/couriers/{courier_id}");
    const ACCESS: Access = Access::roles(&[Role::Courier]);
    const EXAMPLE: &'static str = r#"{"vehicle": "bicycle", "phone": "+40 700 000 001"}"#;
    type Caller = User;
    type Path = CourierPath;
    type Input = Json<CourierProfile>;
    type Reply = CourierView;

    async fn call(
        context: &Context,
        caller: &User,
        &CourierPath { courier_id }: &CourierPath,
        CourierProfile { vehicle, phone }: &CourierProfile,
    ) -> Result<Effect<CourierView>, Problem> {
        if caller.id != courier_id {
            return Err(Problem::not_found());
        }
        let found = context.read::<Courier>(&courier_id).await?.authorize_or_absent(caller, CourierAction::Change)?;
        let position = context.find::<Position>(&courier_id).await?;
        // A token may be older than what the account's events said since.
        let account = context.find::<Account>(&courier_id).await?;
        let name = account.map_or_else(|| caller.name.clone(), |account| account.known.name.clone());
        let phone = phone.clone();
        let mut plan = Plan::new(Rules::of(context), context.now());
        match found {
            None => plan.make_courier(Courier::new(courier_id, name, *vehicle, phone)),
            Some(found) => {
                let changed = Courier { name, vehicle: *vehicle, phone, ..found.value.clone() };
                plan.add_courier(found);
                plan.change_courier(changed);
            }
        }
        Ok(Effect::reply(plan.courier_view(courier_id, position.as_deref())?).saves(plan))
    }
}

#[cfg(test)]
mod tests {
    use app::{Precondition, Reply as _, code};
    use serde_json::json;
    use testing::{input, user};

    use super::*;
    use crate::sample::{Deed, TestCity, north, someone};

    async fn put(city: &TestCity, caller: &User, number: u16, profile: &str) -> Result<serde_json::Value, Problem> {
        let path = CourierPath { courier_id: someone(number) };
        let reply = city.run::<PutCourier>(caller, &path, &input(profile)).await?;
        Ok(serde_json::to_value(reply).unwrap())
    }

    #[tokio::test]
    async fn the_first_time_makes_a_profile_and_the_next_replaces_it() {
        let city = TestCity::new();
        let caller = user(someone(1), Role::Courier);
        let made = put(&city, &caller, 1, PutCourier::EXAMPLE).await.unwrap();
        let expected = json!({
            "id": someone(1), "name": "Sam Test", "vehicle": "bicycle", "phone": "+40 700 000 001", "online": false,
            "place": null, "located_at": null, "active_delivery_ids": [], "version": 1,
        });
        assert_eq!(made, expected);
        city.online(1, 100).await;
        city.world.clock.advance_s(5);
        city.perform(Deed::Report(1, 150)).await;
        let replaced = put(&city, &caller, 1, r#"{"vehicle": "car"}"#).await.unwrap();
        assert_eq!(replaced["vehicle"], "car");
        assert_eq!(replaced["phone"], json!(null));
        assert_eq!(replaced["online"], true, "the rest stays");
        assert_eq!(replaced["place"], json!(north(150)), "where they reported to be");
        assert_eq!(replaced["version"], 3);
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn it_is_theirs_alone_and_only_for_couriers() {
        let city = TestCity::new();
        let refusal = put(&city, &user(someone(2), Role::Courier), 1, PutCourier::EXAMPLE).await.unwrap_err();
        assert_eq!(refusal.code, code::NOT_FOUND);
        assert!(!PutCourier::ACCESS.allows(Role::Admin) && !PutCourier::ACCESS.allows(Role::Customer));
        assert!(serde_json::from_str::<CourierProfile>(r#"{"vehicle": "car", "rating": 5}"#).is_err());
    }

    #[tokio::test]
    async fn a_profile_that_moved_on_is_stale() {
        let city = TestCity::new();
        let caller = user(someone(1), Role::Courier);
        let path = CourierPath { courier_id: someone(1) };
        let profile = input(PutCourier::EXAMPLE);
        let expecting = async |version| {
            let expected = Precondition::Versions(vec![version]);
            city.run_expecting::<PutCourier>(expected, &caller, &path, &profile).await
        };
        assert_eq!(expecting(1).await.unwrap_err().code, code::STALE, "nothing there yet");
        put(&city, &caller, 1, PutCourier::EXAMPLE).await.unwrap();
        assert_eq!(expecting(2).await.unwrap_err().code, code::STALE);
        assert_eq!(expecting(1).await.unwrap().version(), Some(2));
    }
}
