//! The repository of couriers: an item each, in the index of those who are free while they are; their accounts and positions.

use app::{Item, Key, Query, Stored, Table};
use domain::{Cell, UserId, redacted};

use crate::{
    Account, Courier, DELIVERIES, FREE_COURIERS,
    position::{POSITION_LIFE_S, Position},
};

impl Stored for Courier {
    const TABLE: Table = DELIVERIES;
    const ITEM: &'static str = "courier";
    type Id = UserId;

    fn key(id: &UserId) -> Key {
        Key::new(partition(*id), "COURIER")
    }

    fn enter(&self, item: Item) -> Item {
        match self.listed_in() {
            Some(cell) => item.indexed(FREE_COURIERS, free_partition(cell), self.id),
            None => item,
        }
    }

    fn subjects(&self) -> Vec<UserId> {
        vec![self.id]
    }

    fn redacted(self, user: UserId) -> Option<Self> {
        if user != self.id {
            return Some(self);
        }
        Some(Self { name: redacted(), phone: None, online: false, place: None, located_at: None, ..self })
    }
}

impl Stored for Account {
    const TABLE: Table = DELIVERIES;
    const ITEM: &'static str = "account";
    type Id = UserId;

    fn key(courier: &UserId) -> Key {
        Key::new(partition(*courier), "ACCOUNT")
    }

    fn subjects(&self) -> Vec<UserId> {
        vec![self.courier_id]
    }

    fn redacted(self, user: UserId) -> Option<Self> {
        (user != self.courier_id).then_some(self)
    }
}

impl Stored for Position {
    const TABLE: Table = DELIVERIES;
    const ITEM: &'static str = "position";
    type Id = UserId;

    fn key(courier: &UserId) -> Key {
        Key::new(partition(*courier), "POSITION")
    }

    fn enter(&self, item: Item) -> Item {
        item.expires_at(self.received_at.plus_seconds(POSITION_LIFE_S).as_second())
    }

    fn subjects(&self) -> Vec<UserId> {
        vec![self.courier_id]
    }

    fn redacted(self, user: UserId) -> Option<Self> {
        (user != self.courier_id).then_some(self)
    }
}

fn partition(courier: UserId) -> String {
    format!("COURIER#{courier}")
}

/// The couriers who are free in a cell.
pub(crate) fn free_in(cell: Cell) -> Query {
    Query::index(FREE_COURIERS, free_partition(cell))
}

fn free_partition(cell: Cell) -> String {
    format!("CELL#{cell}")
}
