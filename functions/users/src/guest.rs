//! Guests: customers without e-mail and password, and when they are forgotten.

use app::{Changes, Condition, Context, Draft, Item, Key, Setting, StoreError, Stored, Table, Versioned, due_key};
use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    ACCESS_TOKEN_S, DUE, USERS,
    accounts::user_partition,
    open_orders::has_open_orders,
};

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
