//! `sweep-restaurants`: the restaurants of merchants who have many follow them, step by step.

use app::{Changes, Context, Draft, Failure, Function, Index, Key, Sweep, System, Table};
use schemars::JsonSchema;

use crate::{
    Merchant, RESTAURANTS,
    merchants::step,
    restaurants::{BY_MERCHANT, DUE, PEOPLE},
};

/// Closes and opens what `follow-merchant` left to do, twenty-five restaurants a step; and goes through them once more a quarter of
/// an hour later, for what a list did not show yet. Erases what is held of merchants whose accounts are gone.
#[derive(JsonSchema)]
pub struct SweepRestaurants;

impl Sweep for SweepRestaurants {
    const FUNCTION: Function = Function::new("sweep-restaurants")
        .gets(RESTAURANTS)
        .queries(RESTAURANTS)
        .queries_index(RESTAURANTS, BY_MERCHANT)
        .writes(RESTAURANTS);
    const TABLE: Table = RESTAURANTS;
    const DUE: Index = DUE;

    async fn decide(context: &Context, _system: &System, key: &Key) -> Result<Changes, Failure> {
        if let Some(changes) = PEOPLE.go_on(context, key).await? {
            return Ok(changes);
        }
        let found = context.find_at::<Merchant>(std::slice::from_ref(key)).await?.pop().flatten();
        let Some(found) = found.filter(|merchant| merchant.due_walk(context.now()).is_some()) else {
            return Ok(Changes::none());
        };
        let mut merchant = found.value.clone();
        let followed = step(context, &mut merchant).await?;
        let mut draft = Draft::of(found);
        draft.becomes(merchant);
        Ok(Changes::from(draft).and(followed))
    }
}

#[cfg(test)]
mod tests {
    use app::{MAX_WRITES, Stored as _};
    use domain::AccountState::{Active, Suspended};
    use testing::World;

    use super::*;
    use crate::{
        merchant::{AGAIN_S, NEXT_STEP_S},
        sample::{self, account_event, is_open, sweep, tell},
    };

    /// More than two steps.
    const MANY: u16 = 60;

    async fn world() -> World {
        let world = World::new();
        for number in 1..=MANY {
            sample::open(&world, sample::restaurant_like(number, |_| ())).await;
        }
        world
    }

    async fn open(world: &World) -> usize {
        let mut count = 0;
        for number in 1..=MANY {
            count += usize::from(is_open(world, sample::restaurant_like(number, |_| ()).id).await);
        }
        count
    }

    #[tokio::test]
    async fn many_restaurants_follow_in_steps_of_twenty_five_and_are_looked_at_once_more() {
        let world = world().await;
        tell(&world, &account_event(2, Some(Suspended))).await;
        assert_eq!(open(&world).await, 35);
        assert_eq!(sweep(&world).await, 0, "not yet");
        for (wait, left) in [(NEXT_STEP_S, 10), (NEXT_STEP_S, 0), (AGAIN_S, 0), (NEXT_STEP_S, 0), (NEXT_STEP_S, 0)] {
            world.clock.advance_s(wait - 1);
            assert_eq!(sweep(&world).await, 0, "not yet");
            world.clock.advance_s(1);
            assert_eq!(sweep(&world).await, 1);
            assert_eq!(open(&world).await, left);
        }
        world.clock.advance_s(24 * 3600);
        assert_eq!(sweep(&world).await, 0, "done");
    }

    #[tokio::test]
    async fn a_later_fact_begins_anew_whatever_is_under_way() {
        let world = world().await;
        tell(&world, &account_event(2, Some(Suspended))).await;
        world.clock.advance_s(NEXT_STEP_S);
        sweep(&world).await;
        assert_eq!(open(&world).await, 10);
        tell(&world, &account_event(3, Some(Active))).await;
        assert_eq!(open(&world).await, 35);
        world.clock.advance_s(NEXT_STEP_S);
        sweep(&world).await;
        assert_eq!(open(&world).await, usize::from(MANY));
    }

    #[tokio::test]
    async fn a_step_is_one_transaction_of_what_differs_and_of_how_far_it_is() {
        let world = world().await;
        tell(&world, &account_event(2, Some(Suspended))).await;
        world.clock.advance_s(NEXT_STEP_S);
        let context = world.context(crate::SERVICE, "sweep-restaurants");
        let key = Merchant::key(&sample::merchant().id);
        let decide = async || SweepRestaurants::decide(&context, &world.system(), &key).await.unwrap();
        let Changes { writes, .. } = decide().await;
        assert_eq!(writes.len(), 26);
        assert!(writes.len() <= MAX_WRITES);
        world.commit(RESTAURANTS, Changes { writes, ..Changes::none() }).await;
        assert!(decide().await.is_empty(), "not due");
    }
}
