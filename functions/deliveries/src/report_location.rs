//! `report-location`: a courier says where they are, on their way.

use app::{Access, Context, Draft, Effect, Endpoint, Function, Json, NoContent, Problem, Route, User};
use domain::{Place, Role, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Courier, CourierAction, DELIVERIES, Rules, paths::CourierPath, plan::Plan, position::Position};

/// How far ahead of ours a courier's clock may be, in seconds.
const MAX_AHEAD_S: i64 = 60;

/// A courier says where they are, as often as every few seconds. Their position is known for ten minutes; a report that is
/// not newer than what is known has no effect. A free courier who comes into another part of the city is offered at once
/// what waits near there.
///
/// Only then does the courier's own record change, which holds the place they are found at. All other reports, those of the
/// busy above all, write the position alone.
#[derive(JsonSchema)]
pub struct ReportLocation;

/// Where a courier is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CourierLocation {
    place: Place,
    /// When they were there, at most 60 s ahead; now where left out.
    at: Option<Timestamp>,
}

impl Endpoint for ReportLocation {
    const FUNCTION: Function = Function::new("report-location")
        .settings(crate::settings::SETTINGS)
        .gets(DELIVERIES)
        .queries(DELIVERIES)
        .writes(DELIVERIES);
    const ROUTE: Route = Route::put("/v1/couriers/{courier_id}/location");
    const ACCESS: Access = Access::roles(&[Role::Courier]);
    const EXAMPLE: &'static str = r#"{"place": {"lat": 44.4268, "lon": 26.1025}, "at": "2025-11-23T12:00:00Z"}"#;
    type Caller = User;
    type Path = CourierPath;
    type Input = Json<CourierLocation>;
    type Reply = NoContent;

    async fn call(
        context: &Context,
        caller: &User,
        &CourierPath { courier_id }: &CourierPath,
        &CourierLocation { place, at }: &CourierLocation,
    ) -> Result<Effect<NoContent>, Problem> {
        let now = context.now();
        let at = at.unwrap_or(now);
        if at > now.plus_seconds(MAX_AHEAD_S) {
            return Err(Problem::invalid("/at", format!("must not be more than {MAX_AHEAD_S} s ahead")));
        }
        let courier = context.read::<Courier>(&courier_id).await?.authorize(caller, CourierAction::Change)?;
        let known = context.find::<Position>(&courier_id).await?;
        if courier.at_newest(known.as_deref()).located_at.is_some_and(|known| at <= known) {
            return Ok(Effect::reply(NoContent));
        }
        let position = Position { courier_id, place, at, received_at: now };
        let moved = courier.at_newest(Some(&position));
        let mut plan = Plan::new(Rules::of(context), now);
        if moved.listed_in() != courier.listed_in() {
            plan.add_courier(courier);
            plan.change_courier(moved);
            plan.match_up(context).await?;
        }
        let reported = Draft::replacing(&courier_id, position, known.map(|known| known.version), now);
        Ok(Effect::reply(NoContent).saves(reported).saves(plan))
    }
}

#[cfg(test)]
mod tests {
    use app::{Stored as _, code};
    use serde_json::{Value, json};
    use testing::{input, user};

    use super::*;
    use crate::{
        State,
        position::POSITION_LIFE_S,
        sample::{Deed, TestCity, north, now, someone},
        set_courier_availability::SetCourierAvailability,
    };

    async fn report(city: &TestCity, caller: u16, courier: u16, location: Value) -> Result<NoContent, Problem> {
        let caller = user(someone(caller), Role::Courier);
        let path = CourierPath { courier_id: someone(courier) };
        city.run::<ReportLocation>(&caller, &path, &input(&location.to_string())).await
    }

    /// What a report so many metres north of the pick-up would write.
    async fn written(city: &TestCity, metres: i32) -> Vec<app::Key> {
        let changes = city.decide(Deed::Report(1, metres)).await.unwrap();
        changes.writes.iter().map(|write| write.key().clone()).collect()
    }

    #[tokio::test]
    async fn of_a_busy_courier_the_position_alone_is_written() {
        let city = TestCity::with_couriers(&[100]).await;
        city.assigned(1, 1).await;
        city.paid(2).await;
        city.world.clock.advance_s(5);
        assert_eq!(written(&city, 4000).await, [Position::key(&someone(1))], "with an open offer");
        city.answer(1, 2, "accept").await.unwrap();
        let before = city.courier(1).await;
        assert_eq!(written(&city, 4000).await, [Position::key(&someone(1))], "with two to do");
        city.perform(Deed::Report(1, 4000)).await;
        assert_eq!(city.courier(1).await, before);
        let expected = Position {
            courier_id: someone(1),
            place: north(4000),
            at: now().plus_seconds(5),
            received_at: now().plus_seconds(5),
        };
        assert_eq!(city.position(1).await, Some(expected));
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn within_the_same_cell_the_position_alone_is_written() {
        let city = TestCity::with_couriers(&[100]).await;
        city.world.clock.advance_s(5);
        assert_eq!(north(100).cell(domain::Resolution::Couriers), north(150).cell(domain::Resolution::Couriers));
        assert_eq!(written(&city, 150).await, [Position::key(&someone(1))]);
    }

    #[tokio::test]
    async fn who_comes_into_another_cell_is_offered_what_waits_there() {
        let city = TestCity::with_couriers(&[6000]).await;
        city.paid(1).await;
        city.world.clock.advance_s(5);
        assert_eq!(city.state(1).await, State::Searching);
        city.perform(Deed::Report(1, 300)).await;
        assert_eq!(city.state(1).await, State::Offered);
        let courier = city.courier(1).await;
        assert_eq!(courier.open_offer, Some(city.delivery(1).await.id));
        assert_eq!(courier.place, Some(north(300)));
        assert_eq!(courier.located_at, Some(now().plus_seconds(5)));
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn the_first_place_of_a_courier_online_makes_them_free() {
        let city = TestCity::new();
        city.enlist(1).await;
        city.paid(1).await;
        city.perform(Deed::Report(1, 100)).await;
        assert_eq!(city.courier(1).await.place, None, "offline");
        city.world.clock.advance_s(POSITION_LIFE_S);
        let caller = user(someone(1), Role::Courier);
        let path = CourierPath { courier_id: someone(1) };
        city.run::<SetCourierAvailability>(&caller, &path, &input(r#"{"online": true}"#)).await.unwrap();
        assert_eq!(city.state(1).await, State::Searching);
        city.perform(Deed::Report(1, 100)).await;
        assert_eq!(city.state(1).await, State::Offered);
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn what_is_not_newer_than_what_is_known_has_no_effect() {
        let city = TestCity::with_couriers(&[6000]).await;
        city.paid(1).await;
        let before = city.everything().await;
        for late in [0, -1] {
            let at = now().plus_seconds(late);
            report(&city, 1, 1, json!({ "place": north(300), "at": at })).await.unwrap();
        }
        assert_eq!(city.everything().await, before, "they said at noon where they are");
        city.world.clock.advance_s(30);
        report(&city, 1, 1, json!({ "place": north(6100), "at": now().plus_seconds(20) })).await.unwrap();
        let before = city.everything().await;
        for late in [20, 19] {
            let at = now().plus_seconds(late);
            report(&city, 1, 1, json!({ "place": north(300), "at": at })).await.unwrap();
        }
        assert_eq!(city.everything().await, before, "they reported something newer");
    }

    #[tokio::test]
    async fn a_report_from_too_far_ahead_is_refused() {
        let city = TestCity::with_couriers(&[100]).await;
        let ahead = |seconds| json!({ "place": north(100), "at": now().plus_seconds(seconds) });
        let refusal = report(&city, 1, 1, ahead(61)).await.unwrap_err();
        assert_eq!(refusal.code, code::INVALID_REQUEST);
        assert_eq!(refusal.errors[0].pointer, "/at");
        report(&city, 1, 1, ahead(60)).await.unwrap();
        assert_eq!(city.position(1).await.unwrap().at, now().plus_seconds(60));
    }

    #[tokio::test]
    async fn a_position_lives_ten_minutes_from_when_it_was_received() {
        let city = TestCity::with_couriers(&[100]).await;
        city.world.clock.advance_s(60);
        report(&city, 1, 1, json!({ "place": north(150), "at": now().plus_seconds(1) })).await.unwrap();
        city.world.clock.advance_s(599);
        assert!(city.position(1).await.is_some());
        city.world.clock.advance_s(1);
        assert!(city.position(1).await.is_none());
        city.perform(Deed::Report(1, 120)).await;
        assert_eq!(city.position(1).await.unwrap().place, north(120));
    }

    #[tokio::test]
    async fn it_is_theirs_alone_and_needs_a_profile() {
        let city = TestCity::with_couriers(&[100]).await;
        let place = json!({ "place": north(100) });
        assert_eq!(report(&city, 2, 1, place.clone()).await.unwrap_err().code, code::NOT_FOUND);
        assert_eq!(report(&city, 2, 2, place).await.unwrap_err().code, code::NOT_FOUND);
        assert!(!ReportLocation::ACCESS.allows(Role::Admin));
    }
}
