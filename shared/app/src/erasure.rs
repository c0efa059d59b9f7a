//! Erasure: what a service holds of a person is redacted step by step, twice, and what comes later of facts under way finds
//! that they are gone.
//!
//! The first walk redacts, and keeps the pointers; the second, after [`AGAIN_S`], redacts what tokens and facts under way have
//! brought meanwhile, and removes them. What still goes on is left until it has ended. Then the record of the erasure
//! stays for [`LIFE_S`]: as long as any event is retried or replayed.

use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    Changes, Condition, Context, Failure, Index, Item, Key, Pointer, Query, StoreError, StoredType, Table, Write,
    due_key, outbox, pointers_of,
};

/// How many items one transaction redacts, and how many pointers are followed in one step.
const STEP: usize = 25;
/// How many steps are made, and how long they may take in seconds, before a sweep gives way to what else is due.
const STEPS_AT_ONCE: usize = 40;
const AT_ONCE_S: i64 = 3;
/// After so many seconds a sweep that gave way goes on.
const NEXT_S: i64 = 1;
/// The second walk begins so long after the first has ended, in seconds; and another, while something still goes on.
pub const AGAIN_S: i64 = 15 * 60;
/// How long the record of an erasure that is done is kept, in seconds.
pub const LIFE_S: i64 = 30 * 24 * 3600;

/// What the partitions of erasures begin with.
const ERASURE: &str = "ERASURE#";

/// What a service holds of people.
#[derive(Clone, Copy)]
pub struct People {
    /// Its table.
    pub table: Table,
    /// Its index of deadlines.
    pub due: Index,
    /// The partitions that are a person's own.
    pub own: fn(UserId) -> Vec<String>,
    /// The types of what may be in those, and of what people are parties to.
    pub stored: &'static [StoredType],
}

/// How far the erasure of a person is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Erasure {
    user_id: UserId,
    walk: Walk,
    /// The pointer that the last step ended with.
    after: Option<String>,
    /// Whether this walk has found something that still goes on.
    left_open: bool,
    /// When a sweep goes on with it; null once it is done.
    due: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Walk {
    /// It redacts.
    First,
    /// It redacts again, and removes the pointers.
    Second,
    /// Nothing is left.
    Done,
}

impl People {
    /// Begins the erasure of a person, unless it has begun.
    pub async fn erase(&self, context: &Context, user: UserId) -> Result<Changes, StoreError> {
        if is_erased(context, self.table, user).await? {
            return Ok(Changes::none());
        }
        Ok(self.erasure(user, context.now()))
    }

    /// The record of an erasure that begins now.
    pub fn erasure(&self, user_id: UserId, now: Timestamp) -> Changes {
        let begun = Erasure { user_id, walk: Walk::First, after: None, left_open: false, due: Some(now) };
        let item = self.item(&begun, 1, now);
        Changes::none().put(item, Condition::AbsentOrExpired(now.as_second()))
    }

    /// Goes on with an erasure that is due, as far as a sweep has time for; nothing where the key is not an erasure's.
    pub async fn go_on(&self, context: &Context, key: &Key) -> Result<Option<Changes>, Failure> {
        if !key.pk.starts_with(ERASURE) {
            return Ok(None);
        }
        let Some(item) = context.store().get(self.table, key).await? else { return Ok(Some(Changes::none())) };
        let mut erasure: Erasure = item.read()?;
        if erasure.due.is_none_or(|due| due > context.now()) {
            return Ok(Some(Changes::none()));
        }
        let until = context.now().plus_seconds(AT_ONCE_S);
        for version in (item.version..).take(STEPS_AT_ONCE) {
            erasure = self.step(context, erasure).await?;
            let item = self.item(&erasure, version + 1, context.now());
            context.commit(self.table, Changes::none().put(item, Condition::Version(version))).await?;
            if erasure.after.is_none() || context.now() >= until {
                break;
            }
        }
        Ok(Some(Changes::none()))
    }

    /// The next step: what is a person's own and can't be a party's comes before the first pointers.
    async fn step(&self, context: &Context, mut erasure: Erasure) -> Result<Erasure, Failure> {
        let user = erasure.user_id;
        let mut writes = Vec::new();
        if erasure.after.is_none() {
            writes.extend(self.own_writes(context, user).await?);
        }
        let query = pointers_of(user).after(erasure.after.take()).limit(STEP);
        let page = context.query(self.table, &query).await?;
        for item in page.items {
            let partition = read_all(context, self.table, Query::partition(Pointer::read(&item)?.pk)).await?;
            if self.is_open(&partition)? {
                erasure.left_open = true;
                continue;
            }
            writes.extend(self.redactions(&partition, user)?);
            if erasure.walk == Walk::Second {
                writes.push(Write::Delete(item.key, Condition::None));
            }
        }
        for chunk in writes.chunks(STEP) {
            context.commit(self.table, Changes { writes: chunk.to_vec(), facts: Vec::new() }).await?;
        }
        erasure.after = page.next;
        if erasure.after.is_none() {
            return Ok(erasure.walked(context.now()));
        }
        erasure.due = Some(context.now().plus_seconds(NEXT_S));
        Ok(erasure)
    }

    /// Their own partitions, their idempotency records, and events set aside that name them.
    async fn own_writes(&self, context: &Context, user: UserId) -> Result<Vec<Write>, Failure> {
        let mut writes = Vec::new();
        for partition in (self.own)(user) {
            let items = read_all(context, self.table, Query::partition(partition)).await?;
            writes.extend(self.redactions(&items, user)?);
        }
        let records = read_all(context, self.table, Query::partition(idempotency_partition(user))).await?;
        let aside = read_all(context, self.table, Query::partition(outbox::UNREADABLE)).await?;
        let named = aside.into_iter().filter(|item| item.body.contains(&user.to_string()));
        writes.extend(records.into_iter().chain(named).map(|item| Write::Delete(item.key, Condition::None)));
        Ok(writes)
    }

    /// What becomes of these items without a person's data; each only where it is still as it was read.
    fn redactions(&self, items: &[Item], user: UserId) -> Result<Vec<Write>, StoreError> {
        let mut writes = Vec::new();
        for item in items {
            let Some(stored) = self.stored_type(item) else { continue };
            let condition = Condition::Version(item.version);
            match (stored.redacted)(item, user)? {
                None => writes.push(Write::Delete(item.key.clone(), condition)),
                Some(left) if left.body != item.body => writes.push(Write::Put(left, condition)),
                Some(_) => {}
            }
        }
        Ok(writes)
    }

    fn is_open(&self, items: &[Item]) -> Result<bool, StoreError> {
        for item in items {
            if let Some(stored) = self.stored_type(item)
                && (stored.is_open)(item)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn stored_type(&self, item: &Item) -> Option<&StoredType> {
        self.stored.iter().find(|stored| stored.item == item.kind)
    }

    fn item(&self, erasure: &Erasure, version: u64, now: Timestamp) -> Item {
        let item = Item::of(erasure_key(erasure.user_id), "erasure", version, erasure);
        match erasure.due {
            Some(due) => due_key(item, self.due, Some(due)),
            None => item.expires_at(now.plus_seconds(LIFE_S).as_second()),
        }
    }
}

impl Erasure {
    /// Once a walk has come to its end.
    fn walked(self, now: Timestamp) -> Self {
        let (walk, due) = match self.walk {
            Walk::Second if !self.left_open => (Walk::Done, None),
            Walk::First | Walk::Second => (Walk::Second, Some(now.plus_seconds(AGAIN_S))),
            Walk::Done => (Walk::Done, None),
        };
        Self { walk, due, after: None, left_open: false, ..self }
    }
}

/// Whether the erasure of a person has begun, or was done not long ago: whoever makes a thing of a fact makes it without their
/// data, or none.
pub async fn is_erased(context: &Context, table: Table, user: UserId) -> Result<bool, StoreError> {
    Ok(context.store().get(table, &erasure_key(user)).await?.is_some())
}

/// Those of these people who are being erased, or were not long ago.
pub async fn erased(context: &Context, table: Table, users: &[UserId]) -> Result<Vec<UserId>, StoreError> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<Key> = users.iter().copied().map(erasure_key).collect();
    let found = context.store().get_many(table, &keys).await?;
    Ok(users.iter().copied().filter(|user| found.iter().any(|item| item.key == erasure_key(*user))).collect())
}

/// The partition of a person's idempotency records.
pub fn idempotency_partition(user: UserId) -> String {
    format!("IDEMPOTENCY#{user}")
}

/// Where the record of a person's erasure lies.
pub fn erasure_key(user: UserId) -> Key {
    Key::new(format!("{ERASURE}{user}"), "ERASURE")
}

async fn read_all(context: &Context, table: Table, mut query: Query) -> Result<Vec<Item>, StoreError> {
    let mut items = Vec::new();
    loop {
        let page = context.query(table, &query).await?;
        items.extend(page.items);
        let Some(next) = page.next else { return Ok(items) };
        query = query.after(Some(next));
    }
}
