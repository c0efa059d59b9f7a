//! Where a person's data is: a pointer to each thing that they are a party to, written once, with what makes them one.

use domain::UserId;
use serde::{Deserialize, Serialize};

use crate::{Item, Key, Query, StoreError, Stored};

/// What the partitions of pointers begin with.
const PERSON: &str = "PERSON#";
/// The type of pointers' items.
const ITEM: &str = "person";

/// Where a thing lies that somebody is a party to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointer {
    /// Its partition key.
    pub pk: String,
    /// Its sort key.
    pub sk: String,
}

impl Pointer {
    /// What a pointer's item holds.
    pub fn read(item: &Item) -> Result<Self, StoreError> {
        item.read()
    }

    /// The key of the thing.
    pub fn key(self) -> Key {
        Key { pk: self.pk, sk: self.sk }
    }

    /// Whose pointer would lie at this key.
    pub fn owner(key: &Key) -> Option<UserId> {
        key.pk.strip_prefix(PERSON)?.parse().ok()
    }

    /// The pointer of a person to a thing, which lives as long as the thing does: `PERSON#<user>` / `<item>#<id>`.
    pub(crate) fn of<T: Stored>(thing: &Item, person: UserId) -> Item {
        let Key { pk, sk } = thing.key.clone();
        let id = pk.split_once('#').map_or(pk.as_str(), |(_, id)| id);
        let key = Key::new(partition(person), format!("{}#{id}", T::ITEM));
        Item { expires_at: thing.expires_at, ..Item::of(key, ITEM, 1, &Self { pk, sk }) }
    }
}

/// The pointers of a person, kind by kind, in the order of ids.
pub fn pointers_of(person: UserId) -> Query {
    Query::partition(partition(person))
}

fn partition(person: UserId) -> String {
    format!("{PERSON}{person}")
}
