//! `set-courier-availability`: a courier comes online, says where they are, or goes offline.

use app::{Access, Code, Context, Effect, Endpoint, Function, Json, Problem, Route, User, code, erasure::is_erased};
use domain::{Place, Role};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Account, Courier, CourierAction, CourierView, DELIVERIES, FREE_COURIERS, Rules, paths::CourierPath, plan::Plan,
    position::Position,
};

/// A courier comes online, says where they are, or goes offline. Online and free, they are offered at once what waits near
/// them; each time begins anew, so what they turned down before may be offered again. Offline, an open offer is declined,
/// and what they have to do stays theirs. An account that is suspended can only go offline. Without a place they stand where they were last known to be; where none is known
/// they are offered nothing until one is given.
#[derive(JsonSchema)]
pub struct SetCourierAvailability;

/// Whether a courier takes offers, and where they are.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CourierAvailability {
    online: bool,
    place: Option<Place>,
}

impl Endpoint for SetCourierAvailability {
    const FUNCTION: Function = Function::new("set-courier-availability")
        .settings(crate::settings::SETTINGS)
        .gets(DELIVERIES)
        .queries(DELIVERIES)
        .queries_index(DELIVERIES, FREE_COURIERS)
        .writes(DELIVERIES);
    const ROUTE: Route = Route::put("/v1/couriers/{courier_id}/availability");
    const ACCESS: Access = Access::roles(&[Role::Courier]);
    const PROBLEMS: &'static [Code] = &[code::ACCOUNT_PENDING, code::ACCOUNT_SUSPENDED];
    const EXAMPLE: &'static str = r#"{"online": true, "place": {"lat": 44.4268, "lon": 26.1025}}"#;
    type Caller = User;
    type Path = CourierPath;
    type Input = Json<CourierAvailability>;
    type Reply = CourierView;

    async fn call(
        context: &Context,
        caller: &User,
        &CourierPath { courier_id }: &CourierPath,
        &CourierAvailability { online, place }: &CourierAvailability,
    ) -> Result<Effect<CourierView>, Problem> {
        let courier = context.read::<Courier>(&courier_id).await?.authorize(caller, CourierAction::Change)?;
        let position = context.find::<Position>(&courier_id).await?;
        let mut plan = Plan::new(Rules::of(context), context.now());
        let now = plan.now();
        plan.add_courier(courier);
        if online {
            // Read after the courier, of whom each change of the account makes another version.
            let account = context.find::<Account>(&courier_id).await?;
            account.map_or(Ok(()), |account| account.require_active())?;
            if is_erased(context, DELIVERIES, courier_id).await? {
                return Err(Problem::of(code::ACCOUNT_SUSPENDED));
            }
        } else {
            plan.decline_open_offer(context, courier_id).await?;
        }
        let courier = plan.courier(courier_id)?.at_newest(position.as_deref());
        let changed = if online { courier.went_online(place, now) } else { courier.went_offline(place, now) };
        plan.change_courier(changed);
        plan.match_up(context).await?;
        Ok(Effect::reply(plan.courier_view(courier_id, position.as_deref())?).saves(plan))
    }
}

#[cfg(test)]
mod tests {
    use app::code;
    use domain::DeliveryKind;
    use serde_json::json;
    use testing::{input, user};

    use super::*;
    use crate::{
        State,
        sample::{Deed, TestCity, north, someone},
    };

    async fn set(city: &TestCity, number: u16, availability: serde_json::Value) -> Result<CourierView, Problem> {
        let caller = user(someone(number), Role::Courier);
        let path = CourierPath { courier_id: someone(number) };
        city.run::<SetCourierAvailability>(&caller, &path, &input(&availability.to_string())).await
    }

    #[tokio::test]
    async fn who_comes_online_is_offered_at_once_what_waited_longest_near() {
        let city = TestCity::new();
        city.enlist(1).await;
        city.paid(2).await;
        city.world.clock.advance_s(60);
        city.paid(1).await;
        city.online(1, 300).await;
        let courier = city.courier(1).await;
        assert_eq!(courier.open_offer, Some(city.delivery(2).await.id));
        assert_eq!(city.state(1).await, State::Searching);
        assert_eq!(city.state(2).await, State::Offered);
        let published = city.world.published();
        assert_eq!(published.len(), 1);
        assert_eq!(published[0].kind, DeliveryKind::Offered);
        assert_eq!(published[0].data["offered_to"], someone(1).to_string());
        assert_eq!(published[0].sequence, city.delivery(2).await.version);
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn without_a_place_nothing_is_offered_until_one_is_given() {
        let city = TestCity::new();
        city.enlist(1).await;
        city.paid(1).await;
        set(&city, 1, json!({ "online": true })).await.unwrap();
        assert_eq!(city.state(1).await, State::Searching);
        city.assert_sound().await;
        set(&city, 1, json!({ "online": true, "place": north(200) })).await.unwrap();
        assert_eq!(city.state(1).await, State::Offered);
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn without_a_place_they_stand_where_they_last_reported_to_be() {
        let city = TestCity::with_couriers(&[6000]).await;
        city.offline(1).await;
        city.paid(1).await;
        city.world.clock.advance_s(5);
        city.perform(Deed::Report(1, 200)).await;
        set(&city, 1, json!({ "online": true })).await.unwrap();
        assert_eq!(city.courier(1).await.place, Some(north(200)));
        assert_eq!(city.state(1).await, State::Offered);
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn too_far_away_is_offered_nothing() {
        let city = TestCity::new();
        city.enlist(1).await;
        city.paid(1).await;
        city.online(1, 5100).await;
        assert_eq!(city.state(1).await, State::Searching);
        city.online(1, 4900).await;
        assert_eq!(city.state(1).await, State::Offered);
    }

    #[tokio::test]
    async fn going_offline_declines_the_open_offer_which_goes_on_to_the_next() {
        let city = TestCity::with_couriers(&[100, 900]).await;
        city.paid(1).await;
        assert_eq!(city.courier(1).await.open_offer, Some(city.delivery(1).await.id));
        city.offline(1).await;
        let first = city.courier(1).await;
        assert!(!first.online);
        assert_eq!(first.open_offer, None);
        assert_eq!(first.turned_down, 1);
        let second = city.courier(2).await;
        assert_eq!(second.open_offer, Some(city.delivery(1).await.id));
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn going_offline_keeps_what_is_under_way() {
        let city = TestCity::with_couriers(&[100]).await;
        city.assigned(1, 1).await;
        city.offline(1).await;
        assert_eq!(city.courier(1).await.active, [city.delivery(1).await.id]);
        assert_eq!(city.state(1).await, State::Assigned);
        city.paid(2).await;
        assert_eq!(city.state(2).await, State::Searching, "no more offers");
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn coming_online_anew_makes_up_for_what_was_turned_down() {
        let city = TestCity::with_couriers(&[100]).await;
        city.paid(1).await;
        city.answer(1, 1, "decline").await.unwrap();
        assert_eq!(city.state(1).await, State::Searching);
        city.online(1, 100).await;
        assert_eq!(city.state(1).await, State::Offered);
        // An offer that stays open meanwhile is passed over in the time online in which it is declined.
        city.online(1, 100).await;
        city.answer(1, 1, "decline").await.unwrap();
        assert_eq!(city.state(1).await, State::Searching);
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn a_courier_needs_a_profile_of_their_own() {
        let city = TestCity::new();
        let refusal = set(&city, 1, json!({ "online": true })).await.unwrap_err();
        assert_eq!(refusal.code, code::NOT_FOUND);
        city.enlist(1).await;
        let path = CourierPath { courier_id: someone(1) };
        let other = user(someone(2), Role::Courier);
        let refusal = city.run::<SetCourierAvailability>(&other, &path, &input(SetCourierAvailability::EXAMPLE)).await;
        assert_eq!(refusal.unwrap_err().code, code::NOT_FOUND);
    }
}
