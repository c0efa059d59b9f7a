//! The outbox: events wait here until they are published, new ones first, then those that were not taken, by the time of their
//! next try. What can't be read is moved to a partition of its own, until somebody has looked at it.

use domain::{Event, EventId, Timestamp};

use crate::{Condition, Item, Key, Query, StoreError, Write, sharded};

/// The partition name of every outbox.
const OUTBOX: &str = "OUTBOX";
/// The partition of what can't be read.
pub const UNREADABLE: &str = "UNREADABLE";
/// Begins the sort keys of what was not taken: after those of all ids.
const SET_BACK: char = '~';
/// The first backoff of what was not taken, in seconds; doubled each time in a row.
const FIRST_WAIT_S: i64 = 60;
/// The longest backoff, in seconds.
const LONGEST_WAIT_S: i64 = 3600;

/// Where an event waits that was just committed.
pub fn outbox_key(id: EventId) -> Key {
    let id = id.to_string();
    Key { pk: sharded(OUTBOX, &id), sk: id }
}

/// Everything in an outbox; to be read sharded.
pub fn outbox_query() -> Query {
    Query::partition(OUTBOX)
}

/// The backoff after this many failures in a row, in seconds: `first`, doubled each time, up to `longest`.
pub fn doubled_s(first: i64, failures: u32, longest: i64) -> i64 {
    let times = 2_i64.checked_pow(failures.saturating_sub(1));
    times.and_then(|times| first.checked_mul(times)).map_or(longest, |wait| wait.min(longest))
}

/// An event in an outbox.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its key: new ones have the event's id, the others the time of their next try.
    pub key: Key,
    /// What to publish.
    pub event: Event,
}

impl Waiting {
    /// What an item of an outbox holds.
    pub fn of(item: &Item) -> Result<Self, StoreError> {
        Ok(Self { key: item.key.clone(), event: item.read()? })
    }

    /// How often it was not taken.
    fn failures(&self) -> u32 {
        let number = || self.key.sk.strip_prefix(SET_BACK)?.split(SET_BACK).nth(1)?.parse().ok();
        number().unwrap_or(0)
    }

    /// Sends it to the back of the queue: it was not taken.
    pub fn set_back(&self, now: Timestamp) -> Vec<Write> {
        let failures = self.failures().saturating_add(1);
        let until = now.plus_seconds(doubled_s(FIRST_WAIT_S, failures, LONGEST_WAIT_S));
        let sk = format!("{SET_BACK}{until}{SET_BACK}{failures}{SET_BACK}{}", self.event.id);
        let key = Key { pk: self.key.pk.clone(), sk };
        let item = Item::of(key, "outbox", self.event.sequence, &self.event);
        vec![Write::Put(item, Condition::None), Write::Delete(self.key.clone(), Condition::Exists)]
    }
}

/// What a shard of an outbox holds that was never tried, or is being tried.
pub fn fresh(shard: u8) -> Query {
    Query::partition(partition(shard)).before(SET_BACK)
}

/// What a shard of an outbox holds that is to be tried again by now.
pub fn set_back(shard: u8, now: Timestamp) -> Query {
    Query::partition(partition(shard)).from(SET_BACK).before(format!("{SET_BACK}{}", now.plus_seconds(1)))
}

fn partition(shard: u8) -> String {
    format!("{OUTBOX}#{shard:02}")
}

/// Moves an item that can't be read out of the outbox, where it would hold up the others.
pub fn set_aside(item: &Item) -> Vec<Write> {
    let aside = Item { key: Key::new(UNREADABLE, &item.key.sk), kind: "unreadable".into(), ..item.clone() };
    vec![Write::Put(aside, Condition::None), Write::Delete(item.key.clone(), Condition::Exists)]
}

/// Moves what was set aside back into the outbox, as if it had just been committed.
pub fn put_back(aside: &Item) -> Vec<Write> {
    let id = aside.key.sk.rsplit(SET_BACK).next().unwrap_or_default();
    let key = Key { pk: sharded(OUTBOX, id), sk: id.to_owned() };
    let item = Item { key, kind: "outbox".into(), ..aside.clone() };
    vec![Write::Put(item, Condition::Absent), Write::Delete(aside.key.clone(), Condition::Exists)]
}

#[cfg(test)]
mod tests {
    use domain::{Kind, OrderKind};

    use super::*;

    fn waiting(sort_key: Option<&str>) -> Waiting {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let id = EventId::generate(now.jiff(), [7; 10]);
        let event = Event {
            id,
            kind: Kind::Order(OrderKind::Placed),
            subject: "ord".to_owned(),
            time: now,
            partition_key: "ord".to_owned(),
            sequence: 1,
            traceparent: None,
            data: serde_json::json!({}),
        };
        let key = sort_key.map_or_else(|| outbox_key(id), |sk| Key::new(OUTBOX, sk));
        Waiting { key, event }
    }

    #[test]
    fn what_is_not_taken_waits_longer_each_time_up_to_an_hour() {
        let mut one = waiting(None);
        let now = one.event.time;
        for wait in [60, 120, 240, 480, 960, 1920, 3600, 3600] {
            let writes = one.set_back(now);
            let [Write::Put(item, _), Write::Delete(key, _)] = &writes[..] else { panic!("{writes:?}") };
            assert_eq!(*key, one.key);
            let until = now.plus_seconds(wait);
            assert!(item.key.sk.starts_with(&format!("~{until}~")), "{}", item.key.sk);
            assert_eq!(item.key.pk, one.key.pk);
            one = Waiting::of(item).unwrap();
        }
        assert!(
            one.set_back(now).len() == 2
                && waiting(Some("~2026-11-23T12:00:00Z~4000000000~evt")).set_back(now).len() == 2
        );
    }

    #[test]
    fn what_was_set_aside_comes_back_to_its_place() {
        let fresh = waiting(None);
        let stored = Item::of(fresh.key.clone(), "outbox", 1, &fresh.event);
        let Write::Put(again, _) = fresh.set_back(fresh.event.time).remove(0) else { panic!("it is put") };
        for item in [&stored, &again] {
            let Write::Put(aside, _) = set_aside(item).remove(0) else { panic!("it is put") };
            assert_eq!(aside.key.pk, UNREADABLE);
            assert_eq!(aside.body, stored.body);
            let Write::Put(back, _) = put_back(&aside).remove(0) else { panic!("it is put") };
            assert_eq!(back, stored);
        }
    }
}
