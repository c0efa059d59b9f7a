//! `sweep-users`: guests who were not seen for long, and what is left of accounts that are gone.

use app::{Changes, Context, Failure, Function, Index, Key, Sweep, System, Table};
use domain::Actor;
use schemars::JsonSchema;

use crate::{
    ACCESS_TOKEN_S, Account, DUE, GUEST_DAYS, Guest, USERS,
    accounts::PEOPLE,
    deletion::deletion,
    guest::{is_none_any_more, later_deadline},
};

/// Deletes guests who were not seen for long and have no open order, and erases what is left of accounts that are gone.
#[derive(JsonSchema)]
pub struct SweepUsers;

impl Sweep for SweepUsers {
    const FUNCTION: Function =
        Function::new("sweep-users").settings(&[ACCESS_TOKEN_S, GUEST_DAYS]).gets(USERS).queries(USERS).writes(USERS);
    const TABLE: Table = USERS;
    const DUE: Index = DUE;

    async fn decide(context: &Context, _system: &System, key: &Key) -> Result<Changes, Failure> {
        if let Some(changes) = PEOPLE.go_on(context, key).await? {
            return Ok(changes);
        }
        let Some(guest) = context.find_at::<Guest>(std::slice::from_ref(key)).await?.pop().flatten() else {
            return Ok(Changes::none());
        };
        if guest.due_at > context.now() {
            return Ok(Changes::none());
        }
        let user_id = guest.user_id;
        if let Some(later) = later_deadline(context, guest).await? {
            return Ok(later);
        }
        match context.find::<Account>(&user_id).await? {
            Some(account) if account.is_guest() => Ok(deletion(context, &account, Actor::SYSTEM).await?),
            Some(_) | None => Ok(is_none_any_more(user_id)),
        }
    }
}
