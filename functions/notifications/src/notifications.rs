//! The repository of notifications: an item per notice in its reader's partition, and a counter of the unread beside
//! them, written in the same transaction.

use app::{
    Caller, Changes, Condition, Context, Guarded, Index, Item, Key, Problem, Query, StoreError, Table, Versioned,
};
use domain::{NotificationId, Page, Position, UserId};
use serde::{Deserialize, Serialize};

use crate::Notification;

/// The unread notices of a user: `USER#<user>` / `N#<id>`.
pub const UNREAD: Index = Index("unread");

pub const NOTIFICATIONS: Table = Table::new("notifications", &[UNREAD]);

/// The version of a notification that nobody has read.
const UNREAD_VERSION: u64 = 1;
/// What the sort keys of notifications begin with.
const PREFIX: &str = "N#";
/// The sort key of a user's counter.
const COUNTER: &str = "COUNTER";

/// Reads inboxes.
pub trait Notifications {
    fn notification(
        &self,
        to: UserId,
        id: NotificationId,
    ) -> impl Future<Output = Result<Guarded<Notification>, StoreError>> + Send;

    /// A page of the caller's inbox, newest first; `unread` asks for the unread or for the read alone.
    fn notifications(
        &self,
        caller: &Caller,
        unread: Option<bool>,
        after: Option<&Position>,
        limit: usize,
    ) -> impl Future<Output = Result<Page<Notification>, Problem>> + Send;

    fn unread_count(&self, of: UserId) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Puts a notification into its inbox. Idempotent: changes nothing where it is there already.
    fn arrival(&self, notification: &Notification) -> impl Future<Output = Result<Changes, StoreError>> + Send;

    /// Marks an unread notification as read.
    fn reading(
        &self,
        notification: Versioned<Notification>,
    ) -> impl Future<Output = Result<Changes, StoreError>> + Send;
}

impl Notifications for Context {
    async fn notification(&self, to: UserId, id: NotificationId) -> Result<Guarded<Notification>, StoreError> {
        Ok(Guarded::new(self.get(NOTIFICATIONS, &notification_key(to, id)).await?))
    }

    async fn notifications(
        &self,
        caller: &Caller,
        unread: Option<bool>,
        after: Option<&Position>,
        limit: usize,
    ) -> Result<Page<Notification>, Problem> {
        let partition = partition(caller.signed_in()?.id);
        let only_unread = unread == Some(true);
        let query = if only_unread { Query::index(UNREAD, partition) } else { Query::partition(partition) };
        let page = self.query(NOTIFICATIONS, &query.beginning(PREFIX).after(after).descending().limit(limit)).await?;
        let items = if only_unread { current(self, page.items).await? } else { page.items };
        let mut notifications = items.iter().map(Item::read).collect::<Result<Vec<Notification>, StoreError>>()?;
        notifications.retain(|notification| unread.is_none_or(|unread| notification.read != unread));
        Ok(Page { items: notifications, next_cursor: page.next.map(Position::new) })
    }

    async fn unread_count(&self, of: UserId) -> Result<u64, StoreError> {
        Ok(counter(self, of).await?.map_or(0, |counter| counter.unread))
    }

    async fn arrival(&self, notification: &Notification) -> Result<Changes, StoreError> {
        let Notification { to, id, .. } = *notification;
        if self.get::<Notification>(NOTIFICATIONS, &notification_key(to, id)).await?.is_some() {
            return Ok(Changes::none());
        }
        let item = Item::of(notification_key(to, id), "notification", UNREAD_VERSION, notification);
        let item = item.indexed(UNREAD, partition(to), sort_key(id));
        let counted = count(self, to, |unread| unread.saturating_add(1)).await?;
        Ok(counted.put(item, Condition::Absent))
    }

    async fn reading(&self, notification: Versioned<Notification>) -> Result<Changes, StoreError> {
        let Versioned { value, version } = notification;
        let Notification { to, id, .. } = value;
        let item = Item::of(notification_key(to, id), "notification", version + 1, &value.as_read());
        let counted = count(self, to, |unread| unread.saturating_sub(1)).await?;
        Ok(counted.put(item, Condition::Version(version)))
    }
}

/// How many notices of a user are unread.
#[derive(Serialize, Deserialize)]
struct Counter {
    unread: u64,
}

async fn counter(context: &Context, of: UserId) -> Result<Option<Versioned<Counter>>, StoreError> {
    context.get(NOTIFICATIONS, &Key::new(partition(of), COUNTER)).await
}

/// Saves a user's counter after `change`, unless it was changed since it was read (optimistic locking).
async fn count(context: &Context, of: UserId, change: impl Fn(u64) -> u64) -> Result<Changes, StoreError> {
    let found = counter(context, of).await?;
    let (unread, version) = found.map_or((0, None), |found| (found.unread, Some(found.version)));
    let counter = Counter { unread: change(unread) };
    let item = Item::of(Key::new(partition(of), COUNTER), "counter", version.unwrap_or(0) + 1, &counter);
    Ok(Changes::none().put(item, Condition::read_at(version)))
}

/// The items that an index named, as they are in the table now, newest first.
async fn current(context: &Context, hints: Vec<Item>) -> Result<Vec<Item>, StoreError> {
    let keys: Vec<Key> = hints.into_iter().map(|hint| hint.key).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut items = context.store().get_many(NOTIFICATIONS, &keys).await?;
    items.sort_by(|left, right| right.key.sk.cmp(&left.key.sk));
    Ok(items)
}

fn notification_key(to: UserId, id: NotificationId) -> Key {
    Key::new(partition(to), sort_key(id))
}

fn partition(of: UserId) -> String {
    format!("USER#{of}")
}

fn sort_key(id: NotificationId) -> String {
    format!("{PREFIX}{id}")
}
