//! The repository of addresses: an item each, with their owner.

use app::{Key, Query, Stored, Table};
use domain::{AddressId, UserId};

use crate::{SavedAddress, USERS, accounts::user_partition};

/// What the sort keys of addresses begin with.
const ADDRESS: &str = "ADDRESS#";

impl Stored for SavedAddress {
    const TABLE: Table = USERS;
    const ITEM: &'static str = "address";
    type Id = (UserId, AddressId);

    fn key(&(user_id, id): &(UserId, AddressId)) -> Key {
        Key::new(user_partition(user_id), format!("{ADDRESS}{id}"))
    }

    fn subjects(&self) -> Vec<UserId> {
        vec![self.user_id]
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        None
    }
}

/// The addresses of somebody, newest first.
pub(crate) fn of_user(user: UserId) -> Query {
    Query::partition(user_partition(user)).beginning(ADDRESS).descending()
}
