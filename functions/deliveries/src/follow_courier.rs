//! `follow-courier`: a courier's account changed, so what is known of them here follows.

use app::{Changes, Context, Draft, Failure, Function, Subscriber, System, erasure::is_erased};
use domain::{Event, UserFact, UserKind};
use schemars::JsonSchema;

use crate::{Courier, DELIVERIES, FREE_COURIERS, Rules, account::Account, plan::Plan};

/// A courier's account changed: they are called what it says. One who may not act any more is off duty until they may again;
/// their open offer is declined, and what they have not picked up is offered to others at once.
#[derive(JsonSchema)]
pub struct FollowCourier;

impl Subscriber for FollowCourier {
    const FUNCTION: Function = Function::new("follow-courier")
        .settings(crate::settings::SETTINGS)
        .gets(DELIVERIES)
        .queries_index(DELIVERIES, FREE_COURIERS)
        .writes(DELIVERIES);
    type Data = UserFact;
    const SUBSCRIBES_TO: &'static [UserKind] = &[UserKind::Updated];

    async fn handle(context: &Context, _system: &System, event: &Event<UserFact>) -> Result<Changes, Failure> {
        let Some(told) = Account::of(event) else { return Ok(Changes::none()) };
        let id = told.courier_id;
        let before = context.find::<Account>(&id).await?;
        if before.as_ref().is_some_and(|before| told.known.sequence <= before.known.sequence) {
            return Ok(Changes::none());
        }
        if is_erased(context, DELIVERIES, id).await? {
            return Ok(Changes::none());
        }
        let mut plan = Plan::new(Rules::of(context), context.now());
        plan.load_courier(context, id).await?;
        if let Ok(courier) = plan.courier(id) {
            // Always another version of the courier: coming online at the same time, decided by the account as it was, is lost.
            let renamed = Courier { name: told.known.name.clone(), ..courier.value.clone() };
            plan.change_courier(renamed);
            if !told.known.state.is_active() {
                plan.take_off_duty(context, id).await?;
                plan.match_up(context).await?;
            }
        }
        let account = Draft::replacing(&id, told, before.map(|before| before.version), context.now());
        Ok(Changes::from(plan).and(account))
    }
}

#[cfg(test)]
mod tests {
    use app::{Problem, code};
    use domain::{AccountState, Actor, DeliveryKind, Role};
    use serde_json::{Value, json};
    use testing::{input, user};

    use super::*;
    use crate::{
        State,
        deliveries::list_key,
        paths::CourierPath,
        put_courier::PutCourier,
        sample::{Deed, TestCity, account_event, delivery_id, someone},
        set_courier_availability::SetCourierAvailability,
    };

    async fn set_online(city: &TestCity, number: u16) -> Result<(), Problem> {
        let caller = user(someone(number), Role::Courier);
        let path = CourierPath { courier_id: someone(number) };
        let online = input(r#"{"online": true}"#);
        city.run::<SetCourierAvailability>(&caller, &path, &online).await.map(drop)
    }

    #[tokio::test]
    async fn what_is_assigned_and_not_picked_up_goes_to_another_at_once() {
        let city = TestCity::with_couriers(&[100, 900]).await;
        city.assigned(1, 1).await;
        let key = list_key(&city.delivery(1).await.value);
        city.world.clock.advance_s(60);
        city.suspend(1).await;
        let delivery = city.delivery(1).await;
        assert_eq!(delivery.state, State::Offered);
        assert_eq!(delivery.offer.map(|offer| offer.courier_id), Some(someone(2)));
        assert_eq!(delivery.courier, None);
        assert_eq!(delivery.assigned_at, None);
        assert_eq!(list_key(&delivery), key, "its place in lists");
        assert_eq!(delivery.search_until, city.world.clock.seconds().plus_minutes(20));
        assert!(city.listed(1).await.is_empty());
        let courier = city.courier(1).await;
        assert!(!courier.online && courier.active.is_empty());

        let published = city.world.published();
        let [.., unassigned, offered] = &published[..] else { panic!("{published:?}") };
        assert_eq!(unassigned.kind, DeliveryKind::Unassigned);
        assert_eq!(unassigned.data["courier"], json!(null));
        assert_eq!(unassigned.data["unassigned"], json!(someone(1)));
        assert_eq!(unassigned.data["unassigned_at"], json!(city.world.clock.seconds()));
        assert_eq!(unassigned.data["assigned_at"], json!(null));
        assert_eq!(unassigned.data["earning"], json!(null));
        assert_eq!(unassigned.data["by"], json!(Actor::SYSTEM));
        assert_eq!(offered.kind, DeliveryKind::Offered);
        assert_eq!(offered.data["unassigned"], json!(someone(1)), "what was published before is repeated");
        assert_eq!([unassigned.sequence, offered.sequence], [delivery.version - 1, delivery.version]);
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn of_two_things_to_do_and_an_offer_the_one_picked_up_stays_theirs() {
        let city = TestCity::with_couriers(&[100]).await;
        city.picked_up(1, 1).await;
        city.assigned(1, 2).await;
        city.suspend(1).await;
        let courier = city.courier(1).await;
        assert_eq!(courier.active, [delivery_id(1)]);
        assert_eq!(city.state(1).await, State::PickedUp);
        assert_eq!(city.state(2).await, State::Searching);
        city.answer(1, 1, "complete").await.unwrap();
        city.assert_sound().await;

        let city = TestCity::with_couriers(&[100]).await;
        city.assigned(1, 1).await;
        city.paid(2).await;
        assert_eq!(city.courier(1).await.open_offer, Some(delivery_id(2)));
        city.suspend(1).await;
        assert_eq!(city.courier(1).await.open_offer, None);
        for number in [1, 2] {
            assert_eq!(city.state(number).await, State::Searching);
        }
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn who_may_not_act_stays_off_duty_until_they_may() {
        let city = TestCity::with_couriers(&[100]).await;
        city.paid(1).await;
        city.suspend(1).await;
        assert_eq!(set_online(&city, 1).await.unwrap_err().code, code::ACCOUNT_SUSPENDED);
        city.enlist(1).await;
        city.offline(1).await;
        assert!(!city.courier(1).await.online);
        city.told(&account_event(1, 7, "Sam Test", AccountState::Pending)).await;
        assert_eq!(set_online(&city, 1).await.unwrap_err().code, code::ACCOUNT_PENDING);
        city.restore(1).await;
        assert!(!city.courier(1).await.online, "they come on duty themselves");
        set_online(&city, 1).await.unwrap();
        assert_eq!(city.state(1).await, State::Offered);
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn who_lost_a_delivery_is_passed_over_for_it_until_they_are_online_anew() {
        let city = TestCity::with_couriers(&[100]).await;
        city.assigned(1, 1).await;
        city.suspend(1).await;
        city.restore(1).await;
        let delivery = city.delivery(1).await;
        assert!(delivery.passes_over(&city.courier(1).await));
        set_online(&city, 1).await.unwrap();
        city.answer(1, 1, "accept").await.unwrap();
        assert_eq!(city.delivery(1).await.unassigned.map(|last| last.courier_id), Some(someone(1)));
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn suspended_and_coming_online_at_once_ends_offline() {
        for online_first in [true, false] {
            let city = TestCity::with_couriers(&[100]).await;
            city.offline(1).await;
            let online = city.decide(Deed::Online(1, 100)).await.unwrap();
            let suspended = city.decide(Deed::Account(1, AccountState::Suspended)).await.unwrap();
            let mut decided = vec![online, suspended];
            if !online_first {
                decided.reverse();
            }
            let lost = decided.pop().unwrap();
            city.commit(decided.remove(0)).await.unwrap();
            assert!(city.commit(lost).await.unwrap_err().is_lost_race());
            city.suspend(1).await;
            assert!(!city.courier(1).await.online);
            city.assert_sound().await;
        }
    }

    #[tokio::test]
    async fn an_older_event_and_the_same_again_change_nothing() {
        let city = TestCity::with_couriers(&[100]).await;
        let suspended = account_event(1, 3, "Sam Suspended", AccountState::Suspended);
        city.told(&suspended).await;
        let before = city.everything().await;
        for event in [account_event(1, 2, "Sam Before", AccountState::Active), suspended] {
            city.told(&event).await;
        }
        assert_eq!(city.everything().await, before);
        assert_eq!(city.courier(1).await.name.as_str(), "Sam Suspended");
    }

    #[tokio::test]
    async fn what_is_known_before_there_is_a_profile_counts_for_it() {
        let city = TestCity::new();
        city.told(&account_event(1, 2, "Samira Test", AccountState::Suspended)).await;
        let caller = user(someone(1), Role::Courier);
        let path = CourierPath { courier_id: someone(1) };
        let made = city.run::<PutCourier>(&caller, &path, &input(r#"{"vehicle": "car"}"#)).await.unwrap();
        assert_eq!(serde_json::to_value(made).unwrap()["name"], "Samira Test");
        assert_eq!(set_online(&city, 1).await.unwrap_err().code, code::ACCOUNT_SUSPENDED);
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn a_new_name_changes_nothing_else_and_others_are_no_couriers() {
        let city = TestCity::with_couriers(&[100]).await;
        city.assigned(1, 1).await;
        let before = city.courier(1).await;
        city.told(&account_event(1, 2, "Samira Test", AccountState::Active)).await;
        let name = "Samira Test".parse().unwrap();
        assert_eq!(city.courier(1).await, Courier { name, ..before });
        let mut merchant = account_event(2, 2, "Maria Pop", AccountState::Suspended);
        merchant.data["role"] = Value::from("merchant");
        let before = city.everything().await;
        city.told(&merchant).await;
        assert_eq!(city.everything().await, before);
    }
}
