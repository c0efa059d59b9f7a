//! What users publish of accounts, for services that hear of them.

use domain::{AccountState, Actor, Event, EventId, Kind, Name, Role, UserFact, UserId, UserKind};

use crate::NOON;

/// The version of an account that is gone: later than any it had.
const LAST: u64 = 1_000_000;

/// An account is gone.
pub fn user_deleted(user_id: UserId, role: Role) -> Event {
    let fact = UserFact { user_id, role, name: None, state: None, by: Actor::user(role, user_id) };
    event(UserKind::Deleted, &fact, LAST)
}

/// An account has this name and this state, since its version `sequence`.
pub fn user_updated(user_id: UserId, role: Role, name: &Name, state: AccountState, sequence: u64) -> Event {
    let fact = UserFact { user_id, role, name: Some(name.clone()), state: Some(state), by: Actor::SYSTEM };
    event(UserKind::Updated, &fact, sequence)
}

fn event(kind: UserKind, fact: &UserFact, sequence: u64) -> Event {
    let time = NOON.parse().expect("noon is a time");
    let mut random = [0; 10];
    random[2..].copy_from_slice(&sequence.to_be_bytes());
    let made = EventId::generate(NOON.parse().expect("noon is a time"), random);
    Event {
        id: EventId::derived(NOON.parse().expect("noon is a time"), &made, &fact.user_id.to_string()),
        kind: Kind::User(kind),
        subject: fact.user_id.to_string(),
        time,
        partition_key: fact.user_id.to_string(),
        sequence,
        traceparent: None,
        data: serde_json::to_value(fact).expect("our own types serialise"),
    }
}
