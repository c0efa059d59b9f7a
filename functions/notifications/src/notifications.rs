//! The repository of notifications: an item per notice in its reader's partition, and a counter of the unread beside
//! them, written in the same transaction.

use app::{Changes, Context, Draft, Index, Item, Key, Listing, PageQuery, Query, StoreError, Stored, Table, Versioned};
use domain::{NotificationId, UserId};
use serde::{Deserialize, Serialize};

use crate::Notification;

/// The unread notices of a user.
pub const UNREAD: Index = Index("unread");

pub const NOTIFICATIONS: Table = Table::new("notifications", &[UNREAD]);

/// What the partitions of users begin with.
const USER: &str = "USER#";
/// What the sort keys of notifications begin with.
const NOTICE: &str = "N#";

/// How many notices of a user are unread.
#[derive(Serialize, Deserialize)]
pub(crate) struct Counter {
    /// Whose notices; the item's key says it.
    #[serde(skip)]
    reader: Option<UserId>,
    unread: u64,
}

impl Stored for Notification {
    const TABLE: Table = NOTIFICATIONS;
    const ITEM: &'static str = "notification";
    type Id = (UserId, NotificationId);

    fn key(&(to, id): &(UserId, NotificationId)) -> Key {
        Key::new(partition(to), format!("{NOTICE}{id}"))
    }

    fn enter(&self, item: Item) -> Item {
        if self.read {
            return item;
        }
        let Key { pk, sk } = Self::key(&(self.to, self.id));
        item.indexed(UNREAD, pk, sk)
    }

    fn subjects(&self) -> Vec<UserId> {
        vec![self.to]
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        None
    }
}

impl Stored for Counter {
    const TABLE: Table = NOTIFICATIONS;
    const ITEM: &'static str = "counter";
    type Id = UserId;

    fn key(reader: &UserId) -> Key {
        Key::new(partition(*reader), "COUNTER")
    }

    fn subjects(&self) -> Vec<UserId> {
        self.reader.into_iter().collect()
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        None
    }

    fn read(item: &Item) -> Result<Option<Self>, StoreError> {
        let reader = item.key.pk.strip_prefix(USER).and_then(|id| id.parse().ok());
        Ok(Some(Self { reader, ..item.read()? }))
    }
}

/// A user's inbox, newest first; `unread` asks for the unread or for the read alone.
pub(crate) fn inbox<'a>(reader: UserId, unread: Option<bool>, page: &PageQuery) -> Listing<'a, Notification> {
    let of_index = unread == Some(true);
    let partition = partition(reader);
    let query = if of_index { Query::index(UNREAD, partition) } else { Query::partition(partition) };
    let wanted = unread.map(|unread| move |notification: &Notification| notification.read != unread);
    let listing = Listing::of(query.beginning(NOTICE).descending(), page).only(wanted);
    if of_index { listing.read_again() } else { listing }
}

pub(crate) async fn unread_count(context: &Context, reader: UserId) -> Result<u64, StoreError> {
    Ok(context.find::<Counter>(&reader).await?.map_or(0, |counter| counter.unread))
}

/// Puts a notification into its inbox. Idempotent: changes nothing where it is there already.
pub(crate) async fn arrival(context: &Context, notification: Notification) -> Result<Changes, StoreError> {
    let id = (notification.to, notification.id);
    if context.find::<Notification>(&id).await?.is_some() {
        return Ok(Changes::none());
    }
    let counted = count(context, notification.to, |unread| unread.saturating_add(1)).await?;
    Ok(Changes::from(Draft::new(&id, notification)).and(counted))
}

/// Marks an unread notification as read.
pub(crate) async fn reading(context: &Context, notification: Versioned<Notification>) -> Result<Changes, StoreError> {
    let counted = count(context, notification.to, |unread| unread.saturating_sub(1)).await?;
    let mut notification = Draft::of(notification);
    notification.step().read = true;
    Ok(Changes::from(notification).and(counted))
}

/// A user's counter after `change`. Of two changes at once one loses the race.
async fn count(context: &Context, of: UserId, change: impl Fn(u64) -> u64) -> Result<Draft<Counter>, StoreError> {
    let Some(found) = context.find::<Counter>(&of).await? else {
        return Ok(Draft::new(&of, Counter { reader: Some(of), unread: change(0) }));
    };
    let mut counter = Draft::of(found);
    let counted = counter.step();
    counted.unread = change(counted.unread);
    Ok(counter)
}

fn partition(of: UserId) -> String {
    format!("{USER}{of}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_knows_its_reader_by_its_key() {
        let reader = testing::user_id(1);
        let body = r#"{"unread":3}"#.to_owned();
        let item = Item { body, ..Counter { reader: None, unread: 0 }.item(Counter::key(&reader), 7) };
        let counter = Counter::read(&item).unwrap().unwrap();
        assert_eq!(counter.unread, 3);
        assert_eq!(counter.subjects(), [reader]);
        assert_eq!(counter.body(), item.body);
    }
}
