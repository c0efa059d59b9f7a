//! The repository of notifications: an item per notice in its reader's partition, and beside them a counter of the unread
//! in shards, of which one is written in the same transaction.

use app::{
    Changes, Context, Draft, Index, Item, Key, Listing, PageQuery, Problem, Query, StoreError, Stored, StoredType,
    Table, Versioned, erasure::People,
};
use domain::{NotificationId, UserId};
use serde::{Deserialize, Serialize};

use crate::Notification;

/// The unread notices of a user.
pub const UNREAD: Index = Index("unread");

/// Erasures of people, by when they go on.
pub const DUE: Index = Index("due");

pub const NOTIFICATIONS: Table = Table::new("notifications", &[UNREAD, DUE]);

/// What is held of people: their inboxes.
pub const PEOPLE: People = People {
    table: NOTIFICATIONS,
    due: DUE,
    own: |user| vec![partition(user)],
    stored: &[StoredType::of::<Notification>(), StoredType::of::<Counter>()],
};

/// What the partitions of users begin with.
const USER: &str = "USER#";
/// What the sort keys of notifications begin with.
const NOTICE: &str = "N#";
/// The sort key of a counter's first shard, and what those of the others begin with.
const COUNTER: &str = "COUNTER";
/// How many shards a user's counter has, so that notices at once seldom race for the same one.
const SHARDS: u8 = 8;

/// A shard of how many notices of a user are unread: only all of them together say how many.
#[derive(Serialize, Deserialize)]
pub(crate) struct Counter {
    /// Whose notices; the item's key says it.
    #[serde(skip)]
    reader: Option<UserId>,
    /// Below zero where notices were read that another shard counted, as the first did all before there were others.
    unread: i64,
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
    /// Whose counter, and one of the notices that the shard counts.
    type Id = (UserId, NotificationId);

    fn key(&(reader, counted): &(UserId, NotificationId)) -> Key {
        let sort_key = match shard_of(counted) {
            0 => COUNTER.to_owned(),
            shard => format!("{COUNTER}#{shard}"),
        };
        Key::new(partition(reader), sort_key)
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

/// How many notices of a user are unread.
pub(crate) async fn unread_count(context: &Context, reader: UserId) -> Result<u64, Problem> {
    let shards = Query::partition(partition(reader)).beginning(COUNTER);
    let shards = Listing::<Counter>::of(shards, &PageQuery::default()).all(context).await?;
    let unread: i64 = shards.items.iter().map(|shard| shard.unread).sum();
    Ok(u64::try_from(unread).unwrap_or(0))
}

/// Puts a notification into its inbox. Idempotent: changes nothing where it is there already.
pub(crate) async fn arrival(context: &Context, notification: Notification) -> Result<Changes, StoreError> {
    let id = (notification.to, notification.id);
    if context.find::<Notification>(&id).await?.is_some() {
        return Ok(Changes::none());
    }
    let counted = count(context, &id, 1).await?;
    Ok(Changes::from(Draft::new(&id, notification)).and(counted))
}

/// Marks an unread notification as read.
pub(crate) async fn reading(context: &Context, notification: Versioned<Notification>) -> Result<Changes, StoreError> {
    let counted = count(context, &(notification.to, notification.id), -1).await?;
    let mut notification = Draft::of(notification);
    notification.step().read = true;
    Ok(Changes::from(notification).and(counted))
}

/// The shard that counts a notification, with so many more unread. Of two changes of a shard at once one loses the race.
async fn count(context: &Context, id: &(UserId, NotificationId), more: i64) -> Result<Draft<Counter>, StoreError> {
    let Some(found) = context.find::<Counter>(id).await? else {
        return Ok(Draft::new(id, Counter { reader: Some(id.0), unread: more }));
    };
    let mut counter = Draft::of(found);
    counter.step().unread += more;
    Ok(counter)
}

/// The last byte is a random one in every id: of a derived one it is a hash's.
fn shard_of(notification: NotificationId) -> u8 {
    notification.uuid().as_bytes()[15] % SHARDS
}

fn partition(of: UserId) -> String {
    format!("{USER}{of}")
}

#[cfg(test)]
mod tests {
    use testing::World;

    use super::*;
    use crate::sample::{customer, notification};

    /// How many notifications are made at the most until there is one of the shard that is wanted.
    const MOST: u16 = 1000;

    /// A notification to the customer for each shard, in their order.
    fn of_each_shard() -> Vec<Notification> {
        let of_shard =
            |shard| (1..MOST).map(notification).find(|notification| shard_of(notification.id) == shard).unwrap();
        (0..SHARDS).map(of_shard).collect()
    }

    fn stored(sort_key: &str, body: &str) -> Item {
        let counter = Counter { reader: None, unread: 0 };
        Item { body: body.to_owned(), ..counter.item(Key::new(partition(customer()), sort_key), 7) }
    }

    async fn counted(world: &World) -> u64 {
        unread_count(&world.context(crate::SERVICE, "list-notifications"), customer()).await.unwrap()
    }

    #[test]
    fn a_counter_knows_its_reader_by_its_key() {
        for (sort_key, body, unread) in [("COUNTER", r#"{"unread":3}"#, 3), ("COUNTER#7", r#"{"unread":-1}"#, -1)] {
            let item = stored(sort_key, body);
            let counter = Counter::read(&item).unwrap().unwrap();
            assert_eq!(counter.unread, unread);
            assert_eq!(counter.subjects(), [customer()]);
            assert_eq!(counter.body(), item.body);
        }
    }

    #[test]
    fn derived_notifications_are_spread_over_all_shards() {
        const EACH: u16 = 100;
        let mut found = [0_u16; SHARDS as usize];
        for number in 0..EACH * u16::from(SHARDS) {
            found[usize::from(shard_of(notification(number).id))] += 1;
        }
        assert!(found.iter().all(|found| (EACH / 2..EACH * 2).contains(found)), "{found:?}");
    }

    #[tokio::test]
    async fn notices_at_once_in_different_shards_are_all_committed() {
        let world = World::new();
        let context = world.context(crate::SERVICE, "notify");
        let mut at_once = Vec::new();
        for notification in of_each_shard() {
            at_once.push(arrival(&context, notification).await.unwrap());
        }
        for changes in at_once {
            context.commit(NOTIFICATIONS, changes).await.unwrap();
        }
        assert_eq!(counted(&world).await, u64::from(SHARDS));
    }

    #[tokio::test]
    async fn of_two_at_once_in_one_shard_one_loses_the_race_and_counts_again() {
        let world = World::new();
        let context = world.context(crate::SERVICE, "notify");
        let first = notification(1);
        let second = (2..MOST).map(notification).find(|other| shard_of(other.id) == shard_of(first.id)).unwrap();
        let at_once = arrival(&context, second.clone()).await.unwrap();
        world.commit(NOTIFICATIONS, arrival(&context, first).await.unwrap()).await;
        let lost = context.commit(NOTIFICATIONS, at_once).await.unwrap_err();
        assert!(matches!(lost, StoreError::Condition { .. }), "{lost}");
        world.commit(NOTIFICATIONS, arrival(&context, second).await.unwrap()).await;
        assert_eq!(counted(&world).await, 2);
    }

    #[tokio::test]
    async fn a_counter_from_before_there_were_shards_goes_on_counting() {
        let world = World::new();
        let notify = world.context(crate::SERVICE, "notify");
        let unread = of_each_shard();
        let puts = unread.iter().cloned().map(|notification| Draft::new(&(customer(), notification.id), notification));
        let changes = puts.fold(Changes::none(), Changes::and);
        let counter = stored("COUNTER", &format!(r#"{{"unread":{SHARDS}}}"#));
        world.commit(NOTIFICATIONS, changes.put(counter, app::Condition::Absent)).await;
        assert_eq!(counted(&world).await, u64::from(SHARDS));

        for (notification, left) in unread.iter().zip((0..SHARDS).rev()) {
            let found = notify.find::<Notification>(&(customer(), notification.id)).await.unwrap().unwrap();
            let changes = reading(&notify, found).await.unwrap();
            world.commit(NOTIFICATIONS, changes).await;
            assert_eq!(counted(&world).await, u64::from(left));
        }
    }
}
