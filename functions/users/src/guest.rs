//! Guests: customers without e-mail and password, and when they are forgotten.

use app::{Changes, Condition, Context, Draft, Item, Key, Setting, StoreError, Stored, Table, Versioned, due_key};
use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{ACCESS_TOKEN_S, DUE, USERS, accounts::user_partition, open_orders::has_open_orders};

pub const GUEST_DAYS: Setting = Setting {
    name: "TIFFIN_USERS_GUEST_DAYS",
    default: 30,
    min: 1,
    max: 3650,
    about: "How long a guest is remembered after the last sign of them, in days",
};

/// A day, in seconds.
const DAY_S: i64 = 24 * 3600;

/// That an account is a guest's, and when they are forgotten. It lies beside the account, which is then not written with each
/// refresh.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guest {
    pub user_id: UserId,
    /// When they were last given a session.
    pub seen_at: Timestamp,
    /// When they are forgotten, unless they are seen before.
    pub due_at: Timestamp,
}

impl Guest {
    /// A guest who is given a session now.
    pub(crate) fn seen(context: &Context, user_id: UserId) -> Self {
        let seen_at = context.now();
        Self { user_id, seen_at, due_at: due_at(context, seen_at) }
    }
}

impl Stored for Guest {
    const TABLE: Table = USERS;
    const ITEM: &'static str = "guest";
    type Id = UserId;

    fn key(id: &UserId) -> Key {
        Key::new(user_partition(*id), "GUEST")
    }

    fn enter(&self, item: Item) -> Item {
        due_key(item, DUE, Some(self.due_at))
    }

    fn subjects(&self) -> Vec<UserId> {
        vec![self.user_id]
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        None
    }
}

/// Saves that a guest was given another session.
pub(crate) async fn seen_again(context: &Context, user_id: UserId) -> Result<Changes, StoreError> {
    let guest = Guest::seen(context, user_id);
    Ok(match context.find::<Guest>(&user_id).await? {
        Some(found) => {
            let mut draft = Draft::of(found);
            draft.becomes(guest);
            draft.into()
        }
        None => Draft::new(&user_id, guest).into(),
    })
}

/// Saves that a guest has an account from now on.
pub(crate) fn is_none_any_more(user_id: UserId) -> Changes {
    Changes::none().delete(Guest::key(&user_id), Condition::None)
}

/// Gives a guest whose deadline has passed a later one, where there is a reason: an order that goes on, or a setting that was raised.
/// Nothing where they are to be erased.
pub async fn later_deadline(context: &Context, guest: Versioned<Guest>) -> Result<Option<Changes>, StoreError> {
    let now = context.now();
    let seen_at = if has_open_orders(context, guest.user_id).await? { now } else { guest.seen_at };
    let due_at = due_at(context, seen_at);
    if due_at <= now {
        return Ok(None);
    }
    let mut guest = Draft::of(guest);
    guest.step().due_at = due_at;
    Ok(Some(guest.into()))
}

/// An access token lives on for some minutes after it was given, and an order can be placed with it; the days count from then.
fn due_at(context: &Context, seen_at: Timestamp) -> Timestamp {
    seen_at.plus_seconds(context.setting(&ACCESS_TOKEN_S) + context.setting(&GUEST_DAYS) * DAY_S)
}

#[cfg(test)]
mod tests {
    use app::{Declaration, Function, Schedule, Service, Settings, System, due_query, query_shards};
    use domain::OrderKind;
    use testing::World;

    use super::*;
    use crate::sample::{guest, handle_order, stored};

    /// Something scheduled that may do what it takes.
    #[derive(schemars::JsonSchema)]
    struct Look;

    impl Schedule for Look {
        const FUNCTION: Function =
            Function::new("look").settings(&[ACCESS_TOKEN_S, GUEST_DAYS]).queries(USERS).writes(USERS);

        async fn run(_: &Context, _: &System) -> Result<Changes, app::Failure> {
            Ok(Changes::none())
        }
    }

    const SERVICE: Service = Service { functions: &[Declaration::schedule::<Look>()], ..crate::SERVICE };

    /// Whether a guest is kept at their deadline, which is saved.
    async fn is_kept(world: &World, user_id: UserId) -> bool {
        let found = stored::<Guest>(world, &user_id).await.unwrap();
        let kept = later_deadline(&world.context(SERVICE, "look"), found).await.unwrap();
        let is_kept = kept.is_some();
        world.commit(USERS, kept.unwrap_or_default()).await;
        is_kept
    }

    #[tokio::test]
    async fn a_guest_is_due_once_the_days_are_over_and_is_not_kept() {
        let world = World::new();
        let (caller, _) = guest(&world).await;
        let due_at = stored::<Guest>(&world, &caller.id).await.unwrap().due_at;
        let due = query_shards(world.store(), USERS, &due_query(DUE)).await.unwrap();
        assert_eq!(due.items.len(), 1);
        assert!(due.sort_keys[0].starts_with(&due_at.to_string()), "{:?}", due.sort_keys);
        world.clock.advance_s(world.clock.seconds().seconds_until(due_at));
        assert!(!is_kept(&world, caller.id).await);
    }

    #[tokio::test]
    async fn an_order_that_goes_on_keeps_them_for_as_long_again() {
        let world = World::new();
        let (caller, _) = guest(&world).await;
        let due_at = stored::<Guest>(&world, &caller.id).await.unwrap().due_at;
        handle_order(&world, caller.id, OrderKind::Placed, 1).await;
        world.clock.advance_s(world.clock.seconds().seconds_until(due_at));
        assert!(is_kept(&world, caller.id).await);
        let later = stored::<Guest>(&world, &caller.id).await.unwrap().due_at;
        assert_eq!(due_at.seconds_until(later), ACCESS_TOKEN_S.default + GUEST_DAYS.default * DAY_S);
        handle_order(&world, caller.id, OrderKind::Delivered, 7).await;
        world.clock.advance_s(due_at.seconds_until(later));
        assert!(!is_kept(&world, caller.id).await);
    }

    #[tokio::test]
    async fn a_setting_that_was_raised_counts_for_who_was_here_before() {
        let store = std::sync::Arc::new(testing::MemoryStore::default());
        let before = World::over(store.clone(), Settings::default());
        let (caller, _) = guest(&before).await;
        let world = World::over(store, Settings::default().with(&GUEST_DAYS, GUEST_DAYS.default + 1));
        world.clock.advance_s(ACCESS_TOKEN_S.default + GUEST_DAYS.default * DAY_S);
        assert!(is_kept(&world, caller.id).await);
        world.clock.advance_s(DAY_S);
        assert!(!is_kept(&world, caller.id).await);
    }
}
