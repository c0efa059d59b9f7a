//! `follow-merchant`: a merchant's account changed, so their restaurants follow.

use app::{Changes, Context, Draft, Failure, Function, Subscriber, System};
use domain::{Event, UserFact, UserKind};
use schemars::JsonSchema;

use crate::{
    Merchant, RESTAURANTS,
    merchants::step,
    restaurants::{BY_MERCHANT, PEOPLE},
};

/// A merchant's account changed: the restaurants of one who may not act are closed until they may again, and those of an account
/// that is gone for good, together with what is held of that person. The first of them follow at once; where there are more, `sweep-restaurants` goes on.
#[derive(JsonSchema)]
pub struct FollowMerchant;

impl Subscriber for FollowMerchant {
    const FUNCTION: Function =
        Function::new("follow-merchant").gets(RESTAURANTS).queries_index(RESTAURANTS, BY_MERCHANT).writes(RESTAURANTS);
    type Data = UserFact;
    const SUBSCRIBES_TO: &'static [UserKind] = &[UserKind::Updated, UserKind::Deleted];

    async fn handle(context: &Context, _system: &System, event: &Event<UserFact>) -> Result<Changes, Failure> {
        let Some(told) = Merchant::told(event) else { return Ok(Changes::none()) };
        let id = told.id;
        let found = context.find::<Merchant>(&id).await?;
        let known = found.as_ref().map(|found| found.value.clone());
        let mut merchant = Merchant::with(known, told, context.now());
        if found.as_ref().is_some_and(|found| found.value == merchant) {
            return Ok(Changes::none());
        }
        let followed = step(context, &mut merchant).await?;
        let merchant = Draft::replacing(&id, merchant, found.map(|found| found.version), context.now());
        let erased = match event.kind {
            UserKind::Deleted => PEOPLE.erase(context, id).await?,
            UserKind::Updated => Changes::none(),
        };
        Ok(Changes::from(merchant).and(followed).and(erased))
    }
}

#[cfg(test)]
mod tests {
    use app::Stored as _;
    use domain::AccountState::{Active, Pending, Suspended};
    use serde_json::json;
    use testing::{World, user_id};

    use super::*;
    use crate::{
        merchant::{AGAIN_S, NEXT_STEP_S},
        merchants::STEP,
        sample::{self, account_event, is_open, sweep, tell},
    };

    async fn world() -> World {
        let world = World::new();
        sample::open(&world, sample::restaurant()).await;
        world
    }

    async fn merchant(world: &World) -> Option<app::Item> {
        world.store().get(RESTAURANTS, &Merchant::key(&sample::merchant().id)).await.unwrap()
    }

    #[tokio::test]
    async fn a_restaurant_is_closed_while_its_merchant_may_not_act() {
        let world = world().await;
        let id = sample::restaurant().id;
        let other = sample::restaurant_like(2, |it| it.merchant_id = user_id(8));
        sample::open(&world, other.clone()).await;
        for (sequence, state, open) in
            [(2, Suspended, false), (3, Active, true), (5, Pending, false), (6, Active, true)]
        {
            tell(&world, &account_event(sequence, Some(state))).await;
            assert_eq!(is_open(&world, id).await, open, "{state:?}");
            assert!(is_open(&world, other.id).await);
        }
    }

    #[tokio::test]
    async fn what_was_heard_before_or_is_older_changes_nothing() {
        let world = world().await;
        let suspended = account_event(5, Some(Suspended));
        tell(&world, &suspended).await;
        let before = merchant(&world).await;
        for event in [suspended, account_event(4, Some(Active)), account_event(2, Some(Suspended))] {
            tell(&world, &event).await;
            assert_eq!(merchant(&world).await, before);
            assert!(!is_open(&world, sample::restaurant().id).await);
        }
    }

    #[tokio::test]
    async fn an_older_suspension_that_comes_later_closes_nothing() {
        let world = world().await;
        tell(&world, &account_event(3, Some(Active))).await;
        tell(&world, &account_event(2, Some(Suspended))).await;
        assert!(is_open(&world, sample::restaurant().id).await);
        assert_eq!(sweep(&world).await, 0);
    }

    #[tokio::test]
    async fn what_belonged_to_an_account_that_is_gone_is_closed_for_good() {
        let world = world().await;
        tell(&world, &account_event(3, None)).await;
        for sequence in [2, 4] {
            tell(&world, &account_event(sequence, Some(Active))).await;
            assert!(!is_open(&world, sample::restaurant().id).await);
        }
    }

    #[tokio::test]
    async fn others_than_merchants_have_no_restaurants() {
        let world = world().await;
        let mut event = account_event(2, Some(Suspended));
        event.data["role"] = json!("courier");
        tell(&world, &event).await;
        assert_eq!(merchant(&world).await, None);
    }

    #[tokio::test]
    async fn a_new_name_begins_no_walk_and_takes_no_step_of_one() {
        let world = World::new();
        for number in 1..=u16::try_from(STEP + 1).unwrap() {
            sample::open(&world, sample::restaurant_like(number, |_| ())).await;
        }
        tell(&world, &account_event(2, Some(Active))).await;
        assert_eq!(sweep(&world).await, 0);
        tell(&world, &account_event(3, Some(Suspended))).await;
        tell(&world, &account_event(4, Some(Suspended))).await;
        let last = sample::restaurant_like(u16::try_from(STEP + 1).unwrap(), |_| ()).id;
        assert!(is_open(&world, last).await);
        world.clock.advance_s(NEXT_STEP_S);
        assert_eq!(sweep(&world).await, 1);
        assert!(!is_open(&world, last).await);
        tell(&world, &account_event(5, Some(Suspended))).await;
        world.clock.advance_s(AGAIN_S);
        assert_eq!(sweep(&world).await, 1, "once more");
    }
}
